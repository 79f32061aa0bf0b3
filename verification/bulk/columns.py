"""Reports of many claims as columns, and what comes out for each claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

NO_OWNER = -1
NO_BLOC = -1


@dataclass(frozen=True, slots=True)
class Voices:
    """What one report weighs before credibility and directness, by `Reports.voice`.

    llr: logarithm of the likelihood ratio, positive for the claim; mean_llr, variance: of what
    it were with known coins; effect: b of the source. A voice is one source in one interest class
    with one stance, or a checked visual.
    """

    llr: Floats
    mean_llr: Floats
    variance: Floats
    effect: Floats


@dataclass(frozen=True, slots=True)
class Reports:
    """One row for each report; rows of a claim stand together, oldest first.

    claim: 0 … claims − 1, ascending. source, owner, bloc: numbers that sort as the names of the
    pure scorer do; NO_OWNER or NO_BLOC where there is none. origin: equal where the origin is.
    eligible: takes a side and is not excluded. weight: of credibility and directness.
    """

    claim: Ints
    source: Ints
    owner: Ints
    bloc: Ints
    origin: Ints
    voice: Ints
    supports: Flags
    visual: Flags
    eligible: Flags
    weight: Floats

    def __len__(self) -> int:
        return len(self.claim)


@dataclass(frozen=True, slots=True)
class Scores:
    """One row for each claim. counted: something stands; otherwise the numbers are the start."""

    estimate: Floats
    low: Floats
    high: Floats
    log_odds: Floats
    supporting: Ints
    contradicting: Ints
    counted: Flags

    def __len__(self) -> int:
        return len(self.estimate)


Openings: TypeAlias = Sequence[tuple[float, float]]
"""logit(π) and α of each claim."""


def starts_of(*keys: Ints) -> Flags:
    """Where a group of equal rows begins, in columns that are sorted by them."""
    begins = np.zeros(len(keys[0]), dtype=np.bool_)
    begins[:1] = True
    for key in keys:
        begins[1:] |= key[1:] != key[:-1]
    return begins


def place_in_group(begins: Flags) -> Ints:
    """0, 1, 2 … within each group."""
    rows = np.arange(len(begins), dtype=np.int64)
    return rows - np.maximum.accumulate(np.where(begins, rows, 0))
