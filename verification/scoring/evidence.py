"""What one report weighs by itself, before independence is looked at (scoring.md 4.3 and 4.16)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from claims.vocabulary import Stance
from verification.scoring.coins import Coins, coins_of, neutral_coins
from verification.scoring.groups import CHECKED_VISUAL
from verification.scoring.interval import (
    mean_of_log,
    mean_of_log_complement,
    variance_of_log,
    variance_of_log_complement,
)
from verification.scoring.model import Report
from verification.scoring.parameters import Parameters

UNJUDGED_CREDIBILITY = 6


@dataclass(frozen=True, slots=True)
class Weighed:
    """A report with its coins u and v, the logarithm of its likelihood ratio, and its evidence.

    evidence = weight · clip(effect · llr, ±cap), positive for the claim, before any discount.
    neutral_llr: what llr were without the interest of the source. mean_llr and variance: of the
    llr that the coins would give if they were known. centre: evidence with mean_llr for llr.
    """

    report: Report
    u: float
    v: float
    llr: float
    neutral_llr: float
    mean_llr: float
    variance: float
    weight: float
    effect: float
    evidence: float
    centre: float
    capped: bool


def weigh(report: Report, parameters: Parameters) -> Weighed:
    neutral = neutral_coins(report, parameters)
    coins = coins_of(report, neutral, parameters)
    llr, neutral_llr = (
        log_likelihood_ratio(each, report.stance, parameters.coin_floor)
        for each in (coins, neutral)
    )
    weight = weight_of(report, parameters)
    effect = parameters.effect_of(CHECKED_VISUAL if report.checked_visual else report.source)
    mean_llr = _mean(coins, report.stance) if llr else 0.0
    clipped, middle = (
        max(-parameters.cap, min(parameters.cap, effect * each)) for each in (llr, mean_llr)
    )
    return Weighed(
        report=report,
        u=coins.sensitivity.mean,
        v=coins.false_support.mean,
        llr=llr,
        neutral_llr=neutral_llr,
        mean_llr=mean_llr,
        variance=_variance(coins, report.stance) if llr else 0.0,
        weight=weight,
        effect=effect,
        evidence=weight * clipped,
        centre=weight * middle,
        capped=clipped != effect * llr,
    )


def weight_of(report: Report, parameters: Parameters) -> float:
    credibility = report.credibility or UNJUDGED_CREDIBILITY
    return (
        parameters.credibility_weights[credibility]
        * parameters.directness_weights[report.directness]
    )


def log_likelihood_ratio(coins: Coins, stance: Stance, floor: float) -> float:
    """ln(u/v) of a support, ln((1−u)/(1−v)) of a denial; 0 where u ≤ v, never inverted."""
    if not coins.informs:
        return 0.0
    u = min(max(coins.sensitivity.mean, floor), 1 - floor)
    v = min(max(coins.false_support.mean, floor), 1 - floor)
    return math.log(u / v) if stance is Stance.SUPPORTS else math.log((1 - u) / (1 - v))


def _mean(coins: Coins, stance: Stance) -> float:
    mean = mean_of_log if stance is Stance.SUPPORTS else mean_of_log_complement
    return mean(coins.sensitivity) - mean(coins.false_support)


def _variance(coins: Coins, stance: Stance) -> float:
    spread = variance_of_log if stance is Stance.SUPPORTS else variance_of_log_complement
    return spread(coins.sensitivity) + spread(coins.false_support)
