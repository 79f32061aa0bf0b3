"""One locking policy: whoever changes a claim's status, evidence or relations locks its row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from audit.services.record import recording
from claims.models import Claim
from claims.selectors.relations import rivals_of
from core.errors import Conflict, Missing
from core.jobs import enqueue


def lock_claim(claim: Claim, *, expected_version: int | None = None) -> Claim:
    """The claim, fresh and locked until the transaction ends.

    Raises Conflict when it is no longer at EXPECTED_VERSION: somebody else was faster.
    """
    try:
        locked: Claim = Claim.objects.select_for_update().get(pk=claim.pk)
    except Claim.DoesNotExist as error:
        raise Missing("There is no such claim.") from error
    if expected_version is not None and locked.version != expected_version:
        raise Conflict(
            f"Claim {locked.number} changed while you were working: you saw version "
            f"{expected_version}, it is now {locked.version}. Look again; your text is kept.",
            code="version_conflict",
            version=locked.version,
        )
    return locked


def lock_with_rivals(claim: Claim, *, expected_version: int | None = None) -> Claim:
    """The claim as `lock_claim` gives it, and every claim that excludes it locked as well.

    All in number order. Whoever may confirm a claim needs its rivals to hold still. Raises Conflict
    when it got another rival before it was locked: to lock that one too would be out of order.
    """
    rivals = _rivals(claim)
    list(
        Claim.objects.select_for_update()
        .filter(pk__in=[claim.pk, *rivals])
        .order_by("number")
        .values_list("pk", flat=True)
    )
    locked = lock_claim(claim, expected_version=expected_version)
    if _rivals(claim) - rivals:
        raise Conflict("Another claim was just said to exclude this one. Look at both, and again.")
    return locked


def _rivals(claim: Claim) -> set[int]:
    return set(rivals_of(claim).values_list("pk", flat=True))


def lock_two(first: Claim, second: Claim) -> tuple[Claim, Claim]:
    """Both claims locked, in number order whatever order they were given in."""
    by_number = {
        claim.pk: claim
        for claim in Claim.objects.select_for_update()
        .filter(pk__in=[first.pk, second.pk])
        .order_by("number")
    }
    return by_number[first.pk], by_number[second.pk]


def touch_claim(claim: Claim, *, now: datetime, cause: str) -> None:
    """A locked claim changed: raise its version and have it assessed again."""
    claim.version += 1
    claim.assess_due_at = now
    claim.save(update_fields=["version", "assess_due_at", "changed_at"])
    enqueue("verification.evidence_changed", claim_id=claim.pk, cause=cause)


@recording()
def reassess_claims(*, claim_ids: Sequence[int], cause: str) -> None:
    """Have claims scored again because something outside them changed."""
    now = timezone.now()
    Claim.objects.filter(pk__in=claim_ids).update(assess_due_at=now)
    for claim_id in claim_ids:
        enqueue("verification.evidence_changed", claim_id=claim_id, cause=cause)
