"""The methodology page with a score added up and models that were learnt, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from accounts.models import User
from claims.models import Claim
from tests.journeys.shown_pages import Shown, show
from tests.journeys.test_every_page import UNREACHABLE, violations, width_at
from tests.journeys.test_models_shown import make
from tests.journeys.watched_tab import Tabs
from verification.models import ModelState

pytestmark = pytest.mark.journey

PAGE = Shown("methodology", "/methodology")
MOVES = {"claims": 340, "mean": 0.021, "p99": 0.03, "most": 0.11, "furthest": []}


@pytest.fixture
def told(story_at: Callable[[str], Claim | None]) -> None:
    """The story's claim, confirmed, and three models."""
    story_at("confirmed")
    with transaction.atomic():
        editor = User.objects.get(email="editor@demo.example")
        make(1, ModelState.REFUSED, MOVES, editor)
        make(2, ModelState.ACTIVE, MOVES)
        make(3, ModelState.WAITING, {**MOVES, "most": 0.41})


def test_the_method_is_for_everybody(tabs: Tabs, told: None) -> None:
    page = show(tabs, PAGE, {})
    assert list(violations(page)) == []
    assert page.evaluate(UNREACHABLE) == []
    assert width_at(page, 320) == 320
    assert page.locator(".addition tbody tr").count() == 7
    if folder := os.environ.get("SHOTS"):
        for width in (1280, 390):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                page.screenshot(
                    path=Path(folder) / f"methodology-{width}-{scheme}.png", full_page=True
                )
