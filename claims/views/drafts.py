"""What a person decides about the proposals of an imported article."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from claims.forms.imports import (
    AddForm,
    AddressForm,
    DecisionForm,
    SeenForm,
    SentenceForm,
    YearForm,
)
from claims.models import ClaimDraft
from claims.selectors.imports import (
    draft_at,
    draft_digest,
    footnote_at,
    import_at,
    import_page,
    import_path,
)
from claims.services.creating import create_claims
from claims.services.drafts import (
    add_draft,
    decide_draft,
    edit_draft,
    join_drafts,
    keep_all,
    split_draft,
)
from claims.services.imports import confirm_year
from claims.services.missing import find_address
from claims.views.imports import show
from core.errors import Conflict, DomainError, Invalid, Missing
from core.http import SeeOther


@require_POST
@desk(Permission.EDIT)
def decide(request: DeskRequest, number: int, position: int) -> HttpResponse:
    """Keep, drop, or leave undecided."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Invalid("Keep the proposal, drop it, or leave it undecided.")
    try:
        draft = _seen_draft(number, position, form)
        decide_draft(actor=request.user, draft=draft, decision=form.cleaned_data["decision"])
    except Conflict as error:
        return _refused(request, number, position, error)
    return _after(request, number, position, "card_saved")


def _seen_draft(number: int, position: int, form: SeenForm) -> ClaimDraft:
    """The proposal at POSITION, or Conflict if it is not the one that was on the page."""
    draft = draft_at(import_at(number), position)
    seen = form.cleaned_data.get("seen", "")
    if seen and seen != draft_digest(draft):
        raise Conflict(
            f"Proposal {position} changed while you were looking. This is what it says now.",
            code="version_conflict",
        )
    return draft


def _after(request: DeskRequest, number: int, position: int, part: str) -> HttpResponse:
    if not request.htmx:
        return SeeOther(f"{import_path(number)}#p{position}")
    return show(request, import_page(number), part, position=position, focus=True)


def _refused(
    request: DeskRequest,
    number: int,
    position: int,
    error: DomainError,
    form: SentenceForm | None = None,
) -> HttpResponse:
    """The card with the reason above it; a form with what was typed, if one was sent."""
    page = import_page(number, position if form else None)
    return show(
        request,
        page,
        "card",
        error.status,
        position=position,
        card_form=form,
        card_refused=[error.message],
    )


@require_POST
@desk(Permission.EDIT)
def edit(request: DeskRequest, number: int, position: int) -> HttpResponse:
    """Reword a proposal; each line of several becomes a proposal of its own."""
    form = SentenceForm(request.POST, auto_id=f"p{position}-%s")
    if not form.is_valid():
        page = import_page(number, position)
        return show(request, page, "card", 422, position=position, card_form=form)
    sentences = form.sentences()
    try:
        draft = _seen_draft(number, position, form)
        if len(sentences) > 1:
            split_draft(actor=request.user, draft=draft, sentences=sentences)
        else:
            edit_draft(actor=request.user, draft=draft, sentence=sentences[0])
    except (Conflict, Invalid) as error:
        return _refused(request, number, position, error, form)
    return _after(request, number, position, "work" if len(sentences) > 1 else "card_saved")


@require_POST
@desk(Permission.EDIT)
def join(request: DeskRequest, number: int, position: int) -> HttpResponse:
    """Join a proposal to the one above it in its paragraph."""
    form = SeenForm(request.POST)
    form.is_valid()
    try:
        joined = join_drafts(actor=request.user, draft=_seen_draft(number, position, form))
    except (Conflict, Invalid) as error:
        return _refused(request, number, position, error)
    return _after(request, number, joined.position, "work")


@require_POST
@desk(Permission.EDIT)
def keep(request: DeskRequest, number: int) -> HttpResponse:
    """Keep everything that nobody has decided on."""
    kept = keep_all(actor=request.user, article=import_at(number))
    messages.success(request, f"Kept {kept}.")
    return SeeOther(f"{import_path(number)}#tally")


@require_POST
@desk(Permission.EDIT)
def create(request: DeskRequest, number: int) -> HttpResponse:
    """Make claims of what was kept."""
    try:
        claims = create_claims(actor=request.user, article=import_at(number))
    except (Conflict, Invalid) as error:
        return show(request, import_page(number), "", error.status, refused=[error.message])
    if claims:
        noun = "claim" if len(claims) == 1 else "claims"
        messages.success(request, f"Created {len(claims)} {noun}. Each waits for a first look.")
    return SeeOther(f"{import_path(number)}#tally")


@require_POST
@desk(Permission.EDIT)
def add(request: DeskRequest, number: int) -> HttpResponse:
    """A claim that was not proposed, by the words that make it."""
    form = AddForm(request.POST, auto_id="add-%s")
    if form.is_valid():
        try:
            draft = add_draft(
                actor=request.user, article=import_at(number), quote=form.cleaned_data["quote"]
            )
            return SeeOther(f"{import_path(number)}#p{draft.position}")
        except (Invalid, Missing) as error:
            form.add_error("quote", error.message)
    return show(request, import_page(number), "", 422, add_form=form)


@require_POST
@desk(Permission.EDIT)
def year(request: DeskRequest, number: int) -> HttpResponse:
    """Say which year dates without one mean."""
    form = YearForm(request.POST, auto_id="year-%s")
    if form.is_valid():
        meant = form.cleaned_data["year"]
        try:
            confirm_year(actor=request.user, article=import_at(number), year=meant)
        except Invalid as error:
            form.add_error("year", error.message)
        else:
            messages.success(request, f"Dates without a year are of {meant}.")
            return SeeOther(import_path(number))
    return show(request, import_page(number), "", 422, year_form=form)


@require_POST
@desk(Permission.EDIT)
def footnote(request: DeskRequest, number: int, marker: str) -> HttpResponse:
    """Give what a footnote cites its address."""
    cited = footnote_at(import_at(number), marker).document
    form = AddressForm(f"f{marker}", f"footnote {marker}", request.POST)
    status = 422
    if form.is_valid():
        try:
            find_address(actor=request.user, document=cited, address=form.cleaned_data["address"])
        except (Conflict, Invalid) as error:
            form.add_error("address", error.message)
            status = error.status
        else:
            messages.success(request, f"Added the address of footnote {marker}. We archive it.")
            return SeeOther(f"{import_path(number)}#f{marker}")
    return show(request, import_page(number), "", status, note_marker=marker, note_form=form)
