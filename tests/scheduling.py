"""Which tests share a process under `make test`, and which begin early."""

from __future__ import annotations

import os

import pytest
from xdist.scheduler import LoadScopeScheduling

ALONE = ("test_story_journey.py", "test_every_page.py")
# What their tests share takes seconds to start, and would be started in each process.
TOGETHER = (
    "core/test_components_in_browser.py",
    "core/test_embedded_postgres.py",
    "core/test_served_files.py",
    "core/test_up.py",
    "faults/test_database_away.py",
    "sources/test_stores.py",
    "verification/test_flattened.py",
)


class SharersTogether(LoadScopeScheduling):
    """Tests that share what is slow to start run in one process; so do journeys through one story.

    Those that take longest have a process each and begin before all others, as the scheduler takes
    the largest group first; every other test runs where there is room. Marks cannot say this:
    pytest-xdist 3.8 writes the group of a test where pytest 9.2 no longer looks for it.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if path.endswith((*ALONE, *TOGETHER)):
            return path
        return "journeys" if "/journeys/" in path else nodeid


def long_ones_first(items: list[pytest.Item]) -> None:
    """So that no process is left alone with one at the end; otherwise the order stays."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def processes() -> int:
    """One more than there are processors: some tests wait for a browser, a lease or a broker."""
    return (os.cpu_count() or 1) + 1
