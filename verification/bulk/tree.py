"""How much of each report is new, in columns (`verification.scoring.independence`).

Report → origin → source → owner → bloc, as there: among the reports of one origin the best counts,
among the origins of one source the best, among the sources of one owner the j-th counts (1 − ρ)^j,
among the owners of one bloc (1 − ρ_b)^i, and the r-th strongest cluster (1 − ρ0)^r. Every sort is
stable and starts from rows in order of age.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verification.bulk.columns import (
    NO_BLOC,
    NO_OWNER,
    Flags,
    Floats,
    Ints,
    Reports,
    place_in_group,
    starts_of,
)
from verification.scoring.independence import Correlations, crowd_discounts


@dataclass(frozen=True, slots=True)
class Places:
    """Where reports hang: bloc, owner, and the source or, for a checked visual, the origin itself.

    cluster: the bloc, or the owner where there is none.
    """

    cluster: Ints
    owner: Ints
    visual: Flags
    branch: Ints

    def at(self, chosen: Ints) -> Places:
        return Places(
            self.cluster[chosen], self.owner[chosen], self.visual[chosen], self.branch[chosen]
        )


@dataclass(frozen=True, slots=True)
class Strands:
    """Reports with evidence. `side`: 2 · claim, plus 1 where it speaks against the claim."""

    row: Ints
    side: Ints
    size: Floats
    origin: Ints
    places: Places

    def __len__(self) -> int:
        return len(self.row)

    def at(self, chosen: Ints) -> Strands:
        return Strands(
            self.row[chosen],
            self.side[chosen],
            self.size[chosen],
            self.origin[chosen],
            self.places.at(chosen),
        )


def standing(reports: Reports) -> Flags:
    """Eligible reports that their own source did not contradict later."""
    stands = reports.eligible.copy()
    rows = np.flatnonzero(stands & ~reports.visual)
    order = np.lexsort((reports.source[rows], reports.claim[rows]))
    rows = rows[order]
    begins = starts_of(reports.claim[rows], reports.source[rows])
    if not begins.all():
        ends = np.append(np.flatnonzero(begins)[1:], len(rows)) - 1
        newest = reports.supports[rows[ends]][np.cumsum(begins) - 1]
        stands[rows[reports.supports[rows] != newest]] = False
    return stands


def places_of(reports: Reports) -> Places:
    """An origin belongs to source and owner of its earliest report, whatever became of that."""
    order = np.lexsort((reports.origin, reports.claim))
    begins = starts_of(reports.claim[order], reports.origin[order])
    first = np.empty(len(reports), dtype=np.int64)
    first[order] = order[begins][np.cumsum(begins) - 1]
    owner, source = reports.owner[first], reports.source[first]
    visual, bloc = reports.visual[first], reports.bloc[first]
    owner = np.where(owner == NO_OWNER, source, owner)
    return Places(
        cluster=np.where(bloc == NO_BLOC, owner, bloc),
        owner=owner,
        visual=visual,
        branch=np.where(visual, reports.origin, source),
    )


def strands_of(reports: Reports, evidence: Floats, stands: Flags) -> Strands:
    rows = np.flatnonzero(stands & (evidence != 0))
    return Strands(
        row=rows,
        side=2 * reports.claim[rows] + (evidence[rows] < 0),
        size=np.abs(evidence[rows]),
        origin=reports.origin[rows],
        places=places_of(reports).at(rows),
    )


@dataclass(frozen=True, slots=True)
class Discounts:
    """The part of each strand that counts, and the number of clusters of each side."""

    part: Floats
    clusters: Ints


def discounts(
    strands: Strands, sides: int, correlations: Correlations, crowding: float
) -> Discounts:
    order = np.lexsort((strands.places.owner, strands.side))
    begins = starts_of(strands.side[order], strands.places.owner[order])
    owned = np.empty(len(strands), dtype=np.int64)
    owned[order] = np.cumsum(begins) - 1
    share = _shares(strands, owned, correlations.owner)
    first = order[begins]
    totals = _totals(strands.size, share, owned, len(first))
    tops = _tops(strands.side[first], strands.places.cluster[first], totals, correlations.bloc)
    counts = np.bincount(tops.side, minlength=sides)
    crowd = np.array(crowd_discounts(int(counts.max(initial=0)), crowding), dtype=np.float64)
    ranked = np.lexsort((-tops.total, tops.side))  # they come sorted by name, which decides ties
    factor = np.empty(len(tops.side), dtype=np.float64)
    factor[ranked] = crowd[place_in_group(starts_of(tops.side[ranked]))]
    return Discounts(share.part * tops.part[owned] * factor[tops.of_owner[owned]], counts)


@dataclass(frozen=True, slots=True)
class _Tops:
    """Clusters, sorted by side and name, and of each owner the part that counts and its cluster."""

    side: Ints
    total: Floats
    part: Floats
    of_owner: Ints


def _tops(side: Ints, name: Ints, total: Floats, correlation: float) -> _Tops:
    """From owners, sorted by side and name, to the clusters that they and their blocs are.

    Without blocs each owner is a cluster and nothing is sorted again: a million claims have none.
    """
    if ((side[1:] > side[:-1]) | (name[1:] > name[:-1])).all():
        return _Tops(side, total, np.ones(len(side)), np.arange(len(side)))
    order = np.lexsort((-total, name, side))
    begins = starts_of(side[order], name[order])
    of_owner, place = np.empty_like(order), np.empty_like(order)
    of_owner[order], place[order] = np.cumsum(begins) - 1, place_in_group(begins)
    powers = [(1 - correlation) ** n for n in range(int(place.max(initial=0)) + 1)]
    shares = _Shares(np.array(powers, dtype=np.float64)[place], place)
    clusters = order[begins]
    totals = _totals(total, shares, of_owner, len(clusters))
    return _Tops(side[clusters], totals, shares.part, of_owner)


@dataclass(frozen=True, slots=True)
class _Shares:
    """The part of each strand that counts in its cluster; place: −1 where it does not count."""

    part: Floats
    place: Ints


def _shares(strands: Strands, cluster: Ints, correlation: float) -> _Shares:
    part = np.ones(len(strands), dtype=np.float64)
    place = np.zeros(len(strands), dtype=np.int64)
    several = np.flatnonzero(np.bincount(cluster)[cluster] > 1) if len(cluster) else cluster
    if len(several):
        place[several] = -1
        chosen = several[_best_of_sources(strands.at(several), cluster[several])]
        chosen = chosen[np.lexsort((-strands.size[chosen], cluster[chosen]))]
        place[chosen] = place_in_group(starts_of(cluster[chosen]))
        powers = [(1 - correlation) ** n for n in range(int(place.max()) + 1)]
        part = np.array([*powers, 0.0], dtype=np.float64)[place]
    return _Shares(part, place)


def _best_of_sources(strands: Strands, cluster: Ints) -> Ints:
    """Rows that are the best of their origin and then of their source, in order of age."""
    best = _first_of_each(cluster, strands.origin, strands.size)
    chosen, places = strands.at(best), strands.at(best).places
    kind = 2 * cluster[best] + places.visual
    return np.sort(best[_first_of_each(kind, places.branch, chosen.size)])


def _first_of_each(group: Ints, branch: Ints, size: Floats) -> Ints:
    """Row of the strongest of each branch, the oldest among equals; ascending."""
    order = np.lexsort((-size, branch, group))
    return np.sort(order[starts_of(group[order], branch[order])])


def _totals(size: Floats, shares: _Shares, cluster: Ints, clusters: int) -> Floats:
    """Σ share · size of each cluster, added strongest first: float addition has an order."""
    total = np.zeros(clusters, dtype=np.float64)
    for place in range(int(shares.place.max(initial=-1)) + 1):
        rows = np.flatnonzero(shares.place == place)
        total[cluster[rows]] += shares.part[rows] * size[rows]
    return total
