from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from accounts.roles import Permission
from claims.models import Claim
from claims.vocabulary import Publication
from core.errors import Missing


def published_claims() -> models.QuerySet[Claim]:
    """Claims that everybody may read."""
    return Claim.objects.filter(publication=Publication.PUBLISHED)


def claims_for(actor: User | AnonymousUser) -> models.QuerySet[Claim]:
    """Claims that ACTOR may read: the desk sees drafts and withdrawn ones too."""
    if isinstance(actor, User) and actor.can(Permission.READ_DESK):
        return Claim.objects.all()
    return published_claims()


def claim_for(actor: User | AnonymousUser, number: int) -> Claim:
    """Claim NUMBER, or Missing: strangers cannot tell a draft from nothing."""
    claim = (
        claims_for(actor)
        .select_related("event", "place", "claimant", "favours", "owner", "superseded_by")
        .filter(number=number)
        .first()
    )
    if claim is None:
        raise Missing(f"There is no claim {number}.")
    return claim
