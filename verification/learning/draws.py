"""Which open claims people are asked to settle by chance: settled ones are no random sample.

A claim takes part in one draw of its life, and comes out of it with probability `rate`, exactly:
within each bucket of score the claims are ordered by a hash of the seed and their number, and the
first are taken; the part of a claim that `rate` leaves over is taken or not, by a hash too. Whoever
knows the seed and the claims gets the same ones again.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

BUCKETS = 10
"""As wide as the bins of the calibration: a tenth each."""


@dataclass(frozen=True, slots=True, order=True)
class Open:
    """An open claim that takes part: its public number and its score, 0 to 1."""

    number: int
    score: float

    @property
    def bucket(self) -> int:
        return bucket(self.score)


def bucket(score: float) -> int:
    """Tenth of the scale, 0 to 9; a number on an edge belongs to the upper one."""
    return min(int(score * BUCKETS), BUCKETS - 1)


def drawn(claims: Iterable[Open], rate: float, seed: str) -> frozenset[int]:
    """Numbers of the claims that are drawn, each with probability RATE (above 0, at most 1).

    Stratified sampling without replacement (Cochran 1977, chapter 5), the sizes rounded at random
    so that their mean is exact.
    """
    if not 0 < rate <= 1:
        raise ValueError(f"A share of claims lies above 0 and is at most 1, not {rate}.")
    by_bucket: dict[int, list[int]] = defaultdict(list)
    for claim in claims:
        by_bucket[claim.bucket].append(claim.number)
    taken: set[int] = set()
    for place, numbers in by_bucket.items():
        numbers.sort(key=lambda number: (_hash(seed, "claim", number), number))
        taken.update(numbers[: _size(len(numbers), rate, _share(seed, place))])
    return frozenset(taken)


def seed_of(previous: str, number: int) -> str:
    """Seed of draw NUMBER, from the hash of the newest line of the record: nobody chooses it."""
    return hashlib.sha256(f"{previous}:{number}".encode()).hexdigest()


def digest(claims: Iterable[Open]) -> str:
    """SHA-256 over who took part and with what score; the order does not matter."""
    lines = "".join(f"{claim.number} {claim.score!r}\n" for claim in sorted(claims))
    return hashlib.sha256(lines.encode()).hexdigest()


def _size(number: int, rate: float, chance: float) -> int:
    wanted = number * rate
    whole = math.floor(wanted)
    return min(number, whole + (chance < wanted - whole))


def _share(seed: str, place: int) -> float:
    """A number of 0 to 1 that nobody can foresee without the seed."""
    return int.from_bytes(_hash(seed, "bucket", place)[:6]) / 2**48


def _hash(seed: str, what: str, number: int) -> bytes:
    return hashlib.sha256(f"{seed}:{what}:{number}".encode()).digest()
