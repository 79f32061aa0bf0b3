"""The appointments of hosts: when each may be asked next. The database keeps the book.

All times are the database's. An appointment is one conditional update, so that two workers cannot
both start at the same moment. A host without an interval (CAPTURE_HOST_INTERVAL=0, or this
machine's own loopback unless somebody gave its row one) is asked as often as captures come.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from core.errors import Conflict
from sources.capture.guard import LOOPBACK, Address
from sources.capture.hop import Hop
from sources.capture.hosts import (
    host_key,
    hosts_meant,
    is_silent,
    pause_after_silence,
    pause_asked,
)
from sources.models import HostPolicy

_PATIENCE_SECONDS = 5.0
_SHORTEST_WAIT = 0.05
_LOCAL = frozenset({LOOPBACK, "localhost"})
# Without an interval there is nothing to write, so that many captures of one host do not queue up
# for the lock of its row.
_IS_FREE = """
SELECT 1
  FROM sources_hostpolicy
 WHERE host = %(host)s
   AND COALESCE(min_interval, make_interval(secs => %(interval)s)) <= interval '0'
   AND COALESCE(GREATEST(next_allowed_at, backoff_until), '-infinity') <= clock_timestamp()
"""
_APPOINT = """
INSERT INTO sources_hostpolicy AS known
       (host, next_allowed_at, min_interval, fail_streak, robots, robots_error)
VALUES (%(host)s,
        clock_timestamp()
        + COALESCE(%(own_interval)s::interval, make_interval(secs => %(interval)s)),
        %(own_interval)s::interval, 0, '', '')
    ON CONFLICT (host) DO UPDATE
   SET next_allowed_at = clock_timestamp()
       + COALESCE(known.min_interval, make_interval(secs => %(interval)s))
 WHERE COALESCE(GREATEST(known.next_allowed_at, known.backoff_until), '-infinity')
       <= clock_timestamp()
RETURNING id
"""


def make_appointment(address: Address) -> datetime | None:
    """Let a request to the host of ADDRESS start now; otherwise say when to ask again.

    None means: go ahead, and the next one waits. Any other answer changed nothing.
    """
    host = host_key(address)
    values: dict[str, Any] = {
        "host": host,
        "interval": max(settings.CAPTURE_HOST_INTERVAL, 0.0),
        "own_interval": timedelta(0) if address.host in _LOCAL else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_IS_FREE, values)
        if cursor.fetchone():
            return None
        cursor.execute(_APPOINT, values)
        if cursor.fetchone():
            return None
    return _allowed_at(host)


def wait_for_appointment(address: Address) -> None:
    """Wait until the host of ADDRESS may be asked; raises Conflict if that takes long."""
    if again := wait_briefly(address):
        raise Conflict(
            f"{host_key(address)} asked for a pause until {again:%d %B, %H:%M} UTC, "
            "or did not answer lately. Nothing was captured. Try again then.",
            code="host_paused",
        )


def wait_briefly(address: Address) -> datetime | None:
    """Wait until the host of ADDRESS may be asked; when to ask again, if that takes long."""
    patience = time.monotonic() + settings.CAPTURE_HOST_INTERVAL + _PATIENCE_SECONDS
    while again := make_appointment(address):
        seconds = max((again - timezone.now()).total_seconds(), _SHORTEST_WAIT)
        if time.monotonic() + seconds > patience:
            return again
        time.sleep(seconds)
    return None


def _allowed_at(host: str) -> datetime:
    found = HostPolicy.objects.filter(host=host).values_list("next_allowed_at", "backoff_until")
    moments = [moment for row in found for moment in row if moment]
    return max(moments, default=timezone.now())


def is_paused(host: str) -> bool:
    """Say whether HOST asked for a pause, or was silent too often, and that is not over."""
    return HostPolicy.objects.filter(host=host, backoff_until__gt=Now()).exists()


def note_answers(ended: Iterable[tuple[Address | None, Hop | None]]) -> None:
    """Remember for all captures what those that ENDED, asked and last hop, say of their hosts."""
    well: set[str] = set()
    for asked, last in ended:
        if asked is None or last is None:
            continue
        hosts = hosts_meant(asked, last)
        pause = pause_asked(last, timezone.now())
        for host in sorted(hosts):
            if pause is not None:
                _pause(host, pause)
            elif is_silent(last):
                _count_silence(host)
        if pause is None and not is_silent(last) and last.head is not None:
            well |= hosts
    if well:
        HostPolicy.objects.filter(host__in=well, fail_streak__gt=0).update(fail_streak=0)


def _pause(host: str, pause: timedelta) -> None:
    """Leave HOST alone for PAUSE; a longer pause that was asked for before stays."""
    HostPolicy.objects.get_or_create(host=host)
    HostPolicy.objects.filter(host=host).update(
        backoff_until=Greatest(F("backoff_until"), Now() + pause)
    )


def _count_silence(host: str) -> None:
    """Each further silence doubles the pause; two workers that count at once may count one."""
    HostPolicy.objects.get_or_create(host=host)
    rows = HostPolicy.objects.filter(host=host)
    rows.update(fail_streak=F("fail_streak") + 1)
    pause = pause_after_silence(rows.values_list("fail_streak", flat=True).get())
    if pause:
        _pause(host, pause)
