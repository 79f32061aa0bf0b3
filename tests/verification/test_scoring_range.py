"""The 90 % range: its functions against scipy, its width, and its coverage by simulation."""

from __future__ import annotations

import math
import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import polygamma, psi
from scoring_cases import PROPERTY, claim, report

from verification.scoring import (
    DEFAULT_PARAMETERS,
    Alignment,
    Contribution,
    Parameters,
    Report,
    Stance,
    TrackRecord,
    assess,
)
from verification.scoring.coins import Coin
from verification.scoring.interval import (
    digamma,
    log_odds_range,
    logit,
    mean_of_log,
    mean_of_log_complement,
    probability,
    trigamma,
    variance_of_log,
    variance_of_log_complement,
)


@PROPERTY
@given(st.floats(1e-3, 1e6))
def test_trigamma_is_that_of_scipy(x: float) -> None:
    assert trigamma(x) == pytest.approx(float(polygamma(1, x)), rel=1e-12)


def test_trigamma_has_its_known_value_at_one() -> None:
    assert trigamma(1.0) == pytest.approx(math.pi**2 / 6, rel=1e-14)


@PROPERTY
@given(st.floats(1e-3, 1e6))
def test_digamma_is_that_of_scipy(x: float) -> None:
    assert digamma(x) == pytest.approx(float(psi(x)), rel=1e-12, abs=1e-12)


def test_digamma_has_its_known_value_at_one() -> None:
    assert digamma(1.0) == pytest.approx(-0.5772156649015329, rel=1e-14)


def test_means_of_logarithms_are_those_of_drawn_coins() -> None:
    chance = random.Random(7)  # noqa: S311 - a repeatable simulation
    coin = Coin(6.0, 3.0)
    drawn = [chance.betavariate(coin.heads, coin.tails) for _ in range(40_000)]
    assert mean_of_log(coin) == pytest.approx(fmean(map(math.log, drawn)), abs=0.01)
    complement = fmean(math.log(1 - x) for x in drawn)
    assert mean_of_log_complement(coin) == pytest.approx(complement, abs=0.01)
    assert mean_of_log(coin) < math.log(coin.mean)


def test_variances_of_logarithms_are_those_of_drawn_coins() -> None:
    chance = random.Random(7)  # noqa: S311 - a repeatable simulation
    coin = Coin(6.0, 3.0)
    drawn = [chance.betavariate(coin.heads, coin.tails) for _ in range(40_000)]

    def spread(values: list[float]) -> float:
        centre = fmean(values)
        return fmean((value - centre) ** 2 for value in values)

    assert variance_of_log(coin) == pytest.approx(spread([math.log(x) for x in drawn]), rel=0.05)
    assert variance_of_log_complement(coin) == pytest.approx(
        spread([math.log(1 - x) for x in drawn]), rel=0.05
    )


def test_a_report_adds_the_variance_of_both_coins() -> None:
    """Ungraded: u ~ Beta(6.8, 1.2), v ~ Beta(2.4, 5.6); the factor is 0.8."""
    (support,) = assess(claim(report())).contributions
    u = trigamma(6.8) - trigamma(8.0)
    v = trigamma(2.4) - trigamma(8.0)
    assert support.variance == pytest.approx(0.8**2 * (u + v))
    (denial,) = assess(claim(report(stance=Stance.CONTRADICTS))).contributions
    u, v = trigamma(1.2) - trigamma(8.0), trigamma(5.6) - trigamma(8.0)
    assert denial.variance == pytest.approx(0.8**2 * (u + v))


def test_a_report_moves_the_middle_by_the_mean_of_both_logarithms() -> None:
    """Ungraded: u ~ Beta(6.8, 1.2), v ~ Beta(2.4, 5.6); the factor is 0.8."""
    (support,) = assess(claim(report())).contributions
    assert support.centre == pytest.approx(0.8 * (psi(6.8) - psi(2.4)))
    (denial,) = assess(claim(report(stance=Stance.CONTRADICTS))).contributions
    assert denial.centre == pytest.approx(0.8 * (psi(1.2) - psi(5.6)))


def test_a_report_at_the_cap_moves_the_middle_no_further() -> None:
    parameters = Parameters(effect=3.0)
    (denial,) = assess(claim(report(stance=Stance.CONTRADICTS)), parameters).contributions
    assert (denial.value, denial.centre) == (-4.6, -4.6)


def test_the_range_reaches_1645_standard_deviations_each_way_of_its_middle() -> None:
    score = assess(claim(report("1"), report("2", stance=Stance.CONTRADICTS)))
    reach = 1.645 * math.sqrt(score.variance)
    assert score.variance == pytest.approx(sum(e.variance for e in score.contributions))
    middle = score.start.log_odds + sum(e.centre for e in score.contributions)
    assert score.centre == pytest.approx(middle)
    assert score.low == pytest.approx(probability(score.centre - reach))
    assert score.high == pytest.approx(probability(score.centre + reach))


