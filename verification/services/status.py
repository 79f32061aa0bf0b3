"""The one way in which the status of a claim changes; the database refuses any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.services.record import record_event, recording
from claims.models import Claim, Evidence
from claims.selectors.evidence import evidence_of, with_cited_copies
from claims.services.locks import lock_with_rivals
from claims.vocabulary import Stage, Status
from core.errors import Conflict, Invalid, NotAllowed
from sources.services.integrity import damaged_objects
from verification import workflow
from verification.conditions import (
    Check,
    ClaimFacts,
    ReasonCode,
    checklist,
    evidence_set_digest,
    unmet,
)
from verification.conditions.conclusion import nothing_exclusive_confirmed
from verification.models import Correction, StatusEvent
from verification.selectors.facts import cited_objects, claim_facts
from verification.selectors.records import models_of
from verification.services.assess import assess_claim
from verification.services.forecasts import keep_forecast
from verification.services.outcomes import record_outcome
from verification.workflow import Transition, UnknownTransition

FINAL = frozenset({Status.CONFIRMED, Status.REFUTED, Status.UNVERIFIABLE, Status.SUPERSEDED})


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a person writes to change a status. `decided_by` holds evidence positions."""

    target: Status
    reason_code: ReasonCode | None
    reason: str
    finding: str = ""
    would_change_it: str = ""
    unknowns: str = ""
    time_to: datetime | None = None
    superseded_by: Claim | None = None
    review_due_at: datetime | None = None
    decided_by: Sequence[int] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class Examined:
    """A locked claim, the change looked at, and the answer of every check."""

    claim: Claim
    transition: Transition
    facts: ClaimFacts
    checks: tuple[Check, ...]
    digest: str
    decided_by: tuple[Evidence, ...]


def known_transition(claim: Claim, target: Status) -> Transition:
    try:
        return workflow.transition(Status(claim.status), target)
    except UnknownTransition as error:
        raise Conflict(str(error), code="unknown_transition") from error


def damaged_copies(claim: Claim) -> frozenset[str]:
    """Hashes of cited copies that are no longer what was sealed; reads files, so call it first."""
    return damaged_objects(hashes=cited_objects(with_cited_copies(claim)))


def facts_for(
    claim: Claim,
    items: Sequence[Evidence],
    change: Change,
    damaged: frozenset[str] = frozenset(),
) -> ClaimFacts:
    return claim_facts(
        claim,
        items,
        damaged=damaged,
        finding=change.finding,
        would_change_it=change.would_change_it,
        tried=change.unknowns,
        reason=change.reason,
        reason_code=change.reason_code,
        review_due_at=change.review_due_at,
        time_to=change.time_to,
        superseded_by=change.superseded_by.number if change.superseded_by else None,
        superseding_item=_successor(items, change),
    )


def _successor(items: Sequence[Evidence], change: Change) -> str | None:
    """Key of the picked item that shows the end of what was so."""
    if change.target != Status.SUPERSEDED or not change.decided_by:
        return None
    return next((str(item.key) for item in items if item.position == change.decided_by[0]), None)


def lock_and_examine(
    *,
    claim: Claim,
    change: Change,
    damaged: frozenset[str],
    expected_version: int | None = None,
) -> Examined:
    """Lock the claim (and its rivals, in number order) and look at CHANGE. Nothing is written."""
    claim = lock_with_rivals(claim, expected_version=expected_version)
    transition = known_transition(claim, change.target)
    _refuse_backward(claim, change)
    items = list(evidence_of(claim))
    facts = facts_for(claim, items, change, damaged)
    return Examined(
        claim=claim,
        transition=transition,
        facts=facts,
        checks=checklist(transition, facts),
        digest=evidence_set_digest(facts),
        decided_by=_picked(items, change.decided_by),
    )


def _refuse_backward(claim: Claim, change: Change) -> None:
    ends = change.time_to if change.target == Status.SUPERSEDED else None
    if ends is not None and claim.time_from is not None and ends < claim.time_from:
        raise Invalid(f"It cannot have ended before it began, on {claim.time_from:%Y-%m-%d}.")


