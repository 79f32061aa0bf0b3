"""Log-odds, probabilities and the 90 % range around them (scoring.md 4.5 and 4.14).

The range is that of the log-odds which the coins would give if they were known. A coin is
Beta(a, b), and its logarithm is skewed: E ln X is ψ(a) − ψ(a + b), which is below ln E X (Jensen's
inequality; the mean is the derivative of ln B(a, b) by a). So the range lies around the sum of
those means, its centre. The estimate keeps ln E u and ln E v: where each coin is tossed once, the
chance of the reports is the product of the mean chances, exactly.
"""

from __future__ import annotations

import math
from functools import lru_cache

from verification.scoring.coins import Coin

CERTAINTY = 1e-12
"""No probability is nearer to 0 or 1 than this, however many reports agree."""

_SERIES = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730)
"""Bernoulli numbers B2, B4 … B12."""

_DIGAMMA_SERIES = tuple(number / (2 * k) for k, number in enumerate(_SERIES, start=1))
"""B₂ₖ / 2k."""

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


def digamma(x: float) -> float:
    """ψ(x) for x > 0, absolute error below 1e-12 of the larger of 1 and |ψ(x)|.

    Recurrence ψ(x) = ψ(x + 1) − 1/x up to 10, then the asymptotic series
    ln x − 1/(2x) − Σ B₂ₖ / (2k · x^2k) (Abramowitz and Stegun 6.3.5 and 6.3.18).
    """
    total = 0.0
    while x < _SERIES_FROM:
        total -= 1 / x
        x += 1
    square = 1 / (x * x)
    tail = 0.0
    for term in reversed(_DIGAMMA_SERIES):
        tail = (tail + term) * square
    return total + math.log(x) - 1 / (2 * x) - tail


@lru_cache(maxsize=8192)
def _log_mean(successes: float, failures: float) -> float:
    """E ln X for X ~ Beta(successes, failures)."""
    return digamma(successes) - digamma(successes + failures)


def mean_of_log(coin: Coin) -> float:
    return _log_mean(coin.heads, coin.tails)


def mean_of_log_complement(coin: Coin) -> float:
    return _log_mean(coin.tails, coin.heads)


@lru_cache(maxsize=8192)
def _log_variance(successes: float, failures: float) -> float:
    """Var ln X for X ~ Beta(successes, failures)."""
    return trigamma(successes) - trigamma(successes + failures)


def variance_of_log(coin: Coin) -> float:
    return _log_variance(coin.heads, coin.tails)


def variance_of_log_complement(coin: Coin) -> float:
    return _log_variance(coin.tails, coin.heads)


def log_odds_range(
    log_odds: float, centre: float, variance: float, spread: float
) -> tuple[float, float]:
    """Probabilities at centre ± spread·√variance, widened to hold the score's own log-odds.

    Without evidence both are the starting point.
    """
    reach = spread * math.sqrt(variance)
    low, high = min(centre - reach, log_odds), max(centre + reach, log_odds)
    return probability(low), probability(high)
