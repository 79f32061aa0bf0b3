"""The transition table, written out a second time by hand, against the one in code."""

from __future__ import annotations

from itertools import product

import pytest

from accounts.roles import Role
from claims.vocabulary import Status
from verification.conditions import (
    MIN_OVERRIDE_REASON,
    conclusion,
    corroboration,
    reopening,
    statements,
)
from verification.workflow import (
    CREATION,
    TRANSITIONS,
    ReasonCode,
    Transition,
    UnknownTransition,
    allowed_pairs,
    correction_due,
    may_approve,
    may_change,
    may_propose,
    override_allowed,
    transition,
    transitions_from,
)

NEW = "new_supporting_evidence new_contradicting_evidence"
CONCLUSIVE = (
    "conclusive_visual_evidence admission_against_interest "
    "official_acknowledgement independent_corroboration"
)
CAUSES = "source_retracted evidence_integrity_failed quote_changed reader_challenge"
CONFIRM = (
    "conclusive_support independent_support disinterested_support all_archived all_intact "
    "contradictions_resolved nothing_exclusive_confirmed finding_written would_change_it_written"
)
REFUTE = (
    "conclusive_contradiction independent_contradiction disinterested_contradiction all_archived "
    "all_intact supports_resolved finding_written would_change_it_written"
)
DISPUTED = "supporting_origin_of_standing contradicting_origin_of_standing"

# from, to: (people needed, reason codes, conditions). What is not here does not exist.
TABLE = {
    ("unverified", "corroborated"): (
        1,
        "independent_corroboration",
        "credible_origins credible_disinterested_origin no_credible_contradiction all_archived",
    ),
    ("contested", "corroborated"): (
        1,
        "contradiction_resolved",
        "credible_origins credible_disinterested_origin contradictions_resolved all_archived",
    ),
    ("unverified", "contested"): (1, NEW, DISPUTED),
    ("corroborated", "contested"): (1, NEW, DISPUTED),
    ("unverified", "confirmed"): (2, CONCLUSIVE, CONFIRM),
    ("corroborated", "confirmed"): (2, CONCLUSIVE, CONFIRM),
    ("contested", "confirmed"): (2, CONCLUSIVE, CONFIRM),
    ("unverified", "refuted"): (2, f"{CONCLUSIVE} misattributed_event", REFUTE),
    ("corroborated", "refuted"): (2, f"{CONCLUSIVE} misattributed_event", REFUTE),
    ("contested", "refuted"): (2, f"{CONCLUSIVE} misattributed_event", REFUTE),
    ("unverified", "unverifiable"): (
        2,
        "exhausted_lines_of_enquiry",
        "tried_written review_date_set",
    ),
    ("contested", "unverifiable"): (
        2,
        "exhausted_lines_of_enquiry",
        "tried_written review_date_set",
    ),
    ("unverifiable", "unverified"): (1, NEW, "newer_item"),
    ("unverifiable", "contested"): (1, NEW, "newer_item"),
    ("confirmed", "contested"): (1, f"{NEW} {CAUSES}", "opposing_item_or_cause"),
    ("refuted", "contested"): (1, f"{NEW} {CAUSES}", "opposing_item_or_cause"),
    ("confirmed", "superseded"): (2, "situation_changed", "end_set successor_named"),
    ("corroborated", "superseded"): (2, "situation_changed", "end_set successor_named"),
    ("superseded", "contested"): (1, NEW, "newer_item"),
    ("unverified", "unverified"): (1, "periodic_review", ""),
    ("contested", "contested"): (1, "periodic_review", ""),
    ("corroborated", "corroborated"): (1, "periodic_review", ""),
    ("confirmed", "confirmed"): (1, "periodic_review", ""),
    ("refuted", "refuted"): (1, "periodic_review", ""),
    ("unverifiable", "unverifiable"): (1, "periodic_review", ""),
    ("superseded", "superseded"): (1, "periodic_review", ""),
}
STATUSES = [
    "unverified",
    "contested",
    "corroborated",
    "confirmed",
    "refuted",
    "unverifiable",
    "superseded",
]
ROLES = ["contributor", "fact_checker", "editor", "admin", "auditor"]
MAY_ASK = {"fact_checker", "editor", "admin"}
MAY_APPROVE = {"editor", "admin"}
PAIRS = list(product(STATUSES, STATUSES))


def names(change: Transition) -> set[str]:
    return {condition.__name__ for condition in change.conditions}


def test_the_lists_of_this_file_are_whole() -> None:
    assert set(STATUSES) == {status.value for status in Status}
    assert set(ROLES) == {role.value for role in Role}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_every_pair_and_role_is_as_in_the_table(source: str, target: str, role: str) -> None:
    if (source, target) not in TABLE:
        with pytest.raises(UnknownTransition):
            transition(Status(source), Status(target))
        return
    people, codes, conditions = TABLE[source, target]
    change = transition(Status(source), Status(target))
    assert (change.source, change.target) == (source, target)
    assert change.reason_codes == set(codes.split())
    assert names(change) == set(conditions.split())
    assert len(change.conditions) == len(conditions.split())
    assert may_change(role, change) == (people == 1 and role in MAY_ASK)
    assert may_propose(role, change) == (people == 2 and role in MAY_ASK)
    assert may_approve(role, 1, 2) == (role in MAY_APPROVE)
    assert may_approve(role, 1, 1) is False


