"""What each report counts, and why: the discounts of a stored explanation as facts and in words.

Read from the contributions as they are kept, so that an old assessment explains itself by its own
numbers and not by those of today's model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verification.scoring.independence import Dominance
from verification.scoring.result import NoteCode

Row = Mapping[str, Any]
"""One contribution as `Contribution.as_dict` wrote it."""

_BEFORE_IT = frozenset(word.value for word in Dominance)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


@dataclass(frozen=True, slots=True)
class Counted:
    """part: what independence leaves of the report, 0 to 1; why and by: the report before it.

    place: which independent origin of its sign it is, strongest first; 0 where another report
    counts before it or it weighs nothing. interest: how many times what it would count without the
    interest of its source; None where it has none.
    """

    part: float
    why: str = ""
    by: str | None = None
    place: int = 0
    interest: float | None = None
    capped: bool = False
    chance: bool = False

    def as_dict(self) -> dict[str, object]:
        return {
            "part": self.part,
            "why": self.why,
            "by": self.by,
            "place": self.place,
            "interest": self.interest,
            "capped": self.capped,
            "no_better_than_chance": self.chance,
            "words": list(words_of(self)),
        }


def counted_of(contributions: Sequence[Row]) -> dict[str, Counted]:
    """By the key of each report, in the order of the contributions."""
    places = _places(contributions)
    return {row["key"]: _counted(row, places.get(row["key"], 0)) for row in contributions}


def before_it(row: Row) -> tuple[str, str] | None:
    """Why another report counts before this one, and which."""
    found = (note for note in row["notes"] if note["code"] in _BEFORE_IT)
    return next(((note["code"], note["key"]) for note in found), None)


def _places(contributions: Sequence[Row]) -> dict[str, int]:
    """Leaders of each sign by what they still count: each further one counts less (ρ0)."""
    places: dict[str, int] = {}
    for sign in (1, -1):
        own = [row for row in contributions if sign * row["value"] > 0 and before_it(row) is None]
        own.sort(key=lambda row: -row["discount"])
        places |= {row["key"]: place for place, row in enumerate(own, start=1)}
    return places


def _counted(row: Row, place: int) -> Counted:
    codes = {note["code"] for note in row["notes"]}
    why, by = before_it(row) or ("", None)
    if not why and NoteCode.CROWD in codes:
        why = NoteCode.CROWD.value
    chance = NoteCode.NO_BETTER_THAN_CHANCE in codes
    return Counted(
        part=0.0 if chance else row["discount"],
        why=why,
        by=by,
        place=place,
        interest=_interest(row, codes),
        capped=NoteCode.CAPPED in codes,
        chance=chance,
    )


def _interest(row: Row, codes: set[str]) -> float | None:
    neutral = row["llr"] - row["interest_effect"]
    sided = codes & {NoteCode.SELF_SERVING.value, NoteCode.AGAINST_INTEREST.value}
    ratio: float | None = row["llr"] / neutral if sided and neutral else None
    return ratio


def words_of(counted: Counted) -> tuple[str, ...]:
    """Sentences without their capital and full stop; none for a report that counts whole."""
    if counted.chance:
        return ("no better than chance: counts nothing",)
    said = [_independence(counted)]
    if counted.interest is not None and counted.part:
        said.append(_interest_words(counted.interest))
    if counted.capped:
        said.append("held at the most that one report can move")
    return tuple(words for words in said if words)


_WHY_LESS = {
    Dominance.COPY_OF.value: "counts {part} because it repeats [{by}]",
    Dominance.SAME_ORIGIN.value: (
        "counts {part} because [{by}], which repeats it, counts in its place"
    ),
    Dominance.SAME_SOURCE.value: (
        "counts {part} because the same source already counts with [{by}]"
    ),
    Dominance.SAME_OWNER.value: (
        "counts {part} of a source because it has the same owner as [{by}]"
    ),
    Dominance.ERRS_TOGETHER.value: (
        "counts {part} of a source because it errs together with [{by}]"
    ),
    NoteCode.CROWD.value: "{less} % less for being the {place} independent origin",
}
"""[n] is the number of a report on the page: no words here name a source."""


def _independence(counted: Counted) -> str:
    return _WHY_LESS.get(counted.why, "").format(
        part=number(counted.part),
        by=counted.by,
        less=round(100 * (1 - counted.part)),
        place=ordinal(counted.place),
    )


def _interest_words(times: float) -> str:
    of = "times" if times > 1 else "of"
    return f"counts {number(times)} {of} what it would without its interest"


def number(value: float) -> str:
    """Two digits that mean something, and no zeros behind them."""
    return f"{value:.2g}" if value < 1 else f"{value:.1f}".removesuffix(".0")


def ordinal(place: int) -> str:
    if 1 <= place <= len(_ORDINALS):
        return _ORDINALS[place - 1]
    ends = {1: "st", 2: "nd", 3: "rd"}
    teen = place % 100 in {11, 12, 13}
    return f"{place}{'th' if teen else ends.get(place % 10, 'th')}"
