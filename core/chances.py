"""Probabilities as people read them: chances in 100, a word, log-odds. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

_LADDER = (
    (95, "almost certain"),
    (80, "very likely"),
    (60, "likely"),
    (40, "about even"),
    (20, "unlikely"),
    (5, "very unlikely"),
)


def in_hundred(probability: float) -> int:
    """Chances in 100 as pages say them: never 0 and never 100, because nothing is certain."""
    return min(99, max(1, math.floor(probability * 100 + 0.5)))


def in_hundred_each(shares: Sequence[float]) -> list[int]:
    """Chances in 100 of SHARES of one whole: they add to 100, and none is 0.

    By largest remainders (Hamilton's method); what would be 0 takes its 1 from the largest. At most
    100 shares, which add to 1.
    """
    exact = [share * 100 for share in shares]
    whole = [math.floor(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in by_remainder[: 100 - sum(whole)]:
        whole[at] += 1
    for at, value in enumerate(whole):
        if value == 0:
            whole[whole.index(max(whole))] -= 1
            whole[at] = 1
    return whole


def ladder(probability: float) -> str:
    """The word for a probability, chosen by the number that is shown beside it."""
    shown = in_hundred(probability)
    return next((word for least, word in _LADDER if shown >= least), "remote")


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def sigmoid(log_odds: float) -> float:
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))
