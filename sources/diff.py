"""What differs between two texts, by lines and inside them by words. Pure, and bounded.

Both texts may come from a page that wants to keep us busy, so nothing here is quadratic in their
length: lines that occur once in both are anchors ("patience" diff, after Bram Cohen), and only
short gaps between anchors are compared exactly, within one budget for the whole comparison. What
is beyond the budget is shown as replaced, which is true as well, only coarser.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

MOST_CELLS = 400_000  # of the exact comparison, for one pair of texts
GAP_CELLS = 100_000  # for one gap
MOST_STEPS = 1_500_000  # elements looked at while anchors are sought, however deep gaps lie
MOST_CHARACTERS = 2_000_000
MOST_LINES = 20_000
WORDED_CHARACTERS = 300_000  # of changed lines that are compared by words; others as wholes
LIKE = 0.3  # of the words of two passages; below, one replaced the other as a whole

_MARKS = "\u0300-\u036f\u0640\u064b-\u065f\u0670\u200c\u200d"
_ALONE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"\n|[^\S\n]+|[{_ALONE}]|[^\W{_ALONE}](?:[^\W{_ALONE}]|[{_MARKS}])*|[^\w\s]")

Pair = tuple[int, int]


@dataclass(slots=True)
class Budget:
    """How much work one comparison may still do."""

    cells: int = MOST_CELLS
    steps: int = MOST_STEPS
    characters: int = WORDED_CHARACTERS

    def walk(self, steps: int) -> bool:
        self.steps -= steps
        return self.steps >= 0

    def read(self, characters: int) -> bool:
        self.characters -= characters
        return self.characters >= 0

    def take(self, cells: int) -> bool:
        if cells > min(GAP_CELLS, self.cells):
            return False
        self.cells -= cells
        return True


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line; `changed`: only this side has it."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the earlier text ("old"), of the later one ("new"), or of both ("same").

    `start` and `end`: where it stands in the later text, in the earlier one for "old".
    """

    kind: str
    runs: tuple[Run, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(slots=True)
class _Side:
    """Lines of one text with where they begin; empty lines say nothing."""

    lines: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)


def is_too_long(text: str) -> bool:
    """Whether `compare` would leave out the end of TEXT."""
    return len(text) > MOST_CHARACTERS or text.count("\n") >= MOST_LINES


def compare(before: str, after: str) -> list[Line]:
    """All lines of both texts in reading order; what went stands before what came."""
    budget = Budget()
    old, new = _side(before[:MOST_CHARACTERS]), _side(after[:MOST_CHARACTERS])
    pairs = matches(old.lines, new.lines, budget)
    shown: list[Line] = []
    at_old = at_new = 0
    for match_old, match_new in [*pairs, (len(old.lines), len(new.lines))]:
        shown += _hunk(old, (at_old, match_old), new, (at_new, match_new), budget)
        if match_new < len(new.lines):
            shown.append(_whole("same", new, match_new, changed=False))
        at_old, at_new = match_old + 1, match_new + 1
    return shown


def _side(text: str) -> _Side:
    side, at = _Side(), 0
    for line in text.split("\n")[:MOST_LINES]:
        if line.strip():
            side.lines.append(line)
            side.starts.append(at)
        at += len(line) + 1
    return side


def _whole(kind: str, side: _Side, at: int, *, changed: bool) -> Line:
    text, start = side.lines[at], side.starts[at]
    return Line(kind, (Run(text, changed),), start, start + len(text))


def _hunk(old: _Side, olds: Pair, new: _Side, news: Pair, budget: Budget) -> Iterator[Line]:
    """The lines between two that match: what changed in them is told by words."""
    gone, came = old.lines[slice(*olds)], new.lines[slice(*news)]
    size = sum(map(len, gone)) + sum(map(len, came))
    if not gone or not came or not budget.read(size):
        yield from (_whole("old", old, at, changed=True) for at in range(*olds))
        yield from (_whole("new", new, at, changed=True) for at in range(*news))
        return
    words_old, words_new = _tokens(gone), _tokens(came)
    pairs = matches(words_old, words_new, budget)
    if not _alike(words_old, words_new, pairs):
        pairs = []
    kept_old, kept_new = {one for one, _ in pairs}, {two for _, two in pairs}
    yield from _lines("old", old, olds[0], words_old, kept_old)
    yield from _lines("new", new, news[0], words_new, kept_new)


def _tokens(lines: Sequence[str]) -> list[str]:
    return _TOKEN.findall("\n".join(lines))


def _alike(old: Sequence[str], new: Sequence[str], pairs: Sequence[Pair]) -> bool:
    """Spaces are alike everywhere, so only words tell."""
    longest = max(_count_words(old), _count_words(new))
    return longest > 0 and _count_words([old[one] for one, _ in pairs]) / longest >= LIKE


