"""The desk's queue: what waits for a person, grouped by why, each line with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from claims.models import Claim, Evidence
from claims.selectors.drafts import read_where
from claims.vocabulary import Status
from core.bidi import with_turns_shown
from core.errors import Invalid
from sources.failures import Came, result_in_words
from verification.desk_addresses import desk_claim_path, desk_status_path, open_item_path
from verification.models import StatusProposal
from verification.models.status import ProposalState
from verification.selectors.ages import short_age
from verification.selectors.list_links import FilterLink
from verification.selectors.phrases import count
from verification.selectors.quotes import moved_in_words, words_now
from verification.selectors.waiting import (
    Group,
    counted,
    drafts,
    failed_captures_of,
    first_looks,
    in_words,
    moved_quotes_of,
    returned_to,
)
from verification.send_back import SendBackCode

SIZE = 25


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One line. `lead` and `note` are the reason for its place; `said`: a person's own words."""

    ident: str
    number: int
    href: str
    sentence: str
    language: str
    status: str
    lead: str
    note: str = ""
    said: str = ""
    age: str


@dataclass(frozen=True)
class QueueGroup:
    """`total`: how many there are, in words; `older_href`: the rest, if not all are shown."""

    key: Group
    heading: str
    total: str
    rows: tuple[QueueRow, ...]
    older_href: str
    newest_href: str


@dataclass(frozen=True)
class QueuePage:
    groups: tuple[QueueGroup, ...]
    views: tuple[FilterLink, ...]
    waits: bool
    may_publish: bool


@dataclass(frozen=True)
class _Listing:
    """How a group is read: its rows in order, what they are, and the key to go on from."""

    rows: QuerySet[Any]
    draw: Callable[[Any, datetime], QueueRow]
    key: str
    newest_first: bool


def queue_page(
    actor: User, *, now: datetime, group: Group | None = None, after: str = ""
) -> QueuePage:
    """All groups from their beginnings, or one GROUP after the key AFTER."""
    listings = _listings(actor)
    numbers = counted(**{name.name: listing.rows for name, listing in listings.items()})
    totals = {name: numbers.get(name.name, 0) for name in Group}
    wanted = [name for name in listings if totals[name] and group in {None, name}]
    return QueuePage(
        groups=tuple(_group(name, listings[name], totals[name], after, now) for name in wanted),
        views=_views(totals, group),
        waits=any(totals.values()),
        may_publish=actor.can(Permission.PUBLISH),
    )


def _listings(actor: User) -> dict[Group, _Listing]:
    listings = {
        Group.SENT_BACK: _Listing(
            _proposals(actor, ProposalState.SENT_BACK), _sent_back, "key", newest_first=True
        ),
        Group.STALE: _Listing(
            _proposals(actor, ProposalState.STALE), _stale, "key", newest_first=True
        ),
        Group.CHANGED: _Listing(
            moved_quotes_of(actor).select_related("claim", "quote_snapshot__takedown"),
            _moved,
            "key",
            newest_first=True,
        ),
        Group.CAPTURES: _Listing(
            failed_captures_of(actor).select_related("claim", "document"),
            _failed,
            "key",
            newest_first=True,
        ),
        Group.FIRST_LOOK: _Listing(
            _with_sources(first_looks(actor)), _first_look, "number", newest_first=False
        ),
    }
    if actor.can(Permission.PUBLISH):
        rows = _with_sources(drafts())
        listings[Group.DRAFTS] = _Listing(rows, _draft, "number", newest_first=False)
    return listings


def _proposals(actor: User, state: ProposalState) -> QuerySet[StatusProposal]:
    return returned_to(actor, state).select_related("claim", "decider")