def _picked(items: Sequence[Evidence], positions: Sequence[int]) -> tuple[Evidence, ...]:
    by_position = {item.position: item for item in items if item.withdrawn_at is None}
    strangers = [f"[{position}]" for position in positions if position not in by_position]
    if strangers:
        raise Invalid(f"{', '.join(strangers)} is not evidence that counts here. Pick others.")
    return tuple(by_position[position] for position in positions)


def refuse_unmet(checks: Sequence[Check]) -> None:
    """Raise Conflict that lists what is still unmet, in words, if anything is."""
    open_checks = unmet(checks)
    if open_checks:
        raise Conflict(
            "Not yet: " + "; ".join(check.detail for check in open_checks) + ".",
            code="conditions_unmet",
            unmet=[
                {"code": check.code, "label": check.label, "detail": check.detail}
                for check in open_checks
            ],
        )


def change_status(
    *, actor: User, claim: Claim, change: Change, expected_version: int | None = None
) -> StatusEvent:
    """Make a change that one person may make alone. Raises NotAllowed, Conflict or Invalid."""
    damaged = damaged_copies(claim)
    with recording():
        examined = lock_and_examine(
            claim=claim, change=change, damaged=damaged, expected_version=expected_version
        )
        return _change_alone(actor, examined, change)


def _change_alone(actor: User, examined: Examined, change: Change) -> StatusEvent:
    if examined.transition.needs_approval:
        raise NotAllowed(
            f"{change.target.label} needs a second person: send it for approval.",
            code="needs_approval",
        )
    if not (actor.is_active and workflow.may_change(actor.role, examined.transition)):
        raise NotAllowed(f"Your role ({actor.role_label}) does not allow you to change a status.")
    refuse_unmet(examined.checks)
    if examined.transition.reaffirms:
        change = replace(change, finding="", would_change_it="", unknowns="")
    return apply_change(examined=examined, change=change, proposer=actor)


@recording()
def override_status(*, actor: User, claim: Claim, change: Change) -> StatusEvent:
    """An administrator's change outside the table: public, and marked as an override for ever."""
    if not (actor.is_active and workflow.override_allowed(actor.role, change.reason)):
        raise NotAllowed(
            "Only an administrator can override, with a reason of 80 characters or more."
        )
    claim = lock_with_rivals(claim)
    items = list(evidence_of(claim))
    facts = facts_for(claim, items, change)
    _refuse_override(claim, facts, change)
    transition = Transition(
        source=Status(claim.status),
        target=change.target,
        needs_approval=False,
        reason_codes=frozenset({ReasonCode.EDITOR_OVERRIDE}),
        conditions=(),
        creates_correction=True,
    )
    examined = Examined(
        claim=claim,
        transition=transition,
        facts=facts,
        checks=(),
        digest=evidence_set_digest(facts),
        decided_by=_picked(items, change.decided_by),
    )
    return apply_change(examined=examined, change=change, proposer=actor, is_override=True)


def _refuse_override(claim: Claim, facts: ClaimFacts, change: Change) -> None:
    """What not even an administrator can set: the database or another claim stands against it."""
    _refuse_backward(claim, change)
    settles = change.target in {Status.CONFIRMED, Status.REFUTED}
    if settles and not (change.would_change_it.strip() or claim.would_change_it):
        raise Invalid("Write what would change this finding.")
    if change.target == Status.CONFIRMED:
        refuse_unmet([nothing_exclusive_confirmed(facts)])


def apply_change(
    *,
    examined: Examined,
    change: Change,
    proposer: User,
    approver: User | None = None,
    is_override: bool = False,
) -> StatusEvent:
    """Write the event, the claim, the assessment, the correction and the record: all or nothing.

    The caller holds the lock on the claim, has checked role and conditions, and is in a
    transaction.
    """
    now = timezone.now()
    claim = examined.claim
    assess_claim(claim_id=claim.pk, cause=f"status {change.target}", now=now)
    claim.refresh_from_db()
    before = {"status": claim.status, "finding": claim.finding}
    event = _write_event(examined, change, proposer, approver, is_override, now)
    keep_forecast(event)
    record_outcome(event=event, picked=[item.position for item in examined.decided_by])
    _write_claim(claim, change, now)
    _write_correction(claim, event)
    record_event(
        actor=approver or proposer,
        tag="verification:status:overridden" if is_override else "verification:status:changed",
        subject=claim,
        before=before,
        after=_described(event),
        reason=change.reason,
    )
    return event


