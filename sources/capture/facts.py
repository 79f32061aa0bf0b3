"""Title, authors, date and language as a page states them. Runs in the extraction child."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import htmldate
from lxml.html import HtmlElement

TITLE_CHARACTERS = 500
AUTHORS = 20
AUTHOR_CHARACTERS = 200
_FIRST_YEAR = 1800
_JSON_DEPTH = 6
_DATE = re.compile(
    r"\s*(\d{4})(?:-?(\d{2})(?:-?(\d{2})(?:[T ]\s*(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?)?)?\s*"
)
_DATE_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date", "parsely-pub-date",
    "sailthru.date", "pubdate", "publishdate", "publish-date", "date",
)  # fmt: skip
_SCRIPT_LANGUAGES = {
    "ARABIC": ("ar", {"ar", "fa", "ur", "ps", "ckb", "ug", "sd", "ku"}),
    "HEBREW": ("he", {"he", "yi", "iw"}),
    "HANGUL": ("ko", {"ko"}),
    "HIRAGANA": ("ja", {"ja"}),
    "KATAKANA": ("ja", {"ja"}),
    "GREEK": ("el", {"el"}),
    "THAI": ("th", {"th"}),
}
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Published:
    """A date of publication, how exact it is, and where the page says so."""

    at: datetime
    precision: str
    basis: str


def clean(text: str, limit: int) -> str:
    """Return TEXT without what a database cannot hold, at most LIMIT characters long."""
    safe = text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return safe[:limit]


def one_line(text: str, limit: int) -> str:
    return clean(" ".join(text[: limit * 4].split()), limit)


def authors_of(*found: list[str]) -> list[str]:
    """Return the first list that names anybody, each name once, all of it clipped."""
    names = next((list_of for list_of in found if list_of), [])
    lines = (one_line(name, AUTHOR_CHARACTERS) for name in names[: AUTHORS * 4])
    return [name for name in dict.fromkeys(lines) if name][:AUTHORS]


def language_of(tree: HtmlElement, text: str, *stated: str) -> str:
    """Return the page's language: as stated, unless the script of its text says otherwise."""
    candidates = [str(value) for value in tree.xpath("/html/@lang | /html/@xml:lang")]
    candidates += [*_meta(tree, "content-language"), *_meta(tree, "og:locale"), *stated]
    matches = (_LANGUAGE.fullmatch(value.strip()) for value in candidates)
    said = next((match[1].lower() for match in matches if match), "")
    return language_by_script(text, said)


def language_by_script(text: str, said: str) -> str:
    """Return SAID, a language as a page states it, unless the script of TEXT denies it."""
    match = _LANGUAGE.fullmatch(said.strip())
    said = match[1].lower() if match else ""
    by_script = _SCRIPT_LANGUAGES.get(_main_script(text))
    if by_script and said not in by_script[1]:
        return by_script[0]
    return said


def _main_script(text: str) -> str:
    letters = [letter for letter in text[:5000] if letter.isalpha()]
    scripts = Counter(unicodedata.name(letter, "?").partition(" ")[0] for letter in letters)
    name, count = next(iter(scripts.most_common(1)), ("", 0))
    if name == "CJK" and scripts["HIRAGANA"]:
        return "HIRAGANA"
    return name if count * 2 > len(letters) else ""


def published_of(
    tree: HtmlElement, url: str, now: datetime, *others: datetime | str | None
) -> Published | None:
    """Return the date of publication by the page's best statement, or None."""
    for basis, text in _statements(tree):
        found = read_date(text, basis, now)
        if found:
            return found
    guesses = [("htmldate", _guess(tree, url)), *(("extractor", other) for other in others)]
    for basis, value in guesses:
        found = read_date(value.isoformat() if isinstance(value, datetime) else value, basis, now)
        if found:
            return found
    return None


def read_date(text: str | None, basis: str, now: datetime) -> Published | None:
    """Read a date like 2016-11-29T14:05:00+02:00, whole or in part; None for an impossible one.

    A time without a zone is taken as UTC, and the basis says so.
    """
    match = _DATE.fullmatch(text[:60]) if text else None
    if not match:
        return None
    year, month, day, clock, zone = match.groups()
    try:
        calendar = date(int(year), int(month or 1), int(day or 1))
        moment = _moment(calendar, clock, zone)
    except (ValueError, OverflowError):
        return None
    if calendar.year < _FIRST_YEAR or moment > now + timedelta(days=2):
        return None
    precision = "minute" if clock else "day" if day else "month" if month else "year"
    return Published(moment, precision, basis if zone or not clock else f"{basis}, zone unknown")


def _moment(calendar: date, clock: str | None, zone: str | None) -> datetime:
    if clock is None:
        return datetime.combine(calendar, time(0), UTC)
    offset = "+00:00" if zone in {None, "Z", "UTC", "GMT"} else zone
    hour, _, rest = clock.replace(",", ".").partition(":")
    seconds, dot, fraction = rest.partition(".")
    text = f"{calendar.isoformat()}T{int(hour):02}:{seconds}{dot}{fraction[:6]}{offset}"
    return datetime.fromisoformat(text).astimezone(UTC)


def _statements(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    for name in _DATE_META:
        for value in _meta(tree, name):
            yield f"meta {name}", value
    for value in _linked_data(tree, "datePublished"):
        yield "JSON-LD datePublished", value
    for value in tree.xpath(
        "//*[@itemprop='datePublished']/@*[name()='content' or name()='datetime']"
    ):
        yield "itemprop datePublished", str(value)
    for value in tree.xpath("(//time[@pubdate] | //article//time | //header//time)/@datetime"):
        yield "time element", str(value)


def _guess(tree: HtmlElement, url: str) -> str | None:
    try:
        return htmldate.find_date(
            tree, url=url, original_date=True, extensive_search=False, deferred_url_extractor=True
        )
    except (ValueError, TypeError, RecursionError):
        return None


def _meta(tree: HtmlElement, name: str) -> list[str]:
    found = tree.xpath("//meta[@content][@name or @property or @http-equiv or @itemprop]")
    return [
        str(element.get("content"))
        for element in found
        if name in {str(element.get(key, "")).lower() for key in _META_KEYS}
    ]


_META_KEYS = ("name", "property", "http-equiv", "itemprop")


def _linked_data(tree: HtmlElement, key: str) -> Iterator[str]:
    for text in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            yield from _values(json.loads(text), key, _JSON_DEPTH)
        except (ValueError, RecursionError):
            continue  # a script that is no JSON states nothing


def _values(node: Any, key: str, depth: int) -> Iterator[str]:
    if depth and isinstance(node, dict):
        if isinstance(node.get(key), str):
            yield node[key]
        for child in node.values():
            yield from _values(child, key, depth - 1)
    elif depth and isinstance(node, list):
        for child in node:
            yield from _values(child, key, depth - 1)
