"""Two editors press Approve at the same moment: one decides, the other is told who did."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from playwright.sync_api import Page, expect

from accounts.roles import Role
from claims.models import Claim
from tests.factories import UserFactory
from tests.journeys.desk_hands import Desk
from tests.journeys.watched_tab import PATIENCE, Tabs
from verification.models import StatusEvent

pytestmark = pytest.mark.journey

PUBLISHED = "Published: claim 12 is now Confirmed."
MARK, LINA = "Mark Osei", "Lina Khoury"


def review_open_for(tabs: Tabs, email: str, *, script: bool) -> Page:
    desk = Desk(tabs.open(script=script, refusals=[409]))
    desk.sign_in(email)
    desk.open_list("Review")
    return desk.page


def wait_for_waiters(count: int) -> None:
    """Until COUNT transactions wait for a lock: so many requests are in the decision at once."""
    until = time.monotonic() + PATIENCE / 1000
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(  # of this database: tests beside this one have others on the server
                "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0] == count:
                return
            time.sleep(0.05)
    pytest.fail(f"{count} requests never met")


def test_one_approves_and_the_other_hears_who_did(
    tabs: Tabs, story_at: Callable[[str], Claim]
) -> None:
    claim = story_at("proposed")
    UserFactory.create(email="lina@demo.example", name=LINA, role=Role.EDITOR)
    pages = {
        MARK: review_open_for(tabs, "editor@demo.example", script=True),
        LINA: review_open_for(tabs, "lina@demo.example", script=False),
    }
    with transaction.atomic():
        Claim.objects.select_for_update().get(pk=claim.pk)  # both come as far as this lock
        for page in pages.values():
            page.get_by_role("button", name="Approve and publish").click(no_wait_after=True)
        wait_for_waiters(len(pages))
    for page in pages.values():
        expect(page.get_by_text(re.compile(f"{PUBLISHED}|no longer waits"))).to_be_visible()
    winner = StatusEvent.objects.get(claim=claim, to_status="confirmed").approver.name
    loser = LINA if winner == MARK else MARK
    expect(pages[winner].get_by_text(PUBLISHED)).to_be_visible()
    expect(pages[loser].get_by_role("alert")).to_contain_text(
        f"This proposal no longer waits: approved by {winner}."
    )
