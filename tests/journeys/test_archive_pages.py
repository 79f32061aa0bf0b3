"""Pages of archived copies in every state: accessible, no wider than a phone, clean in public."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from sources.models import Snapshot
from tests.journeys.archived_rows import put_rows
from tests.journeys.shown_pages import ADMIN, ARCHIVED, Shown, show
from tests.journeys.test_every_page import SCRIPTS, UNREACHABLE, violations, width_at
from tests.journeys.watched_tab import Tabs

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def numbers(
    db: None, site: LiveServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, int]]:
    """Replayed pages have their own journey; here nobody answers for that host."""
    with override_settings(SNAPSHOT_HOST="http://127.0.0.1:9", PUBLIC_URL=site.url):
        yield put_rows(tmp_path_factory.mktemp("archived"))


@pytest.mark.parametrize("shown", ARCHIVED, ids=lambda shown: shown.ident)
def test_a_page_of_the_archive_is_for_everybody(
    tabs: Tabs, shown: Shown, numbers: dict[str, int]
) -> None:
    page = show(tabs, shown, numbers)
    assert list(violations(page)) == []
    assert page.evaluate(UNREACHABLE) == []
    assert width_at(page, 320) == 320
    if shown.is_public:
        assert page.locator(SCRIPTS).count() == 0
        assert page.context.cookies() == []


def test_what_is_typed_at_a_failed_capture_stays_while_others_go_on_and_when_it_is_refused(
    tabs: Tabs, numbers: dict[str, int]
) -> None:
    shown = Shown("desk_claim", "/desk/c/{claim}", ADMIN, refusal=422)
    page = show(tabs, shown, numbers, width=390)
    page.get_by_text("Use another archive’s copy").first.click()
    field = page.get_by_label("Address of the copy").first
    field.fill("https://web.archive.org/nothing")
    Snapshot.objects.filter(number=numbers["running"]).update(step="sealing")
    expect(page.get_by_text("Step 3 of 3")).to_be_visible()
    expect(field).to_have_value("https://web.archive.org/nothing")
    page.get_by_role("button", name="Archive that copy").first.click()
    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator(".wrong-text")).to_contain_text("We know no archive there")
    expect(field).to_have_value("https://web.archive.org/nothing")
    assert page.evaluate(UNREACHABLE) == []
    assert width_at(page, 320) == 320
