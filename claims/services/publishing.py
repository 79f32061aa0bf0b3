"""Making several drafts public in one step."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import recording
from claims.models import Claim
from claims.services.claims import publish_claim
from claims.vocabulary import Publication
from core.errors import Conflict, Missing


@recording()
def publish_drafts(*, actor: User, numbers: Sequence[int]) -> list[Claim]:
    """Publish the drafts of these NUMBERS, all or none; what is public already stays so.

    Raises Missing for a number without a claim, Conflict for a claim that was withdrawn.
    """
    require(actor, Permission.PUBLISH)
    found = {claim.number: claim for claim in Claim.objects.filter(number__in=numbers)}
    for number in sorted(set(numbers)):
        if number not in found:
            raise Missing(f"There is no claim {number}.")
        if found[number].publication == Publication.WITHDRAWN:
            raise Conflict(f"Claim {number} was withdrawn. Open it to decide what becomes of it.")
    return [publish_claim(actor=actor, claim=found[number]) for number in sorted(found)]
