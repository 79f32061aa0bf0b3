from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, Prefetch, Subquery

from claims.models import Claim, Evidence
from sources.models import Affiliation, Derivation, SourceGrade


def evidence_of(claim: Claim) -> models.QuerySet[Evidence]:
    """All evidence of a claim in its order, with document, source, grade, side and origin loaded.

    Three queries, however many items there are.
    """
    newest_grade = SourceGrade.objects.filter(source=OuterRef("document__source")).order_by(
        "-graded_at", "-pk"
    )
    return (
        Evidence.objects.filter(claim=claim)
        .select_related(
            "document__source__owner",
            "document__begins_origin",
            "snapshot__warc",
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
        .order_by("position")
    )
