"""Whether scores are as they should be: which model makes them, what is due, and drift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from claims.models import Claim
from verification.conditions.phrases import count
from verification.desk_addresses import models_path
from verification.models import ModelState, ScoringModel
from verification.selectors.brief import Fact
from verification.selectors.drift_words import drift_health
from verification.selectors.phrases import moment

LATE = timedelta(seconds=60)
"""What is due for longer is sent again by the sweep."""


@dataclass(frozen=True)
class ScoreHealth:
    """`drifted`: a sentence if the newest scores are worse; `waits`: if a model waits."""

    facts: tuple[Fact, ...]
    drifted: str = ""
    waits: str = ""


def score_health(*, now: datetime) -> ScoreHealth:
    """Three queries."""
    drift = drift_health()
    states = (ModelState.ACTIVE, ModelState.WAITING)
    models = {
        model.state: model
        for model in ScoringModel.objects.filter(state__in=states).only(
            "number", "state", "made_at"
        )
    }
    waiting = models.get(ModelState.WAITING)
    return ScoreHealth(
        facts=(
            Fact("Model", _in_use(models.get(ModelState.ACTIVE)), href=models_path()),
            Fact("Due to be scored again", _due(now)),
            Fact("Calibration drift", drift.words, href=reverse("desk_calibration")),
        ),
        drifted=drift.alarm,
        waits=f"Model {waiting.number} was learnt and waits for a person." if waiting else "",
    )


def _in_use(model: ScoringModel | None) -> str:
    if model is None:
        return "The desk’s own beliefs: nothing was learnt yet"
    return f"{model.number}, learnt {moment(model.made_at)}"


def _due(now: datetime) -> str:
    late = Claim.objects.filter(assess_due_at__lt=now - LATE).count()
    return count(late, "claim") if late else "0"
