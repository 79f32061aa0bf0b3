"""Who repeated whom: copies found from the wording of archived texts. Pure: no framework.

Two texts share a passage where five words in a row are the same after normalisation. What counts
is the share of *words* that lie in such passages, so that one changed word costs itself and not
five shingles, and short posts are judged as fairly as long articles. The idea of finding reuse by
word n-grams is that of w-shingling (Broder 1997); the measure is containment, not resemblance,
because a copy often has a new introduction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

SHINGLE = 5
"""Words in a row that must agree."""

LEAST_MATCHED = 12
"""Fewer shared words than this are a phrase or a footer, not a copied text."""

LEAST_SHARE = 0.3
"""A document is not a copy of what makes up less of it than this: it quotes."""

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_WORD = re.compile(r"[^\W_]+")
_ARABIC_LETTERS = str.maketrans({"ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ـ": None})


@dataclass(frozen=True, slots=True)
class TextReport:
    """The text of one document. published_at is aware; language may be empty when unknown."""

    key: str
    text: str
    published_at: datetime
    language: str = ""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Words of each of two texts that lie in passages of the other.

    matched_first, matched_second: numbers of such words. of_first, of_second: as shares, 0 to 1.
    Exchanging the texts exchanges the fields.
    """

    matched_first: int
    matched_second: int
    of_first: float
    of_second: float

    @property
    def containment(self) -> float:
        """How far the one that is better contained lies in the other; symmetric."""
        return max(self.of_first, self.of_second)


@dataclass(frozen=True, slots=True)
class Derivation:
    """The candidate repeats an earlier document.

    similarity: share of the words of the text that is better contained in the other, 0.6 to 1; of
    the original where the copy added an introduction, of the copy where it shortened. of_copy,
    of_original: both shares. matched: words of the copy that are taken over. lag: how much later.
    """

    copy: str
    original: str
    similarity: float
    of_copy: float
    of_original: float
    matched: int
    lag: timedelta


@dataclass(frozen=True, slots=True)
class _Print:
    """Normalised words of a text with the hashes of its shingles, by place."""

    length: int
    hashes: tuple[int, ...]
    distinct: frozenset[int]


class _Folding(dict[int, str | None]):
    """Table for `str.translate` that looks each sign up once: marks and invisible signs go."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        dropped = unicodedata.category(sign) in {"Mn", "Cf"}
        self[code] = None if dropped else str(unicodedata.decimal(sign, sign))
        return self[code]


_FOLDING = _Folding(_ARABIC_LETTERS)


@lru_cache(maxsize=32)
def words_of(text: str) -> tuple[str, ...]:
    """Words as they are compared: case, punctuation, accents and addresses gone.

    Decomposition splits Arabic alef forms and hamza carriers from their marks, and vowel signs are
    marks too; tatweel and invisible signs go, ta marbuta and alef maqsura take their common
    spellings, and all digits are those of ASCII.
    """
    plain = unicodedata.normalize("NFKD", _ADDRESS.sub(" ", text)).translate(_FOLDING)
    return tuple(_WORD.findall(_APOSTROPHE.sub("", plain.casefold())))


def similarity(first: str, second: str) -> Overlap:
    """How much of each text lies in the other. Texts without words have nothing in common."""
    size = min(SHINGLE, len(words_of(first)), len(words_of(second)))
    return _overlap(_print_of(first, size), _print_of(second, size), size)


def find_original(
    candidate: TextReport, earlier: Iterable[TextReport], threshold: float = 0.6
) -> Derivation | None:
    """The earliest document that the candidate repeats, or None.

    Repeated means: at least `threshold` of one text lies in the other, that is at least 12 words,
    and at least 0.3 of the candidate. Documents published after the candidate and those known to be
    in another language are passed over; equal times go by key.
    """
    ordered = sorted(earlier, key=lambda report: (report.published_at, report.key))
    for report in ordered:
        if _could_be_original(report, candidate):
            found = _derivation(candidate, report, threshold)
            if found is not None:
                return found
    return None


def _could_be_original(report: TextReport, candidate: TextReport) -> bool:
    if report.key == candidate.key or report.published_at > candidate.published_at:
        return False
    ours, theirs = (entry.language.split("-")[0].casefold() for entry in (candidate, report))
    return ours == theirs or not (ours and theirs)


def _derivation(copy: TextReport, original: TextReport, threshold: float) -> Derivation | None:
    overlap = _overlap(_print_of(copy.text, SHINGLE), _print_of(original.text, SHINGLE), SHINGLE)
    matched = min(overlap.matched_first, overlap.matched_second)
    if matched < LEAST_MATCHED or overlap.of_first < LEAST_SHARE:
        return None
    if overlap.containment < threshold:
        return None
    return Derivation(
        copy=copy.key,
        original=original.key,
        similarity=overlap.containment,
        of_copy=overlap.of_first,
        of_original=overlap.of_second,
        matched=overlap.matched_first,
        lag=copy.published_at - original.published_at,
    )


@lru_cache(maxsize=32)
def _print_of(text: str, size: int) -> _Print:
    """Kept for a while: one document is compared with hundreds in a row."""
    words = words_of(text)
    runs = zip(*(words[place:] for place in range(size)), strict=False)
    hashes = tuple(map(hash, runs))
    return _Print(len(words), hashes, frozenset(hashes))


def _overlap(first: _Print, second: _Print, size: int) -> Overlap:
    matched_first = _covered(first.hashes, second.distinct, size)
    matched_second = _covered(second.hashes, first.distinct, size)
    return Overlap(
        matched_first=matched_first,
        matched_second=matched_second,
        of_first=matched_first / first.length if first.length else 0.0,
        of_second=matched_second / second.length if second.length else 0.0,
    )


def _covered(hashes: Sequence[int], known: frozenset[int], size: int) -> int:
    """Number of words inside at least one shingle that is known."""
    covered, upto = 0, 0
    for place, shingle in enumerate(hashes):
        if shingle in known:
            covered += place + size - max(place, upto)
            upto = place + size
    return covered
