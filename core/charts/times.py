"""Round times for an axis, from seconds to decades, with labels that fit a phone.

The names of months follow the language of the page.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.formats import date_format

MOST = 4  # intervals between ticks; five labels fit 320 pixels
MINUTE, HOUR, DAY = 60, 3600, 86400
SECONDS = (1, 2, 5, 10, 15, 30)
MINUTES = (1, 2, 5, 10, 15, 30)
HOURS = (1, 2, 3, 6, 12)
DAYS = (1, 2, 4, 7, 14)
MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600)
MONTH_DAYS = 30.4
SHORT = tuple(
    count * unit
    for counts, unit in ((SECONDS, 1), (MINUTES, MINUTE), (HOURS, HOUR), (DAYS, DAY))
    for count in counts
)


def ticks(start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """Two to five round moments between START and END (both UTC), each with its label."""
    span = (end - start).total_seconds()
    step = next((seconds for seconds in SHORT if span <= seconds * MOST), None)
    if step is not None:
        return [(at, _label(at, step)) for at in _even(start, end, step)]
    days = span / DAY
    months = next((count for count in MONTHS if days <= count * MONTH_DAYS * MOST), MONTHS[-1])
    return [(at, _month_label(at, months)) for at in _monthly(start, end, months)]


def _even(start: datetime, end: datetime, step: int) -> list[datetime]:
    seconds = start.timestamp()
    first = -(-seconds // step) * step
    count = int((end.timestamp() - first) // step) + 1
    return [datetime.fromtimestamp(first + at * step, UTC) for at in range(max(count, 0))]


def _monthly(start: datetime, end: datetime, months: int) -> list[datetime]:
    index = start.year * 12 + start.month - 1
    index -= index % months
    found = []
    while (at := _month(index)) <= end:
        if at >= start:
            found.append(at)
        index += months
    return found


def _month(index: int) -> datetime:
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC)


def _label(at: datetime, step: int) -> str:
    if step >= DAY or (step >= MINUTE and at.hour == at.minute == 0):
        return str(date_format(at, "j M"))
    return str(date_format(at, "H:i" if step >= MINUTE else "H:i:s"))


def _month_label(at: datetime, months: int) -> str:
    return str(date_format(at, "Y" if months >= 12 or at.month == 1 else "M"))  # noqa: PLR2004  # a year


def widened(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The span, or one second where it is empty, so that an axis always has a length."""
    return (start, end) if end > start else (start, start + timedelta(seconds=1))
