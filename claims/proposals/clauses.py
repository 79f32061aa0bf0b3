"""Split an English sentence into clauses, each with the notes that support it.

The rules are deliberately few: brackets and non-defining relative clauses are lifted out, then a
leading and a trailing subordinate clause, then coordinated clauses with a subject of their own.
Coordinated verbs that share a subject stay together unless a note stands between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from claims.proposals import lexicon
from claims.proposals.lexicon import Happening
from claims.proposals.sentences import Sentence
from claims.proposals.words import Verb, Word, finite_verbs, words_of


class Role(StrEnum):
    MAIN = "main"
    LEAD = "lead"  # "After A fell, …"
    TAIL = "tail"  # "… after A fell"
    CAUSE = "cause"  # "…, as losses were heavy"
    RELATIVE = "relative"  # "…, which had been captured, …"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause at text[start:end] of its sentence.

    `text` is its words without lifted-out relative clauses, without the conjunction before it.
    `subject` is what stands before the first verb, taken over from the clause before where the
    verb shares it (then `inherits`); for a relative clause, the noun phrase that it describes.
    `predicate` is what begins with the first verb.
    `lead` is the phrase that opens the sentence ("On 5 May"), empty if none or if it is a clause.
    """

    start: int
    end: int
    text: str
    role: Role
    verbs: tuple[Verb, ...]
    subject: str
    predicate: str
    lead: str
    notes: tuple[int, ...]
    own_notes: bool  # a marker stands inside or at the end, not only after a later clause
    inherits: bool = False

    @property
    def happenings(self) -> frozenset[Happening]:
        return frozenset(verb.happening for verb in self.verbs)


# "…, as losses were heavy" gives a cause, "as" alone does not; "…, while B fell" adds a clause.
_COMMA_DECIDES = frozenset({"as", "since", "while", "whereas"})


_DIVIDING = frozenset({"and", "but", "while", "whereas", "yet", "so", ";"})
_OPENS_SUBORDINATE = frozenset({"that", "who", "which", "whether", "how", "because"})
_LONGEST_SUBJECT = 14  # words


@dataclass(frozen=True, slots=True)
class _Span:
    """words[first:last] in a role."""

    first: int
    last: int
    role: Role


