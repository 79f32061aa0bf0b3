"""What the estimate would be without one report, and without all reports of one side.

To leave a report out means the same as to withdraw it: an older report that it superseded stands
again, and the next best copy of its origin takes its place. Only the clusters that change are
summed again, so that 200 reports cost milliseconds.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from verification.scoring.independence import Cluster, Strand, cluster_of, crowd_total
from verification.scoring.interval import probability
from verification.scoring.ledger import Balance, Ledger
from verification.scoring.model import Report
from verification.scoring.selection import standing


@dataclass(frozen=True, slots=True)
class _Sum:
    """All clusters of one sign, and what they add up to."""

    clusters: Mapping[str, Cluster]
    total: float


class Counterfactuals:
    """Answers "what if these reports were withdrawn?" about one balance."""

    def __init__(self, ledger: Ledger, balance: Balance) -> None:
        self._ledger = ledger
        self._towards = self._sum(balance.supporting)
        self._away = self._sum(balance.contradicting)
        self._by_source: defaultdict[str, list[Report]] = defaultdict(list)
        for report in ledger.eligible:
            self._by_source[report.source].append(report)

    def leave_one_out(self) -> dict[str, float]:
        """Estimate without each report that stands, by key."""
        keys = sorted(row.report.key for row in self._ledger.standing())
        return {key: self.without((key,)) for key in keys}

    def leave_one_side_out(self) -> dict[str, float]:
        """Estimate without every report whose source belongs to a side, by side."""
        members: defaultdict[str, list[str]] = defaultdict(list)
        for report in self._ledger.eligible:
            if report.side is not None:
                members[report.side].append(report.key)
        return {side: self.without(members[side]) for side in sorted(members)}

    def without(self, left_out: Collection[str]) -> float:
        gone, back = self._changes(frozenset(left_out))
        towards = self._total(self._towards, gone, [s for s in back if s.supports])
        away = self._total(self._away, gone, [s for s in back if not s.supports])
        return probability(math.fsum((*self._ledger.opening, towards, -away)))

    def _changes(self, left_out: frozenset[str]) -> tuple[dict[str, Strand], list[Strand]]:
        """Strands of reports that stand no more, by key, and of those that stand again."""
        weighed, strands = self._ledger.weighed, self._ledger.strands
        sources = {weighed[key].report.source for key in left_out}
        reports = [report for source in sources for report in self._by_source[source]]
        before = {report.key for report in standing(reports)}
        after = {report.key for report in standing(reports, left_out)}
        gone = {key: strands[key] for key in before - after if key in strands}
        return gone, [strands[key] for key in after - before if key in strands]

    def _sum(self, clusters: Sequence[Cluster]) -> _Sum:
        totals = [cluster.total for cluster in clusters]
        return _Sum({cluster.name: cluster for cluster in clusters}, self._crowd(totals))

    def _crowd(self, totals: Sequence[float]) -> float:
        return crowd_total(totals, self._ledger.parameters.crowding)

    def _total(self, side: _Sum, gone: Mapping[str, Strand], back: Sequence[Strand]) -> float:
        """The sum of one sign, with untouched clusters as they are."""
        names = {strand.lineage.cluster for strand in back}
        names |= {s.lineage.cluster for s in gone.values() if s.lineage.cluster in side.clusters}
        if not names:
            return side.total
        totals = [c.total for name, c in side.clusters.items() if name not in names]
        for name in names:
            filed = side.clusters[name].strands if name in side.clusters else ()
            kept = [strand for strand in filed if strand.key not in gone]
            kept += [strand for strand in back if strand.lineage.cluster == name]
            totals.append(self._cluster_total(name, kept))
        return self._crowd(sorted(totals, reverse=True))

    def _cluster_total(self, name: str, strands: Sequence[Strand]) -> float:
        if not strands:
            return 0.0
        return cluster_of(name, strands, self._ledger.parameters.correlations).total
