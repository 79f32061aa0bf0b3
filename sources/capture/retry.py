"""When a capture that came to nothing, or to a passing trouble, is tried again. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from sources.capture.outcomes import TRANSIENT, TRANSIENT_STATUSES, Outcome
from sources.capture.pipeline import CaptureResult
from sources.vocabulary import CaptureState

DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(hours=24)


def is_passing(result: CaptureResult) -> bool:
    """Say whether the same capture may well succeed later."""
    if result.state == CaptureState.REFUSED:
        return False
    if result.error:
        return result.error in TRANSIENT
    status = result.final.status if result.final else None
    return status in TRANSIENT_STATUSES or result.outcome == Outcome.TRUNCATED


def delay_before_next(
    attempt: int, result: CaptureResult | None, now: datetime, *, jitter: float
) -> timedelta:
    """Return how long to wait after the ATTEMPTth try; JITTER is within ±0.2.

    What the server asks for in Retry-After is honoured, between a second and a day.
    """
    asked = asked_delay(_retry_after(result), now)
    if asked is not None:
        return min(max(asked, SHORTEST), LONGEST)
    return DELAYS[min(max(attempt, 1), len(DELAYS)) - 1] * (1 + jitter)


def _retry_after(result: CaptureResult | None) -> str:
    final = result.final if result else None
    return final.head.value("retry-after") if final and final.head else ""


def asked_delay(value: str, now: datetime) -> timedelta | None:
    """Read a Retry-After of seconds or of a date; None for what is neither."""
    if re.fullmatch(r"[0-9]{1,9}", value):
        return timedelta(seconds=int(value))
    if re.fullmatch(r"[0-9]+", value):
        return LONGEST
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return moment - now if moment.tzinfo else None
