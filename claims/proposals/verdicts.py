"""Which clauses of an English sentence are worth proposing as claims."""

from __future__ import annotations

import re
from enum import StrEnum

from claims.proposals import cues
from claims.proposals.clauses import Clause, Role
from claims.proposals.lexicon import Happening
from claims.proposals.names import names
from claims.proposals.rewriting import simplified

_CHECKABLE = frozenset(
    {Happening.CONTROL, Happening.LOSS, Happening.HARM, Happening.ATTACK, Happening.END}
)
_SPOKEN_OF = frozenset({Happening.SAYING, Happening.OTHER})
_DIGIT = re.compile(r"\d")


class Verdict(StrEnum):
    """What to do with a clause. Only FALLBACK and REPORT depend on what stands around it."""

    PROPOSE = "propose"
    FALLBACK = "fallback"  # cited, but hardly testable: only if nothing better carries its notes
    REPORT = "report"  # about reports: its notes support what the reports are about
    LEAVE = "leave"


def verdict_on(clause: Clause, *, pictured: bool = False) -> Verdict:
    """`pictured` clauses describe a picture and are proposed as long as they tell something."""
    if cues.ABOUT_REPORTS.search(clause.text):
        return Verdict.REPORT if clause.notes else Verdict.LEAVE
    if _is_doubtful(clause):
        return _if_cited(clause)
    if _CHECKABLE & clause.happenings:
        return _of_event(clause)
    told = clause.role is Role.MAIN and _SPOKEN_OF & clause.happenings
    if (told and clause.notes) or ((told or pictured) and _is_anchored(clause)):
        return Verdict.PROPOSE
    return _if_cited(clause)


def _is_doubtful(clause: Clause) -> bool:
    """What nobody knows, what may come, and what is only a figure of speech."""
    return (
        cues.UNKNOWN.search(clause.text) is not None
        or cues.FIGURATIVE.search(simplified(clause.text)) is not None
        or (bool(clause.verbs) and clause.verbs[0].modal)
    )


def _of_event(clause: Clause) -> Verdict:
    """A relative clause tells background, unless it has a note of its own or tells of harm."""
    background = clause.role is Role.RELATIVE and not clause.own_notes
    if background and Happening.HARM not in clause.happenings:
        return Verdict.LEAVE
    return Verdict.PROPOSE


def _if_cited(clause: Clause) -> Verdict:
    return Verdict.FALLBACK if clause.notes and clause.role is Role.MAIN else Verdict.LEAVE


def _is_anchored(clause: Clause) -> bool:
    """Whether a number or a proper name ties the clause to something that can be looked up."""
    return _DIGIT.search(clause.text) is not None or bool(names(clause.text))
