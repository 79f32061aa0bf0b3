"""Log-odds, probabilities and the 90 % range around them (scoring.md 4.5 and 4.14)."""

from __future__ import annotations

import math
from functools import lru_cache

from verification.scoring.coins import Coin

CERTAINTY = 1e-12
"""No probability is nearer to 0 or 1 than this, however many reports agree."""

_SERIES = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730)
"""Bernoulli numbers B2, B4 … B12."""

_SERIES_FROM = 10.0


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def probability(log_odds: float) -> float:
    """Logistic function, kept inside the open interval (0, 1)."""
    if log_odds >= 0:
        value = 1 / (1 + math.exp(-log_odds))
    else:
        odds = math.exp(log_odds)
        value = odds / (1 + odds)
    return min(max(value, CERTAINTY), 1 - CERTAINTY)


def trigamma(x: float) -> float:
    """ψ₁(x) for x > 0, relative error below 1e-13.

    Recurrence ψ₁(x) = ψ₁(x + 1) + 1/x² up to 10, then the asymptotic series
    1/x + 1/(2x²) + Σ B₂ₖ / x^(2k+1) (Abramowitz and Stegun 6.4.6 and 6.4.12).
    """
    total = 0.0
    while x < _SERIES_FROM:
        total += 1 / (x * x)
        x += 1
    square = 1 / (x * x)
    tail = 0.0
    for bernoulli in reversed(_SERIES):
        tail = (tail + bernoulli) * square
    return total + 1 / x + square / 2 + tail / x


@lru_cache(maxsize=8192)
def _log_variance(successes: float, failures: float) -> float:
    """Var ln X for X ~ Beta(successes, failures)."""
    return trigamma(successes) - trigamma(successes + failures)


def variance_of_log(coin: Coin) -> float:
    return _log_variance(coin.heads, coin.tails)


def variance_of_log_complement(coin: Coin) -> float:
    return _log_variance(coin.tails, coin.heads)


def log_odds_range(log_odds: float, variance: float, spread: float) -> tuple[float, float]:
    """Probabilities at L ± spread·√Var L. Without evidence both are the starting point."""
    reach = spread * math.sqrt(variance)
    return probability(log_odds - reach), probability(log_odds + reach)
