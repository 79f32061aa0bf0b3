"""The Aleppo story as facts, step by step through the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.roles import Role
from claims.vocabulary import Alignment, Directness, Resolution, Stance, Status
from verification.conditions import (
    ClaimFacts,
    EvidenceFact,
    ReasonCode,
    checklist,
    confidence_gap,
    evidence_set_digest,
    unmet,
)
from verification.workflow import may_approve, may_change, may_propose, transition

HOUR = timedelta(hours=1)
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
REASON = "See the items named in the finding."


def filed(
    number: int,
    after: int,
    stance: Stance,
    alignment: Alignment = Alignment.NEUTRAL,
    directness: Directness = Directness.REPORTING,
    *,
    checked: bool = False,
    side: str | None = None,
) -> EvidenceFact:
    """Build the item [NUMBER], filed AFTER hours, of a source that nobody graded."""
    return EvidenceFact(
        key=f"evidence-{number}",
        label=f"[{number}]",
        stance=stance,
        directness=directness,
        alignment=alignment,
        grade=None,
        origin=f"origin-{number}",
        archived=True,
        intact=True,
        visual_checked=checked,
        added_at=START + after * HOUR,
        source_side=side,
    )


# A footnote without an address says nothing yet: it is context until somebody has read it.
FOOTNOTES = tuple(
    replace(filed(number, 0, Stance.CONTEXT), archived=False, intact=False) for number in (8, 9)
)
CHANNEL = filed(
    1, 1, Stance.SUPPORTS, Alignment.SELF_SERVING, Directness.OFFICIAL_STATEMENT, side="government"
)
DENIAL = filed(
    2,
    2,
    Stance.CONTRADICTS,
    Alignment.SELF_SERVING,
    Directness.OFFICIAL_STATEMENT,
    side="opposition",
)
PHOTOS = filed(3, 20, Stance.SUPPORTS, directness=Directness.FIRST_HAND_VISUAL, checked=True)
OUTLET = filed(4, 21, Stance.SUPPORTS, Alignment.AGAINST_INTEREST, side="opposition")
ANSWERED = replace(DENIAL, resolution=Resolution.SUPERSEDED)


def contested(*evidence: EvidenceFact) -> ClaimFacts:
    return ClaimFacts(
        status=Status.CONTESTED,
        evidence=(*FOOTNOTES, *evidence),
        finding="The government held Dhahiyet al-Assad on 12 November 2016.",
        would_change_it="A picture of the suburb, dated later, that shows the opposition there.",
        reason=REASON,
        reason_code=ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
        decided_at=START + 3 * HOUR,
    )


def unmet_codes(source: Status | None, target: Status, facts: ClaimFacts) -> set[str]:
    return {check.code for check in unmet(checklist(transition(source, target), facts))}


def test_the_article_makes_an_unverified_claim() -> None:
    facts = ClaimFacts(
        status=None,
        evidence=FOOTNOTES,
        has_document_or_claimant=True,
        reason="Imported from the article, paragraph 4.",
    )
    assert unmet_codes(None, Status.UNVERIFIED, facts) == set()


def test_two_interested_voices_make_it_contested_and_one_does_not() -> None:
    facts = ClaimFacts(
        status=Status.UNVERIFIED,
        evidence=(*FOOTNOTES, CHANNEL, DENIAL),
        reason=REASON,
        reason_code=ReasonCode.NEW_CONTRADICTING_EVIDENCE,
    )
    change = transition(Status.UNVERIFIED, Status.CONTESTED)
    assert may_change(Role.FACT_CHECKER, change)
    assert unmet_codes(Status.UNVERIFIED, Status.CONTESTED, facts) == set()
    alone = replace(facts, evidence=(*FOOTNOTES, CHANNEL))
    missing = unmet_codes(Status.UNVERIFIED, Status.CONTESTED, alone)
    assert missing == {"contradicting_origin_of_standing"}


def test_the_contradiction_must_be_resolved_before_it_is_confirmed() -> None:
    checks = checklist(
        transition(Status.CONTESTED, Status.CONFIRMED),
        contested(CHANNEL, DENIAL, PHOTOS, OUTLET),
    )
    assert [check.detail for check in unmet(checks)] == ["[2] contradicts and has no resolution"]


def test_with_photographs_and_an_admission_it_is_confirmed_by_two_people() -> None:
    change = transition(Status.CONTESTED, Status.CONFIRMED)
    facts = contested(CHANNEL, ANSWERED, PHOTOS, OUTLET)
    assert unmet(checklist(change, facts)) == ()
    assert not may_change(Role.FACT_CHECKER, change)
    assert may_propose(Role.FACT_CHECKER, change)
    assert may_approve(Role.EDITOR, proposer_id=1, actor_id=2)
    assert not may_approve(Role.EDITOR, proposer_id=2, actor_id=2)


def test_the_photographs_without_the_check_of_place_and_date_conclude_nothing() -> None:
    unchecked = replace(PHOTOS, visual_checked=False)
    assert unmet_codes(
        Status.CONTESTED, Status.CONFIRMED, contested(CHANNEL, ANSWERED, unchecked)
    ) == {"conclusive_evidence"}


def test_evidence_that_moves_while_a_proposal_waits_makes_it_stale() -> None:
    proposed = evidence_set_digest(contested(CHANNEL, ANSWERED, PHOTOS, OUTLET))
    withdrawn = replace(PHOTOS, withdrawn=True)
    late = filed(5, 30, Stance.CONTRADICTS)
    assert evidence_set_digest(contested(CHANNEL, ANSWERED, withdrawn, OUTLET)) != proposed
    assert evidence_set_digest(contested(CHANNEL, ANSWERED, PHOTOS, OUTLET, late)) != proposed
    assert evidence_set_digest(contested(OUTLET, PHOTOS, ANSWERED, CHANNEL)) == proposed


def test_withdrawing_the_photographs_leaves_the_admission_and_withdrawing_both_nothing() -> None:
    no_photos = replace(PHOTOS, withdrawn=True)
    no_outlet = replace(OUTLET, withdrawn=True)
    left = contested(CHANNEL, ANSWERED, no_photos, OUTLET)
    none = contested(CHANNEL, ANSWERED, no_photos, no_outlet)
    assert unmet_codes(Status.CONTESTED, Status.CONFIRMED, left) == set()
    assert unmet_codes(Status.CONTESTED, Status.CONFIRMED, none) == {
        "conclusive_evidence",
        "independent_origins",
        "disinterested_origin",
    }
    assert confidence_gap(Status.CONFIRMED, 0.84) is not None


@pytest.mark.parametrize("cause", [ReasonCode.QUOTE_CHANGED, ReasonCode.NEW_CONTRADICTING_EVIDENCE])
def test_one_person_reopens_it_for_a_cause_or_for_new_evidence(cause: ReasonCode) -> None:
    decided = START + 24 * HOUR
    confirmed = replace(
        contested(CHANNEL, ANSWERED, PHOTOS, OUTLET),
        status=Status.CONFIRMED,
        decided_at=decided,
        reason_code=cause,
    )
    by_name = cause is ReasonCode.QUOTE_CHANGED
    assert may_change(Role.FACT_CHECKER, transition(Status.CONFIRMED, Status.CONTESTED))
    unmet_before = unmet_codes(Status.CONFIRMED, Status.CONTESTED, confirmed)
    assert unmet_before == (set() if by_name else {"opposing_item_or_cause"})
    newer = filed(6, 25, Stance.CONTRADICTS)
    more = replace(confirmed, evidence=(*confirmed.evidence, newer))
    assert unmet_codes(Status.CONFIRMED, Status.CONTESTED, more) == set()
