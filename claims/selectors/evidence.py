from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import Case, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from claims.models import Claim, Evidence
from claims.vocabulary import QuoteState, Status
from sources.models import (
    Affiliation,
    Derivation,
    ExternalRating,
    GroupMember,
    GroupState,
    SourceGrade,
)
from sources.selectors.ratings import NEWEST_RATING, RATED

# What was quoted does not stand there any more: a person has to look at it.
MOVED = frozenset(
    {QuoteState.QUOTE_CHANGED, QuoteState.QUOTE_GONE, QuoteState.GONE, QuoteState.SOFT_404}
)


def evidence_of(claim: Claim) -> models.QuerySet[Evidence]:
    """All evidence of a claim in its order, with document, source, grade, side and origin loaded.

    Three queries, however many items there are.
    """
    return _loaded(Evidence.objects.filter(claim=claim)).order_by("position")


def evidence_of_all(claims: Collection[Claim]) -> Mapping[int, list[Evidence]]:
    """The same of several claims, by the claim's primary key. Three queries for all of them."""
    found: dict[int, list[Evidence]] = {claim.pk: [] for claim in claims}
    for item in _loaded(Evidence.objects.filter(claim__in=found)).order_by("claim_id", "position"):
        found[item.claim_id].append(item)
    return found


def evidence_to_score(claim: Claim) -> models.QuerySet[Evidence]:
    """All evidence of a claim, with no more than a score needs: two queries, and short rows."""
    return _to_score(Evidence.objects.filter(claim=claim)).order_by("position")


def evidence_to_score_of_all(claims: Collection[Claim]) -> Mapping[int, list[Evidence]]:
    """The same of several claims, by the claim's primary key. Two queries for all of them."""
    found: dict[int, list[Evidence]] = {claim.pk: [] for claim in claims}
    items = _to_score(Evidence.objects.filter(claim__in=found))
    for item in items.order_by("claim_id", "position"):
        found[item.claim_id].append(item)
    return found


def with_cited_copies(claim: Claim) -> models.QuerySet[Evidence]:
    """All evidence of a claim with no more than the copies that it cites and their files.

    One query, and short rows.
    """
    return (
        Evidence.objects.filter(claim=claim)
        .select_related("snapshot__warc", "snapshot__takedown", "snapshot__revisits__warc")
        .only(
            "snapshot__state",
            "snapshot__outcome",
            "snapshot__warc__sha256",
            "snapshot__takedown__snapshot_id",
            "snapshot__revisits__warc__sha256",
        )
    )


def _to_score(rows: models.QuerySet[Evidence]) -> models.QuerySet[Evidence]:
    return (
        rows.select_related(
            "document__source__owner",
            "document__begins_origin",
            "document__derivation",
            "snapshot__takedown",
        )
        .only(*_SCORED)
        .prefetch_related(
            Prefetch(
                "document__source__affiliations",
                queryset=_standing_affiliations().only("source_id", "party__slug"),
            )
        )
        .alias(known_until=_KNOWN_UNTIL)
        .annotate(**_judgements())
    )


_SCORED = (
    "claim_id",
    "position",
    "stance",
    "directness",
    "credibility",
    "alignment",
    "visual_checked_at",
    "added_at",
    "withdrawn_at",
    "resolution",
    "document__published_at",
    "document__source__kind",
    "document__source__number",
    "document__source__owner__number",
    "document__begins_origin__first_document_id",
    "document__derivation__document_id",
    "document__derivation__origin_id",
    "document__derivation__state",
    "snapshot__state",
    "snapshot__outcome",
    "snapshot__takedown__snapshot_id",
)


def _judgements() -> dict[str, Subquery]:
    """What the desk, and others, hold of the source of each item."""
    return {
        "grade": Subquery(_newest_grade().values("grade")[:1]),
        "rated": Subquery(_newest_rating()),
        "bloc": Subquery(_bloc()),
    }


def _newest_rating() -> models.QuerySet[Any, Any]:
    ratings = ExternalRating.objects.filter(source=OuterRef("document__source"))
    return ratings.order_by(*NEWEST_RATING).values(text=RATED)[:1]


def _newest_grade() -> models.QuerySet[SourceGrade]:
    return SourceGrade.objects.filter(source=OuterRef("document__source")).order_by(
        "-graded_at", "-pk"
    )


_KNOWN_UNTIL = Case(
    When(claim__status__in=[Status.CONFIRMED, Status.REFUTED], then=F("claim__status_since")),
    default=Value(datetime.max.replace(tzinfo=UTC)),
)
"""A settled claim keeps the groups that it was settled with: later ones knew its outcome."""


def _bloc() -> models.QuerySet[Any, Any]:
    """Number of the group of sources that err together to which the source's owner belongs.

    The oldest where there are several: an owner is in one bloc, so that nothing is joined in chains
    (verification.scoring.independence).
    """
    owner = Coalesce(OuterRef("document__source__owner_id"), OuterRef("document__source_id"))
    stands = Q(group__ended_at=None) | Q(group__ended_at__gt=OuterRef("known_until"))
    return (
        GroupMember.objects.alias(house=Coalesce("source__owner_id", "source_id"))
        .filter(stands, house=owner, group__decided_at__lte=OuterRef("known_until"))
        .filter(group__state__in=[GroupState.ACCEPTED, GroupState.ENDED])
        .order_by("group__number")
        .values("group__number")[:1]
    )


def _standing_affiliations() -> models.QuerySet[Affiliation]:
    return Affiliation.objects.filter(to_date__isnull=True).select_related("party")


def _kept_derivations() -> models.QuerySet[Derivation]:
    return Derivation.objects.exclude(state="rejected")


def _loaded(rows: models.QuerySet[Evidence]) -> models.QuerySet[Evidence]:
    return (
        rows.select_related(
            "document__source__owner",
            "document__begins_origin",
            "snapshot__warc",
            "snapshot__takedown",
            "snapshot__revisits__warc",
            "quote_snapshot__takedown",
            "added_by",
        )
        .prefetch_related(
            Prefetch("document__source__affiliations", queryset=_standing_affiliations()),
            Prefetch(
                "document__derivation",
                queryset=_kept_derivations().select_related("origin__first_document__source"),
            ),
        )
        .alias(known_until=_KNOWN_UNTIL)
        .annotate(**_judgements())
    )
