"""How often a source was right, as counted: no prior, no weight. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from verification.learning.calibration import wilson

Z90 = 1.6448536269514722
"""Leaves 5 % out at each end."""

ENOUGH = 10
"""Below so many settled reports a rate would say more than is known."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Share of reports that proved right with its 90 % range (Wilson 1927); 0 to 1."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Settled reports that proved right and wrong."""

    right: int = 0
    wrong: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.wrong + other.wrong)

    @property
    def settled(self) -> int:
        return self.right + self.wrong

    @property
    def rate(self) -> Rate | None:
        """None: too few to say."""
        if self.settled < ENOUGH:
            return None
        share = self.right / self.settled
        return Rate(share, *wilson(share, self.settled, Z90))
