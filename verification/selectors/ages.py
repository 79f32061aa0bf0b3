"""How long ago, as narrow columns of the desk say it."""

from __future__ import annotations

from datetime import datetime, timedelta

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LONG_IN_HOURS = 3 * _DAY


def short_age(since: datetime, now: datetime) -> str:
    """40 min, 22 h, 54 h, 3 d."""
    span = max(now - since, timedelta())
    if span < _HOUR:
        return f"{max(1, int(span.total_seconds() // 60))} min"
    if span < _LONG_IN_HOURS:
        return f"{span // _HOUR} h"
    return f"{span // _DAY} d"
