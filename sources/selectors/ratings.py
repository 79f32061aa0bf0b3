"""What others say of sources, as the scorer takes it: who, and their word; the newest counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import F, Value
from django.db.models.functions import Concat

from sources.models import ExternalRating

NEWEST_RATING = (F("rated_on").desc(nulls_last=True), "-pk")

RATED = Concat("rater", Value(": "), "value")
"""Equal words of one rater are one rating, whatever scale they are on."""


def newest_ratings(sources: Collection[int] | None = None) -> Mapping[int, str]:
    """By primary key of the source; of all sources unless some are named. One query."""
    rows = ExternalRating.objects.order_by("source_id", *NEWEST_RATING).distinct("source_id")
    if sources is not None:
        rows = rows.filter(source__in=sources)
    return dict(rows.values_list("source_id", RATED))
