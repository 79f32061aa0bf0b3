"""Which sources a source is believed to be like before its own record speaks.

Three levels, each a part of the one above it: sources of one Admiralty grade, those of them that
are of one kind, and those of these that somebody else rated alike. A snapshot says something of a
level once settled claims taught it something; of what it does not name, the level above holds. What
a rater's words are worth is never assumed.
"""

from __future__ import annotations

from collections.abc import Iterator

UNGRADED = "ungraded"
CHECKED_VISUAL = "checked_visual"
_BELOW = "/"
_LEVELS = 3


def group_name(grade: str | None, kind: str | None = None, rated: str | None = None) -> str:
    """As snapshots name it: "B", "B/wire_agency", "ungraded/outlet/Some rater: mixed".

    A rating counts only beside a kind.
    """
    parts = [grade or UNGRADED, kind, rated if kind else None]
    return _BELOW.join(part for part in parts if part)


def upwards(name: str) -> Iterator[str]:
    """The group and those that it is a part of, the largest last. Ratings may hold a slash."""
    parts = name.split(_BELOW, _LEVELS - 1)
    for number in range(len(parts), 0, -1):
        yield _BELOW.join(parts[:number])


def grade_of(name: str) -> str:
    """The group of its grade, which every snapshot knows."""
    return name.split(_BELOW, 1)[0]
