"""What a reader is told about a score: dependence, and what would change it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verification.scoring_cases import PROPERTY, claim, claims, extended, report
from verification.scoring import (
    DEFAULT_PARAMETERS,
    Alignment,
    ClaimInput,
    Directness,
    Stance,
    assess,
)
from verification.scoring.changes import Change, smallest_changes, with_more
from verification.scoring.dependence import counted_of, ordinal, words_of

FEW = settings(PROPERTY, max_examples=60)


def said(filed: ClaimInput) -> dict[str, tuple[str, ...]]:
    counted = counted_of(assess(filed).as_dict()["contributions"])
    return {key: words_of(entry) for key, entry in counted.items()}


@pytest.mark.parametrize(
    ("shared", "words"),
    [
        ({"origin": "o"}, "counts 0 because it repeats [1]"),
        ({"source": "s"}, "counts 0 because the same source already counts with [1]"),
        ({"owner": "w"}, "counts 0.2 of a source because it has the same owner as [1]"),
        ({}, "5 % less for being the second independent origin"),
    ],
)
def test_a_discounted_report_says_what_it_counts_and_why(
    shared: dict[str, object], words: str
) -> None:
    first = report("1", order=1, grade="B", **shared)
    other = report("2", order=2, grade="C", **shared)
    assert said(claim(first, other)) == {"1": (), "2": (words,)}


def test_sources_that_err_together_say_so_and_name_only_numbers() -> None:
    three = [
        report("1", order=1, grade="B", source="s1"),
        report("2", order=2, grade="C", source="s2"),
        report("3", order=3, grade="C", source="s2", directness=Directness.REPORTING),
    ]
    assert said(claim(*three)) == {
        "1": (),
        "2": ("counts 0.2 of a source because it errs together with [1]",),
        "3": ("counts 0 because the same source already counts with [2]",),
    }


def test_what_would_change_a_score_counts_a_bloc_once() -> None:
    """The bloc's own sum is put back together from its discounted members."""
    told = claim(*(report(f"{n}", source=f"s{n}", order=n) for n in (1, 2, 4)))
    explanation = assess(told).as_dict()
    more = with_more(explanation, DEFAULT_PARAMETERS, Stance.SUPPORTS, 1)
    added = report("5", order=5, grade="B", credibility=2, directness=Directness.REPORTING)
    assert more == pytest.approx(assess(extended(told, added)).estimate, abs=1e-9)


def test_a_first_report_gives_way_to_a_stronger_copy_of_it() -> None:
    first = report("1", order=1, origin="o", directness=Directness.AGGREGATION)
    copy = report("2", order=2, origin="o")
    words = said(claim(first, copy))["1"]
    assert words == ("counts 0 because [2], which repeats it, counts in its place",)


def test_the_third_origin_is_called_the_third() -> None:
    three = claim(
        *(report(key, grade=grade) for key, grade in (("1", "A"), ("2", "B"), ("3", "C")))
    )
    assert said(three)["3"] == ("10 % less for being the third independent origin",)


def test_interest_is_told_as_a_part_of_what_the_report_would_count() -> None:
    serving = report("1", grade="C", alignment=Alignment.SELF_SERVING)
    against = report("2", grade="C", alignment=Alignment.AGAINST_INTEREST)
    assert said(claim(serving))["1"] == ("counts 0.32 of what it would without its interest",)
    assert said(claim(against))["2"] == ("counts 1.3 times what it would without its interest",)


def test_a_source_no_better_than_chance_counts_nothing() -> None:
    assert said(claim(report("1", grade="E")))["1"] == ("no better than chance: counts nothing",)


@given(claims())
@FEW
def test_whatever_is_discounted_says_so(filed: ClaimInput) -> None:
    rows = assess(filed).as_dict()["contributions"]
    for key, entry in counted_of(rows).items():
        discount = next(row["discount"] for row in rows if row["key"] == key)
        assert bool(words_of(entry)) >= (discount < 1)
        assert 0 <= entry.part <= 1


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 9, 10, 11, 21, 22, 113)] == [
        *("first", "ninth", "10th", "11th", "21st", "22nd", "113th")
    ]


# --- What would change it


@given(claims(), st.sampled_from([Stance.SUPPORTS, Stance.CONTRADICTS]), st.integers(1, 3))
@FEW
def test_one_more_origin_is_foretold_exactly(filed: ClaimInput, stance: Stance, more: int) -> None:
    foretold = with_more(assess(filed).as_dict(), DEFAULT_PARAMETERS, stance, more)
    added = (
        report(
            f"added {n}",
            source=f"new {n}",
            stance=stance,
            directness=Directness.REPORTING,
            credibility=2,
            grade="B",
            order=9,
        )
        for n in range(more)
    )
    assert foretold == pytest.approx(assess(extended(filed, *added)).estimate, abs=1e-9)


def test_only_changes_that_cross_the_bar_are_named_and_the_least_first() -> None:
    filed = claim(report("1", grade="A"), report("2", grade="B"), report("3", grade="C"))
    score = assess(filed)
    found = smallest_changes(score.as_dict(), DEFAULT_PARAMETERS, 0.95)
    assert score.estimate > 0.95 > max(change.estimate for change in found)
    removed = [change for change in found if change.without]
    assert all(assess(_without(filed, change)).estimate == change.estimate for change in removed)
    moves = [score.estimate - change.estimate for change in removed]
    assert all(one <= other for one, other in pairwise(moves))
    added = next(change for change in found if change.more)
    assert (added.more, added.stance) == (2, "contradicts")


def _without(filed: ClaimInput, change: Change) -> ClaimInput:
    return claim(*(row for row in filed.reports if row.key != change.without))


def test_far_from_the_bar_nothing_small_changes_it() -> None:
    weak = claim(report("1", grade="E"))
    assert smallest_changes(assess(weak).as_dict(), DEFAULT_PARAMETERS, 0.999) == ()
