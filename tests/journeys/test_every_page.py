"""Every page: accessible in both themes and both widths, no wider than a phone, clean in public."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page

from claims.models import Claim
from tests.factories import PASSWORD
from tests.journeys.kept_rows import NotForTestsError, forget_everything
from tests.journeys.shown_pages import (
    ARCHIVED,
    CHECKER,
    CONFIRMED,
    IMPORTED,
    PROPOSED,
    Shown,
    numbers_of,
    show,
)
from tests.journeys.watched_tab import Tabs

pytestmark = pytest.mark.journey

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# Each theme at one width. That each colour of a theme stands out from its ground, whatever the
# width, is for tests/core/test_tokens.py.
LOOKS = [(1280, "light"), (390, "dark")]
SCRIPTS = "script:not([type='application/ld+json'])"
# Controls that reach over the edge of the window, where nobody can press them.
UNREACHABLE = """
() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((control) => control.checkVisibility() && !control.closest(".vh, .skip"))
  .filter((control) => {
    const box = control.getBoundingClientRect();
    return box.width > 0 && (box.left < -1 || box.right > document.documentElement.clientWidth + 1);
  })
  .map((control) => control.outerHTML.slice(0, 120))
"""


@pytest.fixture(scope="module")
def numbers_at(story_at: Callable[[str], Claim | None]) -> Callable[[str], dict[str, Any]]:
    """Bring the story to a moment, unless it is there already; gives its numbers."""
    reached: dict[str, dict[str, Any]] = {}

    def at(moment: str) -> dict[str, Any]:
        if moment not in reached:
            reached.clear()
            reached[moment] = numbers_of(story_at(moment))
        return reached[moment]

    return at


def violations(page: Page) -> Iterator[str]:
    """What axe finds at each width and in each theme, shortly."""
    page.evaluate(Axe().axe_script)
    for width, scheme in LOOKS:
        show_all(page, width)
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(
            "options => axe.run(document, options).then((results) => results.violations)",
            RULES,
        )
        for one in found:
            yield f"{width} {scheme} {one['id']}: {one['nodes'][0]['html'][:200]}"


def show_all(page: Page, width: int) -> None:
    """A window as high as the page: what scrolls past the bar at its foot is not hidden by it."""
    page.set_viewport_size({"width": width, "height": 844})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})


def width_at(page: Page, width: int) -> int:
    page.set_viewport_size({"width": width, "height": 640})
    return page.evaluate("document.documentElement.scrollWidth")


PAGES = [
    *(("imported", shown) for shown in IMPORTED),
    *(("proposed", shown) for shown in PROPOSED),
    *(("confirmed", shown) for shown in CONFIRMED),
]


@pytest.mark.parametrize(("moment", "shown"), PAGES, ids=lambda part: getattr(part, "ident", part))
def test_a_page_is_for_everybody(
    tabs: Tabs, moment: str, shown: Shown, numbers_at: Callable[[str], dict[str, Any]]
) -> None:
    page = show(tabs, shown, numbers_at(moment))
    assert list(violations(page)) == []
    assert page.evaluate(UNREACHABLE) == []
    assert width_at(page, 320) == 320
    if shown.is_public:
        assert page.locator(SCRIPTS).count() == 0
        assert page.context.cookies() == []


def test_the_last_line_of_the_waterfall_is_one_line(
    tabs: Tabs, numbers_at: Callable[[str], dict[str, Any]]
) -> None:
    page = show(tabs, Shown("desk_claim", "/desk/c/{claim}", CHECKER), numbers_at("proposed"))
    heading = page.locator(".waterfall .total th")
    lines = heading.evaluate(
        "(cell) => { const all = document.createRange(); all.selectNodeContents(cell); "
        "return all.getClientRects().length }"
    )
    assert (heading.inner_text(), lines) == ("Score now", 1)


def test_a_faulty_page_would_be_noticed(
    tabs: Tabs, numbers_at: Callable[[str], dict[str, Any]]
) -> None:
    page = show(tabs, Shown("methodology", "/methodology"), numbers_at("proposed"))
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', "
        "'<button class=\"button\">' + 'endless'.repeat(99) + '</button><img src=\"data:,\">'"
        " + '<p id=pale>Hardly to be read</p>')"
    )
    page.evaluate("document.querySelector('#pale').style.color = '#8888'")
    faults = list(violations(page))
    assert any("image-alt" in fault for fault in faults)
    for width, scheme in LOOKS:
        assert any(fault.startswith(f"{width} {scheme} color-contrast") for fault in faults), faults
    assert page.evaluate(UNREACHABLE) != []
    assert width_at(page, 320) > 320


def test_a_fault_of_behaviour_would_be_noticed(tabs: Tabs, db: None) -> None:
    page = tabs.open()
    page.route("http://elsewhere.test/**", lambda route: route.abort())
    page.goto("/methodology")
    page.evaluate("document.body.style.cssText = ''; new Image().src = 'http://elsewhere.test/'")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">')")
    page.goto("/c/999999999")
    found, tabs.complaints[:] = "\n".join(tabs.complaints), []
    assert "asked for http://elsewhere.test/" in found
    assert "Content Security Policy" in found
    assert "404 for GET" in found


def test_rows_that_are_not_a_tests_are_left_alone(
    numbers_at: Callable[[str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers_at("proposed")
    monkeypatch.setitem(connection.settings_dict, "NAME", "corroborate")
    with pytest.raises(NotForTestsError):
        forget_everything()
    assert Claim.objects.count() == 18


def addresses(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Names of all addresses with the names of their parts."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern.url_patterns, prefix + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", list(pattern.pattern.converters)


def test_no_page_is_left_out(numbers_at: Callable[[str], dict[str, Any]]) -> None:
    parts = {"number": 1, "position": 1, "marker": "1", "slug": "-", "page": 1, "other": 2}
    parts["rating"] = 1
    parts["address"] = "https://nowhere.example/"
    parts["key"] = numbers_at("proposed")["proposal"]
    client = Client()
    client.login(username=CHECKER, password=PASSWORD)
    seen = {shown.name for shown in [*PROPOSED, *CONFIRMED, *ARCHIVED]}
    left_out = []
    for name, needed in addresses(get_resolver().url_patterns):
        answer = client.get(reverse(name, kwargs={part: parts[part] for part in needed}))
        is_page = answer.status_code == 200 and "text/html" in answer["Content-Type"]
        if is_page and name not in seen:
            left_out.append(name)
        answer.close()  # an archived file is open until then
    assert left_out == []
