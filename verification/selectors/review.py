"""The review inbox: proposals that wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from accounts.models import User
from claims.vocabulary import Status
from core.errors import Missing
from verification.desk_addresses import desk_claim_path
from verification.models import StatusProposal
from verification.models.status import ProposalState
from verification.selectors.review_cards import Card, cards_of
from verification.selectors.waiting import counted, in_words, live_claims, pending_proposals

SIZE = 10
MOST_STALE = 10
LOADED = ("claim", "proposer", "superseded_by")


@dataclass(frozen=True)
class StaleRow:
    """A proposal that ended because its evidence changed, and that nothing has followed."""

    number: int
    href: str
    sentence: str
    language: str
    status: str
    lead: str
    note: str


@dataclass(frozen=True)
class ReviewPage:
    """`total`: how many wait, in words; `alone`: the page shows one proposal only."""

    cards: tuple[Card, ...]
    stale: tuple[StaleRow, ...]
    total: str
    older_href: str
    alone: bool

    @property
    def card(self) -> Card | None:
        return self.cards[0] if self.cards else None


def review_page(actor: User, *, now: datetime, after: UUID | None = None) -> ReviewPage:
    """Who has waited longest comes first; keys are made in order of time."""
    waiting = pending_proposals().filter(claim__in=live_claims())
    found = list(_loaded(waiting.filter(key__gt=after) if after else waiting)[: SIZE + 1])
    shown = found[:SIZE]
    older = f"?after={shown[-1].key}" if len(found) > SIZE else ""
    return ReviewPage(
        cards=cards_of(shown, actor, now),
        stale=() if after else _stale_rows(),
        total=in_words(counted(total=waiting)["total"]) or "0",
        older_href=f"{reverse('desk_review')}{older}" if older else "",
        alone=False,
    )


def review_of(actor: User, key: UUID, *, now: datetime) -> ReviewPage:
    """One proposal alone; no card if it no longer waits."""
    waiting = _loaded(pending_proposals().filter(key=key))
    return ReviewPage(cards_of(list(waiting), actor, now), (), "", "", alone=True)


def proposal_at(key: UUID) -> StatusProposal:
    found = StatusProposal.objects.select_related("claim", "proposer").filter(key=key).first()
    if found is None:
        raise Missing("There is no such proposal.")
    return found


def _loaded(proposals: QuerySet[StatusProposal]) -> QuerySet[StatusProposal]:
    return proposals.select_related(*LOADED).prefetch_related("decided_by_evidence").order_by("key")


def _stale_rows() -> tuple[StaleRow, ...]:
    later = StatusProposal.objects.filter(claim=OuterRef("claim"), pk__gt=OuterRef("pk"))
    found: Any = (
        StatusProposal.objects.filter(
            ~Exists(later), state=ProposalState.STALE, claim__in=live_claims()
        )
        .select_related("claim", "proposer")
        .order_by("-key")[:MOST_STALE]
    )
    return tuple(_stale_row(proposal) for proposal in found)


def _stale_row(proposal: StatusProposal) -> StaleRow:
    claim, target = proposal.claim, Status(proposal.target).label
    return StaleRow(
        number=claim.number,
        href=desk_claim_path(claim.number),
        sentence=claim.sentence,
        language=claim.language,
        status=claim.status,
        lead=f"{proposal.proposer.name} proposed {target}; then the evidence changed.",
        note=_cause(proposal.decision_note),
    )


def _cause(note: str) -> str:
    """What changed, where the record names an item: [9] added."""
    return f"{note}." if note.startswith("[") else ""
