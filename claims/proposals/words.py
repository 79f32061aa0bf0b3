"""Words of an English sentence, and which of them are finite verbs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from claims.proposals import lexicon
from claims.proposals.lexicon import Happening

_TOKEN = re.compile(r"[^\W_]+(?:[-’'./,][^\W_]+)*|[^\w\s]|_")
_DEFINING = frozenset({"who", "that", "which"})  # "rebels who fled": no verb of the sentence
_OPENING, _CLOSING = "([{“«", ")]}”»"


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a sign at text[start:end]; `depth` counts the brackets and quotes around it."""

    start: int
    end: int
    text: str
    low: str
    depth: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper() or bool(re.match(r"[a-z]{1,3}-[A-Z]", self.text))


@dataclass(frozen=True, slots=True)
class Verb:
    """A finite verb group: words[first] to words[last], for example "had been captured"."""

    first: int
    last: int
    lemma: str
    happening: Happening
    passive: bool = False
    modal: bool = False


def words_of(text: str) -> list[Word]:
    found: list[Word] = []
    depth = 0
    for match in _TOKEN.finditer(text):
        sign = match.group()
        depth = max(depth - (sign in _CLOSING), 0)
        found.append(Word(match.start(), match.end(), sign, sign.lower(), depth))
        depth += sign in _OPENING
    return found


def finite_verbs(words: Sequence[Word], skipped: Sequence[bool] | None = None) -> list[Verb]:
    """The finite verbs at bracket depth 0; present forms only if there is no other.

    `skipped[i]` leaves word i out, as if it were bracketed.
    """
    usable = [w.depth == 0 and not (skipped and skipped[i]) for i, w in enumerate(words)]
    found = list(_past_verbs(words, usable))
    return found or list(_present_verbs(words, usable))


def _past_verbs(words: Sequence[Word], usable: Sequence[bool]) -> Iterator[Verb]:
    at = 0
    while at < len(words):
        verb = _verb_at(words, at) if usable[at] else None
        if verb is not None:
            if not (at and words[at - 1].low in _DEFINING):
                yield verb
            at = verb.last
        at += 1


def _verb_at(words: Sequence[Word], at: int) -> Verb | None:
    for idiom, happening in lexicon.IDIOMS.items():
        if (
            idiom[0] == words[at].low
            and tuple(word.low for word in words[at : at + len(idiom)]) == idiom
        ):
            return Verb(at, at + len(idiom) - 1, " ".join(idiom), happening)
    if words[at].low in lexicon.AUXILIARIES and not _is_month_may(words, at):
        return _verb_group(words, at)
    known = _past(words[at])
    if known is None or _is_adjective(words, at) or _is_reduced(words, at, known[0]):
        return None
    return _with_infinitive(words, Verb(at, at, *known))


def _is_month_may(words: Sequence[Word], at: int) -> bool:
    return words[at].text == "May" and at > 0


def _verb_group(words: Sequence[Word], at: int) -> Verb:
    """An auxiliary with what follows it: further auxiliaries, adverbs, then the verb itself."""
    last = at
    following = at + 1
    passive = words[at].low in lexicon.BE
    modal = words[at].low in lexicon.MODALS
    while following < len(words):
        low = words[following].low
        if low in lexicon.AUXILIARIES:
            passive = low in lexicon.BE
        elif known := _main_verb(words[following], passive=passive):
            group = Verb(at, following, *known, passive=passive, modal=modal)
            return _with_infinitive(words, group)
        elif not _is_adverb(low):
            break
        last = following
        following += 1
    return Verb(at, last, "be", Happening.OTHER, modal=modal)


def _main_verb(word: Word, *, passive: bool) -> tuple[str, Happening] | None:
    known = _participle(word)
    return known if known or passive else lexicon.PRESENT_FORMS.get(word.low)


def _with_infinitive(words: Sequence[Word], verb: Verb) -> Verb:
    """Take in the infinitive: "were forced to retreat" says that they retreated."""
    at = verb.last
    if verb.lemma not in lexicon.CAUSATIVE or at + 2 >= len(words) or words[at + 1].low != "to":
        return verb
    known = lexicon.PRESENT_FORMS.get(words[at + 2].low)
    return Verb(verb.first, at + 2, *known, modal=verb.modal) if known else verb


def _is_adverb(low: str) -> bool:
    return low.endswith("ly") or low in lexicon.NEGATIONS_AND_ADVERBS


def _past(word: Word) -> tuple[str, Happening] | None:
    if word.low in lexicon.PAST_FORMS and not word.text[0].isupper():
        return lexicon.PAST_FORMS[word.low]
    return _regular(word)


def _participle(word: Word) -> tuple[str, Happening] | None:
    return lexicon.PARTICIPLES.get(word.low) or lexicon.PAST_FORMS.get(word.low) or _regular(word)


def _regular(word: Word) -> tuple[str, Happening] | None:
    """A past form that no list holds: a small word in -ed."""
    is_form = word.text.islower() and word.low.endswith("ed") and len(word.low) > 4  # noqa: PLR2004
    if not is_form or word.low in lexicon.NOT_VERBS_IN_ED:
        return None
    return word.low, Happening.OTHER


def _is_adjective(words: Sequence[Word], at: int) -> bool:
    """`the recaptured suburb`, `from occupied territory`, `Armed groups`."""
    before = at - 1
    while before >= 0 and words[before].low.endswith("ly"):
        before -= 1
    opens = before < 0 or words[before].low in lexicon.DETERMINERS | lexicon.PREPOSITIONS
    if before >= 0 and (_past(words[before]) or ("",))[0] in lexicon.LINKING:
        return True  # "remained contested"
    following = words[at + 1] if at + 1 < len(words) else None
    return (
        opens
        and following is not None
        and following.is_word
        and following.low not in lexicon.PREPOSITIONS | lexicon.DETERMINERS
    )


def _is_reduced(words: Sequence[Word], at: int, lemma: str) -> bool:
    """`suburbs captured by …`, `ground lost in …`: a participle that describes the noun."""
    following = words[at + 1].low if at + 1 < len(words) else ""
    if following == "by":
        return True
    return lemma in lexicon.STRICTLY_TRANSITIVE and following in lexicon.PREPOSITIONS - {"to"}


def _present_verbs(words: Sequence[Word], usable: Sequence[bool]) -> Iterator[Verb]:
    """The first word that can be a present form and follows a noun, as in captions."""
    for at in range(1, len(words)):
        known = lexicon.PRESENT_FORMS.get(words[at].text)
        before = words[at - 1].low
        if (
            known
            and usable[at]
            and before not in lexicon.DETERMINERS | lexicon.PREPOSITIONS | lexicon.CONJUNCTIONS
        ):
            yield Verb(at, at, *known)
            return
