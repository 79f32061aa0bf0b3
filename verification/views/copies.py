"""What a person does when the page of an item could not be captured."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from claims.services.copies import capture_elsewhere, provide_copy
from core.errors import Invalid
from verification.forms.copies import ElsewhereForm, FileForm
from verification.views.editor_parts import load, saved_item


@require_POST
@desk(Permission.EDIT)
def provide(request: DeskRequest, number: int, position: int) -> HttpResponse:
    page = load(request, number)
    given = _taken(FileForm(request.POST, request.FILES))["file"]
    provide_copy(actor=request.user, claim=page.claim, position=position, file=given)
    said = f"Sealed: your file is a copy of [{position}], marked as provided."
    return saved_item(request, number, position, said)


@require_POST
@desk(Permission.EDIT)
def elsewhere(request: DeskRequest, number: int, position: int) -> HttpResponse:
    page = load(request, number)
    address = _taken(ElsewhereForm(request.POST))["address"]
    capture_elsewhere(actor=request.user, claim=page.claim, position=position, address=address)
    return saved_item(request, number, position, f"We are archiving that copy of [{position}].")


def _taken(form: forms.Form) -> dict[str, Any]:
    """What the form says. Invalid: what is missing in it."""
    if not form.is_valid():
        raise Invalid(" ".join(str(words) for errors in form.errors.values() for words in errors))
    return form.cleaned_data
