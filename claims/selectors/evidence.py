from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import models
from django.db.models import OuterRef, Prefetch, Subquery

from claims.models import Claim, Evidence
from claims.vocabulary import QuoteState
from sources.models import Affiliation, Derivation, SourceGrade

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


def _loaded(rows: models.QuerySet[Evidence]) -> models.QuerySet[Evidence]:
    newest_grade = SourceGrade.objects.filter(source=OuterRef("document__source")).order_by(
        "-graded_at", "-pk"
    )
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
            Prefetch(
                "document__source__affiliations",
                queryset=Affiliation.objects.filter(to_date__isnull=True).select_related("party"),
            ),
            Prefetch(
                "document__derivation",
                queryset=Derivation.objects.exclude(state="rejected").select_related(
                    "origin__first_document__source"
                ),
            ),
        )
        .annotate(grade=Subquery(newest_grade.values("grade")[:1]))
    )
