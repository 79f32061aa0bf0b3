"""Learnt models, one of which waits, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tests.factories import ClaimFactory
from tests.journeys.conftest import add_people
from tests.journeys.shown_pages import EDITOR, Shown, show
from tests.journeys.test_every_page import UNREACHABLE, violations, width_at
from tests.journeys.watched_tab import Tabs
from verification.models import ModelState, ScoringModel
from verification.scoring import DEFAULT_PARAMETERS, METHOD

pytestmark = pytest.mark.journey

PAGE = Shown("desk_models", "/desk/models", EDITOR)
FIGURES = {"n_reports": 214, "n_claims": 61, "log_loss_before": 0.412, "log_loss_after": 0.297}
WHY = "The three outlets that it takes weight from were wrong about the crossing."


@pytest.fixture
def models(db: None) -> None:
    with transaction.atomic():
        _, editor = add_people()
        moved = [(0.71, 0.38), (0.64, 0.82), (0.55, 0.47)]
        far = [
            {"claim": ClaimFactory.create().pk, "before": before, "after": after}
            for before, after in moved
        ]
        moves = {"claims": 340, "mean": 0.021, "p99": 0.118, "most": 0.33, "furthest": far}
        make(1, ModelState.REFUSED, moves, editor)
        make(2, ModelState.ACTIVE, {**moves, "p99": 0.03, "most": 0.11})
        make(3, ModelState.WAITING, moves)


def make(
    number: int, state: ModelState, moves: dict[str, object], decided_by: User | None = None
) -> None:
    now = timezone.now()
    ScoringModel.objects.create(
        number=number,
        method=METHOD,
        parameters=DEFAULT_PARAMETERS.as_dict(),
        inputs_digest=f"{number:064x}",
        figures=FIGURES,
        moves=moves,
        made_at=now,
        state=state,
        activated_at=now if state == ModelState.ACTIVE else None,
        decided_by=decided_by,
        decided_at=now if decided_by else None,
        decision_reason=WHY if decided_by else "",
    )


def test_the_decision_is_for_everybody(tabs: Tabs, models: None) -> None:
    page = show(tabs, PAGE, {})
    assert list(violations(page)) == []
    assert page.evaluate(UNREACHABLE) == []
    assert width_at(page, 320) == 320
    if folder := os.environ.get("SHOTS"):
        for width, scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"models-{width}.png", full_page=True)
    page.get_by_label("Use it", exact=True).check()
    page.get_by_label("Why").fill("It agrees with what the desk knows of these sources.")
    page.get_by_role("button", name="Decide on model 3").click()
    page.get_by_text("Model 3 is in use.", exact=True).wait_for()
