"""The steps from the start to the score, with the words a page needs beside each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from claims.vocabulary import Alignment
from verification.scoring.evidence import Weighed
from verification.scoring.independence import Dominated
from verification.scoring.ledger import Balance, Ledger, discounts_of
from verification.scoring.model import Interest
from verification.scoring.result import Contribution, Note, NoteCode


def contributions_of(ledger: Ledger, balance: Balance) -> tuple[Contribution, ...]:
    """Every report that stands, largest movement first, oldest first among equals."""
    discounts = discounts_of(balance, ledger.parameters.crowding)
    dominated = {
        key: entry
        for clusters in (balance.supporting, balance.contradicting)
        for cluster in clusters
        for key, entry in cluster.dominated.items()
    }
    rows = [(row, discounts.get(row.report.key, 1.0)) for row in ledger.standing()]
    rows.sort(key=lambda pair: (-abs(pair[0].evidence * pair[1]), pair[0].report.age))
    return tuple(_steps(rows, ledger.opening, dominated))


def _steps(
    rows: Sequence[tuple[Weighed, float]],
    opening: tuple[float, float],
    dominated: Mapping[str, Dominated],
) -> Iterator[Contribution]:
    terms = list(opening)
    before = math.fsum(terms)
    for row, discount in rows:
        terms.append(row.evidence * discount)
        after = math.fsum(terms)
        notes = _notes(row, discount, dominated.get(row.report.key))
        yield _contribution(row, discount, (before, after), tuple(notes))
        before = after


def _contribution(
    row: Weighed, discount: float, running: tuple[float, float], notes: tuple[Note, ...]
) -> Contribution:
    report = row.report
    factor = row.weight * row.effect * discount
    neutral = 0 if report.interest is Interest.NONE else report.neutral_record.settled
    return Contribution(
        key=report.key,
        source=report.source,
        stance=report.stance.value,
        u=row.u,
        v=row.v,
        settled=report.record.settled + neutral,
        llr=row.llr,
        interest_effect=row.llr - row.neutral_llr,
        weight=row.weight,
        effect=row.effect,
        discount=discount,
        value=row.evidence * discount + 0.0,  # never a negative zero
        centre=row.centre * discount + 0.0,
        variance=factor * factor * row.variance,
        before=running[0],
        after=running[1],
        notes=notes,
    )


def _notes(row: Weighed, discount: float, dominated: Dominated | None) -> Iterator[Note]:
    if dominated is not None:
        yield Note(dominated.why.value, dominated.by)
    elif discount < 1:
        yield Note(NoteCode.CROWD.value)
    report = row.report
    serves = report.interest is not Interest.NONE
    facts = {
        NoteCode.CHECKED_VISUAL: report.checked_visual,
        NoteCode.SELF_SERVING: serves and report.alignment is Alignment.SELF_SERVING,
        NoteCode.AGAINST_INTEREST: serves and report.alignment is Alignment.AGAINST_INTEREST,
        NoteCode.NO_BETTER_THAN_CHANCE: row.llr == 0,
        NoteCode.CAPPED: row.capped,
        NoteCode.CREDIBILITY_NOT_JUDGED: report.credibility is None,
        NoteCode.UNGRADED: report.grade is None and not report.checked_visual,
    }
    yield from (Note(code.value) for code, holds in facts.items() if holds)
