"""How far stated probabilities can be believed: what was said against what happened.

Every function takes one-dimensional columns of one length: `said`, the probabilities (0 to 1, no
unit); `happened`, whether the claim proved true; and, where the claims are no plain random sample,
`weights`, the inverse of the probability with which each came into the sample (above 0, only their
ratio matters; Horvitz and Thompson 1952). Empty columns, columns of different lengths and numbers
out of range are a ValueError that says which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10
"""Equally wide; a number on an edge belongs to the upper bin, 1 to the last."""

CLIP = 1e-3
"""Log loss counts no probability as nearer to 0 or 1: one certain error would be infinite."""

Z95 = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""

Column = NDArray[np.float64]
Numbers = Sequence[float] | Sequence[bool] | NDArray[np.float64] | NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bin:
    """Claims that were given about the same probability."""

    start: float
    end: float
    n: int
    """Claims, not weighted."""
    effective: float
    """As many equally weighted claims would say as much (Kish 1965); n without weights."""
    said: float
    """Mean of the stated probabilities."""
    happened: float
    """Share that proved true."""
    low: float
    high: float
    """Wilson 95 % range of that share."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was said against what happened; bins without a claim are left out."""

    n: int
    effective: float
    brier: float
    log_loss: float
    ece: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    said: Column
    happened: Column
    weights: Column


def measure(said: Numbers, happened: Numbers, weights: Numbers | None = None) -> Calibration:
    """Every figure of these claims at once."""
    columns = _columns(said, happened, weights)
    bins = _bins(columns)
    return Calibration(
        n=columns.said.size,
        effective=_effective(columns.weights),
        brier=_mean(_squared_errors(columns), columns.weights),
        log_loss=_mean(_losses(columns), columns.weights),
        ece=_ece(columns, bins),
        bins=bins,
    )


def brier(said: Numbers, happened: Numbers, weights: Numbers | None = None) -> float:
    """Mean squared error of the probabilities: 0 is perfect, 0.25 is saying 0.5 (Brier 1950).

    Brier summed over both outcomes; this is half of it, as is usual now.
    """
    columns = _columns(said, happened, weights)
    return _mean(_squared_errors(columns), columns.weights)


def log_loss(said: Numbers, happened: Numbers, weights: Numbers | None = None) -> float:
    """Mean of −ln(probability given to what happened), in nats, clipped at 0.001 (Good 1952)."""
    columns = _columns(said, happened, weights)
    return _mean(_losses(columns), columns.weights)


def expected_calibration_error(
    said: Numbers, happened: Numbers, weights: Numbers | None = None
) -> float:
    """Mean distance of the bins from the diagonal, by the weight of each (Guo et al. 2017)."""
    columns = _columns(said, happened, weights)
    return _ece(columns, _bins(columns))


def reliability(
    said: Numbers, happened: Numbers, weights: Numbers | None = None
) -> tuple[Bin, ...]:
    """The ten bins, in order, without the empty ones."""
    return _bins(_columns(said, happened, weights))


def wilson(share: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Range of a share that was seen in n trials (Wilson 1927); inside 0 to 1, also at the ends.

    n may be an effective number, so it need not be whole.
    """
    if n <= 0:
        raise ValueError("A range needs at least one trial.")
    square = z * z
    centre = (share + square / (2 * n)) / (1 + square / n)
    reach = z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, centre - reach), min(1.0, centre + reach)


def _columns(said: Numbers, happened: Numbers, weights: Numbers | None) -> _Columns:
    stated = np.asarray(said, dtype=np.float64)
    outcomes = np.asarray(happened, dtype=np.float64)
    shares = np.ones_like(stated) if weights is None else np.asarray(weights, dtype=np.float64)
    if stated.ndim != 1 or stated.shape != outcomes.shape or stated.shape != shares.shape:
        raise ValueError("Give columns of one length: said, happened and, if any, weights.")
    if not stated.size:
        raise ValueError("There is nothing to judge: the columns are empty.")
    if not (np.all(stated >= 0) and np.all(stated <= 1)):
        raise ValueError("A stated probability is below 0, above 1 or not a number.")
    if not np.all((outcomes == 0) | (outcomes == 1)):
        raise ValueError("What happened is true or false, nothing between.")
    if not (np.all(shares > 0) and np.all(np.isfinite(shares))):
        raise ValueError("A weight is not above 0, or not a finite number.")
    return _Columns(stated, outcomes, shares)


def _mean(values: Column, weights: Column) -> float:
    return float(values @ weights / weights.sum())


def _effective(weights: Column) -> float:
    """(Σw)² / Σw² (Kish 1965); scaled first, so that huge weights do not overflow."""
    scaled = weights / weights.max()
    return float(scaled.sum() ** 2 / (scaled @ scaled))


def _squared_errors(columns: _Columns) -> Column:
    return np.square(columns.said - columns.happened)


def _losses(columns: _Columns) -> Column:
    clipped = np.clip(columns.said, CLIP, 1 - CLIP)
    return -np.log(np.where(columns.happened == 1, clipped, 1 - clipped))


def _bins(columns: _Columns) -> tuple[Bin, ...]:
    places = np.minimum((columns.said * BINS).astype(np.intp), BINS - 1)
    return tuple(_bin(columns, places == place, int(place)) for place in np.unique(places))


def _bin(columns: _Columns, chosen: NDArray[np.bool_], place: int) -> Bin:
    weights = columns.weights[chosen]
    share = min(_mean(columns.happened[chosen], weights), 1.0)
    effective = _effective(weights)
    low, high = wilson(share, effective)
    return Bin(
        start=place / BINS,
        end=(place + 1) / BINS,
        n=int(chosen.sum()),
        effective=effective,
        said=_mean(columns.said[chosen], weights),
        happened=share,
        low=low,
        high=high,
    )


def _ece(columns: _Columns, bins: tuple[Bin, ...]) -> float:
    places = np.minimum((columns.said * BINS).astype(np.intp), BINS - 1)
    shares = np.bincount(places, columns.weights, minlength=BINS) / columns.weights.sum()
    return sum(
        (float(shares[round(one.start * BINS)]) * abs(one.said - one.happened) for one in bins),
        0.0,
    )