def test_a_range_is_widened_to_hold_the_score_itself() -> None:
    low, high = log_odds_range(2.0, centre=-1.0, variance=1.0, spread=1.645)
    assert (logit(low), logit(high)) == (pytest.approx(-2.645), pytest.approx(2.0))
    low, high = log_odds_range(-2.0, centre=1.0, variance=1.0, spread=1.645)
    assert (logit(low), logit(high)) == (pytest.approx(-2.0), pytest.approx(2.645))


def test_many_denials_of_unknown_sources_leave_the_score_inside_its_range() -> None:
    """Their means add up and their spreads only do in squares, so that the score meets the end."""
    parameters = Parameters(crowding=0.0, effect=0.1)
    reports = [report(str(n), stance=Stance.CONTRADICTS, order=n) for n in range(60)]
    score = assess(claim(*reports), parameters)
    assert score.centre + 1.645 * math.sqrt(score.variance) < score.log_odds
    assert score.low < score.estimate == score.high


def test_copies_and_worthless_sources_leave_the_range_alone() -> None:
    first = report("1", origin="wire", order=1)
    alone = assess(claim(first))
    joined = assess(claim(first, report("2", origin="wire", order=2), report("3", grade="E")))
    assert (joined.low, joined.high) == (alone.low, alone.high)


def test_a_long_record_narrows_the_range() -> None:
    widths = []
    for settled in (0, 10, 100, 1000):
        record = TrackRecord(settled, settled * 9 // 10, settled, settled // 10)
        score = assess(claim(report(record=record)))
        widths.append(score.high - score.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.04


GRADES = "ABCDF"


def drawn_source(chance: random.Random, key: str, longest: int) -> tuple[Report, float, float]:
    """A source with true coins of its group, a record tossed with them, and no stance yet."""
    grade = chance.choice(GRADES)
    group = DEFAULT_PARAMETERS.groups[grade]
    u, v = (
        chance.betavariate(group.strength * rate, group.strength * (1 - rate))
        for rate in (group.sensitivity, group.false_support)
    )
    n1, n0 = chance.randrange(longest), chance.randrange(longest)
    record = TrackRecord(n1, tossed(chance, n1, u), n0, tossed(chance, n0, v))
    drawn = report(
        key, grade=grade, record=record, credibility=chance.randint(1, 6), order=len(key)
    )
    return drawn, u, v


def tossed(chance: random.Random, times: int, rate: float) -> int:
    return sum(chance.random() < rate for _ in range(times))


def true_value(entry: Contribution, u: float, v: float, parameters: Parameters) -> float:
    """What the report would move if its source's coins were known."""
    if entry.llr == 0:
        return 0.0
    u, v = (min(max(rate, 1e-4), 1 - 1e-4) for rate in (u, v))
    llr = math.log(u / v) if entry.stance == "supports" else math.log((1 - u) / (1 - v))
    clipped = max(-parameters.cap, min(parameters.cap, entry.effect * llr))
    return entry.weight * clipped * entry.discount


def covered(chance: random.Random, longest: int) -> bool:
    """Whether the range of one claim with known coins holds the probability that they give."""
    truth = chance.random() < 0.5
    reports, coins = [], {}
    for number in range(chance.randint(3, 8)):
        drawn, u, v = drawn_source(chance, f"e{number}", longest)
        stance = Stance.SUPPORTS if chance.random() < (u if truth else v) else Stance.CONTRADICTS
        reports.append(report(**{**known(drawn), "stance": stance}))
        coins[drawn.key] = (u, v)
    score = assess(claim(*reports))
    known_sum = sum(true_value(e, *coins[e.key], DEFAULT_PARAMETERS) for e in score.contributions)
    return score.low <= probability(known_sum) <= score.high


def known(drawn: Report) -> dict[str, object]:
    names = ("key", "source", "grade", "record", "credibility", "order")
    return {name: getattr(drawn, name) for name in names}


@pytest.mark.parametrize("longest", [1, 30, 200])
def test_the_range_covers_the_value_of_known_coins(longest: int) -> None:
    """Of sources without a record too: longest is 1 more than the most reports of either kind."""
    chance = random.Random(20161112)  # noqa: S311 - a repeatable simulation
    share = fmean(covered(chance, longest) for _ in range(1200))
    assert 0.85 <= share <= 0.95


def test_an_interest_with_little_record_widens_the_range_of_log_odds() -> None:
    neutral = assess(claim(report(grade="A")))
    interested = assess(claim(report(grade="A", alignment=Alignment.SELF_SERVING)))
    assert interested.estimate < neutral.estimate
    assert interested.high - interested.low > 0
