"""How much of each report is new: origins, sources, owners, and the crowd (scoring.md 4.4).

Every report hangs in a tree: report → origin → source → owner → bloc. An origin belongs to the
source and the owner of its earliest report on the claim, whatever became of that report, so that a
later copy never moves it. Among the reports of one origin only the best counts; among the origins
of one source only the best counts (checked visuals are separate branches); among the sources of one
owner the j-th counts (1 − ρ)^j; among the owners of one bloc, whose sources a person found to err
together, the i-th counts (1 − ρ_b)^i; and the r-th strongest cluster, a bloc or an owner in none,
counts (1 − ρ0)^r. Because it is a tree and each level only sorts and discounts, one more report can
never lower the sum, and one more copy that is not stronger changes nothing, to the last bit.

A source is counted for its own origins. Where it is the best-placed copier of somebody else's, the
copy speaks for that origin and not for the source.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import mul
from typing import TypeAlias

from verification.scoring.model import Report

Branch: TypeAlias = tuple[str, ...]
"""Name of one branch of the tree; its first word keeps ids of different kinds apart."""


class Dominance(StrEnum):
    """Why another report counts in the place of this one, or before it."""

    COPY_OF = "copy_of"
    SAME_ORIGIN = "same_origin"
    SAME_SOURCE = "same_source"
    SAME_OWNER = "same_owner"
    ERRS_TOGETHER = "errs_together"


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a report hangs. cluster: the bloc of its owner, or the owner if that is in none.

    `is_first` says that its origin starts with it.
    """

    origin: Branch
    source: Branch
    owner: str
    cluster: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Strand:
    """One report with the size of its evidence for or against, in its place in the tree."""

    key: str
    age: tuple[int, str]
    supports: bool
    size: float
    lineage: Lineage

    @property
    def rank(self) -> tuple[float, tuple[int, str]]:
        """Sorts the strongest first, the oldest first among equals."""
        return -self.size, self.age


@dataclass(frozen=True, slots=True)
class Dominated:
    """Another report of the same branch counts before this one."""

    why: Dominance
    by: str


