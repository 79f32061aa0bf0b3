"""What sources of one group are like: shrunken means, and how much they differ (4.6.1 and 4.6.2).

The groups of the given snapshot are the desk's own beliefs about grades; they take the place of the
global mean, except for sources that nobody graded. What settled claims say of the kinds of source
within a grade, and of those that others rated alike, is learnt below them: each level begins with
the mean of the one above it. A part of few sources is not told apart: its mean would be little else
than their own records, which count anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from verification.learning.columns import NEUTRAL, beliefs_of
from verification.learning.counts import Column, Places, Settled
from verification.scoring import Group, Parameters
from verification.scoring.groups import UNGRADED, grade_of, upwards

GROUP_STRENGTH = 2.0
"""κ_G: how many fully informative sources the desk's belief about a group is worth.

Chosen on half of the public sets and confirmed on the others, as are RIDGE and START_STRENGTH; see
docs/scoring-benchmark.md.
"""

FEWEST_ALIKE = 5
"""Sources with settled reports that a part of a grade has to have before it is told apart."""

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
    paths = told_apart(settled)
    before = beliefs_of([path[0] for path in paths], base)
    true, false = (_trials(settled, proved_true=outcome) for outcome in (True, False))
    u = means_by_level(paths, true, before.sensitivity, before.strength)
    v = means_by_level(paths, false, before.false_support, before.false_strength)
    scale = best_scale(true, _smallest(paths, u), before.strength)
    false_scale = best_scale(false, _smallest(paths, v), before.false_strength)
    learnt = {}
    for name, sensitivity in u.items():
        belief = base.groups[grade_of(name)]
        learnt[name] = Group(
            sensitivity=sensitivity,
            false_support=v[name],
            strength=belief.strength * scale,
            false_strength=belief.strength_if_false * false_scale,
        )
    return LearntGroups({**base.groups, **learnt}, scale, false_scale)


def told_apart(settled: Settled) -> list[list[str]]:
    """Of each group that occurs its grade and the parts that are told apart, largest first."""
    reports = settled.reports
    neutral = reports.interest == NEUTRAL
    pairs = set(zip(reports.group[neutral].tolist(), reports.source[neutral].tolist(), strict=True))
    sources: dict[str, set[int]] = {}
    for group, source in pairs:
        for name in upwards(reports.groups[group]):
            sources.setdefault(name, set()).add(source)
    return [
        [
            name
            for name in reversed(list(upwards(group)))
            if name == grade_of(group) or len(sources.get(name, ())) >= FEWEST_ALIKE
        ]
        for group in reports.groups
    ]


def _smallest(paths: Sequence[Sequence[str]], means: Mapping[str, float]) -> Column:
    return np.array([means[path[-1]] for path in paths], dtype=np.float64)


def _trials(settled: Settled, *, proved_true: bool) -> _Trials:
    """Neutral reports on claims of one outcome, by source and group."""
    reports = settled.reports
    chosen = (settled.truth[reports.claim] == proved_true) & (reports.interest == NEUTRAL)
    wide = max(len(reports.groups), 1)
    pairs = reports.source[chosen] * wide + reports.group[chosen]
    keys, place = np.unique(pairs, return_inverse=True)
    plus = np.bincount(place, reports.supports[chosen], minlength=keys.size).astype(np.float64)
    return _Trials(keys % wide, plus, np.bincount(place, minlength=keys.size).astype(np.float64))


def means_by_level(
    paths: Sequence[Sequence[str]], trials: _Trials, belief: Column, strength: Column
) -> dict[str, float]:
    """Means of all groups on these paths, by name.

    paths: of each group of TRIALS, as from `told_apart`; belief, strength: of the grade of each. A
    grade begins with the belief about it, and a part of a group with the mean of the group.
    """
    found: dict[str, float] = {}
    for depth in range(max(map(len, paths), default=0)):
        within = [number for number, path in enumerate(paths) if len(path) > depth]
        level = sorted({paths[number][depth] for number in within})
        first = [next(n for n in within if paths[n][depth] == group) for group in level]
        place = np.full(len(paths), -1)
        place[within] = [level.index(paths[number][depth]) for number in within]
        part = _within(trials, place)
        start = (
            np.array([found[paths[number][depth - 1]] for number in first])
            if depth
            else _with_global_mean(level, part, belief[first], strength[first])
        )
        means = group_means(part, start, strength[first])
        found |= zip(level, map(float, means), strict=True)
    return found


def _within(trials: _Trials, place: Places) -> _Trials:
    """Those of groups that have a PLACE of their own now, at that place."""
    chosen = place[trials.group] >= 0
    return _Trials(place[trials.group][chosen], trials.plus[chosen], trials.number[chosen])


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
