"""manage.py fit_scores: the nightly fit, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from verification.models import ModelState, ScoringModel
from verification.services.models import fit_model


class Command(BaseCommand):
    help = (
        "Learn a model from the settled claims. Nothing new is made of what was learnt already, "
        "nor of fewer than ten settled claims. A model that moves open scores too far waits at "
        "/desk/models until a person decides."
    )

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        model = fit_model()
        self.stdout.write(_in_words(model) if model else "Nothing new: no model was made.")


def _in_words(model: ScoringModel) -> str:
    waits = model.state == ModelState.WAITING
    after = "It waits for a person at /desk/models." if waits else "It is in use."
    return f"Model {model.number} was made. {after}"
