"""Times, spans and counts as sentences of public pages say them. UTC everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf.locale import LANG_INFO
from django.utils.formats import date_format

from claims.vocabulary import TimePrecision
from sources.vocabulary import DatePrecision
from verification.conditions.phrases import count

__all__ = ["count", "day", "language_name", "lasting", "listed", "moment", "published", "time_span"]

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LONG_IN_HOURS = 2 * _DAY
_CALENDAR = {TimePrecision.YEAR: "Y", TimePrecision.MONTH: "F Y"}
_CLOCK = (TimePrecision.MINUTE, TimePrecision.HOUR)
_PUBLISHED = {DatePrecision.DAY: "j M Y", DatePrecision.MONTH: "F Y", DatePrecision.YEAR: "Y"}


def _written(at: datetime, form: str) -> str:
    return str(date_format(at.astimezone(UTC), form))


def moment(at: datetime) -> str:
    """12 Nov 2016, 16:05 UTC."""
    return f"{_written(at, 'j M Y, H:i')} UTC"


def day(at: datetime) -> str:
    """12 Nov 2016."""
    return _written(at, "j M Y")


def published(at: datetime, precision: str) -> str:
    """A date of publication, as exact as it is known."""
    form = next((form for known, form in _PUBLISHED.items() if known == precision), None)
    return _written(at, form) if form else moment(at)


def lasting(span: timedelta) -> str:
    """A length of time in its largest sensible unit: 40 minutes, 18 hours, 3 days."""
    if span < _HOUR:
        return count(max(1, round(span.total_seconds() / 60)), "minute")
    if span < _LONG_IN_HOURS:
        return count(round(span / _HOUR), "hour")
    return count(round(span / _DAY), "day")


def listed(parts: list[str]) -> str:
    """A, B and C."""
    *others, last = parts or [""]
    return f"{', '.join(others)} and {last}" if others else last


def time_span(start: datetime | None, end: datetime | None, precision: str) -> str:
    """When something is said to have happened, no more exactly than it is known; "" if unknown."""
    first, last = start or end, end or start
    if first is None or last is None:
        return ""
    if precision in _CLOCK:
        return moment(first) if first == last else f"{moment(first)} to {moment(last)}"
    form = next((form for known, form in _CALENDAR.items() if known == precision), None)
    if form:
        return _between(_written(first, form), _written(last, form))
    span = _days(first.astimezone(UTC), last.astimezone(UTC))
    return f"around {span}" if precision == TimePrecision.VAGUE else span


def _between(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _days(first: datetime, last: datetime) -> str:
    if first.date() == last.date():
        return _written(first, "j F Y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_written(last, 'j F Y')}"
    start = _written(first, "j F" if first.year == last.year else "j F Y")
    return f"{start} to {_written(last, 'j F Y')}"


def language_name(code: str) -> str:
    """The English name of a language, or its code where we know none."""
    return str(LANG_INFO.get(code, {}).get("name", code))
