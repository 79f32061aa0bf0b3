"""The numbers that scoring.md states, and the guards of a single report."""

from __future__ import annotations

import math
from typing import Any

import pytest
from scoring_cases import claim, report

from verification.scoring import (
    DEFAULT_PARAMETERS,
    METHOD,
    Alignment,
    ClaimInput,
    Contribution,
    Directness,
    Group,
    Interest,
    Parameters,
    Stance,
    TrackRecord,
    assess,
    interest_of,
)

UNIT = Parameters(effect=1.0)


def only(parameters: Parameters = UNIT, **changes: Any) -> Contribution:
    """The contribution of a single report at full weight and effect 1."""
    (entry,) = assess(claim(report(**changes)), parameters).contributions
    return entry


@pytest.mark.parametrize(
    ("stance", "alignment", "llr"),
    [
        (Stance.SUPPORTS, Alignment.NEUTRAL, 1.04),
        (Stance.SUPPORTS, Alignment.SELF_SERVING, 0.35),
        (Stance.SUPPORTS, Alignment.AGAINST_INTEREST, 1.45),
        (Stance.CONTRADICTS, Alignment.NEUTRAL, -1.54),
        (Stance.CONTRADICTS, Alignment.SELF_SERVING, -0.85),
        (Stance.CONTRADICTS, Alignment.AGAINST_INTEREST, -1.54),
    ],
)
def test_interest_moves_a_report_as_stated(
    stance: Stance, alignment: Alignment, llr: float
) -> None:
    entry = only(stance=stance, alignment=alignment)
    assert round(entry.llr, 2) == llr
    neutral = only(stance=stance).llr
    assert entry.interest_effect == pytest.approx(entry.llr - neutral)


@pytest.mark.parametrize(
    ("grade", "for_it", "against_it"),
    [
        ("A", math.log(0.95 / 0.05), math.log(0.05 / 0.95)),
        ("B", math.log(0.90 / 0.12), math.log(0.10 / 0.88)),
        ("C", math.log(0.85 / 0.25), math.log(0.15 / 0.75)),
        ("D", math.log(0.75 / 0.45), math.log(0.25 / 0.55)),
        ("E", 0.0, 0.0),
        ("F", math.log(0.80 / 0.40), math.log(0.20 / 0.60)),
        (None, math.log(0.85 / 0.30), math.log(0.15 / 0.70)),
    ],
)
def test_a_grade_counts_as_stated(grade: str | None, for_it: float, against_it: float) -> None:
    assert only(grade=grade).llr == pytest.approx(for_it)
    assert only(grade=grade, stance=Stance.CONTRADICTS).llr == pytest.approx(against_it)


def test_grades_of_a_source_that_admits_a_loss_keep_their_order() -> None:
    moved = [only(grade=g, alignment=Alignment.AGAINST_INTEREST).value for g in "ABCDE"]
    assert moved == sorted(moved, reverse=True)
    assert moved[-1] == 0


@pytest.mark.parametrize(
    ("credibility", "weight"),
    [(1, 1.0), (2, 0.9), (3, 0.7), (4, 0.4), (5, 0.15), (6, 0.6), (None, 0.6)],
)
def test_credibility_weighs_as_stated(credibility: int | None, weight: float) -> None:
    assert only(credibility=credibility).weight == weight


@pytest.mark.parametrize(
    ("directness", "weight"),
    [
        (Directness.FIRST_HAND_VISUAL, 1.0),
        (Directness.FIRST_HAND_WITNESS, 1.0),
        (Directness.OFFICIAL_STATEMENT, 0.9),
        (Directness.REPORTING, 0.85),
        (Directness.AGGREGATION, 0.5),
    ],
)
def test_directness_weighs_as_stated(directness: Directness, weight: float) -> None:
    assert only(directness=directness).weight == weight


def test_weights_multiply() -> None:
    entry = only(credibility=3, directness=Directness.REPORTING)
    assert entry.weight == pytest.approx(0.7 * 0.85)
    assert entry.value == pytest.approx(0.7 * 0.85 * math.log(0.85 / 0.30))


