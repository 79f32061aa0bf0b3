from __future__ import annotations

import pgtrigger
import pytest
from django.db import ProgrammingError, transaction

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim
from claims.services.evidence import check_visual, resolve_evidence, withdraw_evidence
from claims.vocabulary import Alignment, Directness, Publication, Resolution, Stance, Status
from core.errors import Conflict, Invalid, NotAllowed
from sources.services.installation import object_store
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from verification.conditions import ReasonCode
from verification.models import Correction, StatusEvent
from verification.models.status import ProposalState
from verification.services.assess import assess_claim
from verification.services.proposals import (
    approve_proposal,
    evidence_changed,
    propose_status,
    send_back_proposal,
    withdraw_proposal,
)
from verification.services.status import Change, change_status, override_status

pytestmark = pytest.mark.django_db

CONTEST = Change(
    target=Status.CONTESTED,
    reason_code=ReasonCode.NEW_CONTRADICTING_EVIDENCE,
    reason="The operations room says its fighters still hold it.",
)
CONFIRM = Change(
    target=Status.CONFIRMED,
    reason_code=ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
    reason="Two photos matched to a street corner; the losing side admits it.",
    finding="Photos from inside and an admission say the suburb was retaken.",
    would_change_it="Dated images that show the other side inside the suburb.",
    decided_by=(3, 4),
)


def report(claim: Claim, grade: str, **fields: object) -> None:
    source = SourceFactory.graded(grade)
    EvidenceFactory.create(claim=claim, document__source=source, **fields)


@pytest.fixture
def disputed(checker: User) -> Claim:
    """Two sides, each speaking for itself."""
    claim = ClaimFactory.create(publication=Publication.DRAFT)
    report(claim, "D", alignment=Alignment.SELF_SERVING)
    report(claim, "D", alignment=Alignment.SELF_SERVING, stance=Stance.CONTRADICTS)
    return claim


@pytest.fixture
def contested(disputed: Claim, checker: User) -> Claim:
    change_status(actor=checker, claim=disputed, change=CONTEST)
    disputed.refresh_from_db()
    return disputed


@pytest.fixture
def decidable(contested: Claim, checker: User) -> Claim:
    report(contested, "C", directness=Directness.FIRST_HAND_VISUAL)
    report(contested, "C", alignment=Alignment.AGAINST_INTEREST)
    check_visual(actor=checker, claim=contested, position=3, how="Matched to a street corner.")
    resolve_evidence(
        actor=checker,
        claim=contested,
        position=2,
        resolution=Resolution.OUTWEIGHED,
        text="Earlier than the photographs.",
    )
    contested.refresh_from_db()
    return contested


def test_checker_contests_a_disputed_claim_alone(contested: Claim, checker: User) -> None:
    event = contested.status_events.get()
    assert contested.status == Status.CONTESTED
    assert (event.from_status, event.to_status) == ("unverified", "contested")
    assert event.proposer == checker
    assert event.approver is None
    assert event.confidence == pytest.approx(contested.confidence)
    assert contested.assessments.count() == 1
    assert AuditEvent.objects.filter(tag="verification:status:changed").count() == 1


def test_one_side_alone_does_not_make_a_contest(checker: User) -> None:
    claim = ClaimFactory.create()
    report(claim, "D")
    with pytest.raises(Conflict, match="contradict") as refused:
        change_status(actor=checker, claim=claim, change=CONTEST)
    assert refused.value.code == "conditions_unmet"
    assert refused.value.details["unmet"][0]["detail"]
    claim.refresh_from_db()
    assert claim.status == Status.UNVERIFIED
    assert not StatusEvent.objects.exists()


def test_confirming_needs_a_second_person(decidable: Claim, editor: User) -> None:
    with pytest.raises(NotAllowed, match="second person"):
        change_status(actor=editor, claim=decidable, change=CONFIRM)