@dataclass(frozen=True, slots=True)
class Correlations:
    """ρ of the sources of one owner, and of the owners of one bloc."""

    owner: float
    bloc: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Reports of one owner or of one bloc, of one sign. shares: the part of each that counts in it.

    leader: the report that counts whole.
    """

    name: str
    leader: str
    strands: tuple[Strand, ...]
    total: float
    shares: Mapping[str, float]
    dominated: Mapping[str, Dominated]


def lineages(reports: Iterable[Report]) -> dict[str, Lineage]:
    """The place of every report of a claim by its key, excluded and context reports among them."""
    ordered = sorted(reports, key=lambda report: report.age)
    first: dict[Branch, Report] = {}
    for report in ordered:
        first.setdefault(_origin(report), report)
    return {report.key: _lineage(report, first[_origin(report)]) for report in ordered}


def _origin(report: Report) -> Branch:
    return ("report", report.key) if report.origin is None else ("origin", report.origin)


def _lineage(report: Report, first: Report) -> Lineage:
    origin = _origin(report)
    owner = first.owner or first.source
    source: Branch = ("source", owner, first.source)
    return Lineage(
        origin=origin,
        source=("visual", *origin) if first.checked_visual else source,
        owner=owner,
        cluster=first.bloc or owner,
        is_first=report is first,
    )


def origin_groups(reports: Iterable[Report]) -> dict[str, str]:
    """The independence group of every report by its key: the owner or bloc its origin goes back to.

    Give all reports of the claim, so that each origin is traced to its first one; reports in the
    same group are one origin in the sense of the evidence conditions.
    """
    return {key: lineage.cluster for key, lineage in lineages(reports).items()}


def independent_origins(reports: Sequence[Report], among: Iterable[str] | None = None) -> int:
    """Number of independence groups that the reports with the keys `among` (all if None) form."""
    groups = origin_groups(reports)
    keys = groups if among is None else among
    return len({groups[key] for key in keys})


def clusters_of(strands: Iterable[Strand], correlations: Correlations) -> list[Cluster]:
    """Clusters of one sign, strongest first; equal ones by name."""
    by_cluster: defaultdict[str, list[Strand]] = defaultdict(list)
    for strand in strands:
        by_cluster[strand.lineage.cluster].append(strand)
    clusters = [cluster_of(name, group, correlations) for name, group in by_cluster.items()]
    return sorted(clusters, key=_strongest_first)


def _strongest_first(cluster: Cluster) -> tuple[float, str]:
    return -cluster.total, cluster.name


def cluster_of(name: str, strands: Sequence[Strand], correlations: Correlations) -> Cluster:
    """Σ total·(1 − ρ_b)^i over the owners of a bloc; the one owner itself where it is in none."""
    if len(strands) == 1:
        key = strands[0].key
        return Cluster(name, key, tuple(strands), strands[0].size, {key: 1.0}, {})
    by_owner: defaultdict[str, list[Strand]] = defaultdict(list)
    for strand in strands:
        by_owner[strand.lineage.owner].append(strand)
    if len(by_owner) == 1:
        return _owned(name, strands, correlations.owner)
    owned = [_owned(owner, group, correlations.owner) for owner, group in by_owner.items()]
    return _bloc(name, sorted(owned, key=_strongest_first), correlations.bloc)


def _bloc(name: str, owned: Sequence[Cluster], correlation: float) -> Cluster:
    """Owners of one bloc, given strongest first."""
    shares: dict[str, float] = {}
    dominated: dict[str, Dominated] = {}
    total, leader = 0.0, owned[0].leader
    for place, one in enumerate(owned):
        part = (1 - correlation) ** place
        total += part * one.total
        shares.update((key, share * part) for key, share in one.shares.items())
        dominated.update(one.dominated)
        if place:
            dominated[one.leader] = Dominated(Dominance.ERRS_TOGETHER, leader)
    strands = tuple(strand for one in owned for strand in one.strands)
    return Cluster(name, leader, strands, total, shares, dominated)


def _owned(name: str, strands: Sequence[Strand], correlation: float) -> Cluster:
    """Σ size·(1 − ρ)^j over the best report of each source, never above size/ρ of the best."""
    dominated: dict[str, Dominated] = {}
    of_origins = _best(strands, lambda s: s.lineage.origin, _why_in_origin, dominated)
    ranked = _best(of_origins, lambda s: s.lineage.source, _why_in_source, dominated)
    ranked.sort(key=lambda strand: strand.rank)
    shares = dict.fromkeys(dominated, 0.0)
    total = 0.0
    for place, strand in enumerate(ranked):
        share = (1 - correlation) ** place
        shares[strand.key] = share
        total += share * strand.size
    for strand in ranked[1:]:
        dominated[strand.key] = Dominated(Dominance.SAME_OWNER, ranked[0].key)
    return Cluster(name, ranked[0].key, tuple(strands), total, shares, dominated)


def _best(
    strands: Sequence[Strand],
    branch_of: Callable[[Strand], Branch],
    why: Callable[[Strand], Dominance],
    dominated: dict[str, Dominated],
) -> list[Strand]:
    """The strongest strand of each branch; the others are noted in `dominated`."""
    branches: defaultdict[Branch, list[Strand]] = defaultdict(list)
    for strand in strands:
        branches[branch_of(strand)].append(strand)
    winners = []
    for branch in branches.values():
        winner = min(branch, key=lambda strand: strand.rank)
        winners.append(winner)
        for strand in branch:
            if strand is not winner:
                dominated[strand.key] = Dominated(why(strand), winner.key)
    return winners


def _why_in_origin(strand: Strand) -> Dominance:
    return Dominance.SAME_ORIGIN if strand.lineage.is_first else Dominance.COPY_OF


def _why_in_source(_: Strand) -> Dominance:
    return Dominance.SAME_SOURCE


def crowd_total(totals: Sequence[float], crowding: float) -> float:
    """Σ T·(1 − ρ0)^rank of cluster totals, given strongest first."""
    return math.fsum(map(mul, totals, crowd_discounts(len(totals), crowding)))


@lru_cache(maxsize=512)
def crowd_discounts(count: int, crowding: float) -> tuple[float, ...]:
    """What each of `count` clusters of one sign counts, strongest first."""
    return tuple((1 - crowding) ** rank for rank in range(count))
