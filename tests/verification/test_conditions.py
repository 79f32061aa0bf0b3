"""Each condition, met and unmet, with one thing different between the two, and its words."""

from __future__ import annotations

import pytest
from evidence_cases import EVIDENCE_CASES
from fact_builders import DECIDED, LATER, claim, item

from claims.vocabulary import Status
from verification.conditions import (
    Check,
    ClaimFacts,
    Condition,
    ReasonCode,
    checklist,
    confidence_gap,
    override_reason_written,
    unmet,
)
from verification.conditions import statements as said
from verification.workflow import CREATION, TRANSITIONS, transition

WRITTEN_CASES: list[tuple[Condition, ClaimFacts, bool, str]] = [
    (said.document_or_claimant, claim(has_document_or_claimant=True), True, "there is one"),
    (said.document_or_claimant, claim(), False, "add a document, or say who claims it"),
    (said.reason_written, claim(reason="x" * 20), True, "20 characters"),
    (
        said.reason_written,
        claim(reason="x" * 19),
        False,
        "say in a sentence what changed: 20 characters or more, now 19",
    ),
    (said.reason_written, claim(reason=f"  x{' ' * 30}\n{' ' * 30}x "), False, "now 3"),
    (override_reason_written, claim(reason="x" * 80), True, "80 characters"),
    (override_reason_written, claim(reason="x" * 79), False, "80 characters or more, now 79"),
    (said.finding_written, claim(finding="x" * 240), True, "written"),
    (
        said.finding_written,
        claim(finding="x" * 242),
        False,
        "the finding is 2 characters too long",
    ),
    (said.finding_written, claim(finding=" \n"), False, "write the finding in one sentence"),
    (said.would_change_it_written, claim(would_change_it="A later picture."), True, "written"),
    (
        said.would_change_it_written,
        claim(would_change_it=" "),
        False,
        "write what would change this finding",
    ),
    (said.tried_written, claim(tried="Rang three people."), True, "written"),
    (said.tried_written, claim(), False, "write what was tried"),
    (said.review_date_set, claim(review_due_at=LATER), True, "2026-11-12"),
    (said.review_date_set, claim(), False, "set a date to look at it again"),
    (said.end_set, claim(time_to=DECIDED), True, "2026-11-12"),
    (said.end_set, claim(), False, "set the time when it ended"),
]


@pytest.mark.parametrize(("condition", "facts", "met", "words"), EVIDENCE_CASES)
def test_a_condition_on_evidence(
    condition: Condition, facts: ClaimFacts, met: bool, words: str
) -> None:
    check = condition(facts)
    assert check.met is met
    assert words in check.detail
    assert check.label


@pytest.mark.parametrize(("condition", "facts", "met", "words"), WRITTEN_CASES)
def test_a_condition_on_what_is_written(
    condition: Condition, facts: ClaimFacts, met: bool, words: str
) -> None:
    check = condition(facts)
    assert check.met is met
    assert words in check.detail
    assert check.label


def test_every_condition_of_the_table_is_tried_both_ways() -> None:
    rows = [CREATION, *TRANSITIONS.values()]
    used = {condition for row in rows for condition in row.conditions}
    cases = [*EVIDENCE_CASES, *WRITTEN_CASES]
    assert used <= {condition for condition, _, met, _ in cases if met}
    assert used <= {condition for condition, _, met, _ in cases if not met}


@pytest.mark.parametrize("grade", ["G", "b", "", "AB"])
def test_a_grade_that_is_none_is_refused(grade: str) -> None:
    with pytest.raises(ValueError, match="is not a grade"):
        item(grade=grade)


def test_a_checklist_ends_with_the_reason_and_has_one_line_for_each_requirement() -> None:
    change = transition(Status.CONTESTED, Status.CONFIRMED)
    checks = checklist(change, claim())
    codes = [check.code for check in checks]
    assert len(checks) == len(change.conditions) + 2
    assert codes[-2:] == ["reason_code_fits", "reason_written"]
    assert len(set(codes)) == len(codes)
    assert all(check.label and check.detail for check in checks)


def test_unmet_keeps_what_is_unmet_in_order() -> None:
    met, first, second = (
        Check("a", True, "A", ""),
        Check("b", False, "B", "needs b"),
        Check("c", False, "C", "needs c"),
    )
    assert unmet([first, met, second]) == (first, second)


def test_the_kind_of_reason_must_fit_the_change() -> None:
    change = transition(Status.CONTESTED, Status.CORROBORATED)
    wrong = claim(reason_code=ReasonCode.PERIODIC_REVIEW)
    right = claim(reason_code=ReasonCode.CONTRADICTION_RESOLVED)
    words = {check.code: check for check in checklist(change, wrong)}["reason_code_fits"]
    assert not words.met
    assert words.detail == "choose one of: The contradiction is resolved"
    assert {check.code: check.met for check in checklist(change, right)}["reason_code_fits"]


def test_a_new_claim_needs_no_kind_of_reason() -> None:
    codes = [check.code for check in checklist(CREATION, claim(status=None))]
    assert codes == ["document_or_claimant", "reason_written"]


def test_a_reaffirmation_asks_for_its_reason_alone() -> None:
    change = transition(Status.CONFIRMED, Status.CONFIRMED)
    facts = claim(reason="Nothing new in three months.", reason_code=ReasonCode.PERIODIC_REVIEW)
    assert unmet(checklist(change, facts)) == ()


@pytest.mark.parametrize(
    ("target", "estimate", "words"),
    [
        ("confirmed", 0.90, None),
        ("confirmed", 0.78, "The score is 78 in 100; Confirmed usually has 90 or more."),
        ("confirmed", 0.8999, "The score is just under 90 in 100; Confirmed usually has 90"),
        ("confirmed", None, "There is no score yet; Confirmed usually has 90 or more."),
        ("refuted", 0.10, None),
        ("refuted", 0.22, "The score is 22 in 100; Refuted usually has 10 or less."),
        ("refuted", 0.1001, "The score is just over 10 in 100; Refuted usually has 10 or less."),
        ("refuted", 0.95, "The score is 95 in 100"),
        ("contested", 0.5, None),
        ("unverifiable", None, None),
    ],
)
def test_the_gap_between_score_and_conclusion_is_told(
    target: str, estimate: float | None, words: str | None
) -> None:
    told = confidence_gap(Status(target), estimate)
    assert told is None if words is None else words in (told or "")
