"""What stands out of what is usual, and how often chance would have it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray

from verification.learning.multiple import relations, standing_out


def tables(*rows: tuple[int, int, int, int]) -> list[NDArray[np.float64]]:
    """Both wrong, one wrong, the other wrong, common claims: one row an outcome, one pair."""
    return [np.array([column], dtype=np.float64) for column in zip(*rows, strict=True)]


def test_a_relation_is_the_difference_from_chance_over_both_outcomes() -> None:
    """Of 20: 8 and 10 wrong, 7 together, by chance 4; of 10: 5 and 4, 2 together, by chance 2."""
    (found,) = relations(*tables((7, 8, 10, 20), (2, 5, 4, 10)))
    variance = 8 * 12 * 10 * 10 / (400 * 19) + 5 * 5 * 4 * 6 / (100 * 9)
    assert found == pytest.approx(3 / np.sqrt(variance * 30))


def test_two_that_are_always_wrong_together_have_a_relation_of_nearly_one() -> None:
    (found,) = relations(*tables((10, 10, 10, 20), (0, 0, 0, 20)))
    assert 0.6 < found < 1
    (found,) = relations(*tables((10, 10, 10, 20), (10, 10, 10, 20)))
    assert found == pytest.approx(1, abs=0.05)


def test_where_nothing_can_vary_there_is_no_relation() -> None:
    found = relations(*tables((20, 20, 20, 20), (0, 0, 1, 1)))
    assert np.isnan(found).all()
    assert not standing_out(found, np.array([21.0]), np.array([True])).any()


def drawn(rng: Generator, usual: float, own: float, pairs: int) -> NDArray[np.float64]:
    number = rng.integers(5, 300, pairs)
    seen = rng.normal(usual, own, pairs) + rng.normal(0, 1, pairs) / np.sqrt(number)
    return np.stack([seen, number])


@pytest.mark.parametrize(("usual", "own"), [(0.0, 0.0), (0.3, 0.0), (0.2, 0.1)])
def test_ordinary_pairs_seldom_stand_out_however_related_all_are(usual: float, own: float) -> None:
    """In at most one of ten worlds without a bloc anything stands out at all; q asks for 0.05."""
    worlds = 0
    for seed in range(200):
        relation, number = drawn(np.random.default_rng(seed), usual, own, 400)
        worlds += bool(standing_out(relation, number, number >= 30).any())
    assert worlds <= 20


def test_few_that_are_more_related_stand_out() -> None:
    found, wrong = [], []
    for seed in range(20):
        relation, number = drawn(np.random.default_rng(seed), 0.2, 0.05, 400)
        relation[:20] += 0.5
        number[:20] = 100
        stands = standing_out(relation, number, number >= 30)
        found.append(stands[:20].mean())
        wrong.append(stands[20:].sum() / max(stands.sum(), 1))
    assert np.mean(found) > 0.9
    assert np.mean(wrong) < 0.08


def test_only_pairs_that_are_asked_about_stand_out() -> None:
    relation, number = drawn(np.random.default_rng(1), 0.0, 0.0, 100)
    relation[0] = 0.99
    asked = np.arange(100) > 0
    assert not standing_out(relation, number, asked)[0]
    number[0] = 100
    assert standing_out(relation, number, ~asked)[0]


def test_what_errs_less_together_than_chance_never_stands_out() -> None:
    relation = np.full(50, -0.5)
    relation[:5] = -0.2
    assert not standing_out(relation, np.full(50, 100.0), np.full(50, True)).any()


def test_with_no_share_allowed_nothing_stands_out() -> None:
    relation = np.r_[np.zeros(50), 1.0]
    number = np.full(51, 1e6)
    asked = np.full(51, True)
    assert standing_out(relation, number, asked).sum() == 1
    assert not standing_out(relation, number, asked, false_share=0).any()
