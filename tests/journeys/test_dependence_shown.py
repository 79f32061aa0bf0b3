"""Sources that err together, one group of which waits, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import transaction

from sources.models import Source
from tests.factories import GroupFactory, SourceFactory
from tests.journeys.conftest import add_people
from tests.journeys.shown_pages import EDITOR, Shown, show
from tests.journeys.test_every_page import UNREACHABLE, violations, width_at
from tests.journeys.watched_tab import Tabs
from tests.verification.bloc_rows import settle, sources
from verification.services.dependence import decide_group, end_group, propose_groups

pytestmark = pytest.mark.journey

PAGE = Shown("desk_dependence", "/desk/dependence", EDITOR)
WHY = "Both take their copy from one news desk; their editors say so."


@pytest.fixture
def groups(db: None) -> None:
    with transaction.atomic():
        _, editor = add_people()
        copiers, honest = sources()
        settle(copiers, honest)
        one, other = pair("Radio of the governor’s press office", "إذاعة حلب")
        settle([one, other], [], seed=11)
        propose_groups()
        decide_group(actor=editor, number=2, accept=True, reason=WHY)
        GroupFactory.accepted(*pair("Harbour Sheet", "Harbour News"))
        end_group(actor=editor, number=3, reason="Harbour News hired reporters of its own.")


def pair(*names: str) -> list[Source]:
    return [SourceFactory.create(name=name) for name in names]


def test_the_page_is_for_everybody_and_takes_the_decision(tabs: Tabs, groups: None) -> None:
    page = show(tabs, PAGE, {})
    for summary in page.locator("summary").all():
        summary.click()
    assert list(violations(page)) == []
    assert page.evaluate(UNREACHABLE) == []
    assert width_at(page, 320) == 320
    if folder := os.environ.get("SHOTS"):
        for width in (1280, 390):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                name = f"dependence-{width}-{scheme}.png"
                page.screenshot(path=Path(folder) / name, full_page=True)
    waiting = page.locator("#group-1")
    waiting.get_by_label("Why").fill(WHY)
    waiting.get_by_role("button", name="Reject group 1").click()
    page.get_by_text("Group 1 is refused.", exact=True).wait_for()
