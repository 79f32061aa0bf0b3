"""Which tests share a process under `make test`."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

STORY = "test_story_journey.py"


class JourneysTogether(LoadScopeScheduling):
    """Journeys that look at the same story run in one process, which plays it once.

    The story that is played by hand takes longest and begins early in another; every other test
    runs where there is room. Marks cannot say this: pytest-xdist 3.8 writes the group of a test
    where pytest 9.2 no longer looks for it.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if "/journeys/" not in path:
            return nodeid
        return path if path.endswith(STORY) else "journeys"
