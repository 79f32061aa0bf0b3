"""The two coins of a report: how often its source supports true claims, and how often false ones.

Both are Beta posteriors: the belief about the group of the source, then its record (scoring.md
4.2). A source with an interest in the answer has coins of its own, whose prior is its neutral coins
shifted by δ: it supports too readily what favours its side, and too rarely what harms it.
"""

from __future__ import annotations

from dataclasses import dataclass

from verification.scoring.groups import CHECKED_VISUAL, group_name
from verification.scoring.model import Interest, Report, TrackRecord
from verification.scoring.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Coin:
    """Beta(heads, tails)."""

    heads: float
    tails: float

    @property
    def mean(self) -> float:
        return self.heads / (self.heads + self.tails)


@dataclass(frozen=True, slots=True)
class Coins:
    """sensitivity is u, the chance of support if true; false_support is v, the same if false."""

    sensitivity: Coin
    false_support: Coin

    @property
    def informs(self) -> bool:
        """Better than chance: supports true claims more often than false ones."""
        return self.sensitivity.mean > self.false_support.mean


def group_of(report: Report) -> str:
    if report.checked_visual:
        return CHECKED_VISUAL
    return group_name(report.grade, report.source_kind, report.rated)


def neutral_coins(report: Report, parameters: Parameters) -> Coins:
    """Coins as if the source had no interest in the answer."""
    group = parameters.belief_about(group_of(report))
    disinterested = report.interest is Interest.NONE
    record = report.record if disinterested else report.neutral_record
    strengths = group.strength, group.strength_if_false
    return _posterior(group.sensitivity, group.false_support, strengths, record)


def coins_of(report: Report, neutral: Coins, parameters: Parameters) -> Coins:
    """Coins of the interest class of a report, from those its source has without an interest."""
    if report.interest is Interest.NONE:
        return neutral
    u, v = _shifted(neutral, report.interest, parameters.interest_shift)
    strength = parameters.interest_strength
    return _posterior(u, v, (strength, strength), report.record)


def _posterior(u: float, v: float, strengths: tuple[float, float], record: TrackRecord) -> Coins:
    if_true, if_false = strengths
    return Coins(
        Coin(if_true * u + record.n1_plus, if_true * (1 - u) + record.n1 - record.n1_plus),
        Coin(if_false * v + record.n0_plus, if_false * (1 - v) + record.n0 - record.n0_plus),
    )


def _shifted(neutral: Coins, interest: Interest, shift: float) -> tuple[float, float]:
    """Prior means of the coins of an interest class.

    Coins that are no better than chance are not shifted: an interest can weaken or strengthen what
    a source knows, it cannot make knowledge of none.
    """
    u, v = neutral.sensitivity.mean, neutral.false_support.mean
    if not neutral.informs:
        return u, v
    if interest is Interest.FAVOURS:
        return u + (1 - u) * shift, v + (1 - v) * shift
    return u * (1 - shift / 2), v * (1 - shift)