@pytest.mark.parametrize("role", ROLES)
def test_a_claim_starts_unverified_by_one_person(role: str) -> None:
    change = transition(None, Status.UNVERIFIED)
    assert change is CREATION
    assert names(change) == {"document_or_claimant"}
    assert not change.reason_codes
    assert not change.creates_correction
    assert may_change(role, change) == (role in MAY_ASK)
    assert not may_propose(role, change)


@pytest.mark.parametrize("target", [status for status in STATUSES if status != "unverified"])
def test_a_claim_starts_as_nothing_else(target: str) -> None:
    with pytest.raises(UnknownTransition, match=r"A new claim starts as Unverified, not as"):
        transition(None, Status(target))


def test_the_database_is_given_the_same_pairs() -> None:
    assert allowed_pairs() == set(TABLE)
    assert all(type(word) is str for pair in allowed_pairs() for word in pair)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[Status.CONFIRMED, Status.REFUTED] = CREATION
    with pytest.raises(AttributeError):
        CREATION.needs_approval = True


@pytest.mark.parametrize(("source", "target"), [("confirmed", "refuted"), ("refuted", "confirmed")])
def test_the_opposite_conclusion_is_reached_through_contested(source: str, target: str) -> None:
    with pytest.raises(UnknownTransition, match=r"directly\. Reopen it as Contested first\.$"):
        transition(Status(source), Status(target))
    assert TRANSITIONS[Status(source), Status.CONTESTED].needs_approval is False
    assert TRANSITIONS[Status.CONTESTED, Status(target)].creates_correction is True


def test_a_refusal_says_what_is_possible() -> None:
    with pytest.raises(UnknownTransition) as refusal:
        transition(Status.CONFIRMED, Status.UNVERIFIED)
    expected = "Confirmed does not become Unverified. It can become: Contested, Superseded."
    assert str(refusal.value) == expected
    assert (refusal.value.source, refusal.value.target) == ("confirmed", "unverified")
    assert isinstance(refusal.value, ValueError)


@pytest.mark.parametrize("source", STATUSES)
def test_what_can_become_of_a_claim_is_listed_with_reaffirmation_last(source: str) -> None:
    rows = transitions_from(Status(source))
    assert {(row.source, row.target) for row in rows} == {
        pair for pair in TABLE if pair[0] == source
    }
    assert [row.reaffirms for row in rows] == [False] * (len(rows) - 1) + [True]


@pytest.mark.parametrize(("source", "target"), sorted(TABLE))
def test_only_arriving_at_a_conclusion_may_take_something_back(source: str, target: str) -> None:
    arrives = source != target and target in {"confirmed", "refuted"}
    assert transition(Status(source), Status(target)).creates_correction == arrives


@pytest.mark.parametrize(
    ("earlier", "target", "due"),
    [
        ("unverified confirmed contested", "refuted", True),
        ("unverified refuted contested", "confirmed", True),
        ("confirmed contested unverifiable unverified", "refuted", True),
        ("confirmed superseded contested", "refuted", True),
        ("confirmed", "refuted", True),  # by an override
        ("unverified confirmed contested", "confirmed", False),
        ("confirmed contested refuted contested", "refuted", False),
        ("confirmed contested refuted contested", "confirmed", True),
        ("unverified contested", "refuted", False),
        ("", "confirmed", False),
        ("confirmed contested", "unverifiable", False),
        ("refuted", "contested", False),
    ],
)
def test_a_correction_is_due_when_the_last_conclusion_was_the_opposite(
    earlier: str, target: str, due: bool
) -> None:
    assert correction_due(Status(target), [Status(word) for word in earlier.split()]) is due


@pytest.mark.parametrize("role", ROLES)
def test_an_override_is_an_administrators_with_a_long_reason(role: str) -> None:
    enough = "x" * MIN_OVERRIDE_REASON
    assert MIN_OVERRIDE_REASON == 80
    assert override_allowed(role, enough) == (role == "admin")
    assert not override_allowed(role, enough[1:])
    assert not override_allowed(role, f"x{' ' * 100}x")


def test_no_ordinary_change_may_be_called_an_override() -> None:
    rows = [CREATION, *TRANSITIONS.values()]
    assert not any(ReasonCode.EDITOR_OVERRIDE in row.reason_codes for row in rows)


def test_every_other_reason_code_serves_some_change() -> None:
    used = {code for row in TRANSITIONS.values() for code in row.reason_codes}
    assert used == set(ReasonCode) - {ReasonCode.EDITOR_OVERRIDE}


def test_nobody_decides_their_own_proposal_whatever_the_type_of_the_identity() -> None:
    assert may_approve(Role.EDITOR, "amal", "basel")
    assert not may_approve(Role.ADMIN, "amal", "amal")


def test_an_unknown_role_may_do_nothing() -> None:
    change = transition(Status.UNVERIFIED, Status.CONTESTED)
    proposal = transition(Status.UNVERIFIED, Status.CONFIRMED)
    assert not may_change("stranger", change)
    assert not may_propose("stranger", proposal)
    assert not may_approve("stranger", 1, 2)
    assert not override_allowed("stranger", "x" * 100)


def test_every_condition_of_the_table_is_a_named_function_of_the_conditions_package() -> None:
    modules = (conclusion, corroboration, reopening, statements)
    known = {name for module in modules for name in vars(module)}
    assert {name for row in TRANSITIONS.values() for name in names(row)} <= known
