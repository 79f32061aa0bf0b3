"""Simple methods of the literature, on the same columns: what ours has to beat.

Each takes a set, the places of the claims whose truth it may use, and gives one probability a
claim. Those of crowd-kit run in a process of their own, see truth_crowdkit.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from benchmarks.truth_data import TruthSet

Column = NDArray[np.float64]


def majority(data: TruthSet, known: NDArray[np.int64]) -> Column:  # noqa: ARG001  # one signature
    """Share of the reports that support; one half where there is none."""
    return _vote(data, np.ones(data.sources))


def gold_vote(data: TruthSet, known: NDArray[np.int64]) -> Column:
    """Votes weighted by the accuracy of the source on known claims, with one of two to begin."""
    mine = _known_reports(data, known)
    right = data.supports[mine] == (data.truth[data.claim[mine]] == 1)
    number = np.bincount(data.source[mine], minlength=data.sources)
    correct = np.bincount(data.source[mine], right, minlength=data.sources)
    return _vote(data, (correct + 1) / (number + 2))


def two_coins(data: TruthSet, known: NDArray[np.int64]) -> Column:
    """Naive Bayes with a sensitivity and a false-support rate for each source (Laplace's rule)."""
    mine = _known_reports(data, known)
    true = data.truth[data.claim[mine]] == 1
    log_odds = np.full(data.claims, _logit_share(data.truth[known] == 1))
    sides = []
    for side in (true, ~true):
        number = np.bincount(data.source[mine], side, minlength=data.sources)
        plus = np.bincount(data.source[mine], side & data.supports[mine], minlength=data.sources)
        sides.append((plus + 1) / (number + 2))
    u, v = (rate[data.source] for rate in sides)
    ratios = np.log(np.where(data.supports, u / v, (1 - u) / (1 - v)))
    log_odds += np.bincount(data.claim, ratios, minlength=data.claims)
    return _sigmoid(log_odds)


def held_regression(data: TruthSet, known: NDArray[np.int64]) -> Column:
    """The same with no weight below 0, so that no source is read backwards, as in ours."""
    return regression(data, known, lowest=0.0)


def regression(data: TruthSet, known: NDArray[np.int64], *, lowest: float | None = None) -> Column:
    """Ridge logistic regression on the stance of each source (SLiMFast's ERM, Joglekar 2017)."""
    signs = np.where(data.supports, 1.0, -1.0)
    design = csr_array((signs, (data.claim, data.source)), shape=(data.claims, data.sources))
    seen, truth = design[known], (data.truth[known] == 1).astype(float)

    def loss(point: Column) -> tuple[float, Column]:
        log_odds = point[0] + seen @ point[1:]
        signed = np.where(truth > 0, -log_odds, log_odds)
        residual = _sigmoid(log_odds) - truth
        gradient = np.concatenate([[residual.sum()], seen.T @ residual + point[1:]])
        gradient[0] += 0.01 * point[0]
        penalty = 0.5 * (point[1:] @ point[1:]) + 0.005 * point[0] ** 2
        return float(np.logaddexp(0, signed).sum() + penalty), gradient

    start, bounds = np.zeros(data.sources + 1), [(None, None), *[(lowest, None)] * data.sources]
    options = {"maxiter": 500}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return _sigmoid(found[0] + design @ found[1:])


def _known_reports(data: TruthSet, known: NDArray[np.int64]) -> NDArray[np.int64]:
    chosen = np.zeros(data.claims, dtype=bool)
    chosen[known] = True
    return np.flatnonzero(chosen[data.claim])


def _vote(data: TruthSet, weights: Column) -> Column:
    mine = weights[data.source]
    total = np.bincount(data.claim, mine, minlength=data.claims)
    support = np.bincount(data.claim, mine * data.supports, minlength=data.claims)
    return np.where(total > 0, support / np.where(total > 0, total, 1), 0.5)


def _logit_share(true: NDArray[np.bool_]) -> float:
    return float(np.log((true.sum() + 1) / ((~true).sum() + 1)))


def _sigmoid(log_odds: Column) -> Column:
    return 0.5 * (1 + np.tanh(0.5 * log_odds))
