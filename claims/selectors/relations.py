"""Claims that bear on each other."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from claims.models import Claim
from claims.vocabulary import RelationKind


def rivals_of(claim: Claim) -> models.QuerySet[Claim]:
    """Claims that cannot hold together with CLAIM, whichever of the two names the other."""
    kind = RelationKind.CONTRADICTS
    return Claim.objects.filter(
        Q(relations__to_claim=claim, relations__kind=kind)
        | Q(related_from__from_claim=claim, related_from__kind=kind)
    ).distinct()


def times_overlap(one: Claim, other: Claim) -> bool:
    """Whether both can be meant at one moment; an open end reaches for ever."""
    starts_before_end = (
        one.time_from is None or other.time_to is None or one.time_from <= other.time_to
    )
    ends_after_start = (
        one.time_to is None or other.time_from is None or other.time_from <= one.time_to
    )
    return starts_before_end and ends_after_start
