"""A place in a list ordered by a moment and a number, as the address of its next page says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def place_key(at: datetime, number: int) -> str:
    """Exact to the microsecond, so that no row is lost between two pages."""
    return f"{(at - _EPOCH) // _MICROSECOND}-{number}"


def place_of(key: str) -> tuple[datetime, int]:
    """The moment and the number of KEY, or Invalid."""
    moment, _, number = key.partition("-")
    try:
        return _EPOCH + int(moment) * _MICROSECOND, int(number)
    except (ValueError, OverflowError) as error:
        raise Invalid("This is not a page of the list. Start from its first page.") from error
