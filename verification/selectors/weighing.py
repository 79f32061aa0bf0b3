"""What a stored assessment says about each evidence item, by its position on the claim's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from verification.models import Assessment
from verification.scoring import NoteCode
from verification.scoring.dependence import Counted, counted_of, words_of


class Left(NamedTuple):
    """An item that was listed and not weighed: why, and by which other item."""

    reason: str
    by: int | None


class Said(NamedTuple):
    """A remark on an item's contribution; `by` is the other item that it names."""

    code: str
    by: int | None


@dataclass(frozen=True)
class Weighing:
    """Log-odds by position. `start`: before any item; `prior`: its probability without α."""

    start: float = 0.0
    prior: float = 0.5
    values: Mapping[int, float] = field(default_factory=dict)
    notes: Mapping[int, tuple[Said, ...]] = field(default_factory=dict)
    counted: Mapping[int, Counted] = field(default_factory=dict)
    left: Mapping[int, Left] = field(default_factory=dict)
    without: Mapping[int, float] = field(default_factory=dict)
    without_side: Mapping[str, float] = field(default_factory=dict)


NOTHING = Weighing()

_WORDS = {
    NoteCode.SELF_SERVING: "speaks for its own side",
    NoteCode.AGAINST_INTEREST: "against its own side’s interest",
    NoteCode.CHECKED_VISUAL: "place and date checked",
    NoteCode.UNGRADED: "source not judged yet",
}


def weighing_of(assessment: Assessment | None) -> Weighing:
    if assessment is None:
        return NOTHING
    explanation: Mapping[str, Any] = assessment.explanation
    rows = explanation["contributions"]
    return Weighing(
        start=explanation["start"]["log_odds"],
        prior=explanation["start"]["prior"],
        values={int(row["key"]): row["value"] for row in rows},
        notes={int(row["key"]): _notes(row) for row in rows},
        counted={int(key): entry for key, entry in counted_of(rows).items()},
        left={
            int(row["key"]): Left(row["reason"], _position(row["by"]))
            for row in explanation["dropped"]
        },
        without={int(key): value for key, value in explanation["leave_one_out"].items()},
        without_side=explanation["leave_one_side_out"],
    )


def _notes(row: Mapping[str, Any]) -> tuple[Said, ...]:
    return tuple(Said(note["code"], _position(note["key"])) for note in row["notes"])


def _position(key: str | None) -> int | None:
    return int(key) if key else None


def remark(notes: tuple[Said, ...], counted: Counted) -> str:
    """What one contribution is, and what it counts, in words that a page sets behind it."""
    said = [_WORDS[NoteCode(note.code)] for note in notes if note.code in _KNOWN]
    return "; ".join([*said, *words_of(counted)])


_KNOWN = {code.value for code in _WORDS}
