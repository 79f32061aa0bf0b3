"""How often the 90 % range of the product's own scorer holds what the true coins would say (4.14).

Coins are drawn from the beliefs of their group and records are thrown with them, so nothing but the
unknown coins is uncertain. The true log-odds have the same factors as the scored ones: weight,
effect, discount. Claims have three to eight reports: with fewer origins pages show no point. Those
on which nothing weighs anything are left out: both are the starting point.
"""

from __future__ import annotations

import math

from numpy.random import Generator

from verification.scoring import (
    DEFAULT_PARAMETERS,
    ClaimInput,
    Directness,
    Report,
    Stance,
    TrackRecord,
    assess,
)

CLAIMS = 2000
SETTLED = {"no record": 0, "records of 0 to 58 reports": 29, "of 0 to 400": 200}
GRADES = ("A", "B", "C", "F", None)


def coverage(rng: Generator) -> dict[str, float]:
    """Share of the claims, by how long the records are; the target is 0.85 to 0.95."""
    return {
        f"claims whose range holds the true log-odds, {name}": _share(rng, settled)
        for name, settled in SETTLED.items()
    }


def _share(rng: Generator, settled: int) -> float:
    answers = [_held(rng, settled) for _ in range(CLAIMS)]
    known = [answer for answer in answers if answer is not None]
    return sum(known) / len(known)


def _held(rng: Generator, settled: int) -> bool | None:
    true = rng.random() < 0.5
    reports, coins = [], {}
    for number in range(3 + rng.integers(6)):
        key = str(number)
        report, coins[key] = _report(rng, key, settled, true=true)
        reports.append(report)
    score = assess(ClaimInput(tuple(reports)))
    told = score.start.log_odds
    for entry in score.contributions:
        told += entry.weight * entry.discount * _clipped(entry, *coins[entry.key])
    if not score.variance:
        return None
    return _logit(score.low) <= told <= _logit(score.high)


def _report(
    rng: Generator, key: str, settled: int, *, true: bool
) -> tuple[Report, tuple[float, float]]:
    grade = GRADES[rng.integers(len(GRADES))]
    group = DEFAULT_PARAMETERS.groups[grade or "ungraded"]
    u = rng.beta(group.strength * group.sensitivity, group.strength * (1 - group.sensitivity))
    v = rng.beta(group.strength * group.false_support, group.strength * (1 - group.false_support))
    n1, n0 = rng.integers(settled + 1, size=2)
    record = TrackRecord(int(n1), int(rng.binomial(n1, u)), int(n0), int(rng.binomial(n0, v)))
    supports = rng.random() < (u if true else v)
    report = Report(
        key=key,
        source=f"source {key}",
        stance=Stance.SUPPORTS if supports else Stance.CONTRADICTS,
        directness=Directness.FIRST_HAND_WITNESS,
        credibility=1,
        grade=grade,
        record=record,
    )
    return report, (u, v)


def _clipped(entry, u: float, v: float) -> float:  # noqa: ANN001  # a Contribution
    """What the true coins say of this report; none where the scorer gave it no weight."""
    if not entry.llr:
        return 0.0
    floor = DEFAULT_PARAMETERS.coin_floor
    u, v = (min(max(rate, floor), 1 - floor) for rate in (u, v))
    ratio = math.log(u / v) if entry.stance == "supports" else math.log((1 - u) / (1 - v))
    return max(-DEFAULT_PARAMETERS.cap, min(DEFAULT_PARAMETERS.cap, entry.effect * ratio))


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))
