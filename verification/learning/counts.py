"""Settled reports as sorted columns, and exact counts over them (scoring.md 4.2).

Counts are whole numbers and rows are sorted by everything they hold before anything is summed, so
that the order in which reports are given leaves no trace, not even in the last bit.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from verification.scoring import Interest

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Marks = NDArray[np.bool_]

INTERESTS: tuple[Interest, ...] = (Interest.NONE, Interest.FAVOURS, Interest.HARMS)
"""Order of the interest classes in every array; the neutral class is 0."""


@dataclass(frozen=True, slots=True, order=True)
class SettledReport:
    """One report on a claim that was confirmed (proved_true) or refuted.

    source: id of the record that it counts for, as the scorer names it. group: key of
    `Parameters.groups`. weight: credibility × directness, w_r. share: the part that independence
    left of it. sampling_weight: inverse of the chance that this claim was settled; only the ratio
    between claims matters. kind, proved_true and sampling_weight are the claim's.
    """

    claim: str
    kind: str
    source: str
    group: str
    interest: Interest
    supports: bool
    proved_true: bool
    weight: float = 1.0
    share: float = 1.0
    sampling_weight: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.weight <= 1 and 0 <= self.share <= 1):
            raise ValueError(f"Weight and share of a report lie in [0, 1]: {self}.")
        if not (self.sampling_weight > 0 and math.isfinite(self.sampling_weight)):
            raise ValueError(f"A sampling weight is above 0 and finite: {self}.")


class ReportRow(Protocol):
    """What settled and open reports have in common."""

    @property
    def claim(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def interest(self) -> Interest: ...
    @property
    def supports(self) -> bool: ...
    @property
    def weight(self) -> float: ...
    @property
    def share(self) -> float: ...


@dataclass(frozen=True)
class Reports:
    """Reports as columns of one length; names are places in `sources` and `groups`.

    claim: place of the claim, 0 to number of claims − 1. interest: place in INTERESTS.
    share: None where the crowd is the only dependence, which is then worked out from the evidence.
    """

    sources: Sequence[str]
    groups: Sequence[str]
    claim: Places
    source: Places
    group: Places
    interest: Places
    supports: Marks
    weight: Column
    share: Column | None = None


@dataclass(frozen=True)
class Settled:
    """Reports on settled claims, and what is known of each of those claims.

    sampling: weights of the claims, scaled to add up to their effective number (Kish 1965).
    """

    reports: Reports
    claims: Sequence[str]
    kinds: Sequence[str]
    truth: Marks
    sampling: Column


def settled_columns(
    rows: Iterable[SettledReport],
    sources: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
) -> Settled:
    """Sorted columns of the rows; a claim that says two things of itself is refused.

    sources, groups: names in their order; those that occur, sorted, if None.
    """
    ordered = sorted(rows)
    claims = _claims(ordered)
    names = sorted(claims)
    return Settled(
        reports=report_columns(ordered, names, sources, groups),
        claims=names,
        kinds=[claims[name][0] for name in names],
        truth=np.array([claims[name][1] for name in names], dtype=np.bool_),
        sampling=effective(np.array([claims[name][2] for name in names], dtype=np.float64)),
    )


def effective(weights: Column) -> Column:
    """Weights of claims, scaled so that they add up to the number of equal claims they are worth.

    (Σw)²/Σw² of Kish 1965: a penalty weighs as much against them as it should.
    """
    if not weights.size:
        return weights
    scaled = weights / weights.max()
    return np.asarray(scaled * (scaled.sum() / np.square(scaled).sum()))


def digest(rows: Iterable[SettledReport]) -> str:
    """SHA-256, hexadecimal, of the rows as sorted canonical JSON."""
    ordered = [astuple(row) for row in sorted(rows)]
    text = json.dumps(ordered, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def tally(settled: Settled) -> Places:
    """Counts by source, interest class, truth and stance: shape (sources, 3, 2, 2).

    n1 of scoring.md 4.2 is [s, z, 1].sum(), n1⁺ is [s, z, 1, 1]; n0 and n0⁺ the same with 0.
    """
    reports = settled.reports
    cells = reports.source * len(INTERESTS) + reports.interest
    shape = (len(reports.sources), len(INTERESTS), 2, 2)
    return _counted(settled, cells, math.prod(shape[:2])).reshape(shape)


def own_counts(settled: Settled, interest: Places) -> Places:
    """For every row: what its claim itself added to the record of its source in that class.

    Shape (rows, 2, 2). Subtracting it leaves the claim out, all of its reports at once.
    """
    reports = settled.reports
    pairs = reports.claim * len(reports.sources) + reports.source
    keys, place = np.unique(pairs * len(INTERESTS) + reports.interest, return_inverse=True)
    wanted = pairs * len(INTERESTS) + interest
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    counts = _counted(settled, place, len(keys))[found]
    counts[keys[found] != wanted] = 0
    return counts


def _counted(settled: Settled, cells: Places, number: int) -> Places:
    """Rows of each cell by truth and stance: shape (number, 2, 2)."""
    reports = settled.reports
    places = (cells * 2 + settled.truth[reports.claim]) * 2 + reports.supports
    return np.bincount(places, minlength=number * 4).astype(np.int64).reshape(number, 2, 2)


def _claims(rows: Sequence[SettledReport]) -> dict[str, tuple[str, bool, float]]:
    known: dict[str, tuple[str, bool, float]] = {}
    for row in rows:
        facts = (row.kind, row.proved_true, row.sampling_weight)
        if known.setdefault(row.claim, facts) != facts:
            raise ValueError(
                f"Claim {row.claim!r} has two kinds, two outcomes or two sampling weights."
            )
    return known


def report_columns(
    rows: Sequence[ReportRow],
    claims: Sequence[str],
    sources: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
) -> Reports:
    """Columns of the rows, in the order given; claims: their names in their order."""
    sources = sorted({row.source for row in rows}) if sources is None else sources
    groups = sorted({row.group for row in rows}) if groups is None else groups
    return Reports(
        sources=sources,
        groups=groups,
        claim=_places(claims, [row.claim for row in rows]),
        source=_places(sources, [row.source for row in rows]),
        group=_places(groups, [row.group for row in rows]),
        interest=_places(INTERESTS, [row.interest for row in rows]),
        supports=np.array([row.supports for row in rows], dtype=np.bool_),
        weight=np.array([row.weight for row in rows], dtype=np.float64),
        share=np.array([row.share for row in rows], dtype=np.float64),
    )


def _places(names: Sequence[str], values: Sequence[str]) -> Places:
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[value] for value in values], dtype=np.int64)
