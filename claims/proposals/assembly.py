"""From a reader's blocks to an article: title, numbered paragraphs, captions, what is dropped."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from claims.footnotes import Note, find_notes
from claims.proposals.article import Article, Dropped, DropReason, Paragraph, Reference, Where
from claims.proposals.furniture import is_caption, is_furniture
from claims.proposals.language import language_of
from claims.proposals.source import Block, BlockKind, Source
from claims.proposals.times import inferred_year, stated_years

_LONGEST_REPEATED_CAPTION = 400


def assembled(source: Source, *, published: date | None) -> Article:
    title, blocks = _title(source)
    kept, dropped = _sorted_out(source, blocks, title)
    paragraphs = _numbered(source, kept)
    prose = "\n".join(paragraph.text for paragraph in paragraphs)
    notes = _notes(source, kept)
    published = published or source.published
    return Article(
        title=title,
        text=source.text,
        language=language_of(prose, hint=source.language),
        paragraphs=paragraphs,
        notes=notes,
        references=_references(source.references, notes),
        dropped=dropped,
        published=published,
        stated_years=stated_years(f"{title}\n{prose}"),
        inferred_year=inferred_year(prose, published=published),
    )


def _title(source: Source) -> tuple[str, list[Block]]:
    """The title and the other blocks; a title block that repeats the title goes with it."""
    titles = [_words(source, b) for b in source.blocks if b.kind is BlockKind.TITLE]
    title = source.title or next(iter(titles), "")
    rest = [
        block
        for block in source.blocks
        if block.kind is not BlockKind.TITLE or _words(source, block) != title
    ]
    return title, rest


def _words(source: Source, block: Block) -> str:
    return " ".join(source.text[block.start : block.end].split())


def _sorted_out(
    source: Source, blocks: Sequence[Block], title: str
) -> tuple[list[Block], tuple[Dropped, ...]]:
    """Blocks of the article, captions marked as such, and the lines that are none of it."""
    printed = [_words(source, block) for block in blocks]
    twice = {words for words, following in pairwise(printed) if words == following}
    kept: list[Block] = []
    dropped: list[Dropped] = []
    seen: set[str] = {title} if title else set()
    for block, words in zip(blocks, printed, strict=True):
        reason = _reason(block, words, seen)
        if reason is not None:
            dropped.append(Dropped(words, reason))
            continue
        seen.add(words)
        kept.append(Block(block.start, block.end, _kind(block, words, twice=words in twice)))
    return kept, tuple(dropped)


def _reason(block: Block, words: str, seen: set[str]) -> DropReason | None:
    if block.kind in {BlockKind.HEADING, BlockKind.TITLE}:
        return DropReason.HEADING
    if block.kind is BlockKind.TABLE:
        return DropReason.TABLE
    if is_furniture(words):
        return DropReason.FURNITURE
    return DropReason.REPEATED if words in seen else None


def _kind(block: Block, words: str, *, twice: bool) -> BlockKind:
    """A line printed twice running is a picture's caption: under it, and for who cannot see it."""
    repeated = twice and len(words) <= _LONGEST_REPEATED_CAPTION
    return BlockKind.CAPTION if repeated or is_caption(words) else block.kind


def _numbered(source: Source, blocks: Iterable[Block]) -> tuple[Paragraph, ...]:
    paragraphs = []
    number = 0
    for block in blocks:
        where: Where = "caption"
        if block.kind is not BlockKind.CAPTION:
            number += 1
            where = number
        text = source.text[block.start : block.end].replace("\n", " ").replace("\t", " ")
        paragraphs.append(Paragraph(where, block.start, block.end, text))
    return tuple(paragraphs)


def _notes(source: Source, blocks: Sequence[Block]) -> tuple[Note, ...]:
    """The notes that stand in kept blocks, from markup if it carries any, else from the text."""
    if source.notes is not None:
        return _within(source.notes, blocks)
    known = {reference.number for reference in source.references}
    return _within(find_notes(_only(source.text, blocks), known=known), blocks)


def _only(text: str, blocks: Sequence[Block]) -> str:
    """The text with everything between the blocks blanked out, so that offsets stay."""
    parts: list[str] = []
    cursor = 0
    for block in blocks:
        parts.append(" " * (block.start - cursor))
        parts.append(text[block.start : block.end])
        cursor = block.end
    return "".join(parts)


def _within(notes: Iterable[Note], blocks: Sequence[Block]) -> tuple[Note, ...]:
    starts = [block.start for block in blocks]
    inside = []
    for note in notes:
        at = bisect_right(starts, note.start) - 1
        if at >= 0 and note.end <= blocks[at].end:
            inside.append(note)
    return tuple(inside)


def _references(listed: Sequence[Reference], notes: Sequence[Note]) -> tuple[Reference, ...]:
    by_number = {reference.number: reference for reference in listed}
    for note in notes:
        by_number.setdefault(note.number, Reference(note.number))
    return tuple(by_number[number] for number in sorted(by_number))
