"""The row of one owed time stamp as a queue: taken, settled, put off."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Now

from audit.models import TimestampToken, TokenState

FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=6)
TAKEN_FOR = timedelta(minutes=2)  # longer than the limits of one exchange


def take(token: TimestampToken) -> bool:
    """Of two workers one moves the next attempt, and that one asks."""
    rows = TimestampToken.objects.filter(
        ~Q(state=TokenState.GRANTED), pk=token.pk, next_attempt_at__lte=Now()
    )
    taken = rows.update(attempt=F("attempt") + 1, next_attempt_at=Now() + TAKEN_FOR) == 1
    if taken:
        token.refresh_from_db()
    return taken


def settle(token: TimestampToken, /, **columns: object) -> bool:
    """Write down what came of this attempt, unless another attempt has begun since."""
    rows = TimestampToken.objects.filter(
        ~Q(state=TokenState.GRANTED), pk=token.pk, attempt=token.attempt
    )
    return rows.update(**columns) == 1


def put_off(token: TimestampToken, *, state: TokenState, reason: str) -> None:
    """Ask again later: after 1 minute, then twice as long each time, at most after 6 hours."""
    doublings = min(max(token.attempt - 1, 0), 12)
    delay = min(FIRST_DELAY * 2**doublings, LONGEST_DELAY)
    settle(token, state=state, reason=reason[:300], next_attempt_at=Now() + delay)
