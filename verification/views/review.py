"""The review inbox: approve a proposal, send it back, take one's own back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from claims.vocabulary import Status
from core.errors import Conflict, Invalid, NotAllowed
from core.http import SeeOther, page_or_part
from verification.desk_addresses import desk_claim_path
from verification.forms.public import asked
from verification.forms.review import InboxQuery, SendBackForm
from verification.models import StatusProposal
from verification.selectors.review import ReviewPage, proposal_at, review_of, review_page
from verification.selectors.review_cards import Card
from verification.services.proposals import (
    approve_proposal,
    send_back_proposal,
    withdraw_proposal,
)

TEMPLATE = "desk/review.html"
KEYS = ({"keys": "R", "does": "send back"},)
Refusal = Conflict | Invalid | NotAllowed


@dataclass(frozen=True)
class Shown:
    """A card with the form below it, and what was refused."""

    card: Card
    form: SendBackForm | None
    refused: tuple[str, ...] = ()


@require_safe
@desk()
def inbox(request: DeskRequest) -> HttpResponse:
    after = asked(InboxQuery, request.GET)["after"]
    page = review_page(request.user, now=timezone.now(), after=after)
    return _show(request, page)


@require_safe
@desk()
def proposal(request: DeskRequest, key: UUID) -> HttpResponse:
    found = proposal_at(key)
    page = review_of(request.user, key, now=timezone.now())
    gone = "" if page.card else f"This proposal no longer waits: {found.get_state_display()}."
    return _show(request, page, gone=gone)


def _show(
    request: DeskRequest,
    page: ReviewPage,
    *,
    form: SendBackForm | None = None,
    refused: str = "",
    gone: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; for htmx the one card that was sent, or what became of it."""
    said = (refused,) if refused else ()
    shown = [
        Shown(card, form or SendBackForm(card.key) if card.may_decide else None, said)
        for card in page.cards
    ]
    context = {
        "page": page,
        "shown": shown,
        "one": shown[0] if shown else None,
        "gone": refused if refused and not shown else gone,
        "keys": KEYS,
    }
    part = ("card" if shown else "gone") if request.method == "POST" else ""
    return page_or_part(request, TEMPLATE, part, context, status)


@require_POST
@desk(Permission.APPROVE)
def approve(request: DeskRequest, key: UUID) -> HttpResponse:
    found = proposal_at(key)
    try:
        event = approve_proposal(actor=request.user, proposal=found)
    except (Conflict, Invalid, NotAllowed) as error:
        return _refused(request, key, error)
    status = Status(event.to_status).label
    return _done(request, found, f"Published: claim {found.claim.number} is now {status}.")


@require_POST
@desk(Permission.APPROVE)
def send_back(request: DeskRequest, key: UUID) -> HttpResponse:
    found = proposal_at(key)
    form = SendBackForm(key, request.POST)
    if not form.is_valid():
        page = review_of(request.user, key, now=timezone.now())
        return _show(request, page, form=form, status=422)
    try:
        send_back_proposal(actor=request.user, proposal=found, **form.cleaned_data)
    except (Conflict, Invalid, NotAllowed) as error:
        return _refused(request, key, error, form)
    return _done(request, found, f"Sent back to {found.proposer.name}.")


@require_POST
@desk(Permission.PROPOSE)
def take_back(request: DeskRequest, key: UUID) -> HttpResponse:
    found = proposal_at(key)
    try:
        withdraw_proposal(actor=request.user, proposal=found)
    except (Conflict, NotAllowed) as error:
        return _refused(request, key, error)
    return _done(request, found, f"Took back your proposal on claim {found.claim.number}.")


def _refused(
    request: DeskRequest, key: UUID, error: Refusal, form: SendBackForm | None = None
) -> HttpResponse:
    page = review_of(request.user, key, now=timezone.now())
    return _show(request, page, form=form, refused=error.message, status=error.status)


def _done(request: DeskRequest, found: StatusProposal, said: str) -> HttpResponse:
    if request.htmx:
        href = desk_claim_path(found.claim.number)
        return page_or_part(
            request, TEMPLATE, "done", {"key": found.key, "said": said, "href": href}
        )
    messages.success(request, said)
    return SeeOther(reverse("desk_review"))