def test_another_person_approves_and_publishes(
    decidable: Claim, checker: User, editor: User
) -> None:
    proposal = propose_status(actor=checker, claim=decidable, change=CONFIRM)
    event = approve_proposal(actor=editor, proposal=proposal)
    decidable.refresh_from_db()
    proposal.refresh_from_db()
    assert decidable.status == Status.CONFIRMED
    assert decidable.finding == CONFIRM.finding
    assert decidable.publication == Publication.PUBLISHED
    assert proposal.state == ProposalState.APPROVED
    assert (event.proposer, event.approver) == (checker, editor)
    assert event.decided_by == ["[3]", "[4]"]
    assert all(check["met"] for check in event.checks)


def test_nobody_approves_their_own_proposal(decidable: Claim, editor: User) -> None:
    proposal = propose_status(actor=editor, claim=decidable, change=CONFIRM)
    with pytest.raises(NotAllowed, match="someone else"):
        approve_proposal(actor=editor, proposal=proposal)
    decidable.refresh_from_db()
    assert decidable.status == Status.CONTESTED


def test_checker_does_not_approve(decidable: Claim, checker: User, contributor: User) -> None:
    proposal = propose_status(actor=checker, claim=decidable, change=CONFIRM)
    for person in (checker, contributor):
        with pytest.raises(NotAllowed):
            approve_proposal(actor=person, proposal=proposal)


def test_contributor_proposes_nothing(decidable: Claim, contributor: User) -> None:
    with pytest.raises(NotAllowed):
        propose_status(actor=contributor, claim=decidable, change=CONFIRM)


def test_changed_evidence_makes_a_proposal_stale(
    decidable: Claim, checker: User, editor: User
) -> None:
    proposal = propose_status(actor=checker, claim=decidable, change=CONFIRM)
    report(decidable, "B", stance=Stance.CONTRADICTS)
    with pytest.raises(Conflict, match="evidence changed"):
        approve_proposal(actor=editor, proposal=proposal)
    proposal.refresh_from_db()
    decidable.refresh_from_db()
    assert proposal.state == ProposalState.STALE
    assert decidable.status == Status.CONTESTED


def test_the_job_after_an_edit_makes_a_proposal_stale(decidable: Claim, checker: User) -> None:
    proposal = propose_status(actor=checker, claim=decidable, change=CONFIRM)
    evidence_changed(claim_id=decidable.pk, cause="nothing changed")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.PENDING
    withdraw_evidence(
        actor=checker, claim=decidable, position=3, reason="The photographer took it back."
    )
    evidence_changed(claim_id=decidable.pk, cause="[3] changed")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.STALE


def test_one_proposal_waits_at_a_time(decidable: Claim, checker: User, editor: User) -> None:
    first = propose_status(actor=checker, claim=decidable, change=CONFIRM)
    with pytest.raises(Conflict, match="already waiting"):
        propose_status(actor=editor, claim=decidable, change=CONFIRM)
    withdraw_proposal(actor=checker, proposal=first)
    propose_status(actor=editor, claim=decidable, change=CONFIRM)


def test_editor_sends_back_with_a_reason(decidable: Claim, checker: User, editor: User) -> None:
    proposal = propose_status(actor=checker, claim=decidable, change=CONFIRM)
    with pytest.raises(Invalid, match="sentence"):
        send_back_proposal(actor=editor, proposal=proposal, code="wording", note="no")
    send_back_proposal(
        actor=editor, proposal=proposal, code="wording", note="Say which suburb, in the finding."
    )
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.SENT_BACK
    with pytest.raises(Conflict, match="no longer waits"):
        approve_proposal(actor=editor, proposal=proposal)


def test_proposal_without_picked_evidence_is_refused(decidable: Claim, checker: User) -> None:
    change = Change(**{**vars(CONFIRM), "decided_by": ()})
    with pytest.raises(Invalid, match="at least one"):
        propose_status(actor=checker, claim=decidable, change=change)


