"""What holds for all facts: copies and withdrawn items buy nothing, the mirror is a mirror."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.vocabulary import Alignment, Directness, Resolution, Stance, Status
from verification.conditions import (
    Check,
    ClaimFacts,
    Condition,
    EvidenceFact,
    ReasonCode,
    evidence_set_digest,
)
from verification.conditions import conclusion as bar
from verification.conditions import corroboration as cor
from verification.workflow import TRANSITIONS

START = datetime(2026, 11, 1, tzinfo=UTC)
MIRRORED = {Stance.SUPPORTS: Stance.CONTRADICTS, Stance.CONTRADICTS: Stance.SUPPORTS}
EVERYTHING = {condition for row in TRANSITIONS.values() for condition in row.conditions}
SUPPORT_NEVER_SPOILS = EVERYTHING - {bar.supports_resolved}
MIRROR = (
    (bar.conclusive_support, bar.conclusive_contradiction),
    (bar.independent_support, bar.independent_contradiction),
    (bar.disinterested_support, bar.disinterested_contradiction),
    (cor.contradictions_resolved, bar.supports_resolved),
    (cor.supporting_origin_of_standing, cor.contradicting_origin_of_standing),
    (cor.all_archived, cor.all_archived),
    (cor.all_intact, cor.all_intact),
)

moments = st.integers(0, 20).map(lambda day: START + timedelta(days=day))
items = st.builds(
    EvidenceFact,
    key=st.uuids().map(str),
    label=st.integers(1, 99).map(lambda number: f"[{number}]"),
    stance=st.sampled_from(Stance),
    directness=st.sampled_from(Directness),
    alignment=st.sampled_from(Alignment),
    grade=st.sampled_from([*"ABCDEF", None]),
    origin=st.sampled_from("pqrs"),
    archived=st.booleans(),
    intact=st.booleans(),
    visual_checked=st.booleans(),
    added_at=moments,
    withdrawn=st.booleans(),
    resolution=st.none() | st.sampled_from(Resolution),
    source_side=st.none() | st.sampled_from(["north", "south"]),
    copied=st.booleans(),
)
claims = st.builds(
    ClaimFacts,
    status=st.sampled_from(Status),
    evidence=st.lists(items, max_size=5, unique_by=lambda item: item.key).map(tuple),
    finding=st.sampled_from(["", "It is so."]),
    reason=st.sampled_from(["", "Two people on the spot say so."]),
    reason_code=st.none() | st.sampled_from(ReasonCode),
    decided_at=st.none() | moments,
)
law = settings(deadline=None, max_examples=30)


def results(facts: ClaimFacts) -> dict[Condition, Check]:
    return {condition: condition(facts) for condition in EVERYTHING}


def with_item(facts: ClaimFacts, added: EvidenceFact) -> ClaimFacts:
    return replace(facts, evidence=(*facts.evidence, added))


@law
@given(claims, items)
def test_a_withdrawn_item_changes_nothing(facts: ClaimFacts, extra: EvidenceFact) -> None:
    more = with_item(facts, replace(extra, withdrawn=True))
    assert results(more) == results(facts)
    assert evidence_set_digest(more) == evidence_set_digest(facts)


@law
@given(claims, items)
def test_context_changes_nothing(facts: ClaimFacts, extra: EvidenceFact) -> None:
    more = with_item(facts, replace(extra, stance=Stance.CONTEXT))
    assert results(more) == results(facts)
    assert evidence_set_digest(more) == evidence_set_digest(facts)


@law
@given(claims, items)
def test_conclusive_support_never_spoils_what_was_met(
    facts: ClaimFacts, extra: EvidenceFact
) -> None:
    conclusive = replace(
        extra,
        stance=Stance.SUPPORTS,
        directness=Directness.FIRST_HAND_VISUAL,
        visual_checked=True,
        archived=True,
        intact=True,
        withdrawn=False,
        resolution=None,
    )
    more = with_item(facts, conclusive)
    met_before = {condition for condition in SUPPORT_NEVER_SPOILS if condition(facts).met}
    assert met_before <= {condition for condition in SUPPORT_NEVER_SPOILS if condition(more).met}
    assert bar.conclusive_support(more).met


@law
@given(claims)
def test_refuting_mirrors_confirming(facts: ClaimFacts) -> None:
    swapped = (
        replace(item, stance=MIRRORED.get(item.stance, item.stance)) for item in facts.evidence
    )
    mirrored = replace(facts, evidence=tuple(swapped))
    for for_it, against_it in MIRROR:
        assert for_it(facts).met == against_it(mirrored).met


@law
@given(claims)
def test_copies_of_one_report_never_make_two_origins(facts: ClaimFacts) -> None:
    copies = tuple(replace(item, origin="p") for item in facts.evidence)
    one = replace(facts, evidence=copies)
    assert not cor.credible_origins(one).met
    assert not bar.independent_support(one).met
    assert not bar.independent_contradiction(one).met


@law
@given(claims, st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_decides_nothing(facts: ClaimFacts, chance: Any) -> None:
    evidence = list(facts.evidence)
    chance.shuffle(evidence)
    shuffled = replace(facts, evidence=tuple(evidence))
    assert evidence_set_digest(shuffled) == evidence_set_digest(facts)
    for condition in EVERYTHING:
        assert condition(shuffled).met == condition(facts).met


PLAIN = EvidenceFact(
    key="a",
    label="[1]",
    stance=Stance.SUPPORTS,
    directness=Directness.REPORTING,
    alignment=Alignment.NEUTRAL,
    grade="B",
    origin="p",
    archived=True,
    intact=True,
    visual_checked=False,
    added_at=START,
)


def digest(*evidence: EvidenceFact) -> str:
    return evidence_set_digest(ClaimFacts(status=Status.CONTESTED, evidence=evidence))


@pytest.mark.parametrize(
    "change",
    [
        {"key": "b"},
        {"stance": Stance.CONTRADICTS},
        {"directness": Directness.AGGREGATION},
        {"alignment": Alignment.SELF_SERVING},
        {"grade": "C"},
        {"origin": "q"},
        {"copied": True},
        {"archived": False},
        {"intact": False},
        {"visual_checked": True},
        {"resolution": Resolution.MISTAKEN},
        {"source_side": "north"},
        {"withdrawn": True},
        {"stance": Stance.CONTEXT},
    ],
)
def test_the_digest_changes_with_whatever_a_decision_rests_on(change: dict[str, Any]) -> None:
    assert digest(replace(PLAIN, **change)) != digest(PLAIN)


@pytest.mark.parametrize("change", [{"label": "[2]"}, {"added_at": START + timedelta(days=1)}])
def test_the_digest_ignores_how_an_item_is_shown(change: dict[str, Any]) -> None:
    assert digest(replace(PLAIN, **change)) == digest(PLAIN)


def test_no_grade_and_the_grade_f_are_the_same_to_the_digest() -> None:
    assert digest(replace(PLAIN, grade=None)) == digest(replace(PLAIN, grade="F"))


def test_the_digest_is_the_sha_256_of_sorted_canonical_json() -> None:
    line = (
        '{"alignment":"neutral","archived":true,"copied":false,"directness":"reporting",'
        '"grade":"B","intact":true,"key":"%s","origin":"p","resolution":null,'
        '"source_side":null,"stance":"supports","visual_checked":false}'
    )
    written = f"[{line % 'a'},{line % 'ب'}]"
    assert digest(replace(PLAIN, key="ب"), PLAIN) == sha256(written.encode()).hexdigest()
    assert digest() == sha256(b"[]").hexdigest()


def counting_origins(facts: ClaimFacts) -> bool:
    return cor.credible_origins(facts).met


def counting_rows(facts: ClaimFacts) -> bool:
    return len([item for item in facts.evidence if item.open and item.credible]) >= 2


@pytest.mark.parametrize(
    ("guard", "passes"),
    [(counting_origins, False), (counting_rows, True)],
)
def test_without_origins_ten_copies_would_corroborate(
    guard: Callable[[ClaimFacts], bool], passes: bool
) -> None:
    copies = tuple(replace(PLAIN, key=str(number), copied=number > 0) for number in range(10))
    assert guard(ClaimFacts(status=Status.UNVERIFIED, evidence=copies)) is passes
