"""Sources that err together, and the decisions on them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from core.errors import Conflict, Invalid
from core.http import SeeOther
from verification.desk_addresses import dependence_path
from verification.forms.dependence import GroupForm, WhyForm
from verification.selectors.dependence_page import GroupRow, dependence_page
from verification.services.dependence import decide_group, end_group


@dataclass(frozen=True)
class Shown:
    """A group with the form below it."""

    row: GroupRow
    form: WhyForm


@require_safe
@desk()
def page(request: DeskRequest) -> HttpResponse:
    return _show(request)


@require_POST
@desk(Permission.APPROVE)
def decide(request: DeskRequest, number: int) -> HttpResponse:
    form = GroupForm(request.POST, auto_id=_ids(number))
    if not form.is_valid():
        return _show(request, number, form, status=422)
    accept, reason = form.cleaned_data["accept"] == "yes", form.cleaned_data["reason"]
    try:
        decide_group(actor=request.user, number=number, accept=accept, reason=reason)
    except (Conflict, Invalid) as error:
        return _show(request, number, form, refused=error.message, status=error.status)
    messages.success(request, f"Group {number} is {'in use' if accept else 'refused'}.")
    return SeeOther(dependence_path())


@require_POST
@desk(Permission.APPROVE)
def end(request: DeskRequest, number: int) -> HttpResponse:
    form = WhyForm(request.POST, auto_id=_ids(number))
    if not form.is_valid():
        return _show(request, number, form, status=422)
    try:
        end_group(actor=request.user, number=number, reason=form.cleaned_data["reason"])
    except (Conflict, Invalid) as error:
        return _show(request, number, form, refused=error.message, status=error.status)
    messages.success(request, f"Group {number} was ended: each source counts by itself again.")
    return SeeOther(dependence_path())


def _ids(number: int) -> str:
    return f"group-{number}-%s"


def _show(
    request: DeskRequest,
    number: int = 0,
    sent: WhyForm | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; the form of group NUMBER holds what was SENT."""
    found = dependence_page()

    def shown(row: GroupRow) -> Shown:
        kept = sent if sent is not None and row.number == number else None
        return Shown(row, kept or WhyForm(auto_id=_ids(row.number)))

    context = {
        "page": found,
        "waiting": [shown(row) for row in found.waiting],
        "in_use": [shown(row) for row in found.in_use],
        "sent": sent,
        "may_decide": request.user.can(Permission.APPROVE),
        "refused": (refused,) if refused else (),
        "wrong": bool(refused or (sent is not None and sent.errors)),
    }
    return render(request, "desk/dependence.html", context, status=status)
