"""A limit of processor time on one part of reading, so that the other parts are kept.

For the main thread of the extraction child, which is killed when all its time is spent. What runs
inside a library's C code is not interrupted, only killed.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN_SECONDS = 0.1


class TimeSpent(BaseException):
    """Raised between two steps of the reader, past all that catches an Exception."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block once this process has used SECONDS of processor time in it.

    Again and again: what is raised inside a finaliser is swallowed there.
    """
    before = signal.signal(signal.SIGVTALRM, _spent)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _spent(_number: int, _frame: FrameType | None) -> None:
    raise TimeSpent
