"""Read plain text: lines to blocks, the list of references at the end apart from the body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from claims.footnotes import CLOSING, DIGIT, find_notes
from claims.proposals.article import Reference
from claims.proposals.furniture import is_furniture
from claims.proposals.references import ReferenceList, trailing_list
from claims.proposals.source import Block, BlockKind, Source

_LONGEST_TITLE = 300
_WRAPPED = range(45, 121)  # characters of a line that a mail program or an editor broke
_ENDS = re.compile(rf"[.!?؟…:;»”\"]\s*(?:[{DIGIT}⁰¹²³⁴-⁹\[\]]*)\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    start: int
    end: int
    text: str


def read_plain(text: str) -> Source:
    """Blank lines and, unless the text is hard-wrapped, line ends separate blocks.

    The first line is the title if anything follows it. `blocks` point into the text unchanged.
    """
    lines = list(_lines(text))
    body, references = _without_references(lines)
    blocks = [_block(group) for group in _groups(body)]
    if _is_title(blocks, text):
        blocks[0] = Block(blocks[0].start, blocks[0].end, BlockKind.TITLE)
    return Source(text, tuple(blocks), references=references)


def _lines(text: str) -> Iterator[Line]:
    start = 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        offset = start + (len(raw) - len(raw.lstrip()))
        yield Line(offset, offset + len(stripped), stripped)
        start += len(raw) + 1


def _without_references(lines: list[Line]) -> tuple[list[Line], tuple[Reference, ...]]:
    """The body lines and the references; lines of page furniture may follow the list."""
    end = len(lines)
    while end > 0 and (not lines[end - 1].text or is_furniture(lines[end - 1].text)):
        end -= 1
    listed = trailing_list([line.text for line in lines[:end]])
    if listed is None or not _is_cited(listed, lines[: listed.first]):
        return lines, ()
    return lines[: listed.first] + lines[end:], listed.references


def _is_cited(listed: ReferenceList, body: Sequence[Line]) -> bool:
    """A numbered list is a list of references if it says so, links somewhere, or is cited."""
    if listed.headed or any(reference.address for reference in listed.references):
        return True
    used = {note.number for note in find_notes("\n".join(line.text for line in body))}
    return 2 * len(used & {reference.number for reference in listed.references}) > len(
        listed.references
    )


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and not (line.text and _continues(group[-1], line)):
            yield group
            group = []
        if line.text:
            group.append(line)
    if group:
        yield group


def _continues(line: Line, following: Line) -> bool:
    """Whether a line was broken only because it was full."""
    return (
        len(line.text) in _WRAPPED
        and len(following.text) < _WRAPPED.stop
        and not _ENDS.search(line.text[-12:])
        and following.text[0] not in CLOSING + "-*•#>["
        and not is_furniture(following.text)
        and line.text != following.text
    )


def _block(group: Sequence[Line]) -> Block:
    return Block(group[0].start, group[-1].end, BlockKind.TEXT)


def _is_title(blocks: Sequence[Block], text: str) -> bool:
    if len(blocks) < 2:  # noqa: PLR2004 - a lone block is the article itself
        return False
    first = text[blocks[0].start : blocks[0].end]
    return len(first) <= _LONGEST_TITLE
