"""What waits for whom at the desk, as querysets: lists page through them, the bar counts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from accounts.roles import Permission
from claims.models import Claim, Evidence
from claims.selectors.evidence import MOVED
from claims.vocabulary import Publication, Resolution, Stage, Status
from core.terms import Term
from sources.models import Snapshot
from sources.outcomes import HOLDS_THE_DOCUMENT
from sources.vocabulary import CaptureState
from verification.models import StatusEvent, StatusProposal
from verification.models.notification import Notification
from verification.models.status import ProposalState
from verification.selectors.captures import ENDED

MOST_COUNTED = 1000
SET_ASIDE = (Resolution.MISTAKEN, Resolution.DIFFERENT_EVENT)
# A sealed copy of this kind is a copy of the document; both halves as filters on a snapshot.
_GOOD = [str(outcome) for outcome in HOLDS_THE_DOCUMENT]


class Group(Term):
    """Why a claim stands in somebody's queue; the order is that of the page."""

    SENT_BACK = "sent-back", "Sent back to you"
    STALE = "stale", "Your proposals whose evidence changed"
    CHANGED = "changed", "Changed snapshots"
    CAPTURES = "captures", "Captures that failed"
    FIRST_LOOK = "first-look", "Needs a first look"
    DRAFTS = "drafts", "Drafts, not published"


def live_claims() -> QuerySet[Claim]:
    """Claims that somebody may still have to work on."""
    return Claim.objects.filter(merged_into=None).exclude(publication=Publication.WITHDRAWN)


def returned_to(actor: User, *states: ProposalState) -> QuerySet[StatusProposal]:
    """Proposals of ACTOR that ended in one of STATES and that nothing has followed."""
    later = StatusProposal.objects.filter(claim=OuterRef("claim"), pk__gt=OuterRef("pk"))
    moved = StatusEvent.objects.filter(claim=OuterRef("claim"), at__gt=OuterRef("decided_at"))
    return StatusProposal.objects.filter(
        ~Exists(later), ~Exists(moved), proposer=actor, state__in=states, claim__in=live_claims()
    )


def failed_captures_of(actor: User) -> QuerySet[Evidence]:
    """Evidence that ACTOR filed, or on claims of ACTOR, whose last capture came to nothing.

    Only the newest MOST_COUNTED items without a copy are looked at, of either kind.
    """
    newest = Snapshot.objects.filter(document=OuterRef("document")).order_by("-number")
    filed = _without_copy(Evidence.objects.filter(added_by=actor))
    owned = _without_copy(Evidence.objects.filter(claim__owner=actor))
    return (
        Evidence.objects.filter(pk__in=filed.union(owned), claim__in=live_claims())
        .annotate(
            capture_state=Subquery(newest.values("state")[:1]),
            capture_outcome=Subquery(newest.values("outcome")[:1]),
            capture_error=Subquery(newest.values("error")[:1]),
            capture_status=Subquery(newest.values("http_status")[:1]),
            capture_attempts=Subquery(newest.values("attempt")[:1]),
            capture_at=Subquery(newest.values("requested_at")[:1]),
        )
        .filter(
            Q(capture_state__in=ENDED)
            | Q(capture_state=CaptureState.SEALED) & ~Q(capture_outcome__in=_GOOD)
        )
    )


def moved_quotes_of(actor: User) -> QuerySet[Evidence]:
    """Evidence whose quoted words changed or went, and nobody has decided on since.

    For who owns the claim or filed the item; where nobody owns the claim, for every editor. It
    leaves the queue once the item is answered or withdrawn, its quote is set anew, or the status
    is changed or reaffirmed.
    """
    decided = StatusEvent.objects.filter(
        claim=OuterRef("claim"), at__gt=OuterRef("quote_state_since")
    )
    concerned = Q(claim__owner=actor) | Q(added_by=actor)
    if actor.can(Permission.APPROVE):
        concerned |= Q(claim__owner=None)
    return Evidence.objects.filter(
        concerned,
        Q(resolved_at=None) | Q(resolved_at__lt=F("quote_state_since")),
        ~Exists(decided),
        withdrawn_at=None,
        quote_state__in=MOVED,
        claim__in=live_claims(),
    )


