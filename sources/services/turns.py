"""Whose capture comes next: people before imports before schedules, and who waits for few first.

A message says only that there is work. Whoever hears it takes what is first in turn, so that a
hundred messages of one person do not stand before one of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from core.errors import TooMany
from sources.capture.guard import Address, Refused, read_address
from sources.capture.hosts import host_key
from sources.capture.outcomes import ErrorCode
from sources.models import Snapshot
from sources.models.snapshot import PRIORITY_IMPORT, PRIORITY_PERSON, PRIORITY_SCHEDULE
from sources.services.hosts import is_paused, make_appointment
from sources.services.leases import Lease, claim_snapshot, claim_snapshots
from sources.vocabulary import CaptureReason, CaptureState

QUEUE = (CaptureState.QUEUED, CaptureState.RETRY_WAIT)
_TRIES = 5
_PRIORITIES = {
    CaptureReason.USER: PRIORITY_PERSON,
    CaptureReason.SCHEDULE: PRIORITY_SCHEDULE,
    CaptureReason.IMPORT: PRIORITY_IMPORT,
    CaptureReason.PROVIDED: PRIORITY_IMPORT,
}

# Reads the partial index of what waits, in its order; finished snapshots are not in it. Those of
# hosts that may not be asked now are passed over.
_FIRST_IN_TURN = """
SELECT waiting.id, waiting.host,
       COALESCE(known.min_interval, make_interval(secs => %(interval)s)) > interval '0'
  FROM sources_snapshot AS waiting
  LEFT JOIN sources_hostpolicy AS known ON known.host = waiting.host
 WHERE waiting.state = %(queued)s
   AND COALESCE(GREATEST(known.next_allowed_at, known.backoff_until), '-infinity')
       <= statement_timestamp()
 ORDER BY waiting.priority DESC, waiting.turn, waiting.number
 LIMIT %(most)s
   FOR UPDATE OF waiting SKIP LOCKED
"""
# In the same order. Of a host with an interval one capture is sent at a time, so that those of
# other hosts are not crowded out by many that could not start anyway.
_TAKE_DUE = """
UPDATE sources_snapshot
   SET state = %(queued)s,
       next_attempt_at = statement_timestamp() + make_interval(secs => %(again)s)
 WHERE id IN (
       SELECT DISTINCT ON (one_of) id
         FROM (SELECT waiting.id, waiting.priority, waiting.turn, waiting.number,
                      CASE WHEN COALESCE(known.min_interval, make_interval(secs => %(interval)s))
                                > interval '0' AND known.id IS NOT NULL
                           THEN waiting.host ELSE waiting.id::text END AS one_of
                 FROM sources_snapshot AS waiting
                 LEFT JOIN sources_hostpolicy AS known ON known.host = waiting.host
                WHERE waiting.state IN (%(queued)s, %(waiting)s)
                  AND waiting.next_attempt_at <= statement_timestamp()
                  AND COALESCE(GREATEST(known.next_allowed_at, known.backoff_until), '-infinity')
                      <= statement_timestamp()
                ORDER BY waiting.priority DESC, waiting.turn, waiting.number
                LIMIT %(most)s
                  FOR UPDATE OF waiting SKIP LOCKED) AS first
        ORDER BY one_of, priority DESC, turn, number)
RETURNING -priority, turn, number, id
"""


def take_due(*, at_most: int, again: timedelta) -> list[int]:
    """The ids of what is due and may start now, in turn; each is due AGAIN only after that time."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_DUE,
            {
                "queued": CaptureState.QUEUED,
                "waiting": CaptureState.RETRY_WAIT,
                "again": again.total_seconds(),
                "interval": max(settings.CAPTURE_HOST_INTERVAL, 0.0),
                "most": at_most,
            },
        )
        return [row[-1] for row in sorted(cursor.fetchall())]


