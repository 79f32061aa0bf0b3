"""Said against happened: figures worked out by hand, and what must hold of any."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.learning.calibration import (
    Z95,
    Bin,
    brier,
    expected_calibration_error,
    log_loss,
    measure,
    reliability,
    wilson,
)

PROPERTY = settings(max_examples=60, deadline=None)
SAID = [0.12, 0.18, 0.75, 0.75, 0.95]
HAPPENED = [False, True, True, True, False]

judged = st.lists(
    st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.5, 200)), min_size=1, max_size=40
)


def test_brier_is_the_mean_squared_error() -> None:
    by_hand = (0.0144 + 0.6724 + 0.0625 + 0.0625 + 0.9025) / 5
    assert brier(SAID, HAPPENED) == pytest.approx(by_hand)


def test_log_loss_is_in_nats_of_what_happened() -> None:
    by_hand = -(math.log(0.88) + math.log(0.18) + math.log(0.75) + math.log(0.75) + math.log(0.05))
    assert log_loss(SAID, HAPPENED) == pytest.approx(by_hand / 5)


def test_one_certain_error_costs_no_more_than_the_clip() -> None:
    assert log_loss([1.0], [False]) == pytest.approx(-math.log(0.001))
    assert log_loss([0.0], [False]) == pytest.approx(-math.log(0.999))


def test_ece_is_the_distance_of_the_bins_by_their_size() -> None:
    """Bins 0.1 (said .15, half true), 0.7 (.75, all true) and 0.9 (.95, none true)."""
    by_hand = 0.4 * 0.35 + 0.4 * 0.25 + 0.2 * 0.95
    assert expected_calibration_error(SAID, HAPPENED) == pytest.approx(by_hand)


def test_weights_count_a_claim_as_often_as_it_stands_for_others() -> None:
    """One drawn claim that stands for 99 others outweighs what the desk chose to settle."""
    assert brier([0.9, 0.9], [True, False], [1, 99]) == pytest.approx(0.01 * 0.01 + 0.99 * 0.81)
    (only,) = reliability([0.9, 0.9], [True, False], [1, 99])
    assert only.happened == pytest.approx(0.01)
    assert only.n == 2
    assert only.effective == pytest.approx(100**2 / (1 + 99**2))


def test_bins_say_what_was_said_and_what_happened() -> None:
    first, second, third = reliability(SAID, HAPPENED)
    assert first == Bin(0.1, 0.2, 2, 2.0, first.said, 0.5, *wilson(0.5, 2))
    assert first.said == pytest.approx(0.15)
    assert second == Bin(0.7, 0.8, 2, 2.0, 0.75, 1.0, *wilson(1.0, 2))
    assert third == Bin(0.9, 1.0, 1, 1.0, 0.95, 0.0, *wilson(0.0, 1))


@pytest.mark.parametrize("place", range(11))
def test_an_edge_belongs_to_the_upper_bin_and_one_to_the_last(place: int) -> None:
    (only,) = reliability([place / 10], [True])
    assert only.start == min(place, 9) / 10


def test_wilson_is_the_range_of_textbooks() -> None:
    """8 of 10: 0.490 to 0.943; 0 of 10: 0 to 0.278 (Wilson's own formula, worked out by hand)."""
    assert wilson(0.8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0.0, 10) == pytest.approx((0.0, Z95**2 / (10 + Z95**2)))
    assert wilson(1.0, 10) == pytest.approx((10 / (10 + Z95**2), 1.0))


@pytest.mark.parametrize(
    ("said", "happened", "weights", "what"),
    [
        ([], [], None, "empty"),
        ([0.5], [True, False], None, "one length"),
        ([0.5], [True], [1.0, 1.0], "one length"),
        ([1.2], [True], None, "above 1"),
        ([math.nan], [True], None, "not a number"),
        ([0.5], [0.5], None, "true or false"),
        ([0.5], [True], [0.0], "not above 0"),
        ([0.5], [True], [math.inf], "not a finite number"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_the_reason(
    said: list[float], happened: list[bool], weights: list[float] | None, what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        measure(said, happened, weights)


def test_a_range_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        wilson(0.5, 0)


@PROPERTY
@given(judged)
def test_every_figure_stays_in_its_bounds(rows: list[tuple[float, bool, float]]) -> None:
    said, happened, weights = zip(*rows, strict=True)
    found = measure(said, happened, weights)
    assert 0 <= found.brier <= 1
    assert 0 <= found.log_loss <= -math.log(0.001) + 1e-12
    assert 0 <= found.ece <= 1
    assert 1 - 1e-9 <= found.effective <= found.n + 1e-9
    assert sum(one.n for one in found.bins) == found.n
    for one in found.bins:
        assert 0 <= one.low <= one.happened + 1e-9
        assert one.happened - 1e-9 <= one.high <= 1
        assert one.start - 1e-9 <= one.said <= one.end + 1e-9


@PROPERTY
@given(judged, st.randoms(use_true_random=False))
def test_the_order_of_the_claims_does_not_matter(
    rows: list[tuple[float, bool, float]], chance: random.Random
) -> None:
    before = measure(*zip(*rows, strict=True))
    chance.shuffle(rows)
    after = measure(*zip(*rows, strict=True))
    assert after.brier == pytest.approx(before.brier)
    assert after.ece == pytest.approx(before.ece)
    assert [one.n for one in after.bins] == [one.n for one in before.bins]


@PROPERTY
@given(judged, st.floats(0.01, 100))
def test_only_the_ratio_of_the_weights_matters(
    rows: list[tuple[float, bool, float]], factor: float
) -> None:
    said, happened, weights = zip(*rows, strict=True)
    plain = measure(said, happened, weights)
    scaled = measure(said, happened, [factor * weight for weight in weights])
    assert scaled.brier == pytest.approx(plain.brier)
    assert scaled.log_loss == pytest.approx(plain.log_loss)
    assert scaled.effective == pytest.approx(plain.effective)


@PROPERTY
@given(judged)
def test_equal_weights_are_no_weights(rows: list[tuple[float, bool, float]]) -> None:
    said, happened, _ = zip(*rows, strict=True)
    plain = measure(said, happened)
    same = measure(said, happened, [3.0] * len(rows))
    assert same.brier == pytest.approx(plain.brier)
    assert same.ece == pytest.approx(plain.ece)
    assert same.effective == pytest.approx(plain.n)


@PROPERTY
@given(st.floats(0, 1), st.floats(1, 1e6))
def test_more_claims_make_a_range_narrower(share: float, n: float) -> None:
    low, high = wilson(share, n)
    lower, higher = wilson(share, 2 * n)
    assert low <= share + 1e-12
    assert high >= share - 1e-12
    assert higher - lower < high - low


def test_inverse_sampling_weights_undo_a_lopsided_choice() -> None:
    """9 of 10 claims at 0.9 that are true are settled, all others only by a draw of one in ten."""
    chance = np.random.default_rng(11)
    truth = chance.random(40_000) < 0.7
    chosen = chance.random(40_000) < np.where(truth, 0.9, 0.1)
    said = np.full(40_000, 0.9)[chosen]
    plain = measure(said, truth[chosen])
    weighted = measure(said, truth[chosen], np.where(truth, 1 / 0.9, 10.0)[chosen])
    assert plain.bins[0].happened > 0.93
    assert weighted.bins[0].happened == pytest.approx(0.7, abs=0.02)
