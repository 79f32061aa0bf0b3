"""The scorer's formulas on whole columns: as verification.scoring.{coins,evidence,independence}.

Arithmetic follows the scorer step by step; only logarithms may differ in the last bit, because
numpy's are not those of the C library. All arrays are one-dimensional and of one length, one entry
a report, unless said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from verification.learning.counts import INTERESTS, Column, Marks, Places, Reports
from verification.scoring import Interest, Parameters

NEUTRAL = INTERESTS.index(Interest.NONE)
FAVOURS = INTERESTS.index(Interest.FAVOURS)


@dataclass(frozen=True)
class Beliefs:
    """What is believed of a group before the record speaks: one entry a group, or a report."""

    sensitivity: Column
    false_support: Column
    strength: Column
    false_strength: Column

    def of(self, places: Places) -> Beliefs:
        return Beliefs(
            self.sensitivity[places],
            self.false_support[places],
            self.strength[places],
            self.false_strength[places],
        )


def beliefs_of(groups: Sequence[str], parameters: Parameters) -> Beliefs:
    """Beliefs of the groups; of one that the snapshot does not name, those of the one above."""
    rows = [parameters.belief_about(name) for name in groups]
    return Beliefs(
        np.array([row.sensitivity for row in rows], dtype=np.float64),
        np.array([row.false_support for row in rows], dtype=np.float64),
        np.array([row.strength for row in rows], dtype=np.float64),
        np.array([row.strength_if_false for row in rows], dtype=np.float64),
    )


def rates(beliefs: Beliefs, counts: Places | Column) -> tuple[Column, Column]:
    """Posterior means u and v of Beta coins; counts by truth and stance, shape (n, 2, 2)."""
    return (
        _mean(beliefs.sensitivity, beliefs.strength, counts[:, 1]),
        _mean(beliefs.false_support, beliefs.false_strength, counts[:, 0]),
    )


def _mean(rate: Column, strength: Column, counts: Places | Column) -> Column:
    plus = counts[:, 1]
    heads = strength * rate + plus
    tails = strength * (1 - rate) + counts.sum(axis=1) - plus
    return np.asarray(heads / (heads + tails))


def coins(
    beliefs: Beliefs,
    interest: Places,
    neutral: Places | Column,
    own_class: Places | Column,
    parameters: Parameters,
) -> tuple[Column, Column]:
    """Chances u and v of every report (4.2); in an interest class the prior is shifted by δ.

    neutral: counts of its source where it had no interest; own_class: in the report's own class.
    """
    u, v = rates(beliefs, neutral)
    interested = np.flatnonzero(interest != NEUTRAL)
    if interested.size:
        favours = interest[interested] == FAVOURS
        prior = _shifted(u[interested], v[interested], favours, parameters)
        u[interested], v[interested] = rates(prior, own_class[interested])
    return u, v


def _shifted(u: Column, v: Column, favours: Marks, parameters: Parameters) -> Beliefs:
    shift = parameters.interest_shift
    up = np.where(favours, u + (1 - u) * shift, u * (1 - shift / 2))
    down = np.where(favours, v + (1 - v) * shift, v * (1 - shift))
    strength = np.full(u.size, parameters.interest_strength)
    informs = u > v
    return Beliefs(np.where(informs, up, u), np.where(informs, down, v), strength, strength)


def log_ratios(u: Column, v: Column, supports: Marks, floor: float) -> Column:
    """ℓ of 4.3: ln(u/v) of a support, ln((1−u)/(1−v)) of a denial, 0 where u ≤ v."""
    up, down = np.clip(u, floor, 1 - floor), np.clip(v, floor, 1 - floor)
    ratio = np.log(np.where(supports, up / down, (1 - up) / (1 - down)))
    return np.asarray(np.where(u > v, ratio, 0.0))


def shares(
    reports: Reports, size: Column, parameters: Parameters, owner: Places | None = None
) -> Column:
    """What independence leaves of each report (4.4), where no two are copies of one text.

    size: |evidence| before any discount. owner: place of the owner, the source itself if None.
    """
    side = reports.claim * 2 + reports.supports
    if owner is None:
        return np.asarray((1 - parameters.crowding) ** _rank(side, size))
    wide = int(owner.max(initial=0)) + 1
    _, cluster = np.unique(side * wide + owner, return_inverse=True)
    inner: Column = (1 - parameters.owner_correlation) ** _rank(cluster, size)
    totals = np.bincount(cluster, inner * size).astype(np.float64)
    side_of = np.zeros(totals.size, dtype=np.int64)
    side_of[cluster] = side
    outer: Column = (1 - parameters.crowding) ** _rank(side_of, totals)
    return np.asarray(inner * outer[cluster])


def _rank(within: Places, size: Column) -> Column:
    """Place of each entry among those of its group, the largest first, from 0."""
    order = np.lexsort((-size, within))
    ordered = within[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if order.size else order
    lengths = np.diff(np.r_[starts, order.size])
    ranks = np.empty(order.size)
    ranks[order] = np.arange(order.size) - np.repeat(starts, lengths)
    return ranks


def evidence(ratios: Column, effects: Column, weight: Column, cap: float) -> Column:
    """Of each report w · clip(b·ℓ, ±cap), positive for the claim, before any discount (4.3)."""
    return np.asarray(weight * np.clip(effects * ratios, -cap, cap))


def summed(claim: Places, values: Column, claims: int) -> Column:
    """Total of each claim."""
    return np.bincount(claim, values, minlength=claims).astype(np.float64)


def logit(probability: Column) -> Column:
    return np.asarray(np.log(probability / (1 - probability)))


def sigmoid(log_odds: Column) -> Column:
    """Logistic function without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * log_odds)))
