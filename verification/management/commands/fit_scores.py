"""manage.py fit_scores: the nightly fit, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from verification.conditions.phrases import count
from verification.models import ModelState, ScoringModel
from verification.services.joint import fit_joint
from verification.services.models import fit_model


class Command(BaseCommand):
    help = (
        "Learn a model from the settled claims. Nothing new is made of what was learnt already, "
        "nor of fewer than ten settled claims. A model that moves open scores too far waits at "
        "/desk/models until a person decides. With --joint: fit the open claims together with the "
        "settled ones instead (method cred-a/1), for analysis; nothing official is scored with it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--joint", action="store_true", help="method cred-a/1, for analysis")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["joint"]:
            self.stdout.write(_joint_in_words())
            return
        model = fit_model()
        self.stdout.write(_in_words(model) if model else "Nothing new: no model was made.")


def _in_words(model: ScoringModel) -> str:
    waits = model.state == ModelState.WAITING
    after = "It waits for a person at /desk/models." if waits else "It is in use."
    return f"Model {model.number} was made. {after}"


def _joint_in_words() -> str:
    fit = fit_joint()
    if fit is None:
        return "Nothing new: no fit was made. It takes an open public claim with a score."
    return (
        f"Joint fit {fit.number} was made of {count(len(fit.claims), 'open claim')}. Ask for it "
        f"with /api/v1/claims/NUMBER/assessment?method={fit.method}."
    )
