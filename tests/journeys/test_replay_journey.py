"""Hostile pages, captured for real and replayed in a real browser: nothing runs, nothing leaves."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Frame, Page
from pytest_django.live_server_helper import LiveServer

from accounts.roles import Role
from claims.models import Evidence
from claims.services.filing import file_address
from config.replay import policy
from sources.models import Document, Snapshot
from tests.factories import ClaimFactory, DocumentFactory, EvidenceFactory, UserFactory
from tests.journeys.hostile_pages import served
from tests.journeys.replay_server import running_replay_host
from tests.journeys.test_every_page import UNREACHABLE, violations, width_at
from tests.journeys.watched_tab import PATIENCE, Tabs
from tests.sources.origin import Origin, page
from tests.verification.replay_asking import archived, response
from verification.replay_addresses import replay_address

pytestmark = pytest.mark.journey

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
# Attempts that a browser makes by itself when nothing is in its way; the list is what was seen.
DONE_WITHOUT_GUARDS = {
    "sheet", "preload", "import", "import-escaped", "background", "escaped", "font", "script",
    "module", "image", "video", "audio", "frame", "srcdoc", "object", "embed", "drawn", "form",
    "ran-inline", "ran-parent", "ran-storage", "ran-worker", "ran-fetch", "ran-load", "ran-error",
    "ran-drawing", "fetch", "beacon", "refresh",
}  # fmt: skip


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Origin]:
    """Another site, which must never be asked for anything."""
    with Origin() as running:
        yield running


@pytest.fixture(scope="module")
def hostile(elsewhere: Origin) -> Iterator[Origin]:
    with Origin() as running:
        running.answers.update(served(f"http://127.0.0.1:{elsewhere.port}"))
        yield running


@pytest.fixture(scope="module")
def replay(db: None, site: LiveServer, hostile: Origin) -> Iterator[str]:
    """Both hosts, each under its own port, and captures that may reach the hostile site."""
    with (
        running_replay_host() as address,
        override_settings(
            SNAPSHOT_HOST=address, PUBLIC_URL=site.url, CAPTURE_LOOPBACK_PORTS=[hostile.port]
        ),
    ):
        yield address


@pytest.fixture(scope="module")
def copies(replay: str, hostile: Origin, elsewhere: Origin) -> dict[str, Snapshot]:
    """The hostile pages as captured by the product, cited in a public claim."""
    checker = UserFactory.create(role=Role.FACT_CHECKER)
    claim = ClaimFactory.create()
    for path in ("/everything", "/xhtml", "/svg"):
        address = f"http://127.0.0.1:{hostile.port}{path}"
        file_address(actor=checker, claim=claim, address=address, stance="supports")
    hostile.requests.clear()
    assert elsewhere.connections == 0
    found = Snapshot.objects.filter(document__evidence__claim=claim)
    assert {snapshot.state for snapshot in found} == {"sealed"}
    return {urlsplit(snapshot.final_url).path.strip("/"): snapshot for snapshot in found}


class Visitor:
    """A browser with a cookie that is worth stealing, and a list of all that it asks for."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.context: BrowserContext = browser.new_context(base_url=site)
        self.context.set_default_timeout(PATIENCE)
        self.context.add_cookies(
            [{"name": "secret", "value": "ours", "domain": "127.0.0.1", "path": "/"}]
        )
        self.asked: list[str] = []
        self.set_cookies: list[str] = []
        self.popups: list[Page] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("response", self._answered)
        # Playwright marks its handlers, which the method of a list cannot be.
        self.context.on("page", lambda opened: self.popups.append(opened))  # noqa: PLW0108  as said

    def _answered(self, answer: object) -> None:
        if "set-cookie" in answer.headers:
            self.set_cookies.append(answer.url)

    def cookies(self) -> dict[str, str]:
        return {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}

    def open(self, path: str) -> Page:
        opened = self.context.new_page()
        opened.goto(path)
        return opened


@pytest.fixture
def visitor(browser: Browser, site: LiveServer) -> Iterator[Visitor]:
    someone = Visitor(browser, site.url)
    yield someone
    someone.context.close()


