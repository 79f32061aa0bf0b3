"""The newest settled claims against the earlier ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from verification.learning.drift import Course, Drift, drift

LIMIT = 0.01


def course(said: list[float], happened: list[bool]) -> Course:
    return drift(said, happened, limit=LIMIT).course


def test_the_newest_200_are_held_against_all_earlier_ones() -> None:
    found = drift([0.8] * 500, [True, True, True, True, False] * 100, limit=LIMIT)
    assert found.recent is not None
    assert found.earlier is not None
    assert (found.recent.n, found.earlier.n) == (200, 300)
    assert found.recent.brier == pytest.approx(0.16)
    assert found.recent.ece == pytest.approx(0)
    assert found.course is Course.STEADY


def test_fewer_are_cut_in_half_and_under_60_nothing_is_said() -> None:
    found = drift([0.8] * 60, [True, False] * 30, limit=LIMIT)
    assert found.recent is not None
    assert found.recent.n == 30
    assert drift([0.8] * 59, [True, False] * 29 + [True], limit=LIMIT) == Drift(Course.TOO_FEW)


def test_the_z_test_is_the_one_of_the_textbook() -> None:
    """Errors .04 and .64 in thirds and halves: means .24 and .34, variances by hand."""
    earlier = [True, True, False] * 20
    recent = [True, False] * 30
    found = drift([0.8] * 120, earlier + recent, limit=LIMIT)
    first = 0.36 * (1 / 3) * (2 / 3) * 60 / 59
    second = 0.36 * 0.25 * 60 / 59
    z = 0.1 / math.sqrt(first / 60 + second / 60)
    assert found.z == pytest.approx(z)
    assert found.p == pytest.approx(math.erfc(z / math.sqrt(2)))
    assert found.course is Course.STEADY


def test_scores_that_went_wrong_are_drift_and_so_are_better_ones() -> None:
    good, bad = [True] * 9 + [False], [True, False] * 5
    assert course([0.9] * 400, good * 20 + bad * 20) is Course.WORSE
    assert course([0.9] * 400, bad * 20 + good * 20) is Course.BETTER


def test_parts_without_any_spread_are_compared_too() -> None:
    assert course([0.9] * 100, [True] * 100) is Course.STEADY
    assert course([0.9] * 100, [True] * 50 + [False] * 50) is Course.WORSE


def test_a_steady_desk_is_alarmed_about_as_seldom_as_the_limit_says() -> None:
    chance = np.random.default_rng(5)
    alarms = 0
    for _ in range(400):
        said = chance.uniform(0.05, 0.95, 400)
        happened = chance.random(400) < said
        alarms += drift(said.tolist(), happened.tolist(), limit=0.05).course is not Course.STEADY
    assert 8 <= alarms <= 34
