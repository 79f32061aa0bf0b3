"""What is refused, what is stored and served, and that a digest names its inputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scoring_cases import claim, report

from verification.scoring import (
    Alignment,
    ClaimInput,
    Directness,
    Exclusion,
    Group,
    Parameters,
    Stance,
    TrackRecord,
    assess,
    inputs_digest,
    scorer,
)

PROJECT = Path(__file__).parents[2]

SUBURB = claim(
    report(
        "1",
        source="channel",
        stance="supports",
        alignment="self_serving",
        side="government",
        directness="reporting",
        credibility=3,
        origin="first",
        order=1,
    ),
    report(
        "2",
        source="agency",
        alignment="self_serving",
        side="government",
        grade="D",
        directness="aggregation",
        credibility=None,
        origin="first",
        order=2,
    ),
    report(
        "3",
        source="front",
        stance="contradicts",
        alignment="self_serving",
        side="opposition",
        directness="official_statement",
        credibility=4,
        order=3,
    ),
    report(
        "4",
        source="outlet",
        alignment="against_interest",
        side="opposition",
        grade="C",
        directness="reporting",
        credibility=2,
        order=4,
    ),
    report(
        "5",
        source="photographer",
        grade="F",
        directness="first_hand_visual",
        checked_visual=True,
        order=5,
    ),
    report("6", source="monitor", stance="context", order=6),
    report("7", source="blog", excluded="not_archived", order=7),
)


@pytest.mark.parametrize("reason", [r for r in Exclusion if r is not Exclusion.CONTEXT])
def test_an_excluded_report_is_listed_and_moves_nothing(reason: Exclusion) -> None:
    score = assess(claim(report("1"), report("2", excluded=reason)))
    assert [e.key for e in score.contributions] == ["1"]
    assert [d.as_dict() for d in score.dropped] == [
        {"key": "2", "reason": reason.value, "by": None}
    ]
    assert score.estimate == assess(claim(report("1"))).estimate


def test_context_takes_no_side() -> None:
    score = assess(claim(report(stance=Stance.CONTEXT)))
    assert score.estimate == 0.5
    assert [d.reason for d in score.dropped] == ["context"]


def test_withdrawing_the_photograph_shows_what_the_confidence_falls_to() -> None:
    score = assess(SUBURB)
    without = tuple(replace(r, excluded="withdrawn") if r.key == "5" else r for r in SUBURB.reports)
    assert score.leave_one_out["5"] == pytest.approx(assess(ClaimInput(without)).estimate)
    assert score.leave_one_out["5"] < score.estimate
    assert score.leave_one_out["3"] > score.estimate


def test_leaving_a_copy_out_changes_nothing_and_leaving_the_best_out_lets_it_count() -> None:
    rows = claim(report("1", origin="o", order=1), report("2", origin="o", order=2, credibility=2))
    score = assess(rows)
    assert score.leave_one_out["2"] == score.estimate
    assert score.leave_one_out["1"] == pytest.approx(assess(claim(rows.reports[1])).estimate)


def test_leaving_the_newest_out_lets_the_older_stance_stand_again() -> None:
    older = report("1", source="s", order=1)
    newer = report("2", source="s", order=2, stance=Stance.CONTRADICTS)
    score = assess(claim(older, newer))
    assert score.leave_one_out == {"2": assess(claim(older)).estimate}


def test_a_side_can_be_left_out() -> None:
    score = assess(SUBURB)
    assert set(score.leave_one_side_out) == {"government", "opposition"}
    rest = tuple(r for r in SUBURB.reports if r.side != "opposition")
    assert score.leave_one_side_out["opposition"] == pytest.approx(
        assess(ClaimInput(rest)).estimate
    )


def test_steps_run_from_the_largest_to_the_smallest() -> None:
    sizes = [abs(e.value) for e in assess(SUBURB).contributions]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 5


def test_a_discounted_report_stands_where_its_movement_puts_it() -> None:
    house = [report(f"h{n}", owner="ministry", order=n) for n in range(3)]
    weak = report("weak", credibility=4, order=9)
    keys = [entry.key for entry in assess(claim(*house, weak)).contributions]
    assert keys == ["h0", "weak", "h1", "h2"]


def test_notes_say_what_a_page_must_explain() -> None:
    codes = {e.key: [n.code for n in e.notes] for e in assess(SUBURB).contributions}
    assert codes["5"] == ["checked_visual"]
    assert codes["4"] == ["crowd", "against_interest"]
    assert codes["3"] == ["self_serving", "ungraded"]
    assert "credibility_not_judged" in codes["2"]


def test_the_result_is_plain_json_and_survives_it() -> None:
    score = assess(SUBURB)
    stored = json.loads(score.to_json())
    assert stored == score.as_dict()
    assert stored["contributions"][0]["key"] == "5"
    assert stored["contributions"][0]["notes"] == [{"code": "checked_visual", "key": None}]
    total = stored["start"]["log_odds"] + sum(e["value"] for e in stored["contributions"])
    assert total == pytest.approx(stored["log_odds"], abs=1e-9)


def test_a_copied_denial_moves_a_plain_zero() -> None:
    """Minus one times nothing is a negative zero, which a page would show as a movement."""
    rows = [report(f"e{n}", origin="o", order=n, stance=Stance.CONTRADICTS) for n in (1, 2)]
    score = assess(claim(*rows))
    assert score.contributions[1].discount == 0.0
    assert "-0.0" not in score.to_json()


def test_stored_text_becomes_the_member_it_names() -> None:
    text = report(stance="contradicts", directness="reporting", alignment="self_serving")
    assert (text.stance, text.directness) == (Stance.CONTRADICTS, Directness.REPORTING)
    assert text.alignment is Alignment.SELF_SERVING
    members = report(
        stance=Stance.CONTRADICTS,
        directness=Directness.REPORTING,
        alignment=Alignment.SELF_SERVING,
    )
    assert inputs_digest(claim(text)) == inputs_digest(claim(members))


@pytest.mark.parametrize(
    "changes",
    [
        {"stance": "agrees"},
        {"directness": "hearsay"},
        {"alignment": "friendly"},
        {"grade": "G"},
        {"excluded": "disliked"},
        {"credibility": 0},
        {"credibility": 7},
    ],
)
def test_a_report_with_an_unknown_word_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no|1 to 6"):
        report(**changes)


@pytest.mark.parametrize("counts", [(1, 2, 0, 0), (0, 0, 1, 2), (-1, -1, 0, 0), (1, -1, 0, 0)])
def test_an_impossible_record_is_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="track record"):
        TrackRecord(*counts)


def test_a_report_that_was_never_counted_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="track record"):
        TrackRecord(n1=1, n1_plus=0).without(supports=True, proved_true=True)


@pytest.mark.parametrize("supports", [True, False])
@pytest.mark.parametrize("proved_true", [True, False])
def test_counting_and_leaving_out_cancel(supports: bool, proved_true: bool) -> None:
    record = TrackRecord(3, 2, 4, 1)
    counted = record.including(supports=supports, proved_true=proved_true)
    assert counted.settled == record.settled + 1
    assert counted.without(supports=supports, proved_true=proved_true) == record


def test_two_reports_cannot_share_a_key() -> None:
    with pytest.raises(ValueError, match="more than once: e1"):
        claim(report("e1"), report("e1"))


@pytest.mark.parametrize(
    "changes",
    [
        {"prior": 0.0},
        {"priors": {"quote": 1.0}},
        {"effect": -0.1},
        {"effects": {"s": -1.0}},
        {"owner_correlation": 1.0},
        {"crowding": -0.1},
        {"interest_shift": 1.5},
    ],
)
def test_impossible_parameters_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"prior|effect|correlation"):
        Parameters(**changes)


@pytest.mark.parametrize("rates", [(0.0, 0.5, 8), (0.5, 1.0, 8), (0.5, 0.5, 0)])
def test_an_impossible_group_is_refused(rates: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="group"):
        Group(*rates)


def test_the_digest_ignores_the_order_of_reports() -> None:
    assert inputs_digest(ClaimInput(SUBURB.reports[::-1])) == inputs_digest(SUBURB)


@pytest.mark.parametrize(
    "changes",
    [
        {"grade": "B"},
        {"credibility": 5},
        {"order": 9},
        {"record": TrackRecord(1, 1, 0, 0)},
        {"neutral_record": TrackRecord(1, 1, 0, 0)},
        {"excluded": "withdrawn"},
        {"side": "government"},
        {"owner": "ministry"},
    ],
)
def test_the_digest_changes_with_anything_that_is_scored(changes: dict[str, Any]) -> None:
    assert inputs_digest(claim(report(**changes))) != inputs_digest(claim(report()))


def test_the_digest_changes_with_the_parameters_and_the_kind() -> None:
    assert inputs_digest(SUBURB, Parameters(effect=0.9)) != inputs_digest(SUBURB)
    assert inputs_digest(SUBURB, Parameters()) == inputs_digest(SUBURB)
    assert inputs_digest(replace(SUBURB, kind="quote")) != inputs_digest(SUBURB)


def test_the_digest_changes_with_the_method(monkeypatch: pytest.MonkeyPatch) -> None:
    before = inputs_digest(SUBURB)
    monkeypatch.setattr(scorer, "METHOD", "cred-d/3")
    assert inputs_digest(SUBURB) != before


PROGRAM = """
from test_scoring_result import SUBURB
from verification.scoring import assess
print(assess(SUBURB).to_json())
"""


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_result_is_the_same_in_every_process(seed: str) -> None:
    """Hashes of strings differ between processes; nothing may depend on them."""
    paths = os.pathsep.join([str(PROJECT), str(Path(__file__).parent)])
    result = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == assess(SUBURB).to_json()
