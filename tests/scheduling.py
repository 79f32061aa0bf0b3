"""Which tests share a process under `make test`, and which begin early."""

from __future__ import annotations

import os

import pytest
from xdist.scheduler import LoadScopeScheduling

ALONE = ("test_story_journey.py", "test_every_page.py")


class JourneysTogether(LoadScopeScheduling):
    """Journeys that look at the same story run in one process, which plays it once.

    Those that take longest have a process each and begin before all others, as the scheduler takes
    the largest group first; every other test runs where there is room. Marks cannot say this:
    pytest-xdist 3.8 writes the group of a test where pytest 9.2 no longer looks for it.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if "/journeys/" not in path:
            return nodeid
        return path if path.endswith(ALONE) else "journeys"


def long_ones_first(items: list[pytest.Item]) -> None:
    """So that no process is left alone with one at the end; otherwise the order stays."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def processes() -> int:
    """One more than there are processors: some tests wait for a browser, a lease or a broker."""
    return (os.cpu_count() or 1) + 1
