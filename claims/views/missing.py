"""The queue of documents whose address nobody has found yet."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from claims.forms.imports import AddressForm, ImportQuery
from claims.selectors.missing import MissingRow, cited_document, missing_list, missing_row
from claims.services.missing import find_address
from core.errors import Conflict, Invalid
from core.http import SeeOther, page_or_part

TEMPLATE = "desk/missing.html"


@require_safe
@desk()
def missing(request: DeskRequest) -> HttpResponse:
    """The list, or its next rows for htmx."""
    query = ImportQuery(request.GET)
    after = query.cleaned_data["after"] if query.is_valid() else None
    page = missing_list(after)
    context = {
        "rows": [(row, _form(request, row)) for row in page.rows],
        "older_href": page.older_href,
        "first": after is None,
    }
    return page_or_part(request, TEMPLATE, "rows" if after else "", context)


def _form(request: DeskRequest, row: MissingRow) -> AddressForm | None:
    return AddressForm(row.number, row.name) if request.user.can(Permission.EDIT) else None


@require_POST
@desk(Permission.EDIT)
def locate(request: DeskRequest, number: int) -> HttpResponse:
    document = cited_document(number)
    form = AddressForm(number, document.title or f"document {number}", request.POST)
    status = 422
    if form.is_valid():
        try:
            find_address(
                actor=request.user, document=document, address=form.cleaned_data["address"]
            )
        except (Conflict, Invalid) as error:
            form.add_error("address", error.message)
            status = error.status
        else:
            return _found(request, number)
    return _refused(request, number, form, status)


def _found(request: DeskRequest, number: int) -> HttpResponse:
    said = "Added the address. We are archiving the page."
    if request.htmx:
        return page_or_part(request, TEMPLATE, "found", {"number": number, "said": said})
    messages.success(request, said)
    return SeeOther(reverse("desk_missing"))


def _refused(request: DeskRequest, number: int, form: AddressForm, status: int) -> HttpResponse:
    """The one row with its input and the reason, alone on the page without htmx."""
    row = missing_row(number)
    if row is None:
        raise Conflict("Somebody found this address in the meantime. Go back to the list.")
    context = {"rows": [(row, form)], "older_href": "", "first": False}
    return page_or_part(request, TEMPLATE, "rows", context, status)
