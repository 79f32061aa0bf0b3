"""Who takes part in the draws of the audit, and how much a settled claim stands for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from claims.models import Claim
from claims.vocabulary import Publication, Status
from verification.models import Assessment, AuditEntry, Forecast

OPEN = (Status.UNVERIFIED, Status.CONTESTED, Status.CORROBORATED)


def waiting_for_a_draw(*, scored_by: datetime) -> QuerySet[Claim]:
    """Open, public claims that took part in no draw, with a score since SCORED_BY or longer.

    One that was settled before takes no part: its score may know what that decision taught.
    """
    scored = Assessment.objects.filter(claim=OuterRef("pk"), at__lte=scored_by)
    return (
        Claim.objects.filter(
            status__in=OPEN,
            publication=Publication.PUBLISHED,
            merged_into=None,
            confidence__isnull=False,
            audit_entry=None,
        )
        .filter(Q(origins_for__gt=0) | Q(origins_against__gt=0))
        .filter(Exists(scored))
        .exclude(Exists(Forecast.objects.filter(claim=OuterRef("pk"))))
        .order_by("number")
        .only("number", "confidence")
    )


def sampling_weights(claims: Collection[int]) -> Mapping[int, float]:
    """For each claim, by primary key, how many claims it stands for: 1 / probability of its draw.

    A claim that was not drawn was settled because the desk chose it, and stands for itself: 1.
    """
    drawn = AuditEntry.objects.filter(claim__in=claims, drawn=True)
    weights = {key: 1 / share for key, share in drawn.values_list("claim_id", "probability")}
    return {key: weights.get(key, 1.0) for key in claims}
