"""The claim's editor as an answer, whole or in part: shared by all views that change it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone

from accounts.access import DeskRequest
from verification.desk_addresses import item_path
from verification.forms.claim import ClaimForm
from verification.forms.copies import with_ways_out
from verification.forms.evidence import ItemForms, item_forms
from verification.forms.quick_add import QuickAddForm
from verification.selectors.choices import party_choices, place_names, source_choices
from verification.selectors.editor import EditorPage, editor_page
from verification.views.parts import SeeOther, page_or_part

TEMPLATE = "desk/editor.html"
KEYS = (
    {"keys": "N", "does": "add a source"},
    {"keys": "E", "does": "edit the source"},
    {"keys": "1 2 3", "does": "supports, contradicts, context"},
    {"keys": "P", "does": "propose a status"},
)


def load(request: DeskRequest, number: int, opened: int | None = None) -> EditorPage:
    return editor_page(request.user, number, now=timezone.now(), opened=opened)


def forms_of(page: EditorPage, position: int, **sent: Any) -> ItemForms:
    """The forms of the row at POSITION, bound to what was SENT to one of them by name."""
    return item_forms(page.row(position), page.version, source_choices(), sent)


def show(
    request: DeskRequest, page: EditorPage, part: str = "", status: int = 200, **parts: Any
) -> HttpResponse:
    """The page, or PART of it for htmx; PARTS replace its fresh forms."""
    keys = KEYS if page.may_edit else ()
    context = {"page": page, "keys": keys, "failed": status >= HTTPStatus.BAD_REQUEST, **parts}
    context["jobs"] = with_ways_out(page.jobs, parts.get("sent"))
    if page.may_edit and not (part and request.htmx):
        context.setdefault("quick", QuickAddForm())
        context.setdefault("claim_form", ClaimForm(page.claim, party_choices()))
        context["places"] = place_names()
    return page_or_part(request, TEMPLATE, part, context, status)


def saved_item(request: DeskRequest, number: int, position: int, said: str) -> HttpResponse:
    """An item was changed: its row, closed, and all that follows from it."""
    messages.success(request, said)
    if not request.htmx:
        return SeeOther(item_path(number, position))
    page = load(request, number)
    return show(request, page, "row_saved", row=page.row(position))
