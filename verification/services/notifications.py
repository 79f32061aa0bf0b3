"""Telling people what needs them: each thing once to each person, and read when they say so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission, Role
from claims.models import Claim, Evidence
from claims.selectors.evidence import MOVED
from claims.vocabulary import QuoteState
from verification.desk_addresses import open_item_path
from verification.models.notification import Notification, NotificationKind
from verification.selectors.quotes import moved_in_words
from verification.selectors.waiting import live_claims

TOLD = (*MOVED, QuoteState.RESTORED)
MOST_WORDS = 300
LOOKED_BACK = timedelta(days=2)


def tell_of_moved_quotes(*, snapshot_id: int) -> int:
    """Tell whose quotes moved at the last look, and where SNAPSHOT was that look; how many rows."""
    return _tell(_moved().filter(quote_snapshot=snapshot_id))


def sweep_notifications() -> int:
    """Tell again of what moved lately: a message may have been lost. Nobody is told twice."""
    return _tell(_moved().filter(quote_state_since__gt=timezone.now() - LOOKED_BACK))


def _moved() -> QuerySet[Evidence]:
    return (
        Evidence.objects.filter(
            withdrawn_at=None,
            quote_state__in=TOLD,
            quote_state_since__isnull=False,
            claim__in=live_claims(),
        )
        .select_related("claim__owner", "document__source")
        .order_by("claim__number", "position")
    )


def _tell(items: Iterable[Evidence]) -> int:
    rows = [_row(person, item) for item in items for person in _concerned(item.claim)]
    causes = [row.cause for row in rows]
    known = Notification.objects.filter(cause__in=causes).values_list("recipient", "cause")
    told = set(known)
    new = [row for row in rows if (row.recipient_id, row.cause) not in told]
    Notification.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _concerned(claim: Claim) -> Collection[User]:
    """The claim's owner; without one who can work on it, every editor, else every administrator."""
    owner = claim.owner
    if owner is not None and owner.is_active and owner.can(Permission.EDIT):
        return [owner]
    for role in (Role.EDITOR, Role.ADMIN):
        people = list(User.objects.filter(is_active=True, role=role).order_by("pk"))
        if people:
            return people
    return []


def _row(person: User, item: Evidence) -> Notification:
    since = item.quote_state_since
    stamp = f"{since:%Y%m%dT%H%M%S%f}" if since else ""
    return Notification(
        recipient=person,
        kind=NotificationKind.SOURCE_CHANGED,
        claim=item.claim,
        words=moved_in_words(item)[:MOST_WORDS],
        href=open_item_path(item.claim.number, item.position),
        cause=f"quote:{item.key}:{item.quote_state}:{stamp}",
        at=since or timezone.now(),
    )


def mark_read(*, actor: User, only: Collection[int] | None = None) -> int:
    """Mark those of ACTOR's notifications in ONLY as read, or all; how many there were."""
    require(actor, Permission.READ_DESK)
    chosen = Q() if only is None else Q(pk__in=only)
    unread = Notification.objects.filter(chosen, recipient=actor, read_at=None)
    return unread.update(read_at=timezone.now())
