"""Whether the archived bytes are still what was sealed, as far as is known without reading them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from sources.models import FixityCheck, StoredObject, Tombstone

LATEST_AFTER = timedelta(days=90)
MOST_FOUND = 5000


@dataclass(frozen=True)
class FixityHealth:
    """`alarm` is empty while all is well, else words for people."""

    damaged: int
    overdue: int  # not checked for 90 days, or never although older than two days
    last_checked_at: datetime | None
    alarm: str


def damaged_now() -> QuerySet[StoredObject]:
    """Objects that were found damaged at their last check and could not be restored."""
    newest = FixityCheck.objects.filter(stored=OuterRef("pk")).order_by("-checked_at", "-pk")
    ever_damaged = FixityCheck.objects.filter(ok=False).values("stored")  # few: not all are read
    return (
        StoredObject.objects.filter(pk__in=ever_damaged)
        .annotate(
            was_ok=Subquery(newest.values("ok")[:1]),
            was_restored=Subquery(newest.values("restored")[:1]),
        )
        .filter(was_ok=False, was_restored=False)
        .exclude(Exists(Tombstone.objects.filter(stored=OuterRef("pk"))))
    )


def unmended(stored: StoredObject) -> FixityCheck | None:
    """The last look at STORED, if it found damage that could not be restored. One query."""
    newest = stored.checks.order_by("-checked_at", "-pk").first()
    return newest if newest and not newest.ok and not newest.restored else None


def damage_found(*, after: int, since: datetime) -> list[FixityCheck]:
    """Checks SINCE that moment, beyond the check AFTER, that found new damage; oldest first.

    A later look at what was found damaged already, and could not be restored, is nothing new.
    """
    before = FixityCheck.objects.filter(stored=OuterRef("stored"), pk__lt=OuterRef("pk"))
    newest = before.order_by("-pk")
    return list(
        FixityCheck.objects.filter(ok=False, pk__gt=after, checked_at__gt=since)
        .annotate(
            was_ok=Subquery(newest.values("ok")[:1]),
            was_restored=Subquery(newest.values("restored")[:1]),
        )
        .filter(Q(was_ok=None) | Q(was_ok=True) | Q(was_restored=True))
        .order_by("pk")[:MOST_FOUND]
    )


def fixity_health(*, now: datetime) -> FixityHealth:
    """Three queries."""
    lately = FixityCheck.objects.filter(stored=OuterRef("pk"), checked_at__gte=now - LATEST_AFTER)
    overdue = (
        StoredObject.objects.filter(stored_at__lt=now - timedelta(days=2))
        .exclude(Exists(lately))
        .exclude(Exists(Tombstone.objects.filter(stored=OuterRef("pk"))))
        .count()
    )
    damaged = damaged_now().count()
    last = FixityCheck.objects.order_by("-checked_at").values_list("checked_at", flat=True).first()
    return FixityHealth(damaged, overdue, last, _alarm(damaged, overdue))


def _alarm(damaged: int, overdue: int) -> str:
    if damaged:
        return (
            f"{_objects(damaged, 'is', 'are')} damaged and could not be restored. The record says "
            "which (sources:object:damaged); put the right bytes into the second store."
        )
    if overdue:
        objects = _objects(overdue, "was", "were")
        return f"{objects} not checked for 90 days. Is the scheduler running?"
    return ""


def _objects(number: int, one: str, more: str) -> str:
    return f"1 archived object {one}" if number == 1 else f"{number} archived objects {more}"
