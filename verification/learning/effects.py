"""How much the evidence of each source is worth: α, β and b_s (scoring.md 4.6.4).

A ridge logistic regression on the leave-one-out evidence of settled claims, with effects bound to
[0, 3]: a source can be ignored, and is never read backwards. This is the discriminative part of
SLiMFast (Joglekar et al. 2017) on top of a two-coin likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when they are used: a fit is made once a night

from verification.learning.columns import sigmoid
from verification.learning.counts import Column, Marks

INTERCEPT_SPREAD = 0.25
"""Standard deviation of α about 0 before the data speak."""

EFFECT_SPREAD = 0.5
"""Standard deviation of β about its default before the data speak."""

RIDGE = 20.0
"""τ: how firmly the effect of one source is held to the common one."""

HIGHEST = 3.0


@dataclass(frozen=True)
class Task:
    """Settled claims: signed evidence (claims × sources), start, outcome and weight of each."""

    evidence: scipy.sparse.csr_array
    start: Column
    truth: Marks
    weights: Column
    default: float


@dataclass(frozen=True)
class Effects:
    """α, β, and b_s of every source; none where all sources have the common one."""

    intercept: float
    common: float
    per_source: Column


def learn_effects(task: Task, *, per_source: bool = True) -> Effects:
    """Minimum of the penalised loss, by L-BFGS-B (Byrd et al. 1995) from the defaults.

    Without `per_source` every source has the common effect (method CRED-R).
    """
    design = task.evidence if per_source else _summed(task.evidence)
    free = design.shape[1] if per_source else 0
    result = scipy.optimize.minimize(
        _loss,
        np.concatenate([[0.0], np.full(1 + free, task.default)]),
        args=(task, design),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), *[(0.0, HIGHEST)] * (1 + free)],
        options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-7},
    )
    found = np.asarray(result.x)
    return Effects(float(found[0]), float(found[1]), found[2:])


def _summed(evidence: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    """All evidence of a claim in one column."""
    return scipy.sparse.csr_array(np.asarray(evidence.sum(axis=1)).reshape(-1, 1))


def _loss(point: Column, task: Task, design: scipy.sparse.csr_array) -> tuple[float, Column]:
    """Penalised log loss and its gradient; a point is α, β and, unless all are β, every b_s."""
    intercept, common, effects = point[0], point[1], point[2:]
    tied = not effects.size
    log_odds = task.start + intercept + design @ (point[1:2] if tied else effects)
    apart = effects - common
    off = (common - task.default) / EFFECT_SPREAD**2
    penalty = (
        (intercept / INTERCEPT_SPREAD) ** 2
        + (common - task.default) * off
        + RIDGE * (apart @ apart)
    )
    losses = np.logaddexp(0.0, np.where(task.truth, -log_odds, log_odds))
    residual = task.weights * (sigmoid(log_odds) - task.truth)
    slopes = design.T @ residual
    of_common = off - RIDGE * apart.sum() + (slopes[0] if tied else 0.0)
    first = [residual.sum() + intercept / INTERCEPT_SPREAD**2, of_common]
    gradient = np.concatenate([first, [] if tied else slopes + RIDGE * apart])
    return float(task.weights @ losses + 0.5 * penalty), gradient