def _with_sources(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """With the numbers of standing sources, and of those whose address is missing."""
    standing = Evidence.objects.filter(claim=OuterRef("pk"), withdrawn_at=None).order_by()

    def number(rows: QuerySet[Evidence]) -> Subquery:
        return Subquery(rows.values("claim").annotate(n=Count("pk")).values("n"))

    return claims.select_related("draft__article").annotate(
        sources=number(standing), missing=number(standing.filter(document__address=None))
    )


def _group(name: Group, listing: _Listing, total: int, after: str, now: datetime) -> QueueGroup:
    found = list(_following(listing, after)[: SIZE + 1])
    shown = found[:SIZE]
    older = str(getattr(shown[-1], listing.key)) if len(found) > SIZE else ""
    return QueueGroup(
        key=name,
        heading=name.label,
        total=in_words(total),
        rows=tuple(listing.draw(row, now) for row in shown),
        older_href=group_path(name, after=older) if older else "",
        newest_href=group_path(name) if after else "",
    )


def _following(listing: _Listing, after: str) -> QuerySet[Any]:
    ordered = listing.rows.order_by(f"-{listing.key}" if listing.newest_first else listing.key)
    if not after:
        return ordered
    beyond = "lt" if listing.newest_first else "gt"
    return ordered.filter(**{f"{listing.key}__{beyond}": _place(listing.key, after)})


def _place(key: str, after: str) -> UUID | int:
    try:
        return UUID(after) if key == "key" else int(after)
    except ValueError as error:
        raise Invalid("This is not a page of the queue. Start from its first page.") from error


def group_path(name: Group, **more: str) -> str:
    return f"{reverse('desk_queue')}?{urlencode({'group': name, **more})}"


def _views(totals: dict[Group, int], chosen: Group | None) -> tuple[FilterLink, ...]:
    """Links to all groups that hold something, and to the one that is shown."""
    named: Iterable[Group] = (name for name in Group if totals[name] or name == chosen)
    return (
        FilterLink(reverse("desk_queue"), "All", None, chosen is None),
        *(
            FilterLink(group_path(name), name.label, in_words(totals[name]) or "0", name == chosen)
            for name in named
        ),
    )


def _row(claim: Claim, ident: str, since: datetime, now: datetime, **reason: str) -> QueueRow:
    reason.setdefault("href", desk_claim_path(claim.number))
    return QueueRow(
        ident=ident,
        number=claim.number,
        sentence=claim.sentence,
        language=claim.language,
        status=claim.status,
        age=short_age(since, now),
        **reason,
    )


def _sent_back(proposal: StatusProposal, now: datetime) -> QueueRow:
    known = {str(code): code.label for code in SendBackCode}
    decider = proposal.decider.name if proposal.decider else "Somebody"
    return _row(
        proposal.claim,
        f"sent-back-{proposal.claim.number}",
        proposal.decided_at or proposal.proposed_at,
        now,
        href=desk_status_path(proposal.claim.number, proposal.target),
        lead=f"{known.get(proposal.decision_code, 'Sent back')}.",
        note=f"{decider} on {Status(proposal.target).label}:",
        said=proposal.decision_note,
    )


def _stale(proposal: StatusProposal, now: datetime) -> QueueRow:
    return _row(
        proposal.claim,
        f"stale-{proposal.claim.number}",
        proposal.decided_at or proposal.proposed_at,
        now,
        href=desk_status_path(proposal.claim.number, proposal.target),
        lead="The evidence changed while it waited.",
        note=f"Look again, then propose {Status(proposal.target).label} anew.",
    )


def _moved(item: Evidence, now: datetime) -> QueueRow:
    return _row(
        item.claim,
        f"changed-{item.claim.number}-{item.position}",
        item.quote_state_since or item.added_at,
        now,
        href=open_item_path(item.claim.number, item.position),
        lead=moved_in_words(item),
        note=words_now(item),
    )


def _failed(item: Any, now: datetime) -> QueueRow:
    said = result_in_words(
        Came(
            outcome=item.capture_outcome,
            error=item.capture_error,
            status=item.capture_status,
            attempts=item.capture_attempts,
        )
    )
    title = item.document.title or item.document.address or ""
    return _row(
        item.claim,
        f"captures-{item.claim.number}-{item.position}",
        item.capture_at,
        now,
        href=open_item_path(item.claim.number, item.position),
        lead=f"We couldn’t archive {item.label}. {said}",
        note=with_turns_shown(title),
    )


def _first_look(claim: Any, now: datetime) -> QueueRow:
    return _row(
        claim,
        f"first-look-{claim.number}",
        claim.created_at,
        now,
        lead=_sources_in_words(claim),
        note=read_where(claim) or "Added by hand",
    )


def _draft(claim: Any, now: datetime) -> QueueRow:
    return _row(
        claim,
        f"drafts-{claim.number}",
        claim.created_at,
        now,
        lead=_sources_in_words(claim),
        note=read_where(claim) or "Added by hand",
    )


def _sources_in_words(claim: Any) -> str:
    if not claim.sources:
        return "No source yet."
    sources = count(claim.sources, "source")
    if not claim.missing:
        return f"{sources}."
    if claim.missing == claim.sources:
        return f"{sources}, no address found yet."
    return f"{sources}, {claim.missing} of them without an address."