def test_without_settled_claims_the_effect_is_four_fifths() -> None:
    entry = only(DEFAULT_PARAMETERS)
    assert entry.effect == 0.8
    assert entry.value == pytest.approx(0.8 * math.log(0.85 / 0.30))


def test_a_record_outweighs_the_grade_as_it_grows() -> None:
    """The coins are u = (κμ + n1⁺)/(κ + n1), v = (κμ + n0⁺)/(κ + n0); grade C has κ = 10."""
    entry = only(grade="C", record=TrackRecord(n1=20, n1_plus=19, n0=10, n0_plus=1))
    assert entry.u == pytest.approx((8.5 + 19) / 30)
    assert entry.v == pytest.approx((2.5 + 1) / 20)
    assert entry.settled == 30


def test_a_source_with_an_interest_has_coins_of_its_own() -> None:
    """The neutral record moves the prior, the record of the class moves the coin; κ_z = 8."""
    entry = only(
        grade="C",
        alignment=Alignment.SELF_SERVING,
        neutral_record=TrackRecord(n1=10, n1_plus=10, n0=10, n0_plus=0),
        record=TrackRecord(n1=4, n1_plus=4, n0=4, n0_plus=4),
    )
    u, v = 18.5 / 20, 2.5 / 20
    assert entry.u == pytest.approx((8 * (u + (1 - u) / 2) + 4) / 12)
    assert entry.v == pytest.approx((8 * (v + (1 - v) / 2) + 4) / 12)
    assert entry.settled == 28


def test_a_neutral_report_reads_one_record_only() -> None:
    with_both = only(record=TrackRecord(5, 5, 5, 0), neutral_record=TrackRecord(9, 0, 9, 9))
    assert with_both.llr == only(record=TrackRecord(5, 5, 5, 0)).llr


def test_a_checked_visual_speaks_for_itself() -> None:
    """Neither its publisher's grade nor its publisher's interest matters any more."""
    checked = only(
        grade="E",
        alignment=Alignment.SELF_SERVING,
        checked_visual=True,
        directness=Directness.FIRST_HAND_VISUAL,
    )
    assert (checked.u, checked.v) == (pytest.approx(0.90), pytest.approx(0.05))
    assert checked.value == pytest.approx(math.log(0.90 / 0.05))
    assert [note.code for note in checked.notes] == ["checked_visual"]
    assert only(grade="E", alignment=Alignment.SELF_SERVING).value == 0


def test_the_effect_of_checked_visuals_is_not_that_of_their_publisher() -> None:
    parameters = Parameters(effects={"publisher": 0.0, "checked_visual": 2.0})
    assert only(parameters, source="publisher", checked_visual=True).effect == 2.0
    assert only(parameters, source="publisher").value == 0.0


def test_the_interest_class_is_about_the_claim_and_the_alignment_about_the_words() -> None:
    assert interest_of(Stance.SUPPORTS, Alignment.SELF_SERVING) is Interest.FAVOURS
    assert interest_of(Stance.CONTRADICTS, Alignment.SELF_SERVING) is Interest.HARMS
    assert interest_of(Stance.SUPPORTS, Alignment.AGAINST_INTEREST) is Interest.HARMS
    assert interest_of(Stance.CONTRADICTS, Alignment.AGAINST_INTEREST) is Interest.FAVOURS
    assert interest_of(Stance.CONTEXT, Alignment.SELF_SERVING) is Interest.NONE


WORSE_THAN_CHANCE = TrackRecord(n1=20, n1_plus=2, n0=20, n0_plus=18)


def test_a_source_that_is_mostly_wrong_is_ignored_and_not_inverted() -> None:
    entry = only(record=WORSE_THAN_CHANCE)
    assert entry.u < entry.v
    assert (entry.value, entry.variance) == (0.0, 0.0)
    assert "no_better_than_chance" in [note.code for note in entry.notes]


