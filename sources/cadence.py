"""How long to wait before a cited page is captured again. Pure."""

from __future__ import annotations

from datetime import timedelta

# Most edits happen in the first hours; what stood for a month is likely to stand.
DELAYS = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=30),
)
JITTER = 0.1


def delay_of(step: int, *, jitter: float) -> timedelta:
    """The wait at STEP, shorter or longer by up to a tenth: JITTER is -1 to 1.

    Pages that were filed together are not asked for together for ever.
    """
    if not -1 <= jitter <= 1:
        raise ValueError(f"{jitter} is no jitter: use -1 to 1.")
    return DELAYS[min(max(step, 0), len(DELAYS) - 1)] * (1 + JITTER * jitter)


def next_step(step: int, *, restart: bool) -> int:
    """The step after a look: the first again after a change, else one further, to the last."""
    return 0 if restart else min(step + 1, len(DELAYS) - 1)
