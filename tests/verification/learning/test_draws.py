"""Claims drawn by chance: exactly the rate, within buckets, and the same again from the seed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.learning.draws import Open, bucket, digest, drawn, seed_of

PROPERTY = settings(max_examples=50, deadline=None)
claims_of_a_desk = st.dictionaries(
    st.integers(1, 10_000), st.floats(0.001, 0.999), max_size=80
).map(lambda scores: [Open(number, score) for number, score in scores.items()])


def test_each_bucket_gives_its_share() -> None:
    claims = [Open(number, (number % 10 + 0.5) / 10) for number in range(1, 2001)]
    taken = drawn(claims, 0.02, "seed")
    by_bucket = [
        sum(claim.number in taken for claim in claims if claim.bucket == b) for b in range(10)
    ]
    assert by_bucket == [4] * 10


def test_over_many_seeds_every_claim_comes_out_as_often_as_the_rate_says() -> None:
    """Seven claims in one bucket and one alone in another: too few for a whole one of each."""
    claims = [Open(number, 0.55) for number in range(1, 8)] + [Open(8, 0.95)]
    counts = dict.fromkeys(range(1, 9), 0)
    for seed in range(4000):
        for number in drawn(claims, 0.1, str(seed)):
            counts[number] += 1
    assert all(320 < count < 480 for count in counts.values())


@PROPERTY
@given(claims_of_a_desk, st.floats(0.01, 1), st.randoms(use_true_random=False))
def test_seed_and_claims_give_the_same_draw_in_any_order(
    claims: list[Open], rate: float, chance: random.Random
) -> None:
    before, mark = drawn(claims, rate, "seed"), digest(claims)
    chance.shuffle(claims)
    assert drawn(claims, rate, "seed") == before
    assert digest(claims) == mark
    assert before <= {claim.number for claim in claims}


@PROPERTY
@given(claims_of_a_desk, st.floats(0.01, 1))
def test_a_bucket_gives_its_share_to_the_next_whole_claim(claims: list[Open], rate: float) -> None:
    taken = drawn(claims, rate, "seed")
    for place in {claim.bucket for claim in claims}:
        here = [claim.number for claim in claims if claim.bucket == place]
        assert abs(len(taken.intersection(here)) - rate * len(here)) < 1 + 1e-9


def test_a_rate_of_one_draws_everything() -> None:
    claims = [Open(number, 0.3) for number in range(1, 6)]
    assert drawn(claims, 1.0, "seed") == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.5])
def test_what_is_no_share_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="share of claims"):
        drawn([], rate, "seed")


def test_the_digest_sees_another_claim_and_another_score() -> None:
    claims = [Open(1, 0.3), Open(2, 0.4)]
    assert digest([Open(1, 0.3), Open(2, 0.41)]) != digest(claims)
    assert digest(claims[:1]) != digest(claims)


def test_each_draw_has_a_seed_of_its_own_from_the_record() -> None:
    assert seed_of("abc", 1) != seed_of("abc", 2)
    assert seed_of("abc", 1) != seed_of("xyz", 1)
    assert len(seed_of("", 1)) == 64


@pytest.mark.parametrize(("score", "place"), [(0.0, 0), (0.1, 1), (0.999, 9), (1.0, 9)])
def test_an_edge_belongs_to_the_upper_bucket(score: float, place: int) -> None:
    assert bucket(score) == place
