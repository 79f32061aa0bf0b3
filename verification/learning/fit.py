"""The nightly snapshot: every number that settled claims teach (scoring.md 4.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from verification.learning import columns
from verification.learning.counts import (
    Column,
    Places,
    Settled,
    SettledReport,
    digest,
    own_counts,
    settled_columns,
    tally,
)
from verification.learning.effects import Effects, Task, learn_effects
from verification.learning.rates import LearntGroups, learn_groups
from verification.scoring import Group, Parameters

ENOUGH = 10
"""With fewer settled claims no intercept and no effect is learnt."""

START_STRENGTH = 8.0
"""How many settled claims the given starting point of a kind is worth (4.6.3)."""

DIGITS = 6
"""Learnt numbers are rounded to so many places, so that they can be read and typed again."""


@dataclass(frozen=True)
class Fit:
    """A snapshot, figures about it, and the digest of what it was learnt from.

    figures: n_claims, n_reports, n_sources, effects_learnt (0 or 1), effective_claims, alpha, beta,
    kappa_u_scale and kappa_v_scale (multiples of the groups' strengths), and log_loss_before and
    log_loss_after: mean over the settled claims on leave-one-out evidence, in nats, under the
    given parameters and under the learnt ones.
    """

    parameters: Parameters
    figures: Mapping[str, float]
    inputs_digest: str


def fit(settled: Iterable[SettledReport], base: Parameters, version: str) -> Fit:
    """Learn a snapshot named VERSION; the same rows in any order give the same to the last bit.

    BASE holds the beliefs of the desk, not an earlier fit: its groups are the priors that the
    records move. With fewer than ten settled claims intercept and effects are as in BASE; groups
    and starting points move as far as so few claims can move them.
    """
    rows = list(settled)
    table = settled_columns(rows)
    parameters, figures = fit_columns(table, base, version)
    return Fit(parameters, figures, digest(rows))


def fit_columns(
    settled: Settled, base: Parameters, version: str, *, per_source: bool = True
) -> tuple[Parameters, Mapping[str, float]]:
    """As `fit`, of columns. Without `per_source` all sources have one effect (method CRED-R)."""
    unlearnt = replace(base, version=version)
    if not settled.claims:
        return unlearnt, _figures(settled, base, unlearnt, None)
    groups = learn_groups(settled, base)
    start = replace(unlearnt, groups=_rounded_groups(groups), priors=_priors(settled, base))
    if len(settled.claims) < ENOUGH:
        return start, _figures(settled, base, start, groups)
    learnt = learn_effects(_task(settled, start), per_source=per_source)
    parameters = _with_effects(start, settled, learnt)
    return parameters, _figures(settled, base, parameters, groups)


def left_out_ratios(settled: Settled, parameters: Parameters) -> Column:
    """ℓ of every report as if its own claim had not been settled (leave-one-out)."""
    reports = settled.reports
    counts = tally(settled)
    neutral, own_class = (
        counts[reports.source, interest] - own_counts(settled, interest)
        for interest in (np.full_like(reports.interest, columns.NEUTRAL), reports.interest)
    )
    beliefs = columns.beliefs_of(reports.groups, parameters).of(reports.group)
    u, v = columns.coins(beliefs, reports.interest, neutral, own_class, parameters)
    return columns.log_ratios(u, v, reports.supports, parameters.coin_floor)


def left_out_log_odds(settled: Settled, parameters: Parameters) -> Column:
    """What the model says of each settled claim without that claim."""
    reports = settled.reports
    ratios = left_out_ratios(settled, parameters)
    effects = effects_of(reports.sources, parameters)[reports.source]
    found = columns.evidence(ratios, effects, reports.weight, parameters.cap)
    share = _shares(settled, np.abs(found), parameters)
    start = _starts(settled, parameters) + parameters.intercept
    return start + columns.summed(reports.claim, found * share, len(settled.claims))


def effects_of(sources: Sequence[str], parameters: Parameters) -> Column:
    return np.array([parameters.effect_of(name) for name in sources], dtype=np.float64)


def _shares(settled: Settled, size: Column, parameters: Parameters) -> Column:
    given = settled.reports.share
    return columns.shares(settled.reports, size, parameters) if given is None else given


def _starts(settled: Settled, parameters: Parameters) -> Column:
    of_kind = {kind: parameters.prior_of(kind) for kind in settled.kinds}
    return columns.logit(np.array([of_kind[kind] for kind in settled.kinds], dtype=np.float64))


def _priors(settled: Settled, base: Parameters) -> dict[str, float]:
    """π = (8·π₀ + number true)/(8 + number settled) of each kind that has settled claims."""
    kinds = sorted(set(settled.kinds))
    place = np.array([kinds.index(kind) for kind in settled.kinds], dtype=np.int64)
    number = np.bincount(place, settled.sampling)
    true = np.bincount(place, settled.sampling * settled.truth)
    given = np.array([base.prior_of(kind) for kind in kinds])
    found = (START_STRENGTH * given + true) / (START_STRENGTH + number)
    learnt = {kind: round(float(rate), DIGITS) for kind, rate in zip(kinds, found, strict=True)}
    return {**base.priors, **learnt}


def _task(settled: Settled, start: Parameters) -> Task:
    """Leave-one-out evidence, discounted for dependence as with equal effects."""
    reports = settled.reports
    found = reports.weight * left_out_ratios(settled, start)
    values = found * _shares(settled, np.abs(found), start)
    return Task(
        evidence=_matrix(reports.claim, reports.source, values, settled),
        start=_starts(settled, start),
        truth=settled.truth,
        weights=settled.sampling,
        default=start.effect,
    )


def _matrix(
    claim: Places, source: Places, values: Column, settled: Settled
) -> scipy.sparse.csr_array:
    shape = (len(settled.claims), len(settled.reports.sources))
    matrix = scipy.sparse.csr_array(scipy.sparse.coo_array((values, (claim, source)), shape=shape))
    matrix.sum_duplicates()
    return matrix


def _with_effects(start: Parameters, settled: Settled, learnt: Effects) -> Parameters:
    sources = settled.reports.sources if learnt.per_source.size else ()
    named = zip(sources, learnt.per_source, strict=True)
    return replace(
        start,
        intercept=round(learnt.intercept, DIGITS),
        effect=round(learnt.common, DIGITS),
        effects={name: round(float(effect), DIGITS) for name, effect in named},
    )


def _rounded_groups(learnt: LearntGroups) -> dict[str, Group]:
    return {
        name: replace(
            group,
            sensitivity=round(group.sensitivity, DIGITS),
            false_support=round(group.false_support, DIGITS),
        )
        for name, group in learnt.groups.items()
    }


def _figures(
    settled: Settled, base: Parameters, parameters: Parameters, groups: LearntGroups | None
) -> dict[str, float]:
    figures = {
        "n_claims": float(len(settled.claims)),
        "n_reports": float(settled.reports.claim.size),
        "n_sources": float(len(settled.reports.sources)),
        "effective_claims": float(settled.sampling.sum()),
        "effects_learnt": float(len(settled.claims) >= ENOUGH),
        "alpha": parameters.intercept,
        "beta": parameters.effect,
        "kappa_u_scale": 1.0 if groups is None else groups.scale,
        "kappa_v_scale": 1.0 if groups is None else groups.false_scale,
    }
    if settled.claims:
        figures["log_loss_before"] = _loss(settled, base)
        figures["log_loss_after"] = _loss(settled, parameters)
    return figures


def _loss(settled: Settled, parameters: Parameters) -> float:
    log_odds = left_out_log_odds(settled, parameters)
    losses = np.logaddexp(0.0, np.where(settled.truth, -log_odds, log_odds))
    return round(float(settled.sampling @ losses / settled.sampling.sum()), DIGITS)
