"""Who works on a snapshot: claimed by one conditional update, held by a lease, proved by a fence.

All times are the database's, so that the clocks of workers do not matter. A worker that lost its
lease finds that its fence is no longer the row's, and changes nothing.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from sources.models import Snapshot
from sources.selectors.room import has_room
from sources.vocabulary import CaptureState

# Steps are for people who look on: none is written sooner than this after what was written last.
_STEP_SECONDS = 1.0
_CLAIM = """
UPDATE sources_snapshot
   SET state = %(running)s, step = 'fetching', fence = fence + 1, attempt = attempt + 1,
       lease_until = statement_timestamp() + make_interval(secs => %(lease)s), worker = %(worker)s,
       capture_started_at = statement_timestamp(), error = '', error_detail = ''
 WHERE id = ANY (%(ids)s) AND state = %(queued)s
RETURNING id, fence
"""
_EXTEND = """
UPDATE sources_snapshot AS held
   SET lease_until = statement_timestamp() + make_interval(secs => %(lease)s)
  FROM unnest(%(ids)s::bigint[], %(fences)s::integer[]) AS mine (id, fence)
 WHERE held.id = mine.id AND held.fence = mine.fence AND held.state = %(running)s
RETURNING held.id
"""


class LeaseLost(Exception):
    """Another worker owns the row now, or nobody does: stop, and write nothing."""


@dataclass(slots=True)
class Lease:
    """The right to settle one snapshot, as long as the row's fence is this one."""

    snapshot_id: int
    fence: int
    lost: threading.Event = field(default_factory=threading.Event)
    written_at: float = field(default_factory=time.monotonic)

    def note_step(self, step: str) -> None:
        """Say what is being done, for those who look on; raises LeaseLost.

        A capture that is done within a second never says: each word is a transaction.
        """
        if self.lost.is_set():
            raise LeaseLost
        if time.monotonic() - self.written_at >= _STEP_SECONDS:
            self.note(step=step)

    def note(self, **columns: Any) -> None:
        """Extend the lease and write what is known already; raises LeaseLost."""
        if self.lost.is_set() or not self._extend(**columns):
            raise LeaseLost

    def _extend(self, **changes: Any) -> bool:
        rows = Snapshot.objects.filter(
            pk=self.snapshot_id, fence=self.fence, state=CaptureState.RUNNING
        )
        self.written_at = time.monotonic()
        return rows.update(lease_until=Now() + lease_time(), **changes) == 1


def lease_time() -> timedelta:
    return timedelta(seconds=settings.CAPTURE_LEASE_SECONDS)


def claim_snapshot(snapshot_id: int) -> Lease | None:
    """Take a queued snapshot for this worker; None if there is nothing to take, or no room."""
    return next(iter(claim_snapshots([snapshot_id])), None)


def claim_snapshots(snapshot_ids: Sequence[int]) -> list[Lease]:
    """Take those of the snapshots that are queued, with one update; none if there is no room."""
    if not snapshot_ids or not has_room():
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "ids": list(snapshot_ids),
                "running": CaptureState.RUNNING,
                "queued": CaptureState.QUEUED,
                "lease": lease_time().total_seconds(),
                "worker": f"{socket.gethostname()}:{os.getpid()}"[:120],
            },
        )
        return [Lease(snapshot_id, fence) for snapshot_id, fence in cursor.fetchall()]


def extend_leases(leases: Collection[Lease]) -> None:
    """Extend all LEASES at once; sets `lost` of those that cannot be extended any more."""
    fences = {lease.snapshot_id: lease.fence for lease in leases}
    with connection.cursor() as cursor:
        cursor.execute(
            _EXTEND,
            {
                "ids": list(fences),
                "fences": list(fences.values()),
                "running": CaptureState.RUNNING,
                "lease": lease_time().total_seconds(),
            },
        )
        extended = {snapshot_id for (snapshot_id,) in cursor.fetchall()}
    for lease in leases:
        if lease.snapshot_id not in extended:
            lease.lost.set()