def _count_words(tokens: Sequence[str]) -> int:
    return sum(1 for token in tokens if not token.isspace())


def _lines(
    kind: str, side: _Side, first: int, tokens: Sequence[str], kept: set[int]
) -> Iterator[Line]:
    at, begin = first, 0
    for place, word in [*enumerate(tokens), (len(tokens), "\n")]:
        if word == "\n":
            start = side.starts[at]
            runs = _runs(tokens, range(begin, place), kept)
            yield Line(kind, runs, start, start + len(side.lines[at]))
            at, begin = at + 1, place + 1


def _runs(tokens: Sequence[str], places: range, kept: set[int]) -> tuple[Run, ...]:
    grouped = groupby(places, key=lambda place: place not in kept)
    return tuple(
        Run("".join(tokens[place] for place in group), changed) for changed, group in grouped
    )


def matches(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Pair]:
    """Places of equal elements, increasing on both sides; as many as the budget lets us find."""
    found: list[Pair] = []
    gaps = [(0, len(old), 0, len(new))]
    while gaps:
        first_old, end_old, first_new, end_new = gap = gaps.pop()
        inner = _trimmed(old, new, gap, found)
        anchors = _anchors(old, new, inner, budget)
        if not anchors:
            found += _exact(old, new, inner, budget)
            continue
        first_old, end_old, first_new, end_new = inner
        for one, two in [*anchors, (end_old, end_new)]:
            if one > first_old and two > first_new:
                gaps.append((first_old, one, first_new, two))
            first_old, first_new = one + 1, two + 1
        found += anchors
    return sorted(found)


Gap = tuple[int, int, int, int]


def _trimmed(old: Sequence[str], new: Sequence[str], gap: Gap, found: list[Pair]) -> Gap:
    """GAP without what is equal at its ends, which is added to FOUND."""
    first_old, end_old, first_new, end_new = gap
    while first_old < end_old and first_new < end_new and old[first_old] == new[first_new]:
        found.append((first_old, first_new))
        first_old, first_new = first_old + 1, first_new + 1
    while first_old < end_old and first_new < end_new and old[end_old - 1] == new[end_new - 1]:
        end_old, end_new = end_old - 1, end_new - 1
        found.append((end_old, end_new))
    return first_old, end_old, first_new, end_new


def _anchors(old: Sequence[str], new: Sequence[str], gap: Gap, budget: Budget) -> list[Pair]:
    """Elements that occur once on each side of GAP, the longest run of them in one order."""
    first_old, end_old, first_new, end_new = gap
    if first_old == end_old or first_new == end_new:
        return []
    if not budget.walk(end_old - first_old + end_new - first_new):
        return []
    counted_old = Counter(old[first_old:end_old])
    counted_new = Counter(new[first_new:end_new])
    places = {new[at]: at for at in range(first_new, end_new) if counted_new[new[at]] == 1}
    unique = [
        (at, places[old[at]])
        for at in range(first_old, end_old)
        if counted_old[old[at]] == 1 and old[at] in places
    ]
    return _increasing(unique)


def _increasing(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest subsequence that increases on the second side too (patience sorting)."""
    tops: list[int] = []
    tips: list[int] = []
    before: list[int] = []
    for at, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(tips[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            tips.append(at)
        else:
            tops[pile], tips[pile] = place, at
    chain, at = [], tips[-1] if tips else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _exact(old: Sequence[str], new: Sequence[str], gap: Gap, budget: Budget) -> list[Pair]:
    """A longest common subsequence of a short gap; nothing of one that the budget can't afford."""
    first_old, end_old, first_new, end_new = gap
    rows, columns = end_old - first_old, end_new - first_new
    if not rows or not columns or not budget.take(rows * columns):
        return []
    lengths = [[0] * (columns + 1)]
    for row in range(rows - 1, -1, -1):
        below, element, line = lengths[-1], old[first_old + row], [0] * (columns + 1)
        for column in range(columns - 1, -1, -1):
            if element == new[first_new + column]:
                line[column] = below[column + 1] + 1
            else:
                line[column] = max(below[column], line[column + 1])
        lengths.append(line)
    lengths.reverse()
    return list(_walk(old, new, gap, lengths))


def _walk(
    old: Sequence[str], new: Sequence[str], gap: Gap, lengths: Sequence[Sequence[int]]
) -> Iterator[Pair]:
    first_old, end_old, first_new, end_new = gap
    row = column = 0
    while row < end_old - first_old and column < end_new - first_new:
        if old[first_old + row] == new[first_new + column]:
            yield first_old + row, first_new + column
            row, column = row + 1, column + 1
        elif lengths[row + 1][column] >= lengths[row][column + 1]:
            row += 1
        else:
            column += 1
