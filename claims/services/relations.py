"""Saying how one claim bears on another."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from claims.models import Claim, ClaimRelation
from claims.selectors.relations import times_overlap
from claims.services.locks import lock_two, touch_claim
from claims.vocabulary import RelationKind, Status
from core.errors import Conflict, Invalid

# Read the same from either end, so that one row says it.
MUTUAL = frozenset({RelationKind.DUPLICATES, RelationKind.CONTRADICTS})


@recording()
def relate_claims(*, actor: User, first: Claim, second: Claim, kind: str) -> ClaimRelation:
    """Say that FIRST bears on SECOND in this way; saying it twice changes nothing.

    Raises Conflict where two confirmed claims would exclude each other for one time.
    """
    require(actor, Permission.EDIT)
    if kind not in [str(known) for known in RelationKind]:
        raise Invalid(f"Choose one of: {', '.join(known.label for known in RelationKind)}.")
    if first.pk == second.pk:
        raise Invalid("A claim does not bear on itself. Choose another.")
    first, second = lock_two(first, second)
    known = _known(first, second, kind)
    if known is not None:
        return known
    if kind == RelationKind.CONTRADICTS:
        _refuse_two_truths(first, second)
    relation = ClaimRelation.objects.create(
        from_claim=first, to_claim=second, kind=kind, confirmed_by=actor
    )
    _tell(actor, first, second, relation)
    return relation


def _known(first: Claim, second: Claim, kind: str) -> ClaimRelation | None:
    ways = [(first, second), (second, first)] if kind in MUTUAL else [(first, second)]
    for one, other in ways:
        known = ClaimRelation.objects.filter(from_claim=one, to_claim=other, kind=kind).first()
        if known is not None:
            return known
    return None


def _refuse_two_truths(first: Claim, second: Claim) -> None:
    both_confirmed = first.status == second.status == Status.CONFIRMED
    if both_confirmed and times_overlap(first, second):
        raise Conflict(
            f"Claims {first.number} and {second.number} are both confirmed for the same time. "
            "Reopen one of them first.",
            code="both_confirmed",
        )


def _tell(actor: User, first: Claim, second: Claim, relation: ClaimRelation) -> None:
    for claim in (first, second):
        touch_claim(claim, now=timezone.now(), cause="related to another claim")
        record_event(
            actor=actor,
            tag="claims:claim:related",
            subject=claim,
            after={"from": first.number, "to": second.number, "kind": str(relation.kind)},
        )
