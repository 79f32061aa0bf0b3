"""Paragraphs of an imported article cut into pieces: its words, its markers, what proposals cite.

Pure: no framework. A proposal is pinned where its quote begins; quotes may overlap and be shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple


class Cited(NamedTuple):
    """The quote of one proposal, and what was decided on it."""

    position: int
    where: str
    quote: str
    decision: str


@dataclass(frozen=True)
class Pin:
    """Where a proposal begins."""

    position: int
    decision: str


@dataclass(frozen=True)
class Piece:
    """Words of a paragraph, or a `note`: the number of a footnote that stands there.

    `marked`: the decision on the proposal that cites these words, empty if none does.
    """

    text: str = ""
    pins: tuple[Pin, ...] = ()
    marked: str = ""
    note: str = ""


@dataclass(frozen=True)
class MarkedParagraph:
    """`ident` is unique in the page; `label`: ¶4, or Picture caption."""

    ident: str
    label: str
    pieces: tuple[Piece, ...]


class _Span(NamedTuple):
    start: int
    end: int
    cited: Cited


DROPPED = "dropped"
# Of several proposals that cite the same words, the most open decision shows.
_ORDER = ("undecided", "kept", "created")


def marked_paragraphs(
    paragraphs: Sequence[Any], cited: Sequence[Cited]
) -> tuple[MarkedParagraph, ...]:
    """PARAGRAPHS as an import stores them, with the quotes of CITED found in them."""
    by_place: dict[str, list[Cited]] = {}
    for one in cited:
        by_place.setdefault(one.where, []).append(one)
    return tuple(
        MarkedParagraph(
            ident=f"paragraph-{order}",
            label="Picture caption" if row["where"] == "caption" else f"¶{row['where']}",
            pieces=tuple(_pieces(row, _spans(row, by_place.get(str(row["where"]), ())))),
        )
        for order, row in enumerate(paragraphs, start=1)
    )


def _spans(row: Any, cited: Iterable[Cited]) -> list[_Span]:
    found = []
    for one in cited:
        start = row["text"].find(one.quote) if one.quote else -1
        if start >= 0 and one.decision != DROPPED:
            found.append(_Span(start, start + len(one.quote), one))
    return found


def _pieces(row: Any, spans: Sequence[_Span]) -> Iterable[Piece]:
    """Cut at every beginning and end; a marker becomes a note of its own."""
    text, notes = row["text"], {start: (end, n) for start, end, n in row.get("notes", [])}
    cuts = {0, len(text), *notes, *(end for end, _ in notes.values())}
    cuts |= {place for span in spans for place in span[:2]}
    ordered = sorted(cuts)
    inside = 0
    for start, end in pairwise(ordered):
        pins = tuple(
            Pin(span.cited.position, span.cited.decision) for span in spans if span.start == start
        )
        if start in notes:
            inside, number = notes[start]
            yield Piece(pins=pins, note=str(number))
        elif start >= inside:
            yield Piece(text[start:end], pins, _mark(spans, start, end))


def _mark(spans: Iterable[_Span], start: int, end: int) -> str:
    over = {span.cited.decision for span in spans if span.start <= start and end <= span.end}
    return next((decision for decision in _ORDER if decision in over), "")
