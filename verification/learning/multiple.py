"""Which of very many pairs stand out, where claims that are hard for everybody relate all of them.

"No relation at all" is then the wrong thing to compare with. What pairs usually show is taken from
the pairs themselves (an empirical null, Efron 2004): a relation of their own each, around a usual
one, seen through the noise of so many common claims (random effects, DerSimonian and Laird 1986).
Of those that stand out of it only a small share may be ordinary (Benjamini and Hochberg 1995).
"""

from __future__ import annotations

import numpy as np
import scipy

from verification.learning.counts import Column, Marks

FALSE_SHARE = 0.05
"""q: expected share of the pairs that stand out though they are ordinary."""

QUARTILE = 0.6744897501960817
"""Upper quartile of the standard normal distribution."""

HALVINGS = 40


def relations(together: Column, one: Column, other: Column, number: Column) -> Column:
    """How much oftener two err together than by chance, −1 to 1; not a number if none can vary.

    Mantel and Haenszel's (1959) standardised difference without continuity correction, divided by
    the root of the common claims. Columns have shape (pairs, outcomes): claims on which both were
    wrong, on which either was, and on which both spoke.
    """
    n = np.where(number > 1, number, 2.0)
    variance = one * (n - one) * other * (n - other) / (n * n * (n - 1))
    known = number > 1
    above = np.where(known, together - one * other / n, 0.0).sum(axis=1)
    noise = np.where(known, variance, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(noise > 0, above / np.sqrt(noise * number.sum(axis=1)), np.nan))


def standing_out(
    relation: Column, number: Column, asked: Marks, false_share: float = FALSE_SHARE
) -> Marks:
    """Which of the pairs that are asked about stand out above what is usual among all.

    relation: as `relations` gives it; number: common claims of each pair.
    """
    known = ~np.isnan(relation)
    asked = asked & known
    if not asked.any():
        return asked
    usual = max(float(np.median(relation[known])), 0.0)
    spread = _own_spread(relation[known] - usual, number[known])
    apart = (relation[asked] - usual) / np.sqrt(spread + 1 / number[asked])
    chances = scipy.stats.norm.sf(apart)
    found = np.zeros_like(asked)
    found[asked] = chances <= _highest_chance(chances, false_share)
    return found


def _own_spread(apart: Column, number: Column) -> float:
    """τ², the variance of what pairs show beyond noise 1/n: it makes the quartiles normal ones."""

    def width(spread: float) -> float:
        low, high = np.percentile(apart / np.sqrt(spread + 1 / number), [25, 75])
        return float(high - low) / (2 * QUARTILE)

    low, high = 0.0, 1.0
    if width(low) <= 1:
        return low
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if width(middle) > 1 else (low, middle)
    return high


def _highest_chance(chances: Column, false_share: float) -> float:
    """The largest p(k) ≤ q·k/m of the sorted chances; below all of them if there is none."""
    ordered = np.sort(chances)
    allowed = false_share * np.arange(1, ordered.size + 1) / ordered.size
    passing = np.flatnonzero((ordered <= allowed) & (allowed > 0))
    return float(ordered[passing[-1]]) if passing.size else -1.0
