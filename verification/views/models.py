"""Learnt models, and the decision on one that waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from core.errors import Conflict, Invalid
from core.http import SeeOther
from verification.desk_addresses import models_path
from verification.forms.models import DecideForm
from verification.selectors.models_page import models_page
from verification.services.models import decide_model


@require_safe
@desk()
def page(request: DeskRequest) -> HttpResponse:
    return _show(request, DecideForm())


@require_POST
@desk(Permission.APPROVE)
def decide(request: DeskRequest, number: int) -> HttpResponse:
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    use = form.cleaned_data["use"] == "yes"
    try:
        decide_model(actor=request.user, number=number, use=use, reason=form.cleaned_data["reason"])
    except (Conflict, Invalid) as error:
        return _show(request, form, refused=error.message, status=error.status)
    messages.success(request, f"Model {number} is {'in use' if use else 'refused'}.")
    return SeeOther(models_path())


def _show(
    request: DeskRequest, form: DecideForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "page": models_page(),
        "form": form,
        "may_decide": request.user.can(Permission.APPROVE),
        "refused": (refused,) if refused else (),
        "wrong": bool(refused or (form.is_bound and form.errors)),
    }
    return render(request, "desk/models.html", context, status=status)
