"""Rivals share what is likely, beside "none of these"."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verification.scoring_cases import PROPERTY
from verification.scoring import shares

CHANCES = st.floats(1e-12, 1 - 1e-12)
SEVERAL = st.lists(CHANCES, min_size=1, max_size=8)


@PROPERTY
@given(SEVERAL)
def test_shares_add_up_to_one(estimates: list[float]) -> None:
    found = shares(estimates)
    assert math.fsum((*found.of_each, found.of_none)) == pytest.approx(1, abs=1e-12)
    assert all(0 <= share <= 1 for share in (*found.of_each, found.of_none))


@PROPERTY
@given(CHANCES)
def test_one_claim_alone_keeps_its_own_probability(estimate: float) -> None:
    found = shares([estimate])
    assert found.of_each[0] == pytest.approx(estimate, rel=1e-6)


@PROPERTY
@given(SEVERAL, st.randoms(use_true_random=False))
def test_the_order_leaves_no_trace(estimates: list[float], chance: object) -> None:
    order = list(range(len(estimates)))
    chance.shuffle(order)
    moved, found = shares([estimates[place] for place in order]), shares(estimates)
    assert moved.of_each == tuple(found.of_each[place] for place in order)
    assert moved.of_none == found.of_none


@PROPERTY
@given(SEVERAL)
def test_the_likelier_claim_has_the_greater_share(estimates: list[float]) -> None:
    ranked = shares(sorted(estimates)).of_each
    assert all(low <= high for low, high in pairwise(ranked))


@PROPERTY
@given(SEVERAL, CHANCES)
def test_a_rival_more_raises_no_share(estimates: list[float], rival: float) -> None:
    before, after = shares(estimates), shares([*estimates, rival])
    assert all(
        later <= earlier + 1e-15
        for earlier, later in zip(before.of_each, after.of_each[:-1], strict=True)
    )
    assert after.of_none <= before.of_none


def test_numbers_worked_out_by_hand() -> None:
    found = shares([0.75, 0.5])  # odds of 3, 1, and 1 for none
    assert found.of_each == pytest.approx((0.6, 0.2))
    assert found.of_none == pytest.approx(0.2)
    assert shares([]).of_none == 1


@pytest.mark.parametrize("wrong", [0.0, 1.0, -0.2, 1.5, math.nan])
def test_what_is_no_probability_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="inside"):
        shares([0.5, wrong])
