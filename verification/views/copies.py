"""What a person does when the page of an item could not be captured, or has no address."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from claims.services.copies import capture_elsewhere, provide_copy
from core.errors import Conflict, Invalid
from verification.forms.copies import FileForm, elsewhere_form, file_form
from verification.selectors.editor import EditorPage
from verification.views.editor_parts import forms_of, load, saved_item, show


@require_POST
@desk(Permission.EDIT)
def provide(request: DeskRequest, number: int, position: int) -> HttpResponse:
    page = load(request, number, position)
    form = file_form(position, request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, page, position, form, 422)
    given = form.cleaned_data["file"]
    try:
        provide_copy(actor=request.user, claim=page.claim, position=position, file=given)
    except (Conflict, Invalid) as error:
        form.add_error("file", error.message)
        return _shown(request, page, position, form, error.status)
    said = f"Sealed: your file is a copy of [{position}], marked as provided."
    return saved_item(request, number, position, said)


@require_POST
@desk(Permission.EDIT)
def elsewhere(request: DeskRequest, number: int, position: int) -> HttpResponse:
    page = load(request, number)
    form = elsewhere_form(position, request.POST)
    if not form.is_valid():
        return _shown(request, page, position, form, 422)
    address = form.cleaned_data["address"]
    try:
        capture_elsewhere(actor=request.user, claim=page.claim, position=position, address=address)
    except (Conflict, Invalid) as error:
        form.add_error("address", error.message)
        return _shown(request, page, position, form, error.status)
    return saved_item(request, number, position, f"We are archiving that copy of [{position}].")


def _shown(
    request: DeskRequest, page: EditorPage, position: int, form: forms.Form, status: int
) -> HttpResponse:
    """The editor with the form as it was sent: in the open row, or beside the failed capture."""
    row = page.row(position)
    if isinstance(form, FileForm) and not row.has_address:
        item = replace(forms_of(page, position), provide=form)
        return show(request, page, "row", status, item=item, row=row)
    return show(request, page, "", status, item=None, sent=(position, form))
