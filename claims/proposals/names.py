"""Proper names in English text, and which of them are places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from claims.proposals import lexicon
from claims.proposals.words import Word, words_of

_DEMONYM = re.compile(r"[A-Z]\w+(?:ian|ish|ese|ean|aeli|raqi|emeni|ani|rab|urd|ench)s?$")
_ACRONYM = re.compile(r"[A-Z]{2,6}s?$")
_NUMBER = re.compile(r"\d{1,4}$")


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name at text[start:end]."""

    start: int
    end: int
    text: str
    is_place: bool


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Places named together, "A, B and C", with the article before them if there is one.

    `one_area` if a word such as "vicinity" follows, which makes a single area of them.
    """

    start: int
    end: int
    text: str
    names: tuple[str, ...]
    one_area: bool


@lru_cache(maxsize=256)  # several rules ask about the same sentence, one after the other
def names(text: str) -> tuple[Name, ...]:
    """All proper names of a sentence, at any bracket depth."""
    words = words_of(text)
    return tuple(_name(text, words, first, last) for first, last in _runs(words))


def _runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words; a number may open one ("12 Mile Camp")."""
    at = 0
    while at < len(words):
        last = at
        if not _opens(words, at):
            at += 1
            continue
        while last + 1 < len(words) and _continues(words, last + 1):
            last += 1
        yield at, last
        at = last + 1


def _opens(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    if _NUMBER.match(word.text):
        following = words[at + 1] if at + 1 < len(words) else None
        before = words[at - 1].text if at else ""
        return (
            following is not None
            and following.is_capitalised
            and following.text not in lexicon.NOT_PLACES
            and before not in lexicon.NOT_PLACES
        )
    return word.is_capitalised and word.is_word and not _is_common(words, at)


def _continues(words: Sequence[Word], at: int) -> bool:
    return (
        words[at].is_word and words[at].is_capitalised and words[at].text not in lexicon.NOT_PLACES
    )


def _is_common(words: Sequence[Word], at: int) -> bool:
    """A word that is capitalised only because the sentence begins with it, or is no name at all."""
    if words[at].text in lexicon.NOT_PLACES:
        return True
    opens = at == 0 or words[at - 1].text in '.:;“"«'
    following = words[at + 1] if at + 1 < len(words) else None
    if not opens or _ACRONYM.match(words[at].text):
        return False
    if words[at].low in _FUNCTION_WORDS or words[at].low.endswith("ly"):
        return True
    named = following is not None and (following.is_capitalised or following.low in _AFTER_NAMES)
    return not named


_FUNCTION_WORDS = (
    lexicon.DETERMINERS
    | lexicon.PREPOSITIONS
    | lexicon.CONJUNCTIONS
    | lexicon.SUBORDINATORS
    | lexicon.AUXILIARIES
    | lexicon.CONNECTORS
    | lexicon.words("he she it they we i you there when who what which how beginning fierce photos")
)
_AFTER_NAMES = lexicon.AUXILIARIES | frozenset(lexicon.PAST_FORMS) | frozenset({"and", ","})


def _name(text: str, words: Sequence[Word], first: int, last: int) -> Name:
    start, end = words[first].start, words[last].end
    return Name(start, end, text[start:end], _is_place(words, first, last))


def _is_place(words: Sequence[Word], first: int, last: int) -> bool:
    if _is_organisation(words, first, last) or _is_demonym(words, first, last):
        return False
    run = {word.text for word in words[first : last + 1]}
    following = words[last + 1].low if last + 1 < len(words) else ""
    if run & lexicon.PLACE_HEADS or following in lexicon.AROUND | lexicon.PLACE_NOUNS:
        return True
    if following and following.isalpha() and _is_noun(following):
        return False
    return _stands_where_places_do(words, first)


def _is_organisation(words: Sequence[Word], first: int, last: int) -> bool:
    run = [word.text for word in words[first : last + 1]]
    if lexicon.ORGANISATION_HEADS.intersection(run) or lexicon.PERSON_TITLES.intersection(run):
        return True
    abbreviated = (
        last + 2 < len(words)
        and words[last + 1].text == "("
        and _ACRONYM.match(words[last + 2].text) is not None
    )
    return abbreviated or (len(run) == 1 and _ACRONYM.match(run[0]) is not None)


def _is_demonym(words: Sequence[Word], first: int, last: int) -> bool:
    return first == last and _DEMONYM.match(words[first].text) is not None


def _is_noun(low: str) -> bool:
    """A lower-case word after a name that makes the name its description ("UN ranks")."""
    verb = low in lexicon.PAST_FORMS or low.endswith("ed")
    return not (verb or low in _FUNCTION_WORDS or low.endswith("ly"))


def _stands_where_places_do(words: Sequence[Word], first: int) -> bool:
    """After "in", "at"… or after "suburb of", "assault on"…, also as a later member of a list."""
    at = first - 1
    while at >= 0 and (words[at].low in {"and", ",", "the", "both"} or _in_list(words, at, first)):
        at -= 1
    if at < 0:
        return False
    low = words[at].low
    if low in lexicon.PLACE_PREPOSITIONS:
        return True
    link = words[at - 1].low if at else ""
    return low in {"of", "on", "over", "against"} and link in lexicon.PLACE_LINKS


def _in_list(words: Sequence[Word], at: int, first: int) -> bool:
    """Whether words[at] belongs to an earlier name of the same enumeration."""
    if first - at > 12 or not words[at].is_capitalised:  # noqa: PLR2004 - a list, not a sentence
        return _NUMBER.match(words[at].text) is not None
    return words[at].text not in lexicon.NOT_PLACES


def places(text: str) -> list[str]:
    """The distinct places that a text names, in order."""
    return list(dict.fromkeys(name.text for name in names(text) if name.is_place))


def place_groups(text: str) -> list[PlaceGroup]:
    """Places in order of appearance, those that are listed together as one group."""
    groups: list[list[Name]] = []
    for name in names(text):
        if not name.is_place:
            continue
        if groups and _JOINED.fullmatch(text[groups[-1][-1].end : name.start]):
            groups[-1].append(name)
        else:
            groups.append([name])
    return [_group(text, group) for group in groups]


_JOINED = re.compile(r",? (?:and|as well as) (?:the )?|, (?:and )?(?:the )?")


def _group(text: str, group: Sequence[Name]) -> PlaceGroup:
    start, end = group[0].start, group[-1].end
    article = text[max(0, start - 4) : start]
    if article.lower() == "the ":
        start -= 4
    following = text[end:].split()[:1]
    one_area = bool(following) and following[0].strip(".,;") in lexicon.AROUND
    return PlaceGroup(start, end, text[start:end], tuple(n.text for n in group), one_area)
