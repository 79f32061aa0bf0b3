"""All weighed reports of one claim, and the clusters that they form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verification.scoring.evidence import Weighed, weigh
from verification.scoring.independence import (
    Cluster,
    Lineage,
    Strand,
    clusters_of,
    crowd_discounts,
    lineages,
)
from verification.scoring.interval import logit
from verification.scoring.model import ClaimInput, Report
from verification.scoring.parameters import Parameters
from verification.scoring.selection import is_eligible, standing


@dataclass(frozen=True, slots=True)
class Balance:
    """Clusters of each sign, strongest first."""

    supporting: Sequence[Cluster]
    contradicting: Sequence[Cluster]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One claim with what every eligible report weighs, and its strand if it weighs anything.

    opening: logit(π) and α. eligible: reports that are not excluded and take a side.
    """

    claim: ClaimInput
    parameters: Parameters
    opening: tuple[float, float]
    eligible: Sequence[Report]
    weighed: Mapping[str, Weighed]
    strands: Mapping[str, Strand]

    def standing(self) -> list[Weighed]:
        return [self.weighed[report.key] for report in standing(self.eligible)]

    def balance(self) -> Balance:
        correlations = self.parameters.correlations
        keys = [row.report.key for row in self.standing()]
        strands = [self.strands[key] for key in keys if key in self.strands]
        return Balance(
            clusters_of((strand for strand in strands if strand.supports), correlations),
            clusters_of((strand for strand in strands if not strand.supports), correlations),
        )


def open_ledger(claim: ClaimInput, parameters: Parameters) -> Ledger:
    eligible = [report for report in claim.reports if is_eligible(report)]
    weighed = {report.key: weigh(report, parameters) for report in eligible}
    places = lineages(claim.reports)
    return Ledger(
        claim=claim,
        parameters=parameters,
        opening=(logit(parameters.prior_of(claim.kind)), parameters.intercept),
        eligible=eligible,
        weighed=weighed,
        strands={strand.key: strand for strand in _strands(weighed.values(), places)},
    )


def _strands(rows: Iterable[Weighed], places: Mapping[str, Lineage]) -> Iterable[Strand]:
    for row in rows:
        key, size = row.report.key, abs(row.evidence)
        if size:
            yield Strand(key, row.report.age, row.evidence > 0, size, places[key])


def discounts_of(balance: Balance, crowding: float) -> dict[str, float]:
    """The part of each report's evidence that is new, by key, for reports with any evidence."""
    discounts: dict[str, float] = {}
    for clusters in (balance.supporting, balance.contradicting):
        crowd = crowd_discounts(len(clusters), crowding)
        for cluster, factor in zip(clusters, crowd, strict=True):
            for key, share in cluster.shares.items():
                discounts[key] = share * factor
    return discounts
