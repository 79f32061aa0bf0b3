"""From columns of reports to one score for each claim."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from verification.bulk.columns import Floats, Ints, Openings, Reports, Scores, Voices
from verification.bulk.tree import discounts, standing, strands_of
from verification.scoring.interval import log_odds_range, probability
from verification.scoring.parameters import Parameters


def score(reports: Reports, openings: Openings, voices: Voices, parameters: Parameters) -> Scores:
    """The numbers of `verification.scoring.assess` for each claim, equal to the last bit."""
    claims = len(openings)
    llr, effect = voices.llr[reports.voice], voices.effect[reports.voice]
    clipped = np.maximum(-parameters.cap, np.minimum(parameters.cap, effect * llr))
    evidence = reports.weight * clipped
    stands = standing(reports)
    strands = strands_of(reports, evidence, stands)
    found = discounts(strands, 2 * claims, parameters.correlations, parameters.crowding)
    rows = strands.row
    claim, factor = reports.claim[rows], reports.weight[rows] * effect[rows] * found.part
    estimate, low, high, log_odds = _numbers(
        openings,
        _by_claim(claim, evidence[rows] * found.part, claims),
        _by_claim(claim, factor * factor * voices.variance[reports.voice[rows]], claims),
        parameters.spread,
    )
    counted = np.bincount(reports.claim[stands], minlength=claims) > 0
    supporting, contradicting = found.clusters[0::2], found.clusters[1::2]
    return Scores(estimate, low, high, log_odds, supporting, contradicting, counted)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Numbers by claim: those of claim i are `flat[bounds[i]:bounds[i + 1]]`."""

    flat: list[float]
    bounds: list[int]

    def of(self, claim: int) -> list[float]:
        return self.flat[self.bounds[claim] : self.bounds[claim + 1]]


def _by_claim(claim: Ints, numbers: Floats, claims: int) -> _Pieces:
    bounds = np.searchsorted(claim, np.arange(claims + 1))
    return _Pieces(numbers.tolist(), bounds.tolist())


def _numbers(openings: Openings, values: _Pieces, variances: _Pieces, spread: float) -> Floats:
    """Estimate, low, high and log-odds, in rows, of each claim.

    Sums are exactly rounded and so need no order; exp is that of `math`, as in the pure scorer.
    """
    numbers = np.empty((4, len(openings)), dtype=np.float64)
    for claim, opening in enumerate(openings):
        log_odds = math.fsum((*opening, *values.of(claim)))
        low, high = log_odds_range(log_odds, math.fsum(variances.of(claim)), spread)
        numbers[:, claim] = probability(log_odds), low, high, log_odds
    return numbers
