"""What sources of one group are like: shrunken means, and how much they differ (4.6.1 and 4.6.2).

The groups of the given snapshot are the desk's own beliefs; they take the place of the global mean,
except for sources that nobody graded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from verification.learning.columns import NEUTRAL, Beliefs, beliefs_of
from verification.learning.counts import Column, Places, Settled
from verification.scoring import Group, Parameters
from verification.scoring.parameters import UNGRADED

GROUP_STRENGTH = 2.0
"""κ_G: how many fully informative sources the desk's belief about a group is worth.

Chosen on half of the public sets and confirmed on the others, as are RIDGE and START_STRENGTH; see
docs/scoring-benchmark.md.
"""

SCALES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Times the strength of each group. For the usual strength 8 that is 2, 4, 8, 16, 32, 64."""


@dataclass(frozen=True)
class _Trials:
    """How often each source of each group came down on the side of support, of how many times."""

    group: Places
    plus: Column
    number: Column


@dataclass(frozen=True)
class LearntGroups:
    """Groups with learnt means; scales: what became of κ_u and κ_v, as multiples."""

    groups: Mapping[str, Group]
    scale: float
    false_scale: float


def learn_groups(settled: Settled, base: Parameters) -> LearntGroups:
    """Group means by shrinkage and strengths by marginal likelihood, from neutral reports."""
    names = settled.reports.groups
    before = beliefs_of(names, base)
    true, false = (_trials(settled, proved_true=outcome) for outcome in (True, False))
    beliefs = (before.sensitivity, before.strength), (before.false_support, before.false_strength)
    u, v = (
        group_means(trials, _with_global_mean(names, trials, *belief), belief[1])
        for trials, belief in zip((true, false), beliefs, strict=True)
    )
    scale = best_scale(true, u, before.strength)
    false_scale = best_scale(false, v, before.false_strength)
    after = Beliefs(u, v, before.strength * scale, before.false_strength * false_scale)
    learnt = {name: _group(after, place) for place, name in enumerate(names)}
    return LearntGroups({**base.groups, **learnt}, scale, false_scale)


def _group(beliefs: Beliefs, place: int) -> Group:
    return Group(
        sensitivity=float(beliefs.sensitivity[place]),
        false_support=float(beliefs.false_support[place]),
        strength=float(beliefs.strength[place]),
        false_strength=float(beliefs.false_strength[place]),
    )


def _trials(settled: Settled, *, proved_true: bool) -> _Trials:
    """Neutral reports on claims of one outcome, by source and group."""
    reports = settled.reports
    chosen = (settled.truth[reports.claim] == proved_true) & (reports.interest == NEUTRAL)
    wide = max(len(reports.groups), 1)
    pairs = reports.source[chosen] * wide + reports.group[chosen]
    keys, place = np.unique(pairs, return_inverse=True)
    plus = np.bincount(place, reports.supports[chosen], minlength=keys.size).astype(np.float64)
    return _Trials(keys % wide, plus, np.bincount(place, minlength=keys.size).astype(np.float64))


def _with_global_mean(
    names: Sequence[str], trials: _Trials, belief: Column, strength: Column
) -> Column:
    """The desk's beliefs; where nobody graded there is none, and the mean of all sources is one.

    m = (κ_G m₀ + Σ ω r)/(κ_G + Σ ω) over the sources of every group (4.6.1).
    """
    if UNGRADED not in names:
        return belief
    place = names.index(UNGRADED)
    everyone = replace(trials, group=np.full_like(trials.group, place))
    found = belief.copy()
    found[place] = group_means(everyone, belief, strength)[place]
    return found


def group_means(trials: _Trials, belief: Column, strength: Column) -> Column:
    """μ_g = (κ_G m_g + Σ ω r)/(κ_G + Σ ω), with ω = κn/(κ + n) and r the raw rate of a source.

    ω grows with what a source has shown and stops at κ: one busy source is not its whole group.
    """
    k = strength[trials.group]
    information = k * trials.number / (k + trials.number)
    raw = information * trials.plus / trials.number
    total = np.bincount(trials.group, information, minlength=belief.size)
    seen = np.bincount(trials.group, raw, minlength=belief.size)
    return np.asarray((GROUP_STRENGTH * belief + seen) / (GROUP_STRENGTH + total))


def best_scale(trials: _Trials, means: Column, strength: Column) -> float:
    """Where the beta-binomial marginal likelihood − ½ ln²(scale) is highest; lowest of equals."""
    found = [_likelihood(trials, means, strength * s) - 0.5 * np.log(s) ** 2 for s in SCALES]
    return SCALES[int(np.argmax(found))]


def _likelihood(trials: _Trials, means: Column, strength: Column) -> float:
    """Σ ln B(κμ + n⁺, κ(1−μ) + n − n⁺) − ln B(κμ, κ(1−μ)); binomial factors are constant."""
    rate, k = means[trials.group], strength[trials.group]
    heads, tails = k * rate, k * (1 - rate)
    after = scipy.special.betaln(heads + trials.plus, tails + trials.number - trials.plus)
    return float(np.sum(after - scipy.special.betaln(heads, tails)))