def framed(opened: Page) -> Frame:
    # A click on the tab does not wait for the page that it leads to.
    frame = opened.wait_for_selector("iframe").content_frame()
    frame.wait_for_load_state("load")
    return frame


def asked_of(origin: Origin) -> set[str]:
    """What was asked for, by name; a cookie in a name is left out."""
    paths = [request.split(b" ", 2)[1].decode() for request in list(origin.requests)]
    return {path.strip("/").partition("?")[0].partition("-secret")[0] for path in paths}


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)


def raw_site(elsewhere: Origin, *headers: str) -> Origin:
    """The same pages on a site that guards nobody, but by the HEADERS that it is given."""
    site = Origin()
    site.answers.update(served(f"http://127.0.0.1:{elsewhere.port}", guards=headers))
    return site


def test_without_the_guards_the_page_does_what_it_tries(visitor: Visitor) -> None:
    with Origin() as other, raw_site(other) as raw:
        opened = visitor.open(raw.url("/holder"))
        wait_for(lambda: asked_of(other) >= DONE_WITHOUT_GUARDS)
        assert DONE_WITHOUT_GUARDS - asked_of(other) == set()
        assert any(b"ran-cookie-secret%3Dours" in request for request in other.requests)
        assert visitor.cookies()["stolen"] == "3"
        assert opened.title() == "stolen"
        wait_for(lambda: "worker" in asked_of(raw))
        assert "worker" in asked_of(raw)


def longer_than_a_refresh(browser: Browser) -> None:
    """Wait until the same page without guards, opened later, has been led away by its refresh."""
    someone = Visitor(browser, "")
    with Origin() as other, raw_site(other) as raw:
        someone.open(raw.url("/holder"))
        wait_for(lambda: "refresh" in asked_of(other))
        assert "refresh" in asked_of(other)
    someone.context.close()


@pytest.mark.parametrize("name", ["everything", "xhtml"])
@pytest.mark.fault(51)
def test_a_replayed_page_does_nothing(
    browser: Browser, visitor: Visitor, copies: dict[str, Snapshot], replay: str,
    site: LiveServer, elsewhere: Origin, name: str,
) -> None:  # fmt: skip
    opened = visitor.open(f"/snap/{copies[name].number}?view=page")
    title, frame = opened.title(), framed(opened)
    assert urlsplit(frame.url).netloc == urlsplit(replay).netloc
    for link in frame.query_selector_all("a"):
        link.click(force=True)
    tried = ("document.cookie", "parent.document.title", "localStorage.length")
    told = "() => { try { return String(%s) } catch (problem) { return problem.name } }"
    assert [frame.evaluate(told % one) for one in tried] == ["SecurityError"] * 3
    assert frame.evaluate("typeof tell") == "undefined"
    longer_than_a_refresh(browser)
    assert urlsplit(frame.url).netloc == urlsplit(replay).netloc
    assert opened.title() == title
    assert {urlsplit(url).netloc for url in visitor.asked} == {
        urlsplit(replay).netloc,
        urlsplit(site.url).netloc,
    }
    assert elsewhere.connections == 0
    assert visitor.set_cookies == []
    assert visitor.cookies() == {"secret": "ours"}
    assert visitor.popups == [opened]
    assert opened.get_by_text("It can’t run programs or contact its site.").is_visible()


def test_the_readers_part_of_a_hostile_page_is_there(
    visitor: Visitor, copies: dict[str, Snapshot]
) -> None:
    frame = framed(visitor.open(f"/snap/{copies['everything'].number}?view=page"))
    assert frame.get_by_text("Seen at dawn").is_visible()
    assert frame.get_by_text("The end of the page.").is_visible()
    assert frame.locator("input").is_disabled()


def test_a_drawing_is_a_file(
    visitor: Visitor, copies: dict[str, Snapshot], elsewhere: Origin
) -> None:
    opened = visitor.open(f"/snap/{copies['svg'].number}?view=page")
    assert opened.locator("iframe").count() == 0
    with opened.expect_download() as waiting:
        opened.get_by_text("Download the file").click()
    assert waiting.value.suggested_filename.endswith(".bin")
    assert b"ran-svg" in Path(waiting.value.path()).read_bytes()
    assert elsewhere.connections == 0


