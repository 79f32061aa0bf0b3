"""From columns of reports to one score for each claim."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from verification.bulk.columns import Floats, Ints, Openings, Reports, Scores, Voices
from verification.bulk.tree import discounts, standing, strands_of
from verification.scoring.interval import CERTAINTY
from verification.scoring.parameters import Parameters


def score(reports: Reports, openings: Openings, voices: Voices, parameters: Parameters) -> Scores:
    """The numbers of `verification.scoring.assess` for each claim, equal to the last bit."""
    claims = len(openings)
    llr, effect = voices.llr[reports.voice], voices.effect[reports.voice]
    evidence = reports.weight * _clipped(effect * llr, parameters.cap)
    stands = standing(reports)
    strands = strands_of(reports, evidence, stands)
    found = discounts(strands, 2 * claims, parameters.correlations, parameters.crowding)
    rows = strands.row
    claim, factor = reports.claim[rows], reports.weight[rows] * effect[rows] * found.part
    start = np.array(openings).reshape(claims, 2)
    log_odds = _sums(claim, evidence[rows] * found.part, start)
    middle = effect[rows] * voices.mean_llr[reports.voice[rows]]
    middle = reports.weight[rows] * _clipped(middle, parameters.cap)
    centre = _sums(claim, middle * found.part, start)
    variance = factor * factor * voices.variance[reports.voice[rows]]
    reach = parameters.spread * np.sqrt(_sums(claim, variance, np.empty((claims, 0))))
    counted = np.bincount(reports.claim[stands], minlength=claims) > 0
    return Scores(
        estimate=_probabilities(log_odds),
        low=_probabilities(np.minimum(centre - reach, log_odds)),
        high=_probabilities(np.maximum(centre + reach, log_odds)),
        log_odds=log_odds,
        supporting=found.clusters[0::2],
        contradicting=found.clusters[1::2],
        counted=counted,
    )


def _clipped(numbers: Floats, cap: float) -> Floats:
    found: Floats = np.maximum(-cap, np.minimum(cap, numbers))
    return found


def _sums(claim: Ints, numbers: Floats, openings: Floats) -> Floats:
    """Exactly rounded sums by claim, each with its row of OPENINGS; the order leaves no trace."""
    bounds = np.searchsorted(claim, np.arange(len(openings) + 1))
    width = openings.shape[1]
    flat = np.insert(numbers, np.repeat(bounds[:-1], width), openings.ravel()).tolist()
    ends = (bounds + width * np.arange(len(bounds))).tolist()
    pieces = (flat[start:end] for start, end in pairwise(ends))
    return np.fromiter(map(math.fsum, pieces), np.float64, len(openings))


def _probabilities(log_odds: Floats) -> Floats:
    """`interval.probability` of each: exp is that of `math`, and numpy divides as Python does."""
    odds = np.fromiter(map(math.exp, (-np.abs(log_odds)).tolist()), np.float64, len(log_odds))
    value = np.where(log_odds >= 0, 1.0, odds) / (1 + odds)
    found: Floats = np.clip(value, CERTAINTY, 1 - CERTAINTY)
    return found
