"""What each reader hands to the assembler: a text, its blocks in order, and its notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from claims.footnotes import Note, NoteStyle
from claims.proposals.article import Reference


class BlockKind(StrEnum):
    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    CAPTION = "caption"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """text[start:end] of its source."""

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Source:
    """A text with its blocks; `notes` is None where they have yet to be found in the text."""

    text: str
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] | None = None
    references: tuple[Reference, ...] = ()
    title: str = ""
    language: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A note that markup carries: the label it is printed with, or the address it links to."""

    label: str = ""
    address: str = ""


Piece = str | Mark


@dataclass(slots=True)
class Draft:
    """Collects blocks of words and marks in reading order, then prints them as one text."""

    blocks: list[tuple[BlockKind, list[Piece]]] = field(default_factory=list)

    def add(self, kind: BlockKind, pieces: Iterable[Piece]) -> None:
        pieces = list(pieces)
        if any(isinstance(piece, str) and piece.strip() for piece in pieces):
            self.blocks.append((kind, pieces))

    def marks(self) -> list[Mark]:
        return [p for _, pieces in self.blocks for p in pieces if isinstance(p, Mark)]

    def printed(self, numbers: dict[Mark, int]) -> tuple[str, tuple[Block, ...], tuple[Note, ...]]:
        """The text with every mark printed as `[number]`; where blocks and notes stand in it."""
        blocks: list[Block] = []
        notes: list[Note] = []
        parts: list[str] = []
        length = 0
        for kind, pieces in self.blocks:
            start = length
            for printed, mark in _printed_pieces(pieces, numbers):
                if mark is not None:
                    style = NoteStyle.LABEL if mark.label else NoteStyle.LINK
                    notes.append(Note(length, length + len(printed), numbers[mark], style))
                parts.append(printed)
                length += len(printed)
            blocks.append(Block(start, length, kind))
            parts.append("\n\n")
            length += 2
        return "".join(parts), tuple(blocks), tuple(notes)


def _printed_pieces(
    pieces: Sequence[Piece], numbers: dict[Mark, int]
) -> Iterable[tuple[str, Mark | None]]:
    for piece in _tidied(pieces):
        if isinstance(piece, Mark):
            yield f"[{numbers[piece]}]", piece
        else:
            yield piece, None


def _tidied(pieces: Sequence[Piece]) -> list[Piece]:
    """Runs of white space become one space, also across pieces; none at either end."""
    tidy: list[Piece] = []
    spaced = True
    for piece in pieces:
        if isinstance(piece, Mark):
            tidy.append(piece)
            continue
        words = " ".join(piece.split())
        before = " " if piece[:1].isspace() and not spaced else ""
        after = " " if words and piece[-1:].isspace() else ""
        if words or before:
            tidy.append(before + words + after)
            spaced = (before + words + after).endswith(" ")
    while tidy and isinstance(tidy[-1], str) and not tidy[-1].rstrip():
        tidy.pop()
    if tidy and isinstance(tidy[-1], str):
        tidy[-1] = tidy[-1].rstrip()
    return tidy


def numbered(marks: Iterable[Mark], *, listed: Iterable[str] = ()) -> dict[Mark, int]:
    """Give every mark its number: printed numbers stay, names and links count on in order.

    `listed` are labels of the reference list, which keep their numbers even if nothing cites them.
    """
    marks = list(dict.fromkeys(marks))
    labels = list(dict.fromkeys([*(m.label for m in marks if m.label), *listed]))
    keep = all(label.isdecimal() and 0 < int(label) < 1000 for label in labels)  # noqa: PLR2004
    by_label = {label: int(label) if keep else place for place, label in enumerate(labels, start=1)}
    following = max(by_label.values(), default=0) + 1
    links = [mark for mark in marks if not mark.label]
    numbers = {mark: following + place for place, mark in enumerate(links)}
    return numbers | {mark: by_label[mark.label] for mark in marks if mark.label}