def test_the_policy_alone_lets_no_request_leave(visitor: Visitor, replay: str) -> None:
    """Markup as it came, behind the headers: only a connection ahead of need is not covered."""
    with (
        Origin() as other,
        raw_site(other, f"Content-Security-Policy: {policy()}") as raw,
    ):
        opened = visitor.open(raw.url("/everything"))
        opened.wait_for_load_state("load")
        assert opened.evaluate("typeof tell") == "undefined"
        assert asked_of(other) == set()
    assert visitor.cookies() == {"secret": "ours"}


def test_the_cleaning_alone_lets_no_connection_be_made(
    browser: Browser, visitor: Visitor, copies: dict[str, Snapshot], elsewhere: Origin
) -> None:
    """The page as it is written anew, on a site without any header and outside of any frame."""
    frame = framed(visitor.open(f"/snap/{copies['everything'].number}?view=page"))
    written = visitor.context.request.get(frame.url).body()
    with Origin() as bare:
        bare.answers["/"] = page(written)
        opened = visitor.open(bare.url("/"))
        opened.wait_for_load_state("load")
        longer_than_a_refresh(browser)
        assert opened.url == bare.url("/")
    assert elsewhere.connections == 0


# --- pages as they looked


@pytest.fixture
def cited(replay: str) -> Document:
    document = DocumentFactory.create(title="At dawn")
    item: Evidence = EvidenceFactory.create(document=document, snapshot=None)
    return item.document


def test_parts_from_the_same_file_are_shown_in_the_frame(
    visitor: Visitor, cited: Document, tmp_path: Path
) -> None:
    body = (
        b"<!doctype html><link rel=stylesheet href=/look.css><p id=p>Text</p><img id=i src=/i.png>"
    )
    snapshot = archived(
        tmp_path,
        cited,
        {
            "https://outlet.example.org/a": response(body),
            "https://outlet.example.org/look.css": response(b"p{color:rgb(1,2,3)}", "text/css"),
            "https://outlet.example.org/i.png": response(PNG, "image/png"),
        },
    )
    frame = framed(visitor.open(f"/snap/{snapshot.number}?view=page"))
    assert frame.evaluate("getComputedStyle(document.getElementById('p')).color") == "rgb(1, 2, 3)"
    assert frame.evaluate("document.getElementById('i').naturalWidth") == 1


def test_a_picture_is_shown_in_the_frame(visitor: Visitor, cited: Document, tmp_path: Path) -> None:
    snapshot = archived(
        tmp_path, cited, {"https://outlet.example.org/i": response(PNG)}, media_type="image/png"
    )
    frame = framed(visitor.open(f"/snap/{snapshot.number}?view=page"))
    assert frame.evaluate("document.images[0].naturalWidth") == 1


def test_no_other_site_can_frame_a_replayed_page(
    visitor: Visitor, copies: dict[str, Snapshot]
) -> None:
    address = replay_address(copies["everything"].number)
    with Origin() as thief:
        thief.answers["/"] = page(f"<iframe src='{address}'></iframe>".encode())
        opened = visitor.open(thief.url("/"))
        assert "chrome-error:" in framed(opened).url


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_frame_is_filled_by_whichever_name_of_loopback_the_site_is_opened(
    visitor: Visitor, copies: dict[str, Snapshot], site: LiveServer, name: str
) -> None:
    there = site.url.replace("127.0.0.1", name)
    opened = visitor.open(f"{there}/snap/{copies['everything'].number}?view=page")
    assert framed(opened).get_by_text("Seen at dawn").is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_the_tab_is_for_everybody(tabs: Tabs, copies: dict[str, Snapshot], script: bool) -> None:
    for view in ("page", "details"):
        opened = tabs.open(script=script)
        opened.goto(f"/snap/{copies['xhtml'].number}?view={view}")
        if script:
            assert list(violations(opened)) == []
        assert opened.evaluate(UNREACHABLE) == []
        assert width_at(opened, 320) == 320
    opened.get_by_role("link", name="Page as it looked").click()
    assert framed(opened).get_by_text("Strict").is_visible()