def test_without_that_guard_its_support_would_speak_against_the_claim() -> None:
    entry = only(record=WORSE_THAN_CHANCE)
    assert math.log(entry.u / entry.v) < 0


def test_an_interest_makes_no_knowledge_of_none() -> None:
    """A grade E source that admits a loss still moves nothing."""
    assert only(grade="E", alignment=Alignment.AGAINST_INTEREST).value == 0.0


def test_without_that_guard_a_worthless_source_would_count_when_it_admits() -> None:
    u, v, delta = 0.60, 0.60, DEFAULT_PARAMETERS.interest_shift
    assert math.log(u * (1 - delta / 2) / (v * (1 - delta))) > 0.4


def test_a_record_of_true_admissions_counts_whatever_the_grade() -> None:
    entry = only(
        grade="E",
        alignment=Alignment.AGAINST_INTEREST,
        record=TrackRecord(n1=20, n1_plus=20, n0=10, n0_plus=0),
    )
    assert entry.value > 1


PERFECT = Parameters(groups={**DEFAULT_PARAMETERS.groups, "A": Group(0.999, 0.001, 5000)}, effect=3)


def test_no_single_report_moves_more_than_the_cap() -> None:
    entry = only(PERFECT, grade="A")
    assert entry.value == PERFECT.cap == 4.6
    assert entry.variance > 0
    assert "capped" in [note.code for note in entry.notes]
    assert entry.effect * entry.llr > 20


def test_rates_are_kept_away_from_certainty() -> None:
    sure = Parameters(groups={**DEFAULT_PARAMETERS.groups, "A": Group(1 - 1e-9, 1e-9, 20)})
    assert only(sure, grade="A").llr == pytest.approx(math.log((1 - 1e-4) / 1e-4))


def test_any_number_of_agreeing_reports_stays_short_of_certainty() -> None:
    crowd = claim(*(report(f"e{n}", grade="A") for n in range(100)))
    score = assess(crowd, Parameters(effect=3))
    assert score.log_odds > 40
    assert 0 < score.low <= score.estimate <= score.high < 1


def test_without_that_guard_the_probability_would_be_exactly_one() -> None:
    assert 1 / (1 + math.exp(-40)) == 1.0


def test_no_reports_give_the_starting_point() -> None:
    score = assess(ClaimInput())
    assert (score.estimate, score.low, score.high, score.variance) == (0.5, 0.5, 0.5, 0.0)
    assert score.contributions == score.dropped == ()


def test_the_starting_point_depends_on_the_kind_of_claim() -> None:
    parameters = Parameters(priors={"quote": 0.8}, intercept=0.25)
    score = assess(ClaimInput(kind="quote"), parameters)
    assert score.start.prior == 0.8
    assert score.start.log_odds == pytest.approx(math.log(4) + 0.25) == score.log_odds
    assert assess(ClaimInput(kind="control"), parameters).start.log_odds == pytest.approx(0.25)


def test_a_claim_worked_by_hand() -> None:
    """Two supporting sources and one denial, each step as a reader would do it."""
    reports = [
        report("1", grade="B", credibility=2, directness=Directness.REPORTING),
        report("2", grade="F", credibility=None, directness=Directness.REPORTING),
        report("3", grade="C", credibility=3, stance=Stance.CONTRADICTS),
    ]
    first = 0.8 * 0.9 * 0.85 * math.log(0.90 / 0.12)
    second = 0.8 * 0.6 * 0.85 * math.log(0.80 / 0.40) * 0.95
    third = 0.8 * 0.7 * 1.0 * math.log(0.15 / 0.75)
    score = assess(claim(*reports))
    assert {e.key: e.value for e in score.contributions} == pytest.approx(
        {"1": first, "2": second, "3": third}
    )
    assert score.log_odds == pytest.approx(first + second + third)
    assert score.estimate == pytest.approx(1 / (1 + math.exp(-(first + second + third))))
    assert score.method == METHOD == "cred-d/2"
