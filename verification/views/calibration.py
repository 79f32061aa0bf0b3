"""Said against happened, and the claims that chance picked for people to settle."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from core.errors import Conflict, Invalid
from core.http import SeeOther
from verification.forms.audit import AuditQuery, CloseForm
from verification.forms.public import asked
from verification.selectors.assisted import assisted_page
from verification.selectors.audit_page import DrawnRow, audit_page
from verification.selectors.calibration_page import calibration_page
from verification.services.audit_draws import close_draw


@dataclass(frozen=True)
class Shown:
    """A drawn claim with the form below it, if it has one."""

    row: DrawnRow
    form: CloseForm | None


@require_safe
@desk()
def calibration(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/calibration.html", {"page": calibration_page()})


@require_safe
@desk()
def assisted(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/assisted.html", {"page": assisted_page()})


@require_safe
@desk()
def audit(request: DeskRequest) -> HttpResponse:
    return _show(request)


@require_POST
@desk(Permission.APPROVE)
def close(request: DeskRequest, number: int) -> HttpResponse:
    form = CloseForm(request.POST, auto_id=f"close-{number}-%s")
    if not form.is_valid():
        return _show(request, number, form, status=422)
    try:
        close_draw(actor=request.user, number=number, tried=form.cleaned_data["tried"])
    except (Conflict, Invalid) as error:
        return _show(request, number, form, refused=error.message, status=error.status)
    messages.success(request, f"Claim {number} could not be settled: that is on record now.")
    return SeeOther(reverse("desk_audit"))


def _show(
    request: DeskRequest,
    number: int = 0,
    sent: CloseForm | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; the form of claim NUMBER holds what was SENT."""
    after = asked(AuditQuery, request.GET)["after"]
    page = audit_page(request.user, now=timezone.now(), after=after)
    shown = [Shown(row, _form(row, number, sent)) for row in page.waiting]
    wrong = bool(refused or (sent and sent.errors))
    context = {
        "page": page,
        "shown": shown,
        "refused": (refused,) if refused else (),
        "wrong": wrong,
    }
    return render(request, "desk/audit.html", context, status=status)


def _form(row: DrawnRow, number: int, sent: CloseForm | None) -> CloseForm | None:
    if not row.may_close:
        return None
    is_sent = sent is not None and row.number == number
    return sent if is_sent else CloseForm(auto_id=f"close-{row.number}-%s")
