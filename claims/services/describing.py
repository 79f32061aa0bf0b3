"""A claim in its editor's words: the place by its name, only what changed."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import recording
from claims.models import Claim, Place
from claims.services.claims import add_place, edit_claim
from claims.services.evidence import edit_evidence


@recording()
def describe_claim(
    *,
    actor: User,
    claim: Claim,
    expected_version: int,
    place_name: str | None = None,
    **changes: Any,
) -> Claim:
    """Edit CLAIM; PLACE_NAME finds a known place or adds one, "" says that there is none.

    Whom a source serves depends on whom the claim favours, so a change of that derives the
    alignment of every item again.
    """
    require(actor, Permission.EDIT)
    if place_name is not None:
        changes["place"] = _place(actor, place_name.strip()) if place_name.strip() else None
    if not changes:
        return claim
    claim = edit_claim(actor=actor, claim=claim, expected_version=expected_version, **changes)
    if "favours" in changes:
        for item in claim.evidence.order_by("position"):
            edit_evidence(actor=actor, claim=claim, position=item.position)
    return claim


def _place(actor: User, name: str) -> Place:
    known = Place.objects.filter(name__iexact=name).order_by("number").first()
    return known or add_place(actor=actor, name=name)
