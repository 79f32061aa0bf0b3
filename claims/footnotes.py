"""Find note markers in plain text, and take them out so that a sentence splitter sees sentences.

Text that lost its markup carries its notes as digits glued to words: `forces9.`, `through8 from`.
They are told from `1070` or `November 3rd` by two things together: a digit run must be glued to a
letter or to closing punctuation and end there, and the accepted numbers must rise 1, 2, 3… through
the text. Every function here is linear in the length of the text and knows no framework.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

DIGIT = "0-9٠-٩۰-۹"
CLOSING = ".,;:!?…)\\]}»”’\"'،؛؟"

_LIST = rf"[{DIGIT}]{{1,3}}(?:\s?[,،–-]\s?[{DIGIT}]{{1,3}}){{0,9}}"
_BRACKET = re.compile(rf"\[({_LIST})\]")
_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴-⁹]{1,3}(?:[ʼ˒,][⁰¹²³⁴-⁹]{1,3}){0,9}")
_GLUED = re.compile(
    rf"(?:(?<=[^\W\d_]|[{CLOSING}ًٌٍَُِّْ])|(?<=[0-9])(?=[٠-٩])|(?<=[٠-٩])(?=[0-9]))"
    rf"([{DIGIT}]{{1,3}}(?:[,،–-][{DIGIT}]{{1,3}}){{0,9}})"
    rf"(?=[\s{CLOSING}]|$)(?![.,:'’]\w)"
)
_NUMBER = re.compile(rf"[{DIGIT}⁰¹²³⁴-⁹]+")
_RANGE = re.compile(r"\d\s?[–-]\s?\d")
_WORD_BEFORE = re.compile(rf"([^\W\d_]*)([{CLOSING}]*)$")
_ZEROS = "0٠۰⁰"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_INVISIBLE = re.compile("[ـً-ْٰ]")  # tatweel and Arabic vowel signs

# Arabic writes "and 3", "with 5", "the 5" as one token: these letters before a number are no word.
_PROCLITICS = frozenset({"و", "ف", "ب", "ل", "ك", "ال", "بال", "لل", "وال", "فال", "ول", "وب"})
_ABBREVIATIONS = frozenset(
    {"no", "nr", "vol", "art", "fig", "figs", "p", "pp", "para", "sec", "ch", "col"}
)
_UNITS = frozenset({"m", "km", "cm", "mm"})

_LOOKBACK = 40  # characters; a marker is judged by the word it touches, not by the line
_ORDINARY_WORD = 3  # letters
_LONG_CHAIN = 3.0
_LARGEST_RANGE = 20
_BRACKET_GAP = 3  # markers that a lost paragraph may have taken with it


class NoteStyle(StrEnum):
    """How a marker was printed; `link` and `label` come from markup, the others from plain text."""

    BRACKET = "bracket"
    SUPERSCRIPT = "superscript"
    GLUED = "glued"
    LABEL = "label"
    LINK = "link"


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One marker at text[start:end]; the markers of one list such as `1,2` share their span.

    A note that markup carried without printing anything has start == end.
    """

    start: int
    end: int
    number: int
    style: NoteStyle


class _Likeness(StrEnum):
    LIKELY = "likely"  # after an ordinary word: `forces9`, `forces.9`
    DOUBTFUL = "doubtful"  # after `MiG`, `km`, `2016.`: a name, a unit, a decimal or a marker
    NO_MARKER = "no marker"  # in an address, after `no.`, after an Arabic particle


@dataclass(frozen=True, slots=True)
class _Run:
    """A possible marker and its numbers; `doubtful` if it may as well be part of a name."""

    start: int
    end: int
    numbers: tuple[int, ...]
    style: NoteStyle
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Link:
    """The best way to have counted up to some number: its score and the runs that did it."""

    score: float
    run: _Run | None
    before: _Link | None


def find_notes(text: str, *, known: Collection[int] = ()) -> tuple[Note, ...]:
    """The note markers of a text in reading order.

    `known` are the numbers of a reference list if the article has one; a bracketed number in it
    is a marker whatever the order. An article prints its notes in one style, so the style that
    explains the most markers wins and digits in the other styles are left alone.
    """
    styles: tuple[list[_Run], ...] = (
        _counted(_bracket_runs(text), frozenset(known)),
        _counted(_superscript_runs(text), frozenset(known)),
        _rising(_glued_runs(text)),
    )
    winner = max(styles, key=len)
    return tuple(_notes(winner))


def _notes(runs: Iterable[_Run]) -> Iterator[Note]:
    for run in runs:
        for number in run.numbers:
            yield Note(run.start, run.end, number, run.style)


def _bracket_runs(text: str) -> Iterator[_Run]:
    for match in _BRACKET.finditer(text):
        if numbers := _numbers(match.group(1)):
            yield _Run(match.start(), match.end(), numbers, NoteStyle.BRACKET)


def _superscript_runs(text: str) -> Iterator[_Run]:
    for match in _SUPERSCRIPT.finditer(text):
        word, _ = _touching(text, match.start())
        numbers = _numbers(match.group())
        if numbers and word not in _UNITS:
            yield _Run(match.start(), match.end(), numbers, NoteStyle.SUPERSCRIPT)


def _glued_runs(text: str) -> Iterator[_Run]:
    for match in _GLUED.finditer(text):
        numbers = _numbers(match.group(1))
        likeness = _likeness(text, match.start())
        if numbers and likeness is not _Likeness.NO_MARKER:
            doubtful = likeness is _Likeness.DOUBTFUL
            yield _Run(match.start(), match.end(), numbers, NoteStyle.GLUED, doubtful=doubtful)


