"""One number for the record of a source, with its range (scoring.md 4.8)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import scipy

from verification.scoring import Group, TrackRecord

TAIL = 0.05
"""Left out at each end: the range holds 90 %."""


@dataclass(frozen=True, slots=True)
class Credible:
    """(u + 1 − v) / 2: how often a source sides with the truth; 0.5 is worthless."""

    estimate: float
    low: float
    high: float


def credible(record: TrackRecord, group: Group) -> Credible:
    """Mean and range of (u + 1 − v) / 2, where u and v are independent Beta posteriors.

    The range is that of the Beta distribution with the same mean and variance, which is exact
    where u = 1 − v and otherwise near: the sum of two Betas has no closed form.
    """
    u = _posterior(group.sensitivity, group.strength, record.n1_plus, record.n1)
    v = _posterior(group.false_support, group.strength_if_false, record.n0_plus, record.n0)
    mean = (u[0] + 1 - v[0]) / 2
    size = mean * (1 - mean) / ((u[1] + v[1]) / 4) - 1
    low, high = (
        float(scipy.special.betaincinv(mean * size, (1 - mean) * size, p)) for p in (TAIL, 1 - TAIL)
    )
    low, high = (0.0 if math.isnan(low) else low), (1.0 if math.isnan(high) else high)
    return Credible(mean, min(low, mean), max(high, mean))


def _posterior(rate: float, strength: float, plus: float, number: float) -> tuple[float, float]:
    """Mean and variance of Beta(κ·rate + plus, κ·(1 − rate) + number − plus)."""
    total = strength + number
    mean = (strength * rate + plus) / total
    return mean, mean * (1 - mean) / (total + 1)