def test_old_version_is_a_conflict(disputed: Claim, checker: User) -> None:
    with pytest.raises(Conflict, match="changed while you were working"):
        change_status(
            actor=checker, claim=disputed, change=CONTEST, expected_version=disputed.version + 1
        )


def test_reopening_and_concluding_otherwise_publishes_a_correction(
    decidable: Claim, checker: User, editor: User, administrator: User
) -> None:
    approve_proposal(
        actor=editor, proposal=propose_status(actor=checker, claim=decidable, change=CONFIRM)
    )
    reopen = Change(
        target=Status.CONTESTED,
        reason_code=ReasonCode.SOURCE_RETRACTED,
        reason="The photographer withdrew the pictures today.",
    )
    change_status(actor=checker, claim=decidable, change=reopen)
    assert not Correction.objects.exists()
    refute = Change(
        target=Status.REFUTED,
        reason_code=ReasonCode.EDITOR_OVERRIDE,
        reason="The pictures were taken in another town, two years before; " * 2,
        finding="The pictures show another town.",
        would_change_it="Pictures of this town.",
    )
    override_status(actor=administrator, claim=decidable, change=refute)
    correction = Correction.objects.get()
    assert correction.said.startswith("Confirmed.")
    assert correction.now.startswith("Refuted.")
    assert decidable.status_events.first().is_override


def test_only_an_administrator_overrides(disputed: Claim, editor: User) -> None:
    change = Change(
        target=Status.CORROBORATED, reason_code=ReasonCode.EDITOR_OVERRIDE, reason="r" * 90
    )
    with pytest.raises(NotAllowed):
        override_status(actor=editor, claim=disputed, change=change)


def test_database_refuses_a_status_without_its_event(disputed: Claim) -> None:
    with pytest.raises(ProgrammingError, match="only with its status event"), transaction.atomic():
        Claim.objects.filter(pk=disputed.pk).update(status=Status.CONTESTED)


def test_without_the_trigger_the_same_update_passes(disputed: Claim) -> None:
    with pgtrigger.ignore("verification.GuardedClaim:claim_status_follows_the_table"):
        Claim.objects.filter(pk=disputed.pk).update(status=Status.CONTESTED)
    disputed.refresh_from_db()
    assert disputed.status == Status.CONTESTED


def test_withdrawing_the_photographs_lowers_the_score(decidable: Claim, checker: User) -> None:
    before = assess_claim(claim_id=decidable.pk)
    withdraw_evidence(
        actor=checker, claim=decidable, position=3, reason="The photographer took it back."
    )
    after = assess_claim(claim_id=decidable.pk)
    assert after.estimate < before.estimate
    assert before.leave_one_out["3"] == pytest.approx(after.estimate)


def test_a_damaged_archived_copy_stands_in_the_way(decidable: Claim, checker: User) -> None:
    warc = decidable.evidence.get(position=3).snapshot.warc
    path = object_store().path(warc.sha256)
    path.chmod(0o600)
    path.write_bytes(b"something else")
    with pytest.raises(Conflict) as refused:
        propose_status(actor=checker, claim=decidable, change=CONFIRM)
    assert [check["code"] for check in refused.value.details["unmet"]] == ["all_intact"]


def test_a_copy_damaged_after_the_proposal_makes_it_stale(
    decidable: Claim, checker: User, editor: User
) -> None:
    proposal = propose_status(actor=checker, claim=decidable, change=CONFIRM)
    object_store().path(decidable.evidence.get(position=3).snapshot.warc.sha256).unlink()
    with pytest.raises(Conflict, match="evidence changed"):
        approve_proposal(actor=editor, proposal=proposal)


def test_a_footnote_without_an_address_takes_no_side(checker: User) -> None:
    claim = ClaimFactory.create()
    report(claim, "D", stance=Stance.CONTRADICTS)
    EvidenceFactory.create(
        claim=claim, document__address=None, document__source=None, snapshot=None
    )
    with pytest.raises(Conflict, match="support"):
        change_status(actor=checker, claim=claim, change=CONTEST)