def _numbers(printed: str) -> tuple[int, ...]:
    """`3` → (3,), `1,2` → (1, 2), `4–6` → (4, 5, 6); nothing for `01` or if they do not rise."""
    numbers = [int(n.translate(_SUPERSCRIPTS)) for n in _NUMBER.findall(printed)]
    padded = any(n[0] in _ZEROS for n in _NUMBER.findall(printed))
    if padded or any(a >= b for a, b in pairwise(numbers)):
        return ()
    if not _RANGE.search(printed):
        return tuple(numbers)
    span = range(numbers[0], numbers[-1] + 1)
    return tuple(span) if len(span) <= _LARGEST_RANGE else ()


def _touching(text: str, position: int) -> tuple[str, str]:
    """The word that ends right before the position, and the closing marks between them."""
    window = text[max(0, position - _LOOKBACK) : position]
    match = _WORD_BEFORE.search(window)
    return (match.group(1), match.group(2)) if match else ("", "")


def _likeness(text: str, position: int) -> _Likeness:
    """How much digits that begin here look like a marker, judged by the word they touch."""
    window = text[max(0, position - _LOOKBACK) : position]
    token = window.split()[-1] if window.split() else ""
    if any(mark in token for mark in ("://", "www.", "_", "=", "\\")):
        return _Likeness.NO_MARKER
    word, marks = _touching(text, position)
    word = _INVISIBLE.sub("", word)
    if word in _PROCLITICS or (marks == "." and word.lower() in _ABBREVIATIONS):
        return _Likeness.NO_MARKER
    named = any(c.isupper() for c in word[1:]) or any(mark in token for mark in "/@")
    ordinary = len(word) >= _ORDINARY_WORD and not named
    return _Likeness.LIKELY if ordinary else _Likeness.DOUBTFUL


def _rising(runs: Iterable[_Run]) -> list[_Run]:
    """The runs that together count 1, 2, 3… most convincingly.

    best[n] holds the best-scoring way to have reached number n so far. A doubtful run counts
    against the chain that takes it until that chain is long: by then it is no coincidence that
    just the next number stands there.
    """
    best: dict[int, _Link] = {0: _Link(0.0, None, None)}
    for run in runs:
        before = best.get(run.numbers[0] - 1)
        if before is None or not _consecutive(run.numbers):
            continue
        link = _Link(before.score + _worth(run, before) * len(run.numbers), run, before)
        reached = best.get(run.numbers[-1])
        if reached is None or link.score > reached.score:
            best[run.numbers[-1]] = link
    return _unrolled(max(best.values(), key=lambda link: link.score))


def _worth(run: _Run, before: _Link) -> float:
    if not run.doubtful:
        return 1.0
    return 0.25 if before.score >= _LONG_CHAIN else -0.5


def _consecutive(numbers: Sequence[int]) -> bool:
    return numbers[-1] - numbers[0] == len(numbers) - 1


def _unrolled(link: _Link) -> list[_Run]:
    runs = []
    at: _Link | None = link
    while at is not None and at.run is not None:
        runs.append(at.run)
        at = at.before
    return runs[::-1]


def _counted(runs: Iterable[_Run], known: frozenset[int]) -> list[_Run]:
    """Runs in an unmistakable style: numbers may be used again, and a few may be missing."""
    accepted = []
    highest = 0
    for run in runs:
        if known.issuperset(run.numbers) or run.numbers[-1] <= highest + 1 + _BRACKET_GAP:
            accepted.append(run)
            highest = max(highest, run.numbers[-1])
    return accepted if known or any(1 in run.numbers for run in accepted) else []


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its markers, and the way back: `text[i]` was `raw[self.raw(i)]`."""

    text: str
    starts: tuple[int, ...]  # offsets in `text` where a piece begins
    shifts: tuple[int, ...]  # what to add to an offset of that piece

    def raw(self, position: int) -> int:
        """The offset in the original text of a character of the masked one."""
        return position + self.shifts[bisect_right(self.starts, position) - 1]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of text[start:end], without a marker that follows it."""
        return (self.raw(start), self.raw(end - 1) + 1 if end > start else self.raw(start))

    def position(self, raw: int) -> int:
        """The masked offset at which an original offset stands, or stood if it was taken out."""
        index = bisect_right(self.starts, raw, key=self._raw_of_start) - 1
        following = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.text)
        return min(max(raw - self.shifts[max(index, 0)], 0), following)

    def _raw_of_start(self, start: int) -> int:
        return start + self.shifts[bisect_right(self.starts, start) - 1]


def mask(text: str, notes: Sequence[Note]) -> Masked:
    """Take the markers out of a text: `forces9.` becomes `forces.`, `forces [9].` too."""
    pieces: list[str] = []
    starts, shifts = [0], [0]
    cursor = length = 0
    for start, end in sorted({(note.start, note.end) for note in notes}):
        if start < cursor:
            continue
        kept = text[cursor : _without_space(text, start, end)]
        pieces.append(kept)
        length += len(kept)
        cursor = end
        if starts[-1] == length:
            shifts[-1] = end - length
        else:
            starts.append(length)
            shifts.append(end - length)
    pieces.append(text[cursor:])
    return Masked("".join(pieces), tuple(starts), tuple(shifts))


def _without_space(text: str, start: int, end: int) -> int:
    """Where the text before a marker ends: a space that only set the marker off goes with it."""
    spaced = start > 0 and text[start - 1] == " " and end > start
    followed = end >= len(text) or text[end].isspace() or text[end] in CLOSING
    return start - 1 if spaced and followed else start
