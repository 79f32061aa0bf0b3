"""The text of a page by two extractors, and how far they agree. Runs in the extraction child."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import newspaper
import nltk  # type: ignore[import-untyped] # has no types
import trafilatura
from newspaper.configuration import Configuration
from trafilatura import json_metadata, metadata

from sources.capture.patience import TimeSpent, time_limit

# newspaper4k has nltk split Korean into words, which first splits it into sentences, for which it
# wants to download a model. Lines need none, and newspaper4k only counts the words.
nltk.word_tokenize = partial(nltk.word_tokenize, preserve_line=True)

AGREEMENT = 0.8
TOO_LONG = "time"
_SHINGLE = 4
# A sign of a script without spaces is a word of its own; elsewhere a run of letters is.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


@dataclass(slots=True)
class Reading:
    """What one extractor made of a page; `problem` names what stopped it."""

    text: str = ""
    title: str = ""
    authors: list[str] = field(default_factory=list)
    published: datetime | str | None = None
    language: str = ""
    problem: str = ""


class _FewAuthors:
    """trafilatura's reading of one statement of authors, for the first few of them.

    It compares every name with every other at each statement: 1,000 statements with a name each
    took half a minute. Nobody keeps more than `facts.AUTHORS` names.
    """

    statements, names, characters = 40, 40, 1_000

    def __init__(self) -> None:
        self._read: Callable[[str | None, str], str | None] = vars(metadata)["normalize_authors"]
        self.left = self.statements

    def __call__(self, known: str | None, stated: str) -> str | None:
        if self.left <= 0 or (known or "").count("; ") >= self.names:
            return known
        self.left -= 1
        return self._read(known, stated[: self.characters])


few_authors = _FewAuthors()
for module in (metadata, json_metadata):
    setattr(module, "normalize_authors", few_authors)  # noqa: B010 - mypy refuses to assign it


def within(seconds: float, read: Callable[[], Reading]) -> Reading:
    """What READ reads; if it takes more than SECONDS of processor time, nothing, and why."""
    try:
        with time_limit(seconds):
            return read()
    except TimeSpent:
        return Reading(problem=TOO_LONG)


def by_trafilatura(html: str, url: str, *, facts: bool = True) -> Reading:
    """Read a page; without FACTS its text alone."""
    few_authors.left = few_authors.statements
    try:
        page: Any = trafilatura.bare_extraction(
            html, url=url, favor_precision=True, include_comments=False, with_metadata=facts
        )
    except MemoryError:
        raise
    except Exception as problem:  # noqa: BLE001 - hostile input, foreign code: the named boundary
        return Reading(problem=type(problem).__name__)
    if page is None:
        return Reading()
    return Reading(
        text=page.text or "",
        title=page.title or "",
        authors=[name.strip() for name in (page.author or "").split(";") if name.strip()],
        published=page.date or None,
        language=page.language or "",
    )


def by_newspaper(html: str, url: str, *, authors: bool = True) -> Reading:
    """Read a page; without AUTHORS a third of the time is saved where they are known already."""
    try:
        return _newspaper_in_any_language(html, url, authors=authors)
    except MemoryError:
        raise
    except Exception as problem:  # noqa: BLE001 - hostile input, foreign code: the named boundary
        return Reading(problem=type(problem).__name__)


def _newspaper_in_any_language(html: str, url: str, *, authors: bool) -> Reading:
    try:
        return _newspaper(html, url, language="", authors=authors)
    except (ImportError, LookupError):
        # Some languages want word lists that we do not download; English rules do for finding text.
        return _newspaper(html, url, language="en", authors=authors)


class _Article(newspaper.Article):  # type: ignore[misc] # the library has no types
    """An article of which nobody wants the pictures."""

    def fetch_images(self) -> None:
        """Not even look for their addresses."""


def _newspaper(html: str, url: str, *, language: str, authors: bool) -> Reading:
    configuration = Configuration()
    configuration.fetch_images = False
    configuration.follow_meta_refresh = False
    configuration.memorize_articles = False
    configuration.max_text = 2_000_000
    if language:
        configuration.language = language
    article: Any = _Article(url, config=configuration)
    if not authors:
        article.extractor.get_authors = lambda _page: []
    article.download(input_html=html, ignore_read_more=True)
    article.parse()
    return Reading(
        text=article.text or "",
        title=article.title or "",
        authors=list(article.authors or []),
        published=article.publish_date or None,
        language=article.meta_lang or "",
    )


def agreement(first: str, second: str) -> float:
    """Jaccard index of the texts' sets of four-word shingles; 0 when either has no word."""
    left, right = _shingles(first), _shingles(second)
    return len(left & right) / len(left | right) if left and right else 0.0


def confidence(first: str, second: str) -> str:
    """Return "high" where both extractors found the same text, else "low"."""
    return "high" if agreement(first, second) >= AGREEMENT else "low"


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    size = min(_SHINGLE, len(words))
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)} if words else set()
