"""Whether archiving works: what ended, what waits, how much room is left, and what needs a person.

The number of queries does not depend on the number of snapshots, and none of them reads more than
a day's captures or what waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from audit.selectors.checkpoints import StampHealth, stamp_health
from sources.capture.outcomes import ErrorCode, Outcome
from sources.failures import Came, result_in_words
from sources.models import ArtifactJob, Snapshot
from sources.outcomes import holds_the_document
from sources.selectors.alarms import Alarm, alarms_of
from sources.selectors.fixity import FixityHealth, fixity_health
from sources.selectors.room import Room, rooms
from sources.vocabulary import CaptureState, JobState

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_WAITING = (CaptureState.QUEUED, CaptureState.RUNNING, CaptureState.RETRY_WAIT)


@dataclass(frozen=True, slots=True)
class Ended:
    """How many captures came to one thing; `code` is stable, `words` are for people."""

    code: str
    words: str
    hour: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Captures:
    """`answered`: what sites answered was sealed; `copies`: of these, the page itself."""

    answered_hour: int
    copies_hour: int
    copies_day: int
    ended_hour: int
    ended_day: int
    other: tuple[Ended, ...]
    queued: int
    running: int
    retrying: int
    oldest_queued_at: datetime | None
    next_retry_at: datetime | None
    silent: int  # running, and their lease is over
    taken_back: int  # waiting again because a worker stopped
    retriable: int


@dataclass(frozen=True, slots=True)
class Jobs:
    """What is made of sealed copies: texts and pictures."""

    pending: int
    running: int
    failed: int


@dataclass(frozen=True, slots=True)
class Health:
    at: datetime
    captures: Captures
    jobs: Jobs
    rooms: tuple[Room, ...]
    stamps: StampHealth
    fixity: FixityHealth
    alarms: tuple[Alarm, ...]


def health(*, now: datetime) -> Health:
    """How archiving does at NOW; twelve queries."""
    captures, jobs, room = _captures(now), _jobs(), rooms()
    stamps, fixity = stamp_health(now=now), fixity_health(now=now)
    alarms = (
        *alarms_of(now=now, captures=captures, jobs=jobs, rooms=room),
        *([Alarm("no_time_stamp", stamps.alarm, "stamps")] if stamps.alarm else ()),
        *([Alarm("fixity", fixity.alarm, "fixity")] if fixity.alarm else ()),
    )
    return Health(now, captures, jobs, room, stamps, fixity, alarms)


def _captures(now: datetime) -> Captures:
    rows = _ended(now)
    copies = [row for row in rows if holds_the_document(row["outcome"])]
    answered = [
        row for row in rows if row["outcome"] and row["outcome"] != str(Outcome.UNREACHABLE)
    ]
    return Captures(
        answered_hour=sum(row["hour"] for row in answered),
        copies_hour=sum(row["hour"] for row in copies),
        copies_day=sum(row["day"] for row in copies),
        ended_hour=sum(row["hour"] for row in rows),
        ended_day=sum(row["day"] for row in rows),
        other=_by_code(row for row in rows if not holds_the_document(row["outcome"])),
        retriable=failed_lately(now).count(),
        **_waiting(now),
    )


def _ended(now: datetime) -> list[Mapping[str, Any]]:
    lately = Snapshot.objects.filter(capture_finished_at__gte=now - DAY)
    rows = (
        lately.exclude(state__in=_WAITING)
        .order_by()
        .values("outcome", "error", "http_status")
        .annotate(day=Count("pk"), hour=Count("pk", filter=Q(capture_finished_at__gte=now - HOUR)))
    )
    return [dict(row) for row in rows]


def _by_code(rows: Iterable[Mapping[str, Any]]) -> tuple[Ended, ...]:
    """Rows that are said in the same words are one; the most frequent first."""
    found: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        counts = found.setdefault((_code(row), _words(row)), [0, 0])
        counts[0] += row["hour"]
        counts[1] += row["day"]
    ended = [Ended(code, words, hour, day) for (code, words), (hour, day) in found.items()]
    return tuple(sorted(ended, key=lambda one: (-one.day, one.code)))


def _code(row: Mapping[str, Any]) -> str:
    if row["outcome"] == str(Outcome.HTTP_ERROR):
        return f"http_{row['http_status']}"
    is_unanswered = row["outcome"] in {"", str(Outcome.UNREACHABLE)}
    return str(row["error"] if is_unanswered else row["outcome"])


def _words(row: Mapping[str, Any]) -> str:
    is_unreachable = row["outcome"] == str(Outcome.UNREACHABLE)
    outcome = "" if is_unreachable else row["outcome"]
    return result_in_words(Came(outcome=outcome, error=row["error"], status=row["http_status"]))


def _waiting(now: datetime) -> dict[str, Any]:
    is_queued = Q(state=CaptureState.QUEUED)
    is_put_off = Q(state=CaptureState.RETRY_WAIT)
    is_running = Q(state=CaptureState.RUNNING)
    return Snapshot.objects.filter(state__in=_WAITING).aggregate(
        queued=Count("pk", filter=is_queued),
        running=Count("pk", filter=is_running),
        retrying=Count("pk", filter=is_put_off),
        # One that was put off and is queued again has waited since its last attempt, not longer.
        oldest_queued_at=Min("requested_at", filter=is_queued & Q(attempt=0)),
        next_retry_at=Min("next_attempt_at", filter=is_put_off),
        silent=Count("pk", filter=is_running & Q(lease_until__lt=now)),
        taken_back=Count("pk", filter=is_queued & Q(error=ErrorCode.LEASE_LOST)),
    )


def _jobs() -> Jobs:
    open_states = (JobState.PENDING, JobState.RUNNING, JobState.FAILED)
    counts = ArtifactJob.objects.filter(state__in=open_states).aggregate(
        pending=Count("pk", filter=Q(state=JobState.PENDING)),
        running=Count("pk", filter=Q(state=JobState.RUNNING)),
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
    )
    return Jobs(**counts)


def failed_lately(now: datetime) -> QuerySet[Snapshot]:
    """Captures of the last day without any answer, of documents that were not tried again since."""
    later = Snapshot.objects.filter(document=OuterRef("document"), number__gt=OuterRef("number"))
    return Snapshot.objects.filter(
        Q(state=CaptureState.FAILED)
        | Q(state=CaptureState.SEALED, outcome=str(Outcome.UNREACHABLE)),
        ~Exists(later),
        capture_finished_at__gte=now - DAY,
    )