def _write_event(
    examined: Examined,
    change: Change,
    proposer: User,
    approver: User | None,
    is_override: bool,  # noqa: FBT001  # a private step of apply_change
    now: datetime,
) -> StatusEvent:
    claim = examined.claim
    return StatusEvent.objects.create(
        claim=claim,
        from_status=claim.status,
        to_status=change.target,
        reason_code=change.reason_code or "",
        reason=change.reason.strip(),
        finding=change.finding.strip(),
        would_change_it=change.would_change_it.strip(),
        proposer=proposer,
        approver=approver,
        is_override=is_override,
        checks=[
            {"code": check.code, "met": check.met, "label": check.label, "detail": check.detail}
            for check in examined.checks
        ],
        decided_by=[item.label for item in examined.decided_by],
        evidence_digest=examined.digest,
        confidence=claim.confidence,
        confidence_low=claim.confidence_low,
        confidence_high=claim.confidence_high,
        scoring_model=models_of([claim.pk])[claim.pk],
        claim_version=claim.version + 1,
        at=now,
    )


def _write_claim(claim: Claim, change: Change, now: datetime) -> None:
    claim.version += 1
    claim.last_reviewed_at = now
    claim.review_due_at = change.review_due_at
    if claim.status != change.target:
        claim.status, claim.status_since = change.target, now
        claim.finding = change.finding.strip()
        claim.stage = Stage.DONE if change.target in FINAL else Stage.IN_PROGRESS
        claim.would_change_it = change.would_change_it.strip() or claim.would_change_it
        claim.unknowns = change.unknowns.strip() or claim.unknowns
        _write_end(claim, change)
    claim.save()


def _write_end(claim: Claim, change: Change) -> None:
    """Only what was so and has ended has an end and a successor."""
    ends = change.target == Status.SUPERSEDED
    claim.superseded_by = change.superseded_by if ends else None
    if ends and change.time_to:
        claim.time_to = change.time_to


def _write_correction(claim: Claim, event: StatusEvent) -> None:
    """A conclusion that takes back an earlier one is a correction, in public and for ever."""
    earlier = list(
        claim.status_events.exclude(pk=event.pk)
        .order_by("at", "pk")
        .values_list("to_status", flat=True)
    )
    target = Status(event.to_status)
    said = (
        claim.status_events.exclude(pk=event.pk)
        .filter(to_status__in=[Status.CONFIRMED, Status.REFUTED])
        .order_by("-at", "-pk")
        .first()
    )
    if said is None or not workflow.correction_due(target, [Status(status) for status in earlier]):
        return
    correction = Correction.objects.create(
        claim=claim,
        status_event=event,
        said=f"{said.get_to_status_display()}. {said.finding}".strip(),
        now=f"{event.get_to_status_display()}. {event.finding}".strip(),
        why=event.reason,
        at=event.at,
    )
    record_event(
        actor=event.approver or event.proposer,
        tag="verification:correction:published",
        subject=claim,
        before={"said": correction.said},
        after={"now": correction.now},
        reason=correction.why,
    )


def _described(event: StatusEvent) -> dict[str, Any]:
    return {
        "status": str(event.to_status),
        "finding": event.finding,
        "would_change_it": event.would_change_it,
        "reason_code": str(event.reason_code),
        "proposer": event.proposer.name if event.proposer else None,
        "approver": event.approver.name if event.approver else None,
        "override": event.is_override,
        "confidence": event.confidence,
        "evidence_digest": event.evidence_digest,
        "decided_by": event.decided_by,
    }
