"""The properties of scoring.md 4.11 over random claims; the numbers are those of the list there."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_cases import PROPERTY, claim, claims, extended, report, reports

from verification.scoring import (
    DEFAULT_PARAMETERS,
    Alignment,
    ClaimInput,
    Group,
    Parameters,
    Report,
    Score,
    Stance,
    TrackRecord,
    assess,
    independent_origins,
)

ROUNDING = 1e-12
NEWEST = 99


def sign_of(entry: Report) -> int:
    return {Stance.SUPPORTS: 1, Stance.CONTRADICTS: -1, Stance.CONTEXT: 0}[entry.stance]


def shift(before: ClaimInput, after: ClaimInput, parameters: Parameters) -> float:
    return assess(after, parameters).log_odds - assess(before, parameters).log_odds


@PROPERTY
@given(claims(), reports())
def test_1_one_more_report_never_moves_the_score_against_its_stance(
    base: ClaimInput, added: Report
) -> None:
    newest = replace(added, order=NEWEST)
    moved = shift(base, extended(base, newest), DEFAULT_PARAMETERS)
    assert sign_of(newest) * moved >= -ROUNDING
    if newest.excluded or newest.stance is Stance.CONTEXT:
        assert moved == 0


@PROPERTY
@given(claims(), reports())
def test_1_holds_for_an_old_report_found_late(base: ClaimInput, added: Report) -> None:
    late = replace(added, order=-1, origin=None)
    moved = shift(base, extended(base, late), DEFAULT_PARAMETERS)
    assert sign_of(late) * moved >= -ROUNDING


@PROPERTY
@given(claims(min_size=1), reports(), st.integers(0, 29), st.integers(1, 30))
def test_2_a_more_telling_source_never_moves_the_score_against_its_stance(
    base: ClaimInput, added: Report, tenths: int, more: int
) -> None:
    judged = replace(added, source="judged", stance=Stance.CONTRADICTS, order=NEWEST)
    older = [replace(r, source="judged") for r in base.reports if r.source == "s0"]
    others = [r for r in base.reports if r.source != "s0"]
    whole = claim(*others, *(replace(r, stance=judged.stance) for r in older), judged)
    low, high = (Parameters(effects={"judged": n / 10}) for n in (tenths, tenths + more))
    assert assess(whole, high).log_odds <= assess(whole, low).log_odds + ROUNDING


@PROPERTY
@given(claims(), reports(), st.sampled_from(["AB", "BC", "CD", "DE"]))
def test_2_a_better_grade_never_moves_the_score_against_its_stance(
    base: ClaimInput, added: Report, grades: str
) -> None:
    better, worse = (
        extended(base, replace(added, grade=g, record=TrackRecord(), neutral_record=TrackRecord()))
        for g in grades
    )
    assert sign_of(added) * shift(worse, better, DEFAULT_PARAMETERS) >= -ROUNDING


@PROPERTY
@given(claims(), reports(), st.sampled_from([(1, 2), (2, 3), (3, 6), (6, 4), (4, 5)]))
def test_2_better_credibility_never_moves_the_score_against_its_stance(
    base: ClaimInput, added: Report, credibilities: tuple[int, int]
) -> None:
    better, worse = (extended(base, replace(added, credibility=c)) for c in credibilities)
    assert sign_of(added) * shift(worse, better, DEFAULT_PARAMETERS) >= -ROUNDING


@PROPERTY
@given(claims(), reports(), st.lists(st.sampled_from([None, "w0", "s0", "new"]), max_size=30))
def test_3_copies_change_nothing_to_the_last_bit(
    base: ClaimInput, first: Report, owners: list[str | None]
) -> None:
    original = replace(first, source="author", origin="story", order=5)
    copies = [
        replace(original, key=f"copy{n}", source=f"copier{n}", owner=owner, order=6 + n)
        for n, owner in enumerate(owners)
    ]
    one, many = assess(extended(base, original)), assess(extended(base, original, *copies))
    assert (many.log_odds, many.variance) == (one.log_odds, one.variance)
    assert (many.low, many.high) == (one.low, one.high)
    assert many.origins_supporting == one.origins_supporting
    assert many.origins_contradicting == one.origins_contradicting
    assert all(e.value == 0 for e in many.contributions if e.key.startswith("copy"))


@PROPERTY
@given(claims(min_size=1))
def test_3_one_owner_never_exceeds_its_bound(base: ClaimInput) -> None:
    owned = [
        replace(r, source=f"outlet{n}", owner="w0", stance=Stance.SUPPORTS, origin=None)
        for n, r in enumerate(base.reports)
    ]
    score = assess(claim(*owned))
    strongest = max((e.value for e in score.contributions), default=0.0)
    assert score.log_odds <= strongest / DEFAULT_PARAMETERS.owner_correlation + ROUNDING
    assert score.origins_supporting <= 1


@PROPERTY
@given(claims(), st.randoms(use_true_random=False))
def test_4_the_order_of_the_input_leaves_no_trace(base: ClaimInput, chance: random.Random) -> None:
    shuffled = list(base.reports)
    chance.shuffle(shuffled)
    assert assess(claim(*shuffled)).to_json() == assess(base).to_json()


@PROPERTY
@given(claims(min_size=1), st.booleans())
def test_6_a_settled_claim_does_not_support_its_own_score(
    base: ClaimInput, proved_true: bool
) -> None:
    def counted_and_left_out(entry: Report) -> Report:
        supports = entry.stance is Stance.SUPPORTS
        counted = entry.record.including(supports=supports, proved_true=proved_true)
        left_out = counted.without(supports=supports, proved_true=proved_true)
        return replace(entry, record=left_out)

    settled = claim(*(counted_and_left_out(entry) for entry in base.reports))
    assert assess(settled) == assess(base)


SYMMETRIC = Parameters(
    groups={
        name: Group(group.sensitivity, 1 - group.sensitivity, group.strength)
        for name, group in DEFAULT_PARAMETERS.groups.items()
    }
)


@PROPERTY
@given(claims())
def test_7_the_negated_claim_gets_the_complement(base: ClaimInput) -> None:
    opposite = {
        Stance.SUPPORTS: Stance.CONTRADICTS,
        Stance.CONTRADICTS: Stance.SUPPORTS,
        Stance.CONTEXT: Stance.CONTEXT,
    }
    plain = {
        "alignment": Alignment.NEUTRAL,
        "record": TrackRecord(),
        "neutral_record": TrackRecord(),
    }
    asserted = claim(*(replace(r, **plain) for r in base.reports))
    negated = claim(*(replace(r, stance=opposite[r.stance]) for r in asserted.reports))
    one, other = assess(asserted, SYMMETRIC), assess(negated, SYMMETRIC)
    assert other.estimate == pytest.approx(1 - one.estimate, abs=ROUNDING)
    assert other.low == pytest.approx(1 - one.high, abs=ROUNDING)


@PROPERTY
@given(claims(), st.floats(0.01, 0.99), st.floats(-2, 2), st.floats(0, 3))
def test_8_the_steps_add_up_and_no_step_exceeds_the_cap(
    base: ClaimInput, prior: float, intercept: float, effect: float
) -> None:
    parameters = Parameters(prior=prior, intercept=intercept, effect=effect)
    score = assess(base, parameters)
    values = [entry.value for entry in score.contributions]
    assert math.fsum([score.start.log_odds, *values]) == pytest.approx(score.log_odds, abs=1e-9)
    assert all(abs(value) <= parameters.cap for value in values)
    steps = [score.start.log_odds, *(entry.after for entry in score.contributions)]
    assert [entry.before for entry in score.contributions] == steps[:-1]
    assert steps[-1] == pytest.approx(score.log_odds, abs=ROUNDING)


@PROPERTY
@given(claims())
def test_9_no_report_is_read_backwards(base: ClaimInput) -> None:
    signs = {r.key: sign_of(r) for r in base.reports}
    for entry in assess(base).contributions:
        assert signs[entry.key] * entry.value >= 0
        if entry.u <= entry.v:
            assert entry.value == 0


def numbers_of(score: Score) -> list[float]:
    steps = [(e.value, e.variance, e.discount, e.before, e.after) for e in score.contributions]
    whole = [score.estimate, score.low, score.high, score.log_odds, score.variance]
    return [*whole, *(number for step in steps for number in step)]


@PROPERTY
@given(claims(max_size=12))
def test_a_score_is_a_probability_inside_its_range(base: ClaimInput) -> None:
    score = assess(base)
    assert 0 < score.low <= score.estimate <= score.high < 1
    assert all(math.isfinite(number) for number in numbers_of(score))
    assert all(0 < estimate < 1 for estimate in score.leave_one_out.values())
    listed = [e.key for e in score.contributions] + [e.key for e in score.dropped]
    assert sorted(listed) == sorted(r.key for r in base.reports)


@PROPERTY
@given(claims(min_size=1))
def test_leaving_a_report_out_equals_withdrawing_it(base: ClaimInput) -> None:
    score = assess(base)
    for key, estimate in score.leave_one_out.items():
        rows = [replace(r, excluded="withdrawn") if r.key == key else r for r in base.reports]
        assert estimate == pytest.approx(assess(claim(*rows)).estimate, abs=ROUNDING)


@PROPERTY
@given(claims(min_size=1))
def test_leaving_a_side_out_equals_withdrawing_its_reports(base: ClaimInput) -> None:
    score = assess(base)
    for side, estimate in score.leave_one_side_out.items():
        rows = [replace(r, excluded="withdrawn") if r.side == side else r for r in base.reports]
        assert estimate == pytest.approx(assess(claim(*rows)).estimate, abs=ROUNDING)


@PROPERTY
@given(claims(), reports())
def test_origins_never_become_fewer_with_one_more_report(base: ClaimInput, added: Report) -> None:
    newest = replace(added, order=NEWEST, source="newcomer")
    grown = extended(base, newest)
    assert independent_origins(grown.reports) >= independent_origins(base.reports)
    before, after = assess(base), assess(grown)
    assert after.origins_supporting >= before.origins_supporting
    assert after.origins_contradicting >= before.origins_contradicting


@PROPERTY
@given(claims(), st.integers(1, 50))
def test_a_longer_record_of_the_same_rates_narrows_the_range(base: ClaimInput, times: int) -> None:
    def with_record(count: int) -> ClaimInput:
        rates = TrackRecord(n1=10 * count, n1_plus=8 * count, n0=10 * count, n0_plus=4 * count)
        return claim(*(replace(r, record=rates, grade="F", **untouched) for r in base.reports))

    untouched = {"alignment": Alignment.NEUTRAL, "checked_visual": False}
    short, long = assess(with_record(times)), assess(with_record(times + 1))
    assert long.estimate == pytest.approx(short.estimate, abs=ROUNDING)
    assert long.variance <= short.variance
    assert long.high - long.low <= short.high - short.low + ROUNDING


def test_the_cases_reach_every_rule() -> None:
    """The strategies are of use only if they meet copies, owners, interests and the rest."""
    met: set[str] = set()

    @settings(PROPERTY, max_examples=600)
    @given(claims(min_size=6, max_size=12))
    def collect(base: ClaimInput) -> None:
        score = assess(base)
        met.update(note.code for entry in score.contributions for note in entry.notes)
        met.update(entry.reason for entry in score.dropped)

    collect()
    assert met >= {
        "copy_of",
        "same_origin",
        "same_source",
        "same_owner",
        "errs_together",
        "crowd",
        "self_serving",
        "against_interest",
        "checked_visual",
        "no_better_than_chance",
        "superseded_report",
        "context",
        "withdrawn",
        "mistaken",
    }


def test_report_of_the_module_is_neutral_and_counts() -> None:
    assert assess(claim(report())).origins_supporting == 1
