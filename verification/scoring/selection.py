"""Which reports stand, and why the others do not.

A source has one stance on a claim: that of its newest report. Its earlier reports to the contrary
are superseded; earlier ones to the same effect stand, and the grouping by origin and source counts
the best of them once, so that repeating itself neither helps nor harms a source. Checked visuals
are outside this rule: a photograph does not change its mind, and is not retracted by what its
publisher says later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from claims.vocabulary import Stance
from verification.scoring.model import Exclusion, Report


@dataclass(frozen=True, slots=True)
class Dropped:
    """A report that is listed and not weighed; `by` is the newer report that superseded it."""

    key: str
    reason: str
    by: str | None = None

    def as_dict(self) -> dict[str, object]:
        return {"key": self.key, "reason": self.reason, "by": self.by}


def standing(reports: Iterable[Report], left_out: Collection[str] = ()) -> list[Report]:
    """Reports that are weighed. Those left out are treated as withdrawn: they supersede nothing."""
    eligible = [r for r in reports if is_eligible(r) and r.key not in left_out]
    gone = superseded(eligible)
    return [report for report in eligible if report.key not in gone]


def is_eligible(report: Report) -> bool:
    return report.excluded is None and report.stance is not Stance.CONTEXT


def superseded(eligible: Iterable[Report]) -> Mapping[str, str]:
    """Keys of reports that their own source contradicted later, with the key of its newest."""
    newest: dict[str, Report] = {}
    statements = [report for report in eligible if not report.checked_visual]
    for report in statements:
        rival = newest.get(report.source)
        if rival is None or report.age > rival.age:
            newest[report.source] = report
    return {
        report.key: newest[report.source].key
        for report in statements
        if report.stance is not newest[report.source].stance
    }


def dropped(reports: Iterable[Report]) -> tuple[Dropped, ...]:
    """Every report that is not weighed, oldest first."""
    ordered = sorted(reports, key=lambda report: report.age)
    gone = superseded(report for report in ordered if is_eligible(report))
    rows = []
    for report in ordered:
        if report.excluded is not None:
            rows.append(Dropped(report.key, report.excluded))
        elif report.stance is Stance.CONTEXT:
            rows.append(Dropped(report.key, Exclusion.CONTEXT.value))
        elif report.key in gone:
            rows.append(Dropped(report.key, Exclusion.SUPERSEDED_REPORT.value, gone[report.key]))
    return tuple(rows)
