"""The invented pages are honest about themselves and extract like a modest news site's pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from http.client import HTTPResponse
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
import trafilatura
from lxml import html

from demo.cast import FILINGS, REPOST, SOURCES
from demo.parts import Filing
from demo.server import WEB_ROOT
from sources.origins import TextReport, find_original, similarity

if TYPE_CHECKING:
    from newspaper import Article

Ask = Callable[..., tuple[HTTPResponse, bytes]]
NOTICE = "Invented for demonstration. صفحة مختلقة لغرض العرض التجريبي."
ARTICLES = sorted(f"/{path.relative_to(WEB_ROOT)}" for path in WEB_ROOT.glob("*/*/*.html"))
PAGES = sorted(f"/{path.relative_to(WEB_ROOT)}" for path in WEB_ROOT.rglob("*.html"))
FILED = (*FILINGS, REPOST)
COPIES = {
    ("/state-bulletin/ar/dhahiyet-al-assad.html", "/grey-ridge/ar/1147.html"),
    ("/state-bulletin/en/dhahiyet-al-assad.html", "/grey-ridge/en/1147.html"),
    ("/regional-round-up/ar/aleppo-withdrawal.html", "/quarter-lantern/ar/withdrawal.html"),
}


def source(path: str) -> str:
    return (WEB_ROOT / path.removeprefix("/")).read_text(encoding="utf-8")


@cache
def first_text(path: str) -> str:
    return trafilatura.extract(source(path), favor_precision=True) or ""


def second(path: str) -> Article:
    from newspaper import Article  # noqa: PLC0415 - a second to load, and not in each process

    article = Article("http://127.0.0.1/page", fetch_images=False)
    article.download(input_html=source(path), ignore_read_more=True)
    article.parse()
    return article


def shingles(text: str, size: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def share(path: str, other: str) -> float:
    """Share of the page's words that stand in passages of the other page, 0 to 1."""
    return similarity(first_text(path), first_text(other)).of_first


def test_every_source_has_its_pages_in_its_languages() -> None:
    expected = {(source.path, language) for source in SOURCES for language in source.languages}
    assert {tuple(re.match(r"(/[^/]+/)(\w\w)/", path).groups()) for path in ARTICLES} == expected
    assert len(ARTICLES) == len(expected) == 15


@pytest.mark.parametrize("path", PAGES)
def test_the_first_visible_line_says_that_the_page_is_invented(path: str) -> None:
    tree = html.fromstring(source(path))
    visible = " ".join(tree.body.text_content().split())
    assert visible.startswith(NOTICE)
    assert re.search(r"\(invented( pages)?\)|\(مختلقة?\)", tree.findtext("head/title"))


@pytest.mark.parametrize("path", ARTICLES)
def test_language_and_direction_are_declared(path: str) -> None:
    root = html.fromstring(source(path))
    language = path.split("/")[2]
    assert (root.get("lang"), root.get("dir")) == (language, "rtl" if language == "ar" else "ltr")
    letters = re.findall(r"[\u0621-\u064a]|[a-z]", first_text(path).lower())
    arabic = sum(letter >= "\u0621" for letter in letters) / len(letters)
    assert arabic > 0.95 if language == "ar" else arabic < 0.05


@pytest.mark.parametrize("path", ARTICLES)
def test_the_page_gives_one_date_everywhere(path: str) -> None:
    tree = html.fromstring(source(path))
    data = json.loads(tree.findtext('.//script[@type="application/ld+json"]'))
    stamps = {
        data["datePublished"],
        tree.find('.//meta[@property="article:published_time"]').get("content"),
        tree.find('.//time[@itemprop="datePublished"]').get("datetime"),
    }
    assert len(stamps) == 1
    assert datetime.fromisoformat(stamps.pop()).strftime("%Y-%m") == "2016-11"


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_to_a_page_of_this_web(ask: Ask, path: str) -> None:
    tree = html.fromstring(source(path))
    targets = {*tree.xpath("//a/@href | //img/@src | //link/@href"), "/"} - {"data:,"}
    for target in sorted(targets):
        assert target.startswith("/"), target
        assert ask(target)[0].status == 200, target


