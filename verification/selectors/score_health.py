"""Whether scores are as they should be: which model makes them, what is due, and drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from claims.models import Claim
from verification.conditions.phrases import count
from verification.desk_addresses import models_path
from verification.learning.drift import Drift
from verification.models import ModelState, ScoringModel
from verification.selectors.brief import Fact
from verification.selectors.drift_words import drift_health
from verification.selectors.phrases import moment

LATE = timedelta(seconds=60)
"""What is due for longer is sent again by the sweep."""

DRIFTED, WAITS = "scores_drifted", "model_waits"


@dataclass(frozen=True, kw_only=True)
class ScoreHealth:
    """`model`, `waiting`: numbers of the models in use and waiting, if there are such.

    `due`: claims that wait for a new score for too long. `alarms`: stable codes with sentences.
    """

    model: int | None
    waiting: int | None
    due: int
    drift: Drift
    drift_words: str
    alarms: tuple[tuple[str, str], ...]
    facts: tuple[Fact, ...]


def score_health(*, now: datetime) -> ScoreHealth:
    """Three queries."""
    drift, models, due = drift_health(), _models(), _due(now)
    active, waiting = models.get(ModelState.ACTIVE), models.get(ModelState.WAITING)
    waits = f"Model {waiting.number} was learnt and waits for a person." if waiting else ""
    alarms = ((DRIFTED, drift.alarm), (WAITS, waits))
    return ScoreHealth(
        model=active.number if active else None,
        waiting=waiting.number if waiting else None,
        due=due,
        drift=drift.found,
        drift_words=drift.words,
        alarms=tuple((code, words) for code, words in alarms if words),
        facts=(
            Fact("Model", _in_use(active), href=models_path()),
            Fact("Due to be scored again", count(due, "claim") if due else "0"),
            Fact("Calibration drift", drift.words, href=reverse("desk_calibration")),
        ),
    )


def _models() -> Mapping[str, ScoringModel]:
    states = (ModelState.ACTIVE, ModelState.WAITING)
    rows = ScoringModel.objects.filter(state__in=states).only("number", "state", "made_at")
    return {row.state: row for row in rows}


def _in_use(model: ScoringModel | None) -> str:
    if model is None:
        return "The desk’s own beliefs: nothing was learnt yet"
    return f"{model.number}, learnt {moment(model.made_at)}"


def _due(now: datetime) -> int:
    return Claim.objects.filter(assess_due_at__lt=now - LATE).count()
