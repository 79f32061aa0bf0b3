"""Whether the newest stated probabilities are worse, or better, than the earlier ones were."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from verification.learning.calibration import Column, expected_calibration_error

LAST = 200
"""Newest settled claims that are held against all earlier ones."""

LEAST = 30
"""Claims on each side; fewer say nothing."""


class Course(StrEnum):
    TOO_FEW = "too_few"
    STEADY = "steady"
    WORSE = "worse"
    BETTER = "better"


@dataclass(frozen=True, slots=True)
class Part:
    """Claims of one time, not weighted: how far off their probabilities were."""

    n: int
    brier: float
    ece: float


@dataclass(frozen=True, slots=True)
class Drift:
    """`p`: how often chance alone would part the two so far; z: distance in standard errors."""

    course: Course
    recent: Part | None = None
    earlier: Part | None = None
    z: float = 0.0
    p: float = 1.0


def drift(
    said: Sequence[float],
    happened: Sequence[bool],
    *,
    limit: float,
    last: int = LAST,
    least: int = LEAST,
) -> Drift:
    """Judge the LAST claims, or the newer half of fewer, against all before them.

    SAID and HAPPENED are in the order in which the claims were settled. The squared errors of both
    parts are compared by a two-sided z test on the difference of their means with separate
    variances (Welch 1947; the parts are large enough for the normal distribution). A p below LIMIT
    is drift. Without weights: a few heavy claims would hide any change.
    """
    size = min(last, len(said) // 2)
    if size < least:
        return Drift(Course.TOO_FEW)
    cut = len(said) - size
    recent = _part(said[cut:], happened[cut:])
    earlier = _part(said[:cut], happened[:cut])
    z = _distance(_errors(said[cut:], happened[cut:]), _errors(said[:cut], happened[:cut]))
    p = math.erfc(abs(z) / math.sqrt(2))
    return Drift(_course(z, p, limit), recent, earlier, z, p)


def _course(z: float, p: float, limit: float) -> Course:
    if p >= limit:
        return Course.STEADY
    return Course.WORSE if z > 0 else Course.BETTER


def _errors(said: Sequence[float], happened: Sequence[bool]) -> Column:
    return np.square(np.asarray(said, dtype=np.float64) - np.asarray(happened, dtype=np.float64))


def _part(said: Sequence[float], happened: Sequence[bool]) -> Part:
    return Part(
        n=len(said),
        brier=float(_errors(said, happened).mean()),
        ece=expected_calibration_error(said, happened),
    )


def _distance(
    recent: Column,
    earlier: Column,
) -> float:
    """Difference of the means in standard errors; infinite where neither part varies."""
    difference = float(recent.mean() - earlier.mean())
    variance = float(recent.var(ddof=1) / recent.size + earlier.var(ddof=1) / earlier.size)
    if variance > 0:
        return difference / math.sqrt(variance)
    return math.copysign(math.inf, difference) if difference else 0.0
