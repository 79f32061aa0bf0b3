"""The sentences of a paragraph, without note markers, and the way back to the article's text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

from claims.footnotes import Masked, Note, mask
from claims.proposals.article import Article, Paragraph

_CHUNK = 8_000  # characters; the splitter's time grows faster than its input on unclosed quotes
_PAUSE = re.compile(r"[.!?؟…][\"”»)\]]*\s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, its `text` without markers.

    `notes` are (offset in `text`, number): an offset is where the marker stood, at the end of the
    words that it supports.
    """

    paragraph: Paragraph
    text: str
    notes: tuple[tuple[int, int], ...]
    masked: Masked
    offset: int  # of `text` in `masked.text`

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the article's text."""
        low, high = self._raw(start, end)
        return self.paragraph.start + low, self.paragraph.start + high

    def quote(self, start: int, end: int) -> str:
        low, high = self._raw(start, end)
        return self.paragraph.text[low:high]

    def _raw(self, start: int, end: int) -> tuple[int, int]:
        """Never beyond the paragraph, where a mask is longer than the marker it stands for."""
        low, high = self.masked.raw_span(self.offset + start, self.offset + end)
        return low, min(high, len(self.paragraph.text))


def sentences(article: Article, paragraph: Paragraph) -> Iterator[Sentence]:
    """A note after the closing stop belongs to the sentence before it."""
    notes = _local_notes(article, paragraph)
    masked = mask(paragraph.text, notes)
    placed = sorted((masked.position(note.start), note.number) for note in notes)
    at = 0
    for start, end in _boundaries(masked.text, article.language):
        here = []
        while at < len(placed) and placed[at][0] <= end:
            here.append((max(placed[at][0] - start, 0), placed[at][1]))
            at += 1
        yield Sentence(paragraph, masked.text[start:end], tuple(here), masked, start)


def _local_notes(article: Article, paragraph: Paragraph) -> list[Note]:
    first = bisect_left(article.notes, paragraph.start, key=lambda note: note.start)
    found = []
    for at in range(first, len(article.notes)):
        note = article.notes[at]
        if note.end > paragraph.end:
            break
        shift = paragraph.start
        found.append(Note(note.start - shift, note.end - shift, note.number, note.style))
    return found


def _boundaries(text: str, language: str) -> Iterator[tuple[int, int]]:
    code = "ar" if language == "ar" else "en"
    for base, chunk in _chunks(text):
        for piece in sentencex.get_sentence_boundaries(code, chunk):
            words = piece["text"]
            start = base + piece["start_index"] + len(words) - len(words.lstrip())
            end = base + piece["start_index"] + len(words.rstrip())
            if end > start:
                yield start, end


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of bounded length, cut after a stop where there is one."""
    start = 0
    while start < len(text):
        end = min(start + _CHUNK, len(text))
        if end < len(text):
            pauses = [m.end() for m in _PAUSE.finditer(text, start + _CHUNK // 2, end)]
            end = pauses[-1] if pauses else end
        yield start, text[start:end]
        start = end
