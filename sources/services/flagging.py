"""Which flags a snapshot is sealed with: what its trail shows, and whether clocks agreed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from sources.capture.flags import flags_of
from sources.capture.pipeline import CaptureResult
from sources.flags import Flag

TOLERATED_SKEW = timedelta(seconds=60)


def flags_with(known: list[str], result: CaptureResult, database_time: datetime) -> list[str]:
    """KNOWN flags and those of RESULT, each once; DATABASE_TIME is the database's present."""
    found = [*known, *map(str, flags_of(result.hops))]
    if _is_clock_wrong(result, database_time):
        found.append(str(Flag.CLOCK_SKEW))
    return list(dict.fromkeys(found))


def _is_clock_wrong(result: CaptureResult, database_time: datetime) -> bool:
    """The worker's clock is not the database's, or it jumped while the capture ran.

    The times in the WARC are the worker's; those of the row and the manifest are the database's.
    """
    apart = abs(timezone.now() - database_time)
    by_clock = result.finished_at - result.started_at
    jumped = abs(by_clock - timedelta(milliseconds=result.duration_ms))
    return apart > TOLERATED_SKEW or jumped > TOLERATED_SKEW
