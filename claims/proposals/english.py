"""Propose claims from an English article, clause by clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from claims.proposals import lexicon
from claims.proposals.anaphora import resolved
from claims.proposals.article import Article, Paragraph
from claims.proposals.candidates import Candidate, Report, fitted, rests_on_others
from claims.proposals.clauses import Clause, Role, clauses
from claims.proposals.lexicon import Happening
from claims.proposals.memory import Memory
from claims.proposals.names import place_groups
from claims.proposals.proposal import Flag
from claims.proposals.rewriting import (
    LONGEST,
    finished,
    harm_suffered,
    nominal_event,
    reported_content,
    shown_event,
    simplified,
    split_list,
    with_agent,
    with_lead,
)
from claims.proposals.sentences import Sentence, sentences
from claims.proposals.sides import Side, beaten_side, side_of
from claims.proposals.unparsed import read_between_notes
from claims.proposals.verdicts import Verdict, verdict_on

_LOST_PEOPLE = re.compile(
    r"\blost (?:[\w,.]+ ){0,4}?(?:fighters|soldiers|men|troops|people|members|militants|personnel"
    r"|civilians|lives|commanders|officers)\b"
)
_LOST_GROUND = re.compile(
    r"\blost (?:[\w,]+ ){0,4}?(?:ground|control|territory|positions?|locations?|places?|areas?"
    r"|gains"
    r"|towns?|cit(?:y|ies)|villages?|hills?|bases?|neighbou?rhoods?|districts?|suburbs?)\b"
)
_DATE_AFTER_COMMA = re.compile(rf", (?=(?:\d{{1,2}} )?(?:{'|'.join(sorted(lexicon.MONTHS))})\b)")
# What is left of a pointing word after resolution makes a claim that nobody can read alone.
_POINTING = re.compile(r"(?:it|this|that|he|she|they|these|those|which|there)\b", re.IGNORECASE)
_LONGEST_SENTENCE = 1_200  # characters
_PRESENT = re.compile(r"\b[a-z]+\b")


def english_candidates(article: Article) -> Iterator[tuple[Paragraph, list[Candidate]]]:
    """The claims of each paragraph; what one paragraph told is remembered in the next."""
    memory = Memory()
    for paragraph in article.paragraphs:
        parts: list[Candidate | Report] = []
        for sentence in sentences(article, paragraph):
            parts.extend(_parts(sentence, memory))
        yield paragraph, fitted(parts)


def _parts(sentence: Sentence, memory: Memory) -> Iterator[Candidate | Report]:
    """What runs on without a stop is not grammar but a list or a mishap: cut it at its notes."""
    if len(sentence.text) > _LONGEST_SENTENCE:
        return read_between_notes(sentence)
    return _Telling(sentence, memory).parts()


class _Telling:
    """One sentence, read against what is already known."""

    def __init__(self, sentence: Sentence, memory: Memory) -> None:
        self._sentence = sentence
        self._memory = memory
        self._clauses = clauses(sentence)
        self._pictured = sentence.paragraph.where == "caption"

    def parts(self) -> Iterator[Candidate | Report]:
        verdicts = [verdict_on(clause, pictured=self._pictured) for clause in self._clauses]
        carried: set[int] = set()
        readings: list[list[Candidate]] = []
        for clause, verdict in zip(self._clauses, verdicts, strict=True):
            special = self._special(clause)
            if special or verdict is Verdict.PROPOSE:
                carried.update(clause.notes)
            readings.append([special] if special else self._read(clause, verdict, readings))
            self._remember(clause, readings[-1])
        for clause, verdict, reading in zip(self._clauses, verdicts, readings, strict=True):
            yield from _kept(clause, verdict, reading, carried)

    def _remember(self, clause: Clause, reading: Sequence[Candidate]) -> None:
        subject = clause.subject if clause.role is Role.MAIN else ""
        self._memory.observe(clause.text, subject=subject, lead=clause.lead)
        for candidate in reading:
            self._memory.observe(candidate.text)

    def _special(self, clause: Clause) -> Candidate | None:
        """Events told by a noun or a picture, where the clause's own verb tells something else."""
        if told := reported_content(clause):
            return self._candidate(clause, told, Happening.OTHER, given={Flag.HEDGED})
        if shown := shown_event(clause, self._memory):
            text, happening = shown
            return self._candidate(clause, text, happening, loser=beaten_side(clause.text))
        if nominal := nominal_event(clause):
            return self._candidate(clause, nominal, Happening.ATTACK)
        if harm := harm_suffered(clause, self._memory):
            return self._candidate(clause, harm, Happening.HARM)
        return None

    def _read(
        self, clause: Clause, verdict: Verdict, before: Sequence[Sequence[Candidate]]
    ) -> list[Candidate]:
        if verdict is Verdict.LEAVE and clause.role is not Role.CAUSE:
            return []
        if clause.role is Role.CAUSE and any(before):
            return self._cause(clause, next(reading[0] for reading in reversed(before) if reading))
        if verdict is Verdict.LEAVE:
            return []
        tail = self._tail(clause)
        text = resolved(f"{_whole(clause)} {tail}".strip(), self._memory, owner=self._owner(clause))
        clause = replace(clause, end=clause.end + len(tail) + 1) if tail else clause
        if not clause.notes and _POINTING.match(text) and not self._pictured:
            return []
        text = with_agent(simplified(text), clause, "" if tail else self._agent(clause))
        texts = split_list(text, clause, self._memory)
        given = {Flag.SPLIT} if len(texts) > 1 else set()
        if verdict is not Verdict.PROPOSE:
            given.add(Flag.WEAKLY_TESTABLE)
        happening = _happening(clause)
        if rests_on_others(text, happening, clause.lead):
            given.add(Flag.RESTS_ON_OTHERS)
        loser = _loser(clause, happening)
        return [
            self._candidate(clause, with_lead(each, clause), happening, given=given, loser=loser)
            for each in texts
        ]

    def _tail(self, clause: Clause) -> str:
        """The clause after it that tells when, unless a note stands between them."""
        at = self._clauses.index(clause) + 1
        if at >= len(self._clauses) or self._clauses[at].role is not Role.TAIL or clause.own_notes:
            return ""
        tail = self._sentence.text[clause.end : self._clauses[at].end].strip()
        return tail if len(clause.text) + len(tail) < LONGEST else ""

    def _cause(self, clause: Clause, effect: Candidate) -> list[Candidate]:
        text = f"{effect.text} because {simplified(clause.text)}"
        cause = self._candidate(clause, text, Happening.OTHER, given={Flag.CAUSE, Flag.SPLIT})
        return [replace(cause, start=effect.start, source=f"{effect.source} {clause.text}")]

    def _candidate(
        self,
        clause: Clause,
        text: str,
        happening: Happening,
        *,
        given: set[Flag] | None = None,
        loser: Side | None = None,
    ) -> Candidate:
        flags = frozenset(given or ())
        if self._pictured:
            text = in_the_past(text)
            flags |= {Flag.PICTURE}
        return Candidate(
            finished(text), self._sentence, clause.start, clause.end, clause.text, clause.notes,
            happening, loser, flags,
        )  # fmt: skip

    def _owner(self, clause: Clause) -> str:
        """Whom "their" at the start of a clause means: before its main clause, who comes there."""
        if clause.role is not Role.LEAD:
            return self._memory.subject
        mains = (other.subject for other in self._clauses if other.role is Role.MAIN)
        return next(mains, "")

    def _agent(self, clause: Clause) -> str:
        loser = beaten_side(clause.text)
        return self._memory.party(loser.other) if loser else ""


