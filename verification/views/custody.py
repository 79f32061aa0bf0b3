"""The desk page on which an archived copy is held, released or taken down."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from core.errors import Conflict, Invalid
from core.http import SeeOther
from sources.services.takedowns import lift_hold, place_hold, take_down
from verification.forms.custody import HoldForm, TakeDownForm
from verification.selectors.custody import CustodyPage, custody_page

TEMPLATE = "desk/custody.html"


@require_safe
@desk(Permission.ADMINISTER)
def custody(request: DeskRequest, number: int) -> HttpResponse:
    return _show(request, custody_page(number))


@require_POST
@desk(Permission.ADMINISTER)
def take_down_copy(request: DeskRequest, number: int) -> HttpResponse:
    page, form = custody_page(number), TakeDownForm(request.POST)
    if not form.is_valid():
        return _show(request, page, take_down_form=form, status=422)
    try:
        take_down(actor=request.user, snapshot=page.snapshot, **form.cleaned_data)
    except (Conflict, Invalid) as error:
        return _show(request, page, take_down_form=form, refused=error.message, status=error.status)
    return _done(request, number, f"Archived copy {number} was taken down.")


@require_POST
@desk(Permission.ADMINISTER)
def hold_copy(request: DeskRequest, number: int) -> HttpResponse:
    page, form = custody_page(number), HoldForm(request.POST)
    if not form.is_valid():
        return _show(request, page, hold_form=form, status=422)
    try:
        place_hold(actor=request.user, snapshot=page.snapshot, **form.cleaned_data)
    except (Conflict, Invalid) as error:
        return _show(request, page, hold_form=form, refused=error.message, status=error.status)
    return _done(request, number, f"Archived copy {number} is held. Nothing of it can be removed.")


@require_POST
@desk(Permission.ADMINISTER)
def release_copy(request: DeskRequest, number: int) -> HttpResponse:
    page = custody_page(number)
    try:
        lift_hold(actor=request.user, snapshot=page.snapshot)
    except Conflict as error:
        return _show(request, page, refused=error.message, status=error.status)
    return _done(request, number, f"The hold on archived copy {number} was lifted.")


def _show(
    request: DeskRequest,
    page: CustodyPage,
    *,
    take_down_form: forms.Form | None = None,
    hold_form: forms.Form | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": page,
        "take_down_form": take_down_form or TakeDownForm(),
        "hold_form": hold_form or HoldForm(),
        "refused": refused,
        "keys": (),
    }
    return render(request, TEMPLATE, context, status=status)


def _done(request: DeskRequest, number: int, words: str) -> HttpResponse:
    messages.success(request, words)
    return SeeOther(reverse("desk_custody", args=[number]))