@pytest.mark.parametrize("path", ARTICLES)
def test_a_translation_points_back(path: str) -> None:
    alternate = html.fromstring(source(path)).xpath('//link[@rel="alternate"]/@href')
    for other in alternate:
        back = html.fromstring(source(other)).xpath('//link[@rel="alternate"]/@href')
        assert back == [path]


def test_the_list_names_every_page_once() -> None:
    tree = html.fromstring(source("/index.html"))
    assert sorted(tree.xpath('//table[@class="pages"]//a/@href')) == ARTICLES


@pytest.mark.parametrize("path", ARTICLES)
def test_both_extractors_find_the_same_body_and_nothing_else(path: str) -> None:
    paragraphs = html.fromstring(source(path)).xpath('//div[@itemprop="articleBody"]/p')
    body = " ".join(" ".join(p.text_content() for p in paragraphs).split())
    for text in (first_text(path), second(path).text):
        assert shingles(body, 4) <= shingles(text, 4)
        assert len(text.split()) <= len(body.split()) + 30, "captions at most, no furniture"
    one, two = shingles(first_text(path), 4), shingles(second(path).text, 4)
    assert len(one & two) / len(one | two) >= 0.8


@pytest.mark.parametrize("filing", FILED, ids=lambda filing: filing.key)
def test_title_date_language_author_and_quote_come_out_as_the_cast_has_them(filing: Filing) -> None:
    page, other = trafilatura.extract_metadata(source(filing.path)), second(filing.path)
    assert page.title == other.title == filing.title
    assert page.date == f"{filing.published_at:%Y-%m-%d}"
    assert other.publish_date == filing.published_at
    assert other.meta_lang == filing.language
    assert re.search(r"\(invented\)|\(مختلقة?\)", other.authors[0])
    assert filing.quote in first_text(filing.path)
    assert filing.quote in other.text


@pytest.mark.parametrize(("copy", "original"), sorted(COPIES))
def test_a_copy_shares_nine_tenths_of_its_wording_with_its_original(
    copy: str, original: str
) -> None:
    assert 0.90 <= share(copy, original) < 1


def test_the_agency_takes_over_nine_tenths_of_the_post() -> None:
    assert share("/grey-ridge/ar/1147.html", "/state-bulletin/ar/dhahiyet-al-assad.html") > 0.9


def test_no_other_two_pages_look_like_copies() -> None:
    related = COPIES | {(original, copy) for copy, original in COPIES}
    matched = [
        similarity(first_text(path), first_text(other)).matched_first
        for path, other in permutations(ARTICLES, 2)
        if (path, other) not in related
    ]
    assert max(matched) < 12, "the fewest words that copy detection looks at"


def test_the_filed_copies_are_found_from_their_texts_alone() -> None:
    reports = [
        TextReport(filing.key, first_text(filing.path), filing.published_at, filing.language)
        for filing in FILED
    ]
    found = [find_original(report, reports) for report in reports]
    assert {(one.copy, one.original) for one in found if one} == {
        ("agency_bulletin", "channel_post"),
        ("regional_copy", "local_admission"),
    }


def test_with_the_furniture_unrelated_pages_would_share_words() -> None:
    """Why only extracted text is compared: the whole pages share their notice and their frame."""
    wire, monitor = (
        "/longitude-wire/en/suburb-status.html",
        "/control-lines/en/bulletin-12-november.html",
    )
    whole = [
        shingles(html.fromstring(source(path)).body.text_content(), 5) for path in (wire, monitor)
    ]
    assert whole[0] & whole[1]
    assert not shingles(first_text(wire), 5) & shingles(first_text(monitor), 5)


@pytest.mark.parametrize("name", ["north", "south"])
def test_a_picture_says_in_both_languages_that_it_is_drawn(name: str) -> None:
    text = source(f"/photo-notebook/corner-looking-{name}-west.svg")
    assert "Drawn for demonstration, not a photograph" in text
    assert "رسم لغرض العرض، وليس صورة" in text
