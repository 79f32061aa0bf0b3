"""The gallery in a real browser: accessibility, narrow screens, both directions, keyboard.

No server: each request of the page is answered here, from the view and from the static files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Route, sync_playwright

from core.views import gallery
from tests.chromium import CHROMIUM

pytestmark = pytest.mark.journey

SITE = "http://desk.test"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; script-src 'self'; connect-src 'self'"
)
# The gallery shows some landmarks more than once; a page does not.
AXE = {"resultTypes": ["violations"], "rules": {"landmark-unique": {"enabled": False}}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def answer(route: Route, rf: RequestFactory) -> None:
    address = urlsplit(route.request.url)
    if address.path.startswith("/static/"):
        route.fulfill(path=Path(finders.find(address.path.removeprefix("/static/"))))
        return
    response = gallery(rf.get("/", dict(parse_qsl(address.query))))
    route.fulfill(
        body=response.content,
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": POLICY},
    )


@contextmanager
def tab(browser: Browser, rf: RequestFactory, *, script: bool = True) -> Iterator[Page]:
    """A tab in which nothing may be written to the console."""
    complaints: list[str] = []
    context = browser.new_context(java_script_enabled=script)
    context.route("**/*", lambda route: answer(route, rf))
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def page(browser: Browser, settings: object, rf: RequestFactory) -> Iterator[Page]:
    settings.DEBUG = True
    with tab(browser, rf) as opened_tab:
        yield opened_tab


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('[data-row]')?.id ?? ''")


def opened(page: Page) -> bool:
    return page.evaluate("document.getElementById('keys-dialog').open")


@pytest.mark.parametrize(
    ("query", "width", "scheme"),
    [("", 1280, "light"), ("?lang=ar", 390, "dark")],
)
def test_axe_finds_nothing(page: Page, query: str, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{SITE}/{query}")
    violations = Axe().run(page, options=AXE).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []


@pytest.mark.parametrize("query", ["", "?lang=ar"])
def test_nothing_is_wider_than_a_small_phone(page: Page, query: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{SITE}/{query}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_needle_of_the_meter_is_mirrored(page: Page) -> None:
    place = (
        "(() => { const box = document.querySelector('.meter svg').getBoundingClientRect();"
        " const dot = document.querySelector('.meter circle').getBoundingClientRect();"
        " return (dot.x + dot.width / 2 - box.x) / box.width })()"
    )
    page.goto(f"{SITE}/?component=meter")
    assert page.evaluate(place) == pytest.approx(0.96, abs=0.01)
    page.goto(f"{SITE}/?component=meter&lang=ar")
    assert page.evaluate(place) == pytest.approx(0.04, abs=0.01)


def test_theme_can_be_forced_and_paper_is_light(page: Page) -> None:
    background = "getComputedStyle(document.body).getPropertyValue('--ink')"
    page.goto(f"{SITE}/?component=pull&theme=dark")
    dark = page.evaluate(background)
    page.emulate_media(media="print")
    assert page.evaluate(background) != dark


def test_j_and_k_walk_through_rows_and_x_selects(page: Page) -> None:
    page.goto(f"{SITE}/?component=desk_row")
    page.keyboard.press("j")
    assert focused(page) == "row-13"  # the one after the current row
    page.keyboard.press("k")
    assert focused(page) == "row-12"
    page.keyboard.press("x")
    assert page.locator("#row-12 input").is_checked()


def test_g_and_a_letter_follow_a_link_of_the_bar(page: Page) -> None:
    page.goto(f"{SITE}/?component=desk_bar")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url(f"{SITE}/desk/review")


def test_a_control_has_its_own_key(page: Page) -> None:
    page.goto(f"{SITE}/?component=empty")
    page.evaluate("document.querySelector('.empty a').dataset.key = 'a'")
    page.keyboard.press("a")
    page.wait_for_url("**/*#")


def test_no_key_works_in_a_field(page: Page) -> None:
    page.goto(f"{SITE}/?component=search")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend',"
                  " '<dialog id=keys-dialog>keys</dialog>')")  # fmt: skip
    page.keyboard.press("/")
    page.keyboard.type("gr? what")
    assert page.locator("#q").input_value() == "gr? what"
    assert not opened(page)
    page.locator("#q").blur()
    page.keyboard.type("?")
    assert opened(page)


def test_switch_stops_single_keys_and_survives_a_reload(page: Page) -> None:
    page.goto(f"{SITE}/?component=keys")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Turn single-key shortcuts off").click()
    page.reload()
    page.keyboard.type("?")
    assert not opened(page)
    page.get_by_role("button", name="Turn single-key shortcuts on").click()
    page.keyboard.type("?")
    assert opened(page)


def test_dialog_closes_with_escape_and_gives_the_focus_back(page: Page) -> None:
    page.goto(f"{SITE}/?component=keys")
    opener = page.get_by_role("button", name="all keys")
    opener.click()
    assert opened(page)
    page.keyboard.press("Escape")
    assert not opened(page)
    assert opener.evaluate("control => control === document.activeElement")


def test_errors_take_the_focus(page: Page) -> None:
    page.goto(f"{SITE}/?component=errors")
    assert page.evaluate("document.activeElement.className") == "errors"


@pytest.mark.parametrize("script", [True, False])
def test_keys_are_offered_only_where_the_script_runs(
    browser: Browser, settings: object, rf: RequestFactory, script: bool
) -> None:
    settings.DEBUG = True
    with tab(browser, rf, script=script) as page:
        page.goto(f"{SITE}/?component=keys")
        assert page.locator("footer.keys").is_visible() == script