def _without_copy(rows: QuerySet[Evidence]) -> QuerySet[Any]:
    """Ids of the newest ROWS whose page has an address and no archived copy."""
    waiting = rows.filter(withdrawn_at=None, document__address__isnull=False).exclude(
        snapshot__state=CaptureState.SEALED,
        snapshot__outcome__in=_GOOD,
        snapshot__takedown__isnull=True,
    )
    return waiting.order_by("-pk").values("pk")[:MOST_COUNTED]


def first_looks(actor: User) -> QuerySet[Claim]:
    """Unverified claims that nobody has decided on; without those that wait for ACTOR already."""
    decided = StatusEvent.objects.filter(claim=OuterRef("pk"))
    returned = returned_to(actor, ProposalState.SENT_BACK, ProposalState.STALE)
    return (
        live_claims()
        .filter(~Exists(decided), status=Status.UNVERIFIED)
        .exclude(stage__in=[Stage.READY_FOR_REVIEW, Stage.DONE])
        .exclude(pk__in=returned.values("claim"))
    )


def drafts() -> QuerySet[Claim]:
    return Claim.objects.filter(merged_into=None, publication=Publication.DRAFT)


def contested_claims() -> QuerySet[Claim]:
    return live_claims().filter(status=Status.CONTESTED)


def pending_proposals() -> QuerySet[StatusProposal]:
    return StatusProposal.objects.filter(state=ProposalState.PENDING)


def unread_of(actor: User) -> QuerySet[Notification]:
    return Notification.objects.filter(recipient=actor, read_at=None)


def archived_and_counted() -> Q:
    """A filter on evidence: it may be counted, as far as one row can tell."""
    return Q(
        withdrawn_at=None,
        snapshot__state=CaptureState.SEALED,
        snapshot__outcome__in=_GOOD,
        snapshot__takedown__isnull=True,
    ) & ~Q(resolution__in=SET_ASIDE)


def in_queue_of(actor: User) -> QuerySet[Any]:
    """Ids of the claims that stand in the queue of ACTOR, each once; of each reason the first."""
    parts: list[QuerySet[Any]] = [
        returned_to(actor, ProposalState.SENT_BACK, ProposalState.STALE).values("claim"),
        moved_quotes_of(actor).values("claim"),
        failed_captures_of(actor).values("claim"),
        first_looks(actor).values("pk"),
    ]
    if actor.can(Permission.PUBLISH):
        parts.append(drafts().values("pk"))
    first, *others = (part.order_by()[:MOST_COUNTED] for part in parts)
    return first.union(*others)


class _Counted(Subquery):
    """The number of rows of a queryset, as a value of another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def counted(**querysets: QuerySet[Any]) -> dict[str, int]:
    """The numbers of rows, by name, in one query; none is counted beyond MOST_COUNTED."""
    numbers = {
        name: _Counted(
            rows if rows.query.combinator else rows.order_by().values("pk")[:MOST_COUNTED]
        )
        for name, rows in querysets.items()
    }
    found: dict[str, int] = User.objects.order_by("pk").values(**numbers)[:1][0]
    return found


def in_words(number: int) -> str:
    """14, and 999+ for what was not counted to the end; "" for none."""
    if number >= MOST_COUNTED:
        return f"{MOST_COUNTED - 1}+"
    return str(number or "")


@dataclass(frozen=True)
class DeskCounts:
    """Numbers beside the links of the desk's bar, in words."""

    queue: str
    contested: str
    review: str
    notifications: str


def desk_counts(actor: User) -> DeskCounts:
    """One query."""
    numbers = counted(
        queue=in_queue_of(actor),
        contested=contested_claims(),
        review=pending_proposals(),
        told=unread_of(actor),
    )
    told = in_words(numbers.pop("told"))
    words = {name: in_words(number) for name, number in numbers.items()}
    return DeskCounts(**words, notifications=told)
