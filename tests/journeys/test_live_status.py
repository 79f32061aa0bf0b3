"""A page that stays open learns by itself what became of a capture."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from claims.models import Claim
from core import jobs
from demo import cast
from demo.server import DemoWeb
from sources.models import Snapshot
from sources.services.capture import run_capture
from tests.journeys.desk_hands import Desk
from tests.journeys.shown_pages import CHECKER
from tests.journeys.watched_tab import Tabs

pytestmark = pytest.mark.journey


@pytest.fixture
def a_slow_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Captures wait until the test does them."""
    send = jobs._send

    def send_what_is_quick(name: str, arguments: dict[str, str | int]) -> None:
        if name != "sources.capture":
            send(name, arguments)

    monkeypatch.setattr(jobs, "_send", send_what_is_quick)


def test_a_copy_arrives_and_counts_for_nothing(
    tabs: Tabs, web: DemoWeb, story_at: Callable[[str], Claim | None], a_slow_worker: None
) -> None:
    claim = story_at("contested")
    desk = Desk(tabs.open())
    desk.sign_in(CHECKER)
    desk.page.goto(f"/desk/c/{claim.number}")
    expect(desk.page.locator("#sources-note")).to_have_text("7 sources, 6 of them independent")
    before = desk.score()
    added = desk.add_source(f"{web.base_url}{cast.REPOST.path}", "Supports")
    waiting = desk.page.get_by_role("list", name="Captures")
    expect(waiting).to_contain_text("Waiting to archive")
    desk.page.evaluate("window.stayed = true")
    run_capture(snapshot_id=Snapshot.objects.get(state="queued").pk)
    expect(desk.item(added)).to_contain_text(re.compile(r"Copy of \[6\].*Archived", re.DOTALL))
    expect(desk.page.locator("#sources-note")).to_have_text("8 sources, 6 of them independent")
    assert abs(desk.score() - before) <= 1
    assert desk.page.evaluate("window.stayed")