def _kept(
    clause: Clause, verdict: Verdict, reading: Sequence[Candidate], carried: set[int]
) -> Iterator[Candidate | Report]:
    """A fallback stands back where a better claim of the sentence carries its notes."""
    proposed = any(Flag.WEAKLY_TESTABLE not in candidate.given for candidate in reading)
    if not proposed and verdict is Verdict.FALLBACK and carried.intersection(clause.notes):
        return
    for candidate in reading:
        is_report = verdict is Verdict.REPORT and not proposed
        yield Report(candidate) if is_report else candidate


def _whole(clause: Clause) -> str:
    """The clause with its subject in front, where that stood elsewhere."""
    if clause.role is Role.RELATIVE:
        noun = clause.subject
        head, _, name = noun.rpartition(" of ")
        named = name[:1].isupper() and head.split(" ")[-1] in lexicon.PLACE_NOUNS
        return f"{name if named else noun} {clause.predicate}"
    return f"{clause.subject} {clause.predicate}" if clause.inherits else clause.text


def _happening(clause: Clause) -> Happening:
    """The most checkable thing that a clause tells; losing people is harm, not loss of a place."""
    if clause.verbs and clause.verbs[0].happening is Happening.SAYING:
        return Happening.SAYING
    found = next((kind for kind in Happening if kind in clause.happenings), Happening.OTHER)
    if found is not Happening.LOSS or any(verb.lemma != "lose" for verb in clause.verbs[:1]):
        return found
    if _LOST_PEOPLE.search(clause.text):
        return Happening.HARM
    ground = _LOST_GROUND.search(clause.text) or place_groups(clause.text)
    return Happening.LOSS if ground else Happening.OTHER


def _loser(clause: Clause, happening: Happening) -> Side | None:
    if happening is Happening.LOSS:
        return side_of(clause.subject)
    return beaten_side(clause.text)


def in_the_past(text: str) -> str:
    """Read a caption's "Fighters take positions, November 11" as "… took … on November 11"."""
    text = _DATE_AFTER_COMMA.sub(" on ", text)
    for match in _PRESENT.finditer(text):
        verb = match.group()
        if verb in lexicon.PAST_OF and not _is_noun_here(text[: match.start()]):
            return f"{text[: match.start()]}{lexicon.PAST_OF[verb]}{text[match.end() :]}"
    return text


def _is_noun_here(before: str) -> bool:
    last = before.rsplit(maxsplit=1)[-1].lower() if before.strip() else ""
    return last in lexicon.DETERMINERS | lexicon.PREPOSITIONS | lexicon.CONJUNCTIONS or not last
