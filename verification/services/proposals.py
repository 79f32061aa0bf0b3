"""Proposals: a fact-checker asks for a status, an editor who is somebody else decides."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from claims.models import Claim
from claims.selectors.evidence import evidence_of
from claims.services.claims import publish_claim
from claims.services.locks import lock_with_rivals
from claims.vocabulary import Publication, Stage, Status
from core.errors import Conflict, Invalid, NotAllowed
from verification import workflow
from verification.conditions import ReasonCode, confidence_gap, evidence_set_digest
from verification.models import StatusEvent, StatusProposal
from verification.models.status import ProposalState
from verification.selectors.facts import claim_facts
from verification.selectors.wording import statement_digest
from verification.send_back import MIN_NOTE, SendBackCode
from verification.services.assess import assess_locked, assess_together
from verification.services.status import (
    Change,
    Examined,
    apply_change,
    damaged_copies,
    lock_and_examine,
    refuse_unmet,
)


def propose_status(
    *, actor: User, claim: Claim, change: Change, expected_version: int | None = None
) -> StatusProposal:
    """Ask for a status that two people must agree on; freezes the evidence set by its hash."""
    damaged = damaged_copies(claim)
    with recording():
        examined = lock_and_examine(
            claim=claim, change=change, damaged=damaged, expected_version=expected_version
        )
        return _propose(actor, examined, change)


def _propose(actor: User, examined: Examined, change: Change) -> StatusProposal:
    claim = examined.claim
    if not examined.transition.needs_approval:
        raise Conflict(
            f"{change.target.label} needs no approval: change it directly.", code="no_approval"
        )
    if not (actor.is_active and workflow.may_propose(actor.role, examined.transition)):
        raise NotAllowed(f"Your role ({actor.role_label}) does not allow you to propose a status.")
    if claim.proposals.filter(state=ProposalState.PENDING).exists():
        raise Conflict("A proposal for this claim is already waiting. Decide or withdraw it first.")
    refuse_unmet(examined.checks)
    if not examined.decided_by:
        raise Invalid("Pick at least one evidence item that decided it.", code="nothing_decided")
    assess_locked(claim=claim, cause="proposal")
    proposal = StatusProposal.objects.create(
        claim=claim,
        from_status=claim.status,
        target=change.target,
        reason_code=change.reason_code or "",
        reason=change.reason.strip(),
        finding=change.finding.strip(),
        would_change_it=change.would_change_it.strip(),
        unknowns=change.unknowns.strip(),
        time_to=change.time_to,
        superseded_by=change.superseded_by,
        review_due_at=change.review_due_at,
        evidence_digest=examined.digest,
        statement_digest=statement_digest(claim),
        confidence=claim.confidence,
        confidence_gap=confidence_gap(change.target, claim.confidence) or "",
        proposer=actor,
        proposed_at=timezone.now(),
    )
    proposal.decided_by_evidence.set(examined.decided_by)
    _set_stage(claim, Stage.READY_FOR_REVIEW)
    _record(actor, proposal, "proposed", change.reason)
    return proposal


def _set_stage(claim: Claim, stage: Stage) -> None:
    claim.stage = stage
    claim.save(update_fields=["stage", "changed_at"])


def _record(actor: User | None, proposal: StatusProposal, what: str, reason: str) -> None:
    record_event(
        actor=actor,
        tag=f"verification:proposal:{what}",
        subject=proposal.claim,
        after={
            "proposal": str(proposal.key),
            "target": str(proposal.target),
            "state": str(proposal.state),
            "finding": proposal.finding,
            "evidence_digest": proposal.evidence_digest,
        },
        reason=reason,
    )


def change_of(proposal: StatusProposal) -> Change:
    """The change that a proposal asks for."""
    return Change(
        target=Status(proposal.target),
        reason_code=ReasonCode(proposal.reason_code) if proposal.reason_code else None,
        reason=proposal.reason,
        finding=proposal.finding,
        would_change_it=proposal.would_change_it,
        unknowns=proposal.unknowns,
        time_to=proposal.time_to,
        superseded_by=proposal.superseded_by,
        review_due_at=proposal.review_due_at,
        decided_by=tuple(
            proposal.decided_by_evidence.order_by("position").values_list("position", flat=True)
        ),
    )


def _lock_pending(proposal: StatusProposal) -> StatusProposal:
    """The proposal, locked after its claim, if it still waits."""
    lock_with_rivals(proposal.claim)
    locked = StatusProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if locked.state != ProposalState.PENDING:
        raise Conflict(
            f"This proposal no longer waits: {locked.get_state_display().lower()}"
            + (f" by {locked.decider.name}." if locked.decider else "."),
            code="already_decided",
        )
    return locked


def approve_proposal(*, actor: User, proposal: StatusProposal, note: str = "") -> StatusEvent:
    """Approve and publish. A proposal whose evidence has changed since becomes stale instead."""
    damaged = damaged_copies(proposal.claim)
    done = _approve(actor=actor, proposal=proposal, note=note, damaged=damaged)
    if isinstance(done, str):
        raise Conflict(
            f"{done[0].upper()}{done[1:]} since. Ask {proposal.proposer.name} to look again, and "
            "propose anew.",
            code="stale_proposal",
        )
    return done


@recording()
def _approve(
    *, actor: User, proposal: StatusProposal, note: str, damaged: frozenset[str]
) -> StatusEvent | str:
    """The event, or why the proposal became stale instead."""
    proposal = _lock_pending(proposal)
    _require_decider(actor, proposal)
    change = change_of(proposal)
    if Status(proposal.claim.status) != proposal.from_status:
        return _made_stale(proposal, "the status changed")
    examined = lock_and_examine(claim=proposal.claim, change=change, damaged=damaged)
    why = _outdated(proposal, examined.claim, examined.digest)
    if why:
        return _made_stale(proposal, why)
    refuse_unmet(examined.checks)
    event = apply_change(
        examined=examined, change=change, proposer=proposal.proposer, approver=actor
    )
    _settle(proposal, ProposalState.APPROVED, actor, "", note)
    if examined.claim.publication == Publication.DRAFT:
        publish_claim(actor=actor, claim=examined.claim)
    return event


def _outdated(proposal: StatusProposal, claim: Claim, digest: str) -> str:
    """What is no longer as it was when the proposal was written; empty if nothing is."""
    if claim.status != proposal.from_status:
        return "the status changed"
    if digest != proposal.evidence_digest:
        return "the evidence changed"
    if statement_digest(claim) != proposal.statement_digest:
        return "the claim was reworded"
    return ""


def _made_stale(proposal: StatusProposal, why: str) -> str:
    _settle(proposal, ProposalState.STALE, None, "", why)
    _set_stage(proposal.claim, Stage.IN_PROGRESS)
    return why


def _require_decider(actor: User, proposal: StatusProposal) -> None:
    require(actor, Permission.APPROVE)
    if not workflow.may_approve(actor.role, proposal.proposer_id, actor.pk):
        raise NotAllowed("You proposed this, so someone else decides it.", code="own_proposal")


def _settle(
    proposal: StatusProposal, state: ProposalState, decider: User | None, code: str, note: str
) -> None:
    proposal.state = state
    proposal.decider, proposal.decided_at = decider, timezone.now()
    proposal.decision_code, proposal.decision_note = code, note.strip()
    proposal.save(
        update_fields=["state", "decider", "decided_at", "decision_code", "decision_note"]
    )
    _record(decider, proposal, str(state), note)


@recording()
def send_back_proposal(
    *, actor: User, proposal: StatusProposal, code: str, note: str
) -> StatusProposal:
    """Return a proposal to its proposer with what it needs."""
    proposal = _lock_pending(proposal)
    _require_decider(actor, proposal)
    if len(" ".join(note.split())) < MIN_NOTE:
        raise Invalid(f"Say in a sentence what it needs. {MIN_NOTE} characters or more.")
    if code not in [str(known) for known in SendBackCode]:
        raise Invalid("Choose what the proposal needs.")
    _settle(proposal, ProposalState.SENT_BACK, actor, code, note)
    _set_stage(proposal.claim, Stage.IN_PROGRESS)
    return proposal


@recording()
def withdraw_proposal(*, actor: User, proposal: StatusProposal) -> StatusProposal:
    """The proposer takes the proposal back."""
    proposal = _lock_pending(proposal)
    if proposal.proposer_id != actor.pk:
        raise NotAllowed("Only its proposer can take a proposal back.")
    _settle(proposal, ProposalState.WITHDRAWN, actor, "", "")
    _set_stage(proposal.claim, Stage.IN_PROGRESS)
    return proposal


@recording()
def evidence_changed(*, claim_id: int, cause: str = "") -> None:
    """Score the claim again; a proposal that rests on other evidence than now becomes stale."""
    claim = Claim.objects.select_for_update().filter(pk=claim_id).first()
    if claim is None:
        return
    assess_locked(claim=claim, cause=cause)
    pending = claim.proposals.filter(state=ProposalState.PENDING).first()
    if pending is None:
        return
    digest = evidence_set_digest(claim_facts(claim, evidence_of(claim)))
    why = _outdated(pending, claim, digest)
    if why:
        _made_stale(pending, cause or why)


def evidence_of_several_changed(*, claim_ids: Sequence[int], cause: str = "") -> None:
    """The same for several claims: together, but for those that have a proposal waiting.

    A proposal that is made meanwhile is made of the evidence as it is: nothing of it is outdated.
    """
    pending = StatusProposal.objects.filter(claim__in=claim_ids, state=ProposalState.PENDING)
    waiting = frozenset(pending.values_list("claim_id", flat=True))
    assess_together(claim_ids=[key for key in claim_ids if key not in waiting], cause=cause)
    for claim_id in sorted(waiting):
        evidence_changed(claim_id=claim_id, cause=cause)
