"""Several people at the same moment, each on a database connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

LONGEST = 30
MEETING = 1.5

Work = Callable[[], Any]


def at_once(*works: Work) -> list[Any]:
    """Run WORKS from a common start; the result of each, or the exception that it raised."""
    start = threading.Barrier(len(works), timeout=10)
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Work) -> None:
        try:
            start.wait()
            results[place] = work()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(place, work), daemon=True)
        for place, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    assert not any(thread.is_alive() for thread in threads), "a writer never came back"
    return results


class Meeting:
    """A place in the code where all who are under way meet, if nobody is kept from coming.

    Who waits in vain goes on after a while: then a lock kept the others away, as it should.
    """

    def __init__(self, count: int = 2) -> None:
        self._barrier = threading.Barrier(count, timeout=MEETING)

    def wait(self) -> None:
        try:
            self._barrier.wait()
        except threading.BrokenBarrierError:
            return

    def before(self, patch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        """Meet just before MODULE calls its function NAME."""
        real = getattr(module, name)

        def met(*args: Any, **kwargs: Any) -> Any:
            self.wait()
            return real(*args, **kwargs)

        patch.setattr(module, name, met)
