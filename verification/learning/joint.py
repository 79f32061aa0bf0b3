"""Soft learning from claims that nobody has settled: method CRED-A, for analysis only.

Every open claim lends its sources λ of a settled report, split between true and false by what the
model says of it, for a number of rounds (an EM with a damped E-step, as Dawid and Skene 1979 and
Zhao et al. 2012 have at λ = 1). Where sources copy each other this agrees with the loudest
(scoring.md 1.1 and 1.5): it is a method of its own, is named wherever it is shown, and is never
mixed with the scores of the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from verification.learning import columns
from verification.learning.counts import (
    INTERESTS,
    Column,
    Places,
    Reports,
    Settled,
    SettledReport,
    report_columns,
    settled_columns,
    tally,
)
from verification.learning.fit import effects_of
from verification.scoring import Interest, Parameters, TrackRecord

METHOD = "cred-a/1"

ASSISTED = 0.05
"""λ of the assisted view."""

ROUNDS = 10


@dataclass(frozen=True)
class Joint:
    """Estimates of the open claims, by place; lent: soft counts, shape (sources, 3, 2, 2).

    believed: the probability of each claim by which its reports were lent; one round before the
    estimate.
    """

    method: str
    log_odds: Column
    lent: Column
    believed: Column

    @property
    def estimates(self) -> Column:
        return columns.sigmoid(self.log_odds)


@dataclass(frozen=True)
class OpenClaims:
    """Reports on claims that nobody has settled. kinds: of the claims. owner: None, each its own.

    Names of sources and groups are those of the settled table.
    """

    reports: Reports
    kinds: Sequence[str]
    owner: Places | None = None


@dataclass(frozen=True, slots=True, order=True)
class OpenReport:
    """One report on a claim that nobody has settled; fields as of a `SettledReport`."""

    claim: str
    kind: str
    source: str
    group: str
    interest: Interest
    supports: bool
    weight: float = 1.0
    share: float = 1.0


def assisted(
    settled: Iterable[SettledReport],
    still_open: Iterable[OpenReport],
    parameters: Parameters,
    *,
    share: float = ASSISTED,
) -> dict[str, float]:
    """Estimates by claim for the assisted view, from rows in any order."""
    names, _, found = _joint_of(settled, still_open, parameters, share)
    return dict(zip(names, map(float, found.estimates), strict=True))


@dataclass(frozen=True, slots=True)
class Lent:
    """What open claims lend, by names: to (source, value of interest), and believed by claim."""

    records: Mapping[tuple[str, str], TrackRecord]
    believed: Mapping[str, float]


def lent(
    settled: Iterable[SettledReport],
    still_open: Iterable[OpenReport],
    parameters: Parameters,
    *,
    share: float = ASSISTED,
) -> Lent:
    """The soft records that a later score in joint mode starts from; rows in any order."""
    names, sources, found = _joint_of(settled, still_open, parameters, share)
    records = {
        (source, interest.value): _record(found.lent[place, number])
        for place, source in enumerate(sources)
        for number, interest in enumerate(INTERESTS)
        if found.lent[place, number].any()
    }
    return Lent(records, dict(zip(names, map(float, found.believed), strict=True)))


def _record(cells: Column) -> TrackRecord:
    """CELLS by truth and stance, as `Joint.lent` holds them of one source and interest."""
    (false_against, false_for), (true_against, true_for) = cells.tolist()
    return TrackRecord(true_for + true_against, true_for, false_for + false_against, false_for)


def _joint_of(
    settled: Iterable[SettledReport],
    still_open: Iterable[OpenReport],
    parameters: Parameters,
    share: float,
) -> tuple[Sequence[str], Sequence[str], Joint]:
    """Names of the open claims and of the sources, in their order, and what came out."""
    known, rows = sorted(settled), sorted(still_open)
    sources = sorted({row.source for row in known} | {row.source for row in rows})
    groups = sorted({row.group for row in known} | {row.group for row in rows})
    kinds = {row.claim: row.kind for row in rows}
    reports = report_columns(rows, list(kinds), sources, groups)
    claims = OpenClaims(reports, list(kinds.values()))
    table = settled_columns(known, sources, groups)
    return list(kinds), sources, joint(table, claims, parameters, share=share)


def joint(
    settled: Settled,
    claims: OpenClaims,
    parameters: Parameters,
    *,
    share: float = ASSISTED,
    rounds: int = ROUNDS,
) -> Joint:
    """Estimates under a snapshot, with open claims lending their sources `share` (λ) of a report.

    An open claim never lends to itself. With λ = 0 these are the product's own scores.
    """
    if not (0 <= share <= 1 and rounds >= 1):
        raise ValueError("λ lies in [0, 1], and there is at least one round.")
    if list(settled.reports.sources) != list(claims.reports.sources):
        raise ValueError("Settled and open claims need one list of sources.")
    exact = tally(settled).astype(np.float64)
    lent = np.zeros_like(exact)
    own = np.zeros((claims.reports.claim.size, 2, 2))
    log_odds = _scored(claims, exact, own, parameters)
    believed = columns.sigmoid(log_odds)
    for _ in range(rounds if share else 0):
        believed = columns.sigmoid(log_odds)
        lent, own = _lent(claims, share * believed, share)
        log_odds = _scored(claims, exact + lent, own, parameters)
    return Joint(METHOD, log_odds, lent, believed)


def _lent(claims: OpenClaims, true: Column, share: float) -> tuple[Column, Column]:
    """Soft counts of all open claims, and what each report lends by itself, shape (n, 2, 2)."""
    reports = claims.reports
    own = np.zeros((reports.claim.size, 2, 2))
    rows, stance = np.arange(reports.claim.size), reports.supports.astype(np.int64)
    own[rows, 1, stance] = true[reports.claim]
    own[rows, 0, stance] = share - true[reports.claim]
    shape = (len(reports.sources), len(INTERESTS), 2, 2)
    cells = reports.source * len(INTERESTS) + reports.interest
    places = (cells[:, None] * 4 + np.arange(4)).ravel()
    lent = np.bincount(places, own.ravel(), minlength=int(np.prod(shape)))
    return lent.astype(np.float64).reshape(shape), own


def _scored(claims: OpenClaims, counts: Column, own: Column, parameters: Parameters) -> Column:
    reports = claims.reports
    neutral = counts[reports.source, np.full_like(reports.interest, columns.NEUTRAL)]
    neutral = neutral - own * (reports.interest == columns.NEUTRAL)[:, None, None]
    own_class = counts[reports.source, reports.interest] - own
    u, v = columns.coins(
        columns.beliefs_of(reports.groups, parameters).of(reports.group),
        reports.interest,
        np.maximum(neutral, 0.0),
        np.maximum(own_class, 0.0),
        parameters,
    )
    ratios = columns.log_ratios(u, v, reports.supports, parameters.coin_floor)
    effects = effects_of(reports.sources, parameters)[reports.source]
    found = columns.evidence(ratios, effects, reports.weight, parameters.cap)
    share = reports.share
    if share is None:
        share = columns.shares(reports, np.abs(found), parameters, claims.owner)
    summed = columns.summed(reports.claim, found * share, len(claims.kinds))
    return summed + parameters.intercept + _starts(claims.kinds, parameters)


def _starts(kinds: Sequence[str], parameters: Parameters) -> Column:
    known: Mapping[str, float] = {kind: parameters.prior_of(kind) for kind in set(kinds)}
    return columns.logit(np.array([known[kind] for kind in kinds], dtype=np.float64))
