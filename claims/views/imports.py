"""Importing an article, and the review of what it proposes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import DeskRequest, desk
from accounts.policies import require
from accounts.roles import Permission
from claims.forms.imports import (
    AddForm,
    AddressForm,
    ImportForm,
    ImportQuery,
    SentenceForm,
    YearForm,
)
from claims.models import ArticleImport
from claims.selectors.imports import (
    DraftCard,
    ImportPage,
    NoteRow,
    event_of,
    import_page,
    import_path,
    imports,
)
from claims.selectors.missing import missing_count
from claims.services.imports import import_article
from core.errors import Invalid
from core.http import SeeOther, page_or_part

TEMPLATE = "desk/import.html"
REVIEW = "desk/import_review.html"
KEYS = ({"keys": "A", "does": "keep"}, {"keys": "D", "does": "drop"}, {"keys": "E", "does": "edit"})


@require_http_methods(["GET", "HEAD", "POST"])
@desk()
def articles(request: DeskRequest) -> HttpResponse:
    """Paste or upload an article; below, those that were imported before."""
    if request.method != "POST":
        return _show_articles(request, ImportForm())
    require(request.user, Permission.EDIT)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_articles(request, form, 422)
    began = timezone.now()
    try:
        article = _import(request, form)
    except Invalid as error:
        form.add_error("address" if error.code == "invalid_address" else "text", error.message)
        return _show_articles(request, form, error.status)
    if article.imported_at < began:
        messages.warning(request, f"{_known(article)} Nothing was imported again.")
    return SeeOther(import_path(article.number))


def _import(request: DeskRequest, form: ImportForm) -> ArticleImport:
    return import_article(
        actor=request.user,
        text=form.words,
        form=form.form,
        event=event_of(form.cleaned_data["event"]),
        published=form.day,
        address=form.cleaned_data["address"],
    )


def _known(article: ArticleImport) -> str:
    by = f" by {article.imported_by.name}" if article.imported_by else ""
    return f"This article was imported on {date_format(article.imported_at, 'j M Y')}{by}."


def _show_articles(request: DeskRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    query = ImportQuery(request.GET)
    before = query.cleaned_data["before"] if query.is_valid() else None
    context = {
        "form": form if request.user.can(Permission.EDIT) else None,
        "page": imports(before),
        "missing": missing_count(),
    }
    return page_or_part(request, TEMPLATE, "", context, status)


@require_safe
@desk()
def review(request: DeskRequest, number: int) -> HttpResponse:
    """The article with its proposals; ?open= opens one of them for editing."""
    query = ImportQuery(request.GET)
    opened = query.cleaned_data["open"] if query.is_valid() else None
    page = import_page(number, opened)
    part = "card" if opened and request.htmx.target == f"p{opened}" else ""
    return show(request, page, part, position=opened)


def show(
    request: DeskRequest,
    page: ImportPage,
    part: str = "",
    status: int = 200,
    *,
    position: int | None = None,
    **sent: Any,
) -> HttpResponse:
    """The review, or PART of it for htmx: `card`, `card_saved` or `work` (both panes).

    SENT replaces the fresh forms: card_form (of the card at POSITION), add_form, year_form, and
    note_form of the footnote `note_marker`.
    """
    card = page.card(position) if position else None
    may_edit = request.user.can(Permission.EDIT)
    context = {
        "page": page,
        "card": card,
        "position": position,
        "changed": page.paragraphs_of(card) if card else [],
        "may_edit": may_edit,
        "notes": _notes(page, sent.pop("note_marker", None), sent.get("note_form")),
        "card_form": _card_form(card),
        "add_form": AddForm(auto_id="add-%s"),
        "year_form": YearForm(initial={"year": page.year}, auto_id="year-%s"),
        "keys": KEYS if may_edit else (),
        **{name: form for name, form in sent.items() if form is not None},
    }
    return page_or_part(request, REVIEW, part, context, status)


def _card_form(card: DraftCard | None) -> SentenceForm | None:
    """For a card that is open."""
    if card is None or not card.open:
        return None
    shown = {"sentence": card.sentence, "seen": card.seen}
    form = SentenceForm(initial=shown, auto_id=f"p{card.position}-%s")
    form.fields["sentence"].widget.attrs["autofocus"] = True
    return form


def _notes(
    page: ImportPage, marker: str | None, sent: AddressForm | None
) -> list[tuple[NoteRow, AddressForm | None]]:
    """Footnotes, each with the form for its address if that is missing."""
    return [(note, sent if note.marker == marker else _note_form(note)) for note in page.notes]


def _note_form(note: NoteRow) -> AddressForm | None:
    if note.address:
        return None
    return AddressForm(f"f{note.marker}", f"footnote {note.marker}")
