from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verification.bulk_columns import scored
from tests.verification.scoring_cases import PROPERTY, claim, claims, report
from verification.scoring import DEFAULT_PARAMETERS, ClaimInput, Parameters, Stance, assess

LEARNT = replace(
    DEFAULT_PARAMETERS,
    version="learnt",
    priors={"quantity": 0.3, "quote": 0.62},
    intercept=0.173,
    effect=0.77,
    effects={"s0": 1.3, "s1": 0.0, "s2": 3.0, "checked_visual": 0.91},
    owner_correlation=0.63,
    bloc_correlation=0.71,
    crowding=0.07,
)
"""Every parameter that a fit can move is moved; 0 and 3 are the ends of an effect."""


def assert_equal(many: Sequence[ClaimInput], parameters: Parameters) -> None:
    """Bit for bit: the numbers are compared by ==, and none of them is NaN."""
    bulk = scored(many, parameters)
    for place, one in enumerate(many):
        truth = assess(one, parameters)
        assert (
            bulk.estimate[place],
            bulk.low[place],
            bulk.high[place],
            bulk.log_odds[place],
            bulk.supporting[place],
            bulk.contradicting[place],
            bulk.counted[place],
        ) == (
            truth.estimate,
            truth.low,
            truth.high,
            truth.log_odds,
            truth.origins_supporting,
            truth.origins_contradicting,
            bool(truth.contributions),
        )


FEW = settings(PROPERTY, max_examples=100)
KINDS = st.sampled_from(["other", "quantity", "quote"])
MANY = st.lists(
    st.builds(lambda one, kind: replace(one, kind=kind), claims(max_size=24), KINDS), max_size=6
)


@FEW
@given(MANY)
def test_many_claims_together_get_the_numbers_that_each_gets_alone(many: list[ClaimInput]) -> None:
    assert_equal(many, LEARNT)


@FEW
@given(MANY)
def test_so_they_do_before_anything_is_learnt(many: list[ClaimInput]) -> None:
    assert_equal(many, DEFAULT_PARAMETERS)


def test_equally_strong_origins_are_ordered_by_name_as_in_the_pure_scorer() -> None:
    """At the cap their evidence is equal and their variance is not: order shows in the range."""
    strong = [report("e1", source="s9"), report("e2", source="s8")]
    capped = replace(DEFAULT_PARAMETERS, cap=0.3)
    weaker = replace(strong[1], grade="B")
    both = claim(replace(strong[0], grade="A"), weaker)
    swapped = claim(replace(strong[0], grade="B"), replace(strong[1], grade="A"))
    assert_equal([both, swapped], capped)
    assert assess(both, capped).low != assess(swapped, capped).low


def test_claims_without_reports_start_where_their_kind_starts() -> None:
    bulk = scored([claim(), claim(report(stance=Stance.CONTEXT)), claim(report())], LEARNT)
    assert bulk.counted.tolist() == [False, False, True]
    assert bulk.estimate[0] == bulk.low[0] == bulk.high[0] == bulk.estimate[1]


def test_nothing_at_all_gives_no_scores() -> None:
    assert len(scored([], DEFAULT_PARAMETERS)) == 0
