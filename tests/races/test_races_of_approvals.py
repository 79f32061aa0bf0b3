"""Decisions at the same moment: one wins, the other is refused in words, nobody is locked out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from audit.models import AuditEvent
from audit.selectors import chain_faults
from claims.models import Claim, ClaimRelation
from claims.selectors.evidence import evidence_of
from claims.services.evidence import file_evidence
from claims.vocabulary import RelationKind, Stance, Status
from core.errors import Conflict
from tests.factories import DocumentFactory, SnapshotFactory, SourceFactory
from tests.races.at_once import Meeting, at_once
from verification.conditions import evidence_set_digest
from verification.models import StatusEvent, StatusProposal
from verification.models.status import ProposalState
from verification.selectors.facts import claim_facts
from verification.services import proposals
from verification.services.proposals import approve_proposal

Proposed = Callable[..., StatusProposal]


def approval(editor: User, proposal: StatusProposal) -> Callable[[], StatusEvent]:
    mine = StatusProposal.objects.get(pk=proposal.pk)
    return lambda: approve_proposal(actor=editor, proposal=mine)


def present_digest(claim: Claim) -> str:
    return evidence_set_digest(claim_facts(claim, evidence_of(claim)))


def test_two_editors_approve_at_once_and_one_event_is_written(
    proposed: Proposed, editor: User, second_editor: User
) -> None:
    proposal = proposed()
    results = at_once(approval(editor, proposal), approval(second_editor, proposal))
    events = [result for result in results if isinstance(result, StatusEvent)]
    refusals = [result for result in results if isinstance(result, Conflict)]
    assert (len(events), len(refusals)) == (1, 1), results
    assert refusals[0].code == "already_decided"
    assert StatusEvent.objects.count() == 1
    assert AuditEvent.objects.filter(tag="verification:status:changed").count() == 1
    assert list(chain_faults()) == []


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_claims_that_exclude_each_other_one_is_confirmed(
    proposed: Proposed,
    editor: User,
    second_editor: User,
    monkeypatch: pytest.MonkeyPatch,
    turned: bool,
) -> None:
    pair = [proposed(), proposed()]
    first, second = reversed(pair) if turned else pair
    ClaimRelation.objects.create(
        from_claim=first.claim, to_claim=second.claim, kind=RelationKind.CONTRADICTS
    )
    Meeting().before(monkeypatch, proposals, "lock_and_examine")
    results = at_once(approval(editor, first), approval(second_editor, second))
    refusals = [result for result in results if not isinstance(result, StatusEvent)]
    assert len(refusals) == 1, results
    assert isinstance(refusals[0], Conflict), refusals
    assert "cannot hold together" in refusals[0].message
    assert Claim.objects.filter(status=Status.CONFIRMED).count() == 1
    assert list(chain_faults()) == []


def test_no_claim_is_confirmed_on_other_evidence_than_it_has(
    proposed: Proposed, editor: User, checker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        proposal = proposed()
        document = DocumentFactory.create(source=SourceFactory.graded("B"))
        SnapshotFactory.create(document=document)
        claim = Claim.objects.get(pk=proposal.claim_id)
        seen: list[tuple[str, str]] = []
        decided = proposals.apply_change

        def looked_at(
            examined: object, decided: object = decided, seen: list = seen, **more: object
        ) -> StatusEvent:
            """The evidence when the decision is written, as a reader of that moment would see."""
            event = decided(examined=examined, **more)
            seen.append((event.evidence_digest, present_digest(event.claim)))
            return event

        monkeypatch.setattr(proposals, "apply_change", looked_at)
        approved, filed = at_once(
            approval(editor, proposal),
            lambda claim=claim, document=document: file_evidence(
                actor=checker, claim=claim, document=document, stance=Stance.CONTRADICTS
            ),
        )
        monkeypatch.setattr(proposals, "apply_change", decided)
        proposal.refresh_from_db()
        assert filed.position == 3
        if isinstance(approved, StatusEvent):
            assert seen == [(proposal.evidence_digest, proposal.evidence_digest)]
        else:
            assert approved.code == "stale_proposal"
            assert proposal.state == ProposalState.STALE
            assert Claim.objects.get(pk=claim.pk).status == Status.UNVERIFIED
