"""Whether the words that an evidence item quotes still stand on a page. Pure.

A quote is first found in the copy it was taken from: as it is, then without differences that no
reader would call a change, then roughly, because people copy roughly. The passage that was found
there, not the quote, is then looked for in later copies, and there only the first two count: in
a sentence of twenty words one changed word is nine tenths the same, and may be the point.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sources.diff import Budget, matches
from sources.plain import plain, words_of

ANCHORED = 0.9  # of the words, in order: the passage that a quote was taken from
RECOGNISED = 0.5  # of the words: the passage that stands in the quote's place now
MOST_WORDS = 400  # of a quote that are compared roughly
MOST_PLACES = 400  # of one word in a text; more say nothing about where a quote stands
PLACES_TRIED = 6
_RARE_WORDS = 12
_LEFT_OUT = re.compile(r"[\[(]?\s*(?:…|\.\.\.)\s*[\])]?")
_EDGES = " \"'.,;:!?…"


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in a text that is like a quote; `share`: of its words in order, 0 to 1."""

    text: str
    share: float


def stands_in(quote: str, text: str) -> bool:
    """Whether QUOTE stands in TEXT: exactly, or without differences of rendering.

    A quote with omissions stands if its parts stand in their order.
    """
    if quote in text:
        return True
    looked_in, at = plain(text), 0
    parts = [part for part in (_core(part) for part in _LEFT_OUT.split(quote)) if part]
    for part in parts:
        at = looked_in.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return bool(parts)


def _core(part: str) -> str:
    """The words of a part; marks around a quote are the quoter's."""
    return plain(part).strip(_EDGES)


def anchor(quote: str, texts: Iterable[str], *, prefix: str = "", suffix: str = "") -> str:
    """The passage that QUOTE was taken from; "" if none of TEXTS has anything like it.

    PREFIX and SUFFIX, what stood around the quote, choose between places that are alike.
    """
    if not quote.strip():
        return ""
    if any(stands_in(quote, text) for text in texts):
        return quote
    found = [place for text in texts if (place := nearest(quote, text, prefix, suffix))]
    best = max(found, key=lambda place: place.share, default=None)
    return best.text if best is not None and best.share >= ANCHORED else ""


def replacement(passage: str, texts: Iterable[str], *, prefix: str = "", suffix: str = "") -> str:
    """What stands in the place of PASSAGE now; "" if nothing there is like it."""
    found = [place for text in texts if (place := nearest(passage, text, prefix, suffix))]
    best = max(found, key=lambda place: place.share, default=None)
    return best.text if best is not None and best.share >= RECOGNISED else ""


def nearest(quote: str, text: str, prefix: str = "", suffix: str = "") -> Passage | None:
    """The place in TEXT most like QUOTE. Bounded: only a few places are compared, by words."""
    sought = _only_words(quote)[:MOST_WORDS]
    there = words_of(text)
    if not sought or not there:
        return None
    words = [word for word, _, _ in there]
    around = (_only_words(prefix), _only_words(suffix))
    budget = Budget()
    tried = [_compared(sought, words, start, budget) for start in _starts(sought, words)]
    placed = [one for one in tried if one is not None]
    if not placed:
        return None
    share, first, last = max(placed, key=lambda one: (one[0], _known(around, words, one)))
    return Passage(text[there[first][1] : there[last][2]], share)


_Place = tuple[float, int, int]


def _known(around: tuple[Sequence[str], Sequence[str]], words: Sequence[str], place: _Place) -> int:
    """How many of the words just before and just after are those that stood around the quote."""
    before, after = around
    _, first, last = place
    return len(set(before) & {*words[max(0, first - len(before)) : first]}) + len(
        set(after) & {*words[last + 1 : last + 1 + len(after)]}
    )


def _only_words(text: str) -> list[str]:
    return [word for word, _, _ in words_of(text)]


def _starts(sought: Sequence[str], words: Sequence[str]) -> list[int]:
    """Where a quote would begin if its rarest words stood where they stand in TEXT."""
    wanted = set(sought)
    counted = Counter(word for word in words if word in wanted)
    rare = sorted(
        (word for word in wanted if 0 < counted[word] <= MOST_PLACES),
        key=lambda word: (counted[word], word),
    )[:_RARE_WORDS]
    offsets = {word: sought.index(word) for word in rare}
    width = max(3, len(sought) // 8)
    votes: Counter[int] = Counter()
    for at, word in enumerate(words):
        if word in offsets:
            votes[(at - offsets[word]) // width] += 1
    best = sorted(votes, key=lambda bin_: (-votes[bin_] - votes[bin_ + 1], bin_))[:PLACES_TRIED]
    return [bin_ * width for bin_ in best]


def _compared(
    sought: Sequence[str], words: Sequence[str], start: int, budget: Budget
) -> _Place | None:
    slack = max(3, len(sought) // 4)
    begin, end = max(0, start - slack), min(len(words), start + len(sought) + 2 * slack)
    window = words[begin:end]
    pairs = _densest(matches(sought, window, budget), len(sought))
    if not pairs:
        return None
    # A changed first or last word belongs to the passage as well.
    first = max(0, pairs[0][1] - pairs[0][0])
    last = min(len(window) - 1, pairs[-1][1] + len(sought) - 1 - pairs[-1][0])
    share = 2 * len(pairs) / (len(sought) + last - first + 1)
    return share, begin + first, begin + last


def _densest(pairs: Sequence[tuple[int, int]], length: int) -> Sequence[tuple[int, int]]:
    """PAIRS without stragglers at the ends that lie further off than the quote is long."""
    kept = list(pairs)
    while len(kept) > 1 and kept[1][1] - kept[0][1] > kept[1][0] - kept[0][0] + max(3, length // 2):
        kept.pop(0)
    while len(kept) > 1 and kept[-1][1] - kept[-2][1] > kept[-1][0] - kept[-2][0] + max(
        3, length // 2
    ):
        kept.pop()
    return kept
