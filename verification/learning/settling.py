"""Which reports on a claim that was just settled count for whose record, and what each was worth.

A record must not feed itself: a report counts only where the decision rested on an origin other
than its source's own, and only the first report of an origin counts, so that repeating others earns
nothing. What a person resolved as mistaken counts as if it had not been resolved: those are the
reports that were wrong, and they were called so because the outcome was known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from claims.vocabulary import Alignment, Stance, Status
from verification.scoring import ClaimInput, Exclusion, Interest, Parameters, Report
from verification.scoring.coins import group_of
from verification.scoring.evidence import Weighed
from verification.scoring.groups import CHECKED_VISUAL
from verification.scoring.independence import Lineage, lineages
from verification.scoring.ledger import discounts_of, open_ledger
from verification.scoring.selection import standing


@dataclass(frozen=True, slots=True)
class Earned:
    """One report that counts for a record. key: of the report; share: what independence left."""

    key: str
    record: str
    interest: Interest
    alignment: Alignment
    group: str
    supports: bool
    weight: float
    share: float


def truth_after(status: str, *, truth: bool | None) -> bool | None:
    """What a claim is held to be after it got STATUS; TRUTH is what it was, None while it is open.

    What was so and has ended keeps its truth, and so does a claim that was looked at again.
    """
    if status == Status.CONFIRMED:
        return True
    if status == Status.REFUTED:
        return False
    return truth if status == Status.SUPERSEDED else None


def record_of(report: Report) -> str:
    """Whose record a report counts for."""
    return CHECKED_VISUAL if report.checked_visual else report.source


def deciding_reports(
    claim: ClaimInput, *, picked: Collection[str], proved_true: bool
) -> frozenset[str]:
    """Keys of the reports that a decision rested on: those a person picked, of those that count.

    Nobody picked one that counts: all that stand and say what was decided.
    """
    stands = standing(claim.reports)
    chosen = {report.key for report in stands if report.key in picked}
    agreeing = {r.key for r in stands if (r.stance is Stance.SUPPORTS) is proved_true}
    return frozenset(chosen or agreeing)


def rests_elsewhere(key: str, *, deciding: Collection[str], places: Mapping[str, Lineage]) -> bool:
    """Whether a decision rested on at least one origin other than that of the report KEY."""
    return any(places[other].cluster != places[key].cluster for other in deciding)


def earned(
    claim: ClaimInput,
    parameters: Parameters,
    *,
    picked: Collection[str],
    copied: Collection[str],
    proved_true: bool,
) -> tuple[Earned, ...]:
    """Reports that count for a record: one for each record and interest, each visual by itself.

    PICKED: keys that decided it. COPIED: keys of documents that repeat another, filed or not.
    """
    judged = unresolved(claim)
    deciding = deciding_reports(claim, picked=picked, proved_true=proved_true)
    ledger, places = open_ledger(judged, parameters), lineages(judged.reports)
    discounts = discounts_of(ledger.balance(), parameters.crowding)
    rows = [
        _earned(row, discounts.get(row.report.key, 1.0))
        for row in sorted(ledger.standing(), key=lambda row: row.report.age)
        if places[row.report.key].is_first
        and row.report.key not in copied
        and rests_elsewhere(row.report.key, deciding=deciding, places=places)
    ]
    return tuple(_once(rows))


def unresolved(claim: ClaimInput) -> ClaimInput:
    """The claim as it was before anybody called a report mistaken."""
    reports = tuple(
        replace(report, excluded=None) if report.excluded == Exclusion.MISTAKEN else report
        for report in claim.reports
    )
    return replace(claim, reports=reports)


def _earned(row: Weighed, share: float) -> Earned:
    report = row.report
    return Earned(
        key=report.key,
        record=record_of(report),
        interest=report.interest,
        alignment=report.alignment,
        group=group_of(report),
        supports=report.stance is Stance.SUPPORTS,
        weight=row.weight,
        share=share,
    )


def _once(rows: Sequence[Earned]) -> Iterable[Earned]:
    """The newest of each record and interest, with the worth of the best; ROWS: oldest first."""
    groups: dict[tuple[str, ...], list[Earned]] = {}
    for row in rows:
        apart = (row.key,) if row.record == CHECKED_VISUAL else ()
        groups.setdefault((row.record, row.interest.value, *apart), []).append(row)
    for group in groups.values():
        best = max(group, key=lambda row: row.weight * row.share)
        yield replace(group[-1], weight=best.weight, share=best.share)