class _Splitter:
    """One sentence on its way from words to clauses."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.words = words_of(sentence.text)
        self.lifted = [False] * len(self.words)
        self.relatives = list(self._lift_relatives())
        self.verbs = finite_verbs(self.words, self.lifted)

    def clauses(self) -> list[Clause]:
        first, lead = self._lead()
        spans = [lead] if lead and self._verbs(lead.first + 1, lead.last) else []
        phrase = self._text(lead.first, lead.last) if lead and not spans else ""
        main, tail = self._without_tail(first, len(self.words))
        spans.extend(self._coordinated(main))
        for span in tail:
            spans.extend(self._coordinated(span) if span.role is Role.MAIN else [span])
        spans.extend(self.relatives)
        spans.sort(key=lambda span: (span.first, span.last))
        return list(self._clauses(spans, phrase))

    # Relative clauses

    def _lift_relatives(self) -> Iterator[_Span]:
        at = 0
        while at + 1 < len(self.words):
            if self._sign(at, ",") and self.words[at + 1].low in lexicon.RELATIVES:
                last = self._next_comma(at + 1)
                for inside in range(at, last):
                    self.lifted[inside] = True
                if last < len(self.words) and self._sign(last, ","):
                    self.lifted[last] = not self._opens_coordination(last)
                yield _Span(at + 1, last, Role.RELATIVE)
                at = last
            else:
                at += 1

    def _opens_coordination(self, comma: int) -> bool:
        return comma + 1 < len(self.words) and (
            self.words[comma + 1].low in lexicon.CONJUNCTIONS or self._lead_pending(comma)
        )

    def _lead_pending(self, comma: int) -> bool:
        """Whether this comma also closes the phrase that opens the sentence."""
        opened = self.words[0].low in lexicon.LEAD_WORDS
        return opened and not any(self._sign(i, ",") for i in range(comma) if not self.lifted[i])

    def _next_comma(self, at: int) -> int:
        while at < len(self.words) and not (self._sign(at, ",") or self._is_stop(at)):
            at += 1
        return at

    def _is_stop(self, at: int) -> bool:
        return at == len(self.words) - 1 and self.words[at].text in ".!?…"

    def _sign(self, at: int, sign: str) -> bool:
        return at < len(self.words) and self.words[at].text == sign and self.words[at].depth == 0

    # What stands before and after the main clause

    def _lead(self) -> tuple[int, _Span | None]:
        """Where the main clause begins, and the phrase or clause before it."""
        first = self._after_connector(0)
        if first >= len(self.words) or not self._opens_lead(first):
            return first, None
        comma = next(
            (i for i in range(first, len(self.words)) if self._sign(i, ",") and not self.lifted[i]),
            None,
        )
        if comma is None:
            return first, None
        comma = self._past_list(first, comma)
        if not self._verbs(comma + 1, len(self.words)):
            return first, None
        return comma + 1, _Span(first, comma, Role.LEAD)

    def _opens_lead(self, at: int) -> bool:
        word = self.words[at]
        return word.low in lexicon.LEAD_WORDS and word.text[0].isupper()

    def _after_connector(self, at: int) -> int:
        opens = at + 1 < len(self.words) and self.words[at].low in lexicon.CONNECTORS
        return at + 2 if opens and self._sign(at + 1, ",") else at

    def _past_list(self, first: int, comma: int) -> int:
        """The end of a lead with a list in it: "In Lille, Rouen, and Caen, troops …"."""
        while True:
            following = self._next_comma(comma + 1)
            chunk = [w for w in self.words[comma + 1 : following] if w.is_word and w.low != "and"]
            listed = chunk and all(w.is_capitalised or w.text.isdecimal() for w in chunk)
            if not listed or not self._sign(following, ",") or self._verbs(first + 1, following):
                return comma
            comma = following

    def _verbs(self, first: int, last: int) -> list[Verb]:
        return [verb for verb in self.verbs if first <= verb.first < last]

    def _without_tail(self, first: int, last: int) -> tuple[_Span, list[_Span]]:
        """The main clause, and the subordinate clause after it with what is coordinated to that."""
        for at in range(first + 1, last):
            low = self.words[at].low
            if low not in lexicon.SUBORDINATORS or self.words[at].depth or self.lifted[at]:
                continue
            after_comma = self._sign(at - 1, ",")
            if after_comma == (low in lexicon.CONJUNCTIONS) and low in _COMMA_DECIDES:
                continue
            end = self._tail_end(at, last)
            if self._verbs(at + 1, at + 2):  # ", as was reported": no cause
                continue
            closed = after_comma and not self._verbs(at + 1, self._next_comma(at + 1))
            if self._verbs(first, at) and self._verbs(at + 1, end) and not closed:
                role = Role.CAUSE if low in lexicon.CAUSAL else Role.TAIL
                rest = [_Span(end, last, Role.MAIN)] if end < last else []
                return _Span(first, at - after_comma, Role.MAIN), [_Span(at, end, role), *rest]
        return _Span(first, last, Role.MAIN), []

    def _tail_end(self, at: int, last: int) -> int:
        for comma in range(at, last - 1):
            noted = any(self.words[comma].end == position for position, _ in self.sentence.notes)
            if noted and self.words[comma + 1].low in lexicon.CONJUNCTIONS:
                return comma + 1
            joins = self._sign(comma, ",") and self.words[comma + 1].low in {"but", "while"}
            if joins and self._verbs(comma + 1, last) and self._verbs(at, comma):
                return comma
        return last

    # Coordination

    def _coordinated(self, span: _Span) -> Iterator[_Span]:
        first = span.first
        for at in range(span.first + 1, span.last - 1):
            if self._divides(first, at, span.last):
                before = at - 1 if self._sign(at - 1, ",") else at
                yield _Span(first, before, span.role)
                first = at
        yield _Span(first, span.last, span.role)

    def _divides(self, first: int, at: int, last: int) -> bool:
        word = self.words[at]
        if word.low not in _DIVIDING or word.depth or self.lifted[at]:
            return False
        before, following = self._verbs(first, at), self._verbs(at + 1, last)
        if not before or not following:
            return False
        noted = self._note_between(before[-1], at)
        if self._reports(first, at, following[0]):
            return False
        subject = self._subject_words(at + 1, following[0].first)
        return self._is_subject(subject) if subject else noted

    def _is_subject(self, words: Sequence[Word]) -> bool:
        return (
            len(words) <= _LONGEST_SUBJECT
            and words[0].low not in {"to", "not"}
            and words[-1].low not in lexicon.CONJUNCTIONS
            and not any(w.low in _OPENS_SUBORDINATE or w.text in '“”"«»' for w in words)
        )

    def _reports(self, first: int, at: int, following: Verb) -> bool:
        """What somebody said stays with who said it, unless somebody else answers."""
        said = any(verb.happening is Happening.SAYING for verb in self._verbs(first, at))
        return said and following.happening is not Happening.SAYING

    def _subject_words(self, first: int, verb: int) -> list[Word]:
        """The noun phrase between a conjunction and the next verb; empty if the verb is shared."""
        at = first
        if self._sign(at, ","):  # "and, after continuous fighting, captured": the verb is shared
            at = min(self._next_comma(at + 1) + 1, verb)
        elif at < verb and self.words[at].low in lexicon.PREPOSITIONS:
            at = self._past_phrase(at, verb)
        return [w for w in self.words[at:verb] if not self._is_adverb(w)]

    def _past_phrase(self, at: int, verb: int) -> int:
        """Past "for some time" before a subject; a determiner after it opens the subject."""
        for place in range(at + 2, verb):
            if self.words[place].low in {"the", "a", "an", "their", "its", "his", "her"}:
                return place
        return at

    def _is_adverb(self, word: Word) -> bool:
        return word.low.endswith("ly") or word.low in lexicon.NEGATIONS_AND_ADVERBS

    def _note_between(self, verb: Verb, at: int) -> bool:
        low, high = self.words[verb.last].end, self.words[at].start
        return any(low <= position <= high for position, _ in self.sentence.notes)

    # From spans to clauses

    def _clauses(self, spans: Sequence[_Span], lead: str) -> Iterator[Clause]:
        subject = ""
        for span in spans:
            clause = self._clause(span, lead, subject)
            if clause is None:
                continue
            if span.role is Role.MAIN and clause.subject:
                subject = clause.subject
            yield clause

    def _clause(self, span: _Span, lead: str, shared: str) -> Clause | None:
        first = span.first
        if span.role in {Role.LEAD, Role.TAIL, Role.CAUSE} or self._joins(first):
            first += 1
        last = self._trimmed(first, span.last)
        text = self._text(first, last)
        if not text:
            return None
        verbs = self._own_verbs(span, first, last)
        opens = verbs[0].first + (first + 1 if span.role is Role.RELATIVE else 0) if verbs else last
        subject = self._subject(span, first, opens)
        inherits = span.role is Role.MAIN and not subject and bool(shared)
        shown = first + (self.words[first].text in ",;" and first + 1 < last)
        start, end = self.words[shown].start, self.words[last - 1].end
        notes, own = self._notes(start, end)
        return Clause(
            start, end, text, span.role, verbs, shared if inherits else subject,
            self._text(opens, last), lead, notes, own, inherits,
        )  # fmt: skip

    def _trimmed(self, first: int, last: int) -> int:
        """The end of a span without its closing signs and a conjunction left hanging there."""
        while last > first and (
            self._is_stop(last - 1)
            or self.words[last - 1].text in ",;"
            or self.words[last - 1].low in lexicon.CONJUNCTIONS
        ):
            last -= 1
        return last

    def _joins(self, at: int) -> bool:
        return self.words[at].low in lexicon.CONJUNCTIONS or self.words[at].text in ";,"

    def _own_verbs(self, span: _Span, first: int, last: int) -> tuple[Verb, ...]:
        if span.role is not Role.RELATIVE:
            return tuple(self._verbs(first, last))
        inside = self.words[first + 1 : last]
        return tuple(finite_verbs([replace(w, depth=0) for w in inside]))

    def _subject(self, span: _Span, first: int, verb: int) -> str:
        if span.role is Role.RELATIVE:
            return self._antecedent(first - 1)
        at = first
        if self._sign(at, ","):
            at = self._next_comma(at + 1) + 1
        return self._text(at, verb)

    def _antecedent(self, comma: int) -> str:
        """The noun phrase before a relative clause, back to a verb or a comma."""
        first = comma
        outside = lexicon.PREPOSITIONS | lexicon.LEAD_WORDS
        verbs = {i for verb in self.verbs for i in range(verb.first, verb.last + 1)}
        while first > 0 and first - 1 not in verbs and not self._sign(first - 1, ","):
            first -= 1
        while first < comma and self.words[first].low in outside:
            first += 1
        return self._text(first, comma)

    def _text(self, first: int, last: int) -> str:
        """The words as printed, lifted-out relative clauses left out."""
        parts: list[str] = []
        at = first
        while at < last:
            end = at
            while end < last and self.lifted[end] == self.lifted[at]:
                end += 1
            if not self.lifted[at] or self._inside_relative(first):
                parts.append(self.sentence.text[self.words[at].start : self.words[end - 1].end])
            at = end
        return " ".join([*parts[:1], *(part.lstrip(", ") for part in parts[1:])]).strip(" ,;")

    def _inside_relative(self, at: int) -> bool:
        return any(span.first <= at < span.last for span in self.relatives)

    def _notes(self, start: int, end: int) -> tuple[tuple[int, ...], bool]:
        """The notes inside a clause or else the next one after it, and whether they are its own.

        A note supports what stands before it, back to the note before.
        """
        inside = [n for position, n in self.sentence.notes if start < position <= end + 1]
        if inside:
            return tuple(dict.fromkeys(inside)), True
        after = [(position, n) for position, n in self.sentence.notes if position > end]
        return tuple(dict.fromkeys(n for position, n in after if position == after[0][0])), False


def clauses(sentence: Sentence) -> list[Clause]:
    """The clauses of a sentence in reading order; a sentence without a verb is one clause."""
    return _Splitter(sentence).clauses() if sentence.text else []
