"""Claims that bear on each other."""

from __future__ import annotations

from django.db import models

from claims.models import Claim, ClaimRelation
from claims.vocabulary import RelationKind


def rivals_of(claim: Claim) -> models.QuerySet[Claim]:
    """Claims that cannot hold together with CLAIM, whichever of the two names the other.

    A union of two indexes: with OR between joins the server reads every claim there is.
    """
    contradicting = ClaimRelation.objects.filter(kind=RelationKind.CONTRADICTS)
    named = contradicting.filter(from_claim=claim).values("to_claim")
    return Claim.objects.filter(
        pk__in=named.union(contradicting.filter(to_claim=claim).values("from_claim"))
    )


def times_overlap(one: Claim, other: Claim) -> bool:
    """Whether both can be meant at one moment; an open end reaches for ever."""
    starts_before_end = (
        one.time_from is None or other.time_to is None or one.time_from <= other.time_to
    )
    ends_after_start = (
        one.time_to is None or other.time_from is None or other.time_from <= one.time_to
    )
    return starts_before_end and ends_after_start