def next_in_turn() -> Lease | None:
    """Take what is first in turn and may start now; None if there is no such capture."""
    for _ in range(_TRIES):
        with transaction.atomic():
            waiting = first_in_turn(at_most=1)
            if not waiting:
                return None
            lease = take_turn(snapshot_id=waiting[0].snapshot_id)
        if lease is not None:
            return lease
    return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued capture; `keeps_interval` if its host is asked by appointment only."""

    snapshot_id: int
    host: str
    keeps_interval: bool


def first_in_turn(*, at_most: int) -> list[Waiting]:
    """What is first in turn, locked until the transaction ends; others pass it over."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FIRST_IN_TURN,
            {
                "queued": CaptureState.QUEUED,
                "interval": max(settings.CAPTURE_HOST_INTERVAL, 0.0),
                "most": at_most,
            },
        )
        return [Waiting(*row) for row in cursor.fetchall()]


@transaction.atomic
def take_turns(*, at_most: int) -> list[Lease]:
    """Take up to AT_MOST captures that are first in turn and may start now.

    Of a host that is asked by appointment it is one at a time; the others are taken with one
    update.
    """
    waiting = first_in_turn(at_most=at_most)
    leases = claim_snapshots([one.snapshot_id for one in waiting if not one.keeps_interval])
    by_host = {one.host: one.snapshot_id for one in reversed(waiting) if one.keeps_interval}
    one_by_one = (take_turn(snapshot_id=snapshot_id) for snapshot_id in by_host.values())
    return [*leases, *(lease for lease in one_by_one if lease)]


@transaction.atomic
def take_turn(*, snapshot_id: int) -> Lease | None:
    """Claim one queued snapshot if its host may be asked now; else it goes back to the queue.

    Going back uses up no attempt. None, and nothing changed, if it is not in the queue.
    """
    snapshot = (
        Snapshot.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("document")
        .filter(pk=snapshot_id, state=CaptureState.QUEUED)
        .first()
    )
    if snapshot is None:
        return None
    address = address_of(snapshot)
    again = make_appointment(address) if address else None
    if address and again:
        _put_back(snapshot, host_key(address), again)
        return None
    return claim_snapshot(snapshot_id)


def text_of(snapshot: Snapshot) -> str:
    """What is asked for SNAPSHOT, as it was entered."""
    return snapshot.via or snapshot.document.address or ""


def address_of(snapshot: Snapshot) -> Address | None:
    """What is asked for SNAPSHOT; None for an address that the capture itself will refuse."""
    try:
        return read_address(text_of(snapshot))
    except Refused:
        return None


def _put_back(snapshot: Snapshot, host: str, again: datetime) -> None:
    columns: dict[str, Any] = {"host": host, "next_attempt_at": again}
    if is_paused(host):
        columns |= {
            "state": CaptureState.RETRY_WAIT,
            "error": ErrorCode.HOST_PAUSED,
            "error_detail": "The host asked for a pause, or did not answer lately.",
        }
    Snapshot.objects.filter(pk=snapshot.pk).update(**columns)


def priority_of(reason: str, *, in_bulk: bool) -> int:
    """People wait for what they asked for by itself; what comes in bulk stands behind it."""
    priority = _PRIORITIES[CaptureReason(reason)]
    return min(priority, PRIORITY_IMPORT) if in_bulk else priority


def turn_of(actor: User | None) -> int:
    """How many captures ACTOR has waiting; the software itself does not queue behind itself."""
    return Snapshot.objects.filter(requested_by=actor, state__in=QUEUE).count() if actor else 0


def refuse_too_many(actor: User) -> None:
    """Raise TooMany once ACTOR asked for CAPTURE_RATE_PER_MINUTE captures within a minute."""
    most = settings.CAPTURE_RATE_PER_MINUTE
    lately = Snapshot.objects.filter(
        requested_by=actor,
        requested_at__gt=timezone.now() - timedelta(minutes=1),
        priority=PRIORITY_PERSON,
    ).count()
    if lately >= most:
        raise TooMany(
            f"You asked for {most} captures within a minute, which is the most. "
            "Nothing was added. Wait a minute, then ask again.",
            code="too_many_captures",
        )
