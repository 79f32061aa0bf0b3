"""What we said of claims before they were settled, against what they came to.

Reads nothing but forecasts, which are written down as a claim is settled and never change. A claim
that was taken back counts again when it is settled again; one that was withdrawn from the public
goes on counting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from claims.models import Evidence
from claims.vocabulary import Stance, Status
from core.charts import Said
from sources.models import Source
from verification.learning.calibration import Calibration, measure
from verification.learning.drift import Drift, drift
from verification.models import Forecast, ForecastBasis, StatusEvent

NEEDED = 30
"""Settled claims with a score before; fewer say nothing, and pages say so."""

_COLUMNS = ("claim_id", "said", "proved_true", "weight", "settled_at", "at_decision")
_STANDING = (Status.CONFIRMED, Status.REFUTED, Status.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Judged:
    """A settled claim that had a score before. `weight`: how many claims it stands for."""

    claim: int
    said: float
    proved_true: bool
    weight: float
    settled_at: datetime
    at_decision: float | None = None


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Of all settled claims: those with a score before are judged, `unscored` had none."""

    n: int
    needed: int
    unscored: int
    drawn: int
    measured: Calibration | None
    bins: tuple[Said, ...]

    @property
    def is_early(self) -> bool:
        return self.n < self.needed


def standing_forecasts() -> QuerySet[Forecast]:
    """The newest forecast of each claim whose conclusion still stands, oldest settlement first."""
    newer = Forecast.objects.filter(claim=OuterRef("claim"), pk__gt=OuterRef("pk"))
    taken_back = StatusEvent.objects.filter(
        claim=OuterRef("claim"), pk__gt=OuterRef("status_event")
    ).exclude(to_status__in=_STANDING)
    return Forecast.objects.filter(~Exists(newer), ~Exists(taken_back)).order_by("settled_at", "pk")


def judged() -> list[Judged]:
    """Claims that can be judged, in the order in which they were settled. One query."""
    scored = standing_forecasts().exclude(basis=ForecastBasis.NONE)
    return [Judged(*values) for values in scored.values_list(*_COLUMNS)]


def judged_of(source: Source) -> list[Judged]:
    """The same of the claims that SOURCE reported on, whatever it said of them. One query."""
    spoken = Evidence.objects.filter(
        document__source=source,
        withdrawn_at=None,
        stance__in=[Stance.SUPPORTS, Stance.CONTRADICTS],
    )
    scored = standing_forecasts().exclude(basis=ForecastBasis.NONE)
    found = scored.filter(claim__in=spoken.values("claim"))
    return [Judged(*values) for values in found.values_list(*_COLUMNS)]


def reliability(rows: Sequence[Judged] | None = None) -> Reliability:
    """Of the whole desk, weighted by what the draws say. Three queries, however many claims.

    ROWS: what `judged` gave, for who has read it already.
    """
    rows = judged() if rows is None else rows
    standing = standing_forecasts()
    return Reliability(
        n=len(rows),
        needed=NEEDED,
        unscored=standing.filter(basis=ForecastBasis.NONE).count(),
        drawn=standing.filter(basis=ForecastBasis.DRAW).count(),
        measured=measured(rows),
        bins=bins_of(rows),
    )


def measured(rows: Sequence[Judged], *, weighted: bool = True) -> Calibration | None:
    """Every figure of ROWS; nothing for no rows."""
    if not rows:
        return None
    weights = [row.weight for row in rows] if weighted else None
    return measure([row.said for row in rows], [row.proved_true for row in rows], weights)


def bins_of(rows: Sequence[Judged], *, weighted: bool = True) -> tuple[Said, ...]:
    found = measured(rows, weighted=weighted)
    return tuple(
        Said(one.said, one.happened, one.low, one.high, one.n, one.start, one.end)
        for one in (found.bins if found else ())
    )


def drift_of(rows: Iterable[Judged]) -> Drift:
    """The newest settled claims against the earlier ones; ROWS are in order of settlement."""
    listed = list(rows)
    return drift(
        [row.said for row in listed],
        [row.proved_true for row in listed],
        limit=settings.CALIBRATION_DRIFT_P,
    )


def as_json(found: Reliability) -> dict[str, Any]:
    """The table for programs: the same numbers as on the page, not rounded."""
    numbers = found.measured
    return {
        "settled_with_score": found.n,
        "settled_without_score": found.unscored,
        "settled_by_draw": found.drawn,
        "needed": found.needed,
        "too_early": found.is_early,
        "effective_n": numbers.effective if numbers else 0.0,
        "brier": numbers.brier if numbers else None,
        "log_loss": numbers.log_loss if numbers else None,
        "ece": numbers.ece if numbers else None,
        "bins": [
            {
                "start": one.start,
                "end": one.end,
                "n": one.n,
                "said": one.said,
                "happened": one.happened,
                "low": one.low,
                "high": one.high,
            }
            for one in (numbers.bins if numbers else ())
        ],
    }
