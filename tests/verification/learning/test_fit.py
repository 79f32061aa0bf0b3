"""A snapshot learnt from settled claims: bounded, free of order, blind to the claim it judges."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verification.learning.settled_cases import PROPERTY, settled, tables
from verification.learning.counts import SettledReport, own_counts, settled_columns, tally
from verification.learning.fit import fit, left_out_log_odds, left_out_ratios
from verification.scoring import DEFAULT_PARAMETERS
from verification.scoring.groups import upwards


def careful_and_careless(claims: int = 40) -> list[SettledReport]:
    """One source that is always right, one that supports everything, one that is always wrong."""
    rows = []
    for number in range(claims):
        true = number % 2 == 0
        said = {"careful": true, "careless": True, "wrong": not true}
        rows += [
            settled(f"c{number}", source, supports=supports, proved_true=true)
            for source, supports in said.items()
        ]
    return rows


@PROPERTY
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_leaves_no_trace(
    rows: list[SettledReport], shuffler: random.Random
) -> None:
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    one, two = (fit(table, DEFAULT_PARAMETERS, "2") for table in (rows, shuffled))
    assert one == two
    assert one.parameters.canonical == two.parameters.canonical


@PROPERTY
@given(tables(min_size=30, max_size=90))
def test_everything_learnt_stays_inside_its_bounds(rows: list[SettledReport]) -> None:
    found = fit(rows, DEFAULT_PARAMETERS, "2")
    learnt = found.parameters
    assert all(0 <= effect <= 3 for effect in (learnt.effect, *learnt.effects.values()))
    assert all(0 < prior < 1 for prior in learnt.priors.values())
    assert all(math.isfinite(figure) for figure in found.figures.values())
    occurring = {above for row in rows for above in upwards(row.group)}
    assert set(learnt.groups) <= set(DEFAULT_PARAMETERS.groups) | occurring


@PROPERTY
@given(tables(min_size=30, max_size=90))
def test_how_a_claim_was_settled_never_moves_its_own_score(rows: list[SettledReport]) -> None:
    """For a given snapshot: its outcome is in no count that its reports are judged by."""
    first = rows[0].claim
    other = [
        replace(row, proved_true=not row.proved_true) if row.claim == first else row for row in rows
    ]
    snapshot = fit(rows, DEFAULT_PARAMETERS, "2").parameters
    scores = []
    for table in (rows, other):
        columns = settled_columns(table)
        scores.append(left_out_log_odds(columns, snapshot)[list(columns.claims).index(first)])
    assert scores[0] == scores[1]


def test_without_leaving_out_a_claim_would_speak_for_itself() -> None:
    rows = careful_and_careless(2)
    table = settled_columns(rows)
    counts = tally(table)[table.reports.source, table.reports.interest]
    assert (own_counts(table, table.reports.interest) > 0).any()
    assert (counts != counts - own_counts(table, table.reports.interest)).any()


def test_under_ten_settled_claims_no_effect_is_learnt() -> None:
    found = fit(careful_and_careless(9), DEFAULT_PARAMETERS, "2")
    learnt, base = found.parameters, DEFAULT_PARAMETERS
    assert (learnt.intercept, learnt.effect, learnt.effects) == (0.0, 0.8, {})
    assert found.figures["effects_learnt"] == 0
    assert learnt.groups["ungraded"] != base.groups["ungraded"]


def test_without_settled_claims_the_snapshot_is_the_desk_s_own() -> None:
    found = fit([], DEFAULT_PARAMETERS, "2")
    assert found.parameters == replace(DEFAULT_PARAMETERS, version="2")


def test_a_source_that_tells_true_from_false_gets_more_weight_than_one_that_does_not() -> None:
    learnt = fit(careful_and_careless(), DEFAULT_PARAMETERS, "2").parameters
    assert learnt.effect_of("careful") > learnt.effect_of("careless")
    assert learnt.effect_of("nobody has settled") == learnt.effect


def test_a_source_that_is_always_wrong_is_ignored_and_never_inverted() -> None:
    table = settled_columns(careful_and_careless())
    learnt = fit(careful_and_careless(), DEFAULT_PARAMETERS, "2").parameters
    ratios = left_out_ratios(table, learnt)
    wrong = table.reports.source == list(table.reports.sources).index("wrong")
    assert np.all(ratios[wrong] == 0)
    assert learnt.effects["wrong"] >= 0


def test_learning_lowers_the_loss_on_claims_left_out() -> None:
    figures = fit(careful_and_careless(), DEFAULT_PARAMETERS, "2").figures
    assert figures["log_loss_after"] < figures["log_loss_before"]


def test_claims_that_were_drawn_rarely_weigh_as_many_as_they_stand_for() -> None:
    def prior(weight: float) -> float:
        rows = [
            settled(f"c{n}", "s", proved_true=n < 10, sampling_weight=weight if n < 10 else 1.0)
            for n in range(30)
        ]
        return fit(rows, DEFAULT_PARAMETERS, "2").parameters.prior_of("other")

    assert prior(1.0) == pytest.approx((4 + 10) / (8 + 30), abs=1e-6)
    assert prior(20.0) > 0.5


def test_the_desk_s_belief_about_a_group_gives_way_to_its_sources() -> None:
    rows = [
        settled(f"c{n}", f"s{n % 8}", group="A", supports=False, proved_true=True)
        for n in range(64)
    ]
    learnt = fit(rows, DEFAULT_PARAMETERS, "2").parameters
    assert learnt.groups["A"].sensitivity < DEFAULT_PARAMETERS.groups["A"].sensitivity - 0.5
    assert learnt.groups["B"] == DEFAULT_PARAMETERS.groups["B"]


def test_a_claim_with_two_outcomes_is_refused() -> None:
    rows = [settled("c", "s"), settled("c", "t", proved_true=False)]
    with pytest.raises(ValueError, match="two outcomes"):
        fit(rows, DEFAULT_PARAMETERS, "2")


def test_a_group_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no group Z"):
        fit([settled(f"c{n}", "s", group="Z") for n in range(12)], DEFAULT_PARAMETERS, "2")
