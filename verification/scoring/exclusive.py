"""Claims of which one at most is true: how likely each is beside the others (scoring.md 4.15).

Each is scored by itself, on the evidence that was filed on it. Beside its rivals, and beside
"none of these", whose odds are 1, its share is its part of all odds: the odds of each say how much
likelier it is than that none is true.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from verification.scoring.interval import logit


@dataclass(frozen=True, slots=True)
class Shares:
    """Probabilities that add up to 1: of each claim, in the order given, and of none of them."""

    of_each: tuple[float, ...]
    of_none: float


def shares(estimates: Sequence[float]) -> Shares:
    """Share p / (1 − p) out among claims scored P in (0, 1) by themselves, and none of them.

    One claim alone keeps its own probability. Sums are exactly rounded, so that the order of the
    claims leaves no trace; odds are taken relative to the greatest, so that none is too great.
    Raises ValueError for what is no probability inside (0, 1).
    """
    if not all(0 < estimate < 1 for estimate in estimates):
        raise ValueError("Only probabilities inside (0, 1) can be shared out.")
    log_odds = [logit(estimate) for estimate in estimates]
    top = max((0.0, *log_odds))
    parts = [math.exp(one - top) for one in log_odds]
    none = math.exp(-top)
    whole = math.fsum((*parts, none))
    return Shares(tuple(part / whole for part in parts), none / whole)
