"""Pages whose reading would take for ever: what can be had in time is kept."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

import pytest
from trafilatura import json_metadata, metadata

from sources.capture import extract_child
from sources.capture.extract import PageInput, extract
from sources.capture.extract_child import read_page
from sources.capture.limits import ExtractionLimits
from sources.capture.patience import TimeSpent, time_limit
from sources.capture.texts import TOO_LONG, Reading, few_authors, within
from sources.capture.warm import WarmReader

BODY = "".join(
    f"<p>Paragraph {n} says that the bridge over the river was opened again on Saturday.</p>"
    for n in range(8)
)
URL = "http://example.org/long"


@pytest.fixture(autouse=True)
def _foreign_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _page(statements: int) -> bytes:
    """A page with a title of 100 kB that states its authors again and again, a name each time."""
    names = ("".join(letters) for letters in islice(product("abcdefghij", repeat=4), statements))
    stated = "".join(f"<meta name='author' content='Author {name}'>" for name in names)
    title = "long " * 20_000
    return (
        f"<html lang='en'><head><title>{title}</title>{stated}"
        "<meta property='article:published_time' content='2016-11-12'></head>"
        f"<body><article>{BODY}</article></body></html>"
    ).encode()


def _read(body: bytes, seconds: int = 20) -> dict[str, Any]:
    return read_page(body, "text/html", URL, ExtractionLimits(cpu_seconds=seconds))


@pytest.mark.fault(49)
def test_a_thousand_statements_of_authors_and_a_title_of_100_kb_are_read_in_time() -> None:
    found = extract(PageInput(URL, "text/html", _page(1000)), ExtractionLimits(cpu_seconds=5))
    assert (found.status, found.reason) == ("ok", "")
    assert "Paragraph 7 says" in found.text
    assert found.text_confidence == "high"
    assert found.title.startswith("long long")
    assert len(found.title) <= 500
    assert (found.authors[0], len(found.authors)) == ("Author aaaa", 20)
    assert found.published_at == "2016-11-12T00:00:00+00:00"


@pytest.mark.fault(49)
def test_one_statement_of_ten_thousand_names_is_read_in_time() -> None:
    names = "; ".join(f"Name {''.join(n)}" for n in product("abcdefghij", repeat=4))
    markup = f"<html><head><meta name='author' content='{names}'></head><article>{BODY}</article>"
    found = _read(markup.encode(), seconds=5)
    assert (found["status"], found["reason"]) == ("ok", "")
    assert (found["authors"][0], len(found["authors"])) == ("Name aaaa", 20)


@pytest.fixture
def _all_authors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library as it comes, which compares each name with each other at each statement."""
    monkeypatch.setattr(metadata, "normalize_authors", few_authors._read)
    monkeypatch.setattr(json_metadata, "normalize_authors", few_authors._read)


@pytest.mark.usefixtures("_all_authors")
def test_without_that_bound_the_time_goes_to_the_names_and_the_text_is_kept_all_the_same() -> None:
    found = _read(_page(1000), seconds=3)
    assert found["status"] == "ok"
    assert found["reason"] == "Reading all of the page took too long; this was read in time."
    assert "Paragraph 7 says" in found["text"]
    assert found["text_confidence"] == "high", "both extractors read the text alone"
    assert found["title"].startswith("long long")
    assert found["published_at"] == "2016-11-12T00:00:00+00:00"
    assert found["authors"], "as the other extractor read them"


def test_without_either_bound_nothing_of_the_page_is_kept() -> None:
    reader = WarmReader(
        "from trafilatura import json_metadata, metadata\n"
        "from sources.capture import extract_child, texts\n"
        "metadata.normalize_authors = json_metadata.normalize_authors = texts.few_authors._read\n"
        "extract_child.within = lambda _seconds, read: read()\n"
        "from sources.capture.warm_process import serve\n"
        "serve(extract_child.main, extract_child.warm_up)\n"
    )
    try:
        given = PageInput(URL, "text/html", _page(1000))
        found = extract(given, ExtractionLimits(cpu_seconds=2), reader)
    finally:
        reader.stop()
    assert (found.status, found.text) == ("timeout", "")


def test_an_extractor_that_never_ends_leaves_the_other_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extract_child, "by_trafilatura", _for_ever)
    found = _read(_page(3), seconds=2)
    assert (found["status"], found["text_tool"]) == ("ok", "newspaper4k")
    assert found["text_confidence"] == "low", "nobody confirms it"
    assert found["reason"].startswith("Reading all of the page took too long")


def test_dates_that_are_looked_for_for_ever_cost_the_date_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extract_child, "published_of", _for_ever)
    found = _read(_page(3), seconds=2)
    assert (found["status"], found["published_at"]) == ("ok", None)
    assert found["title"].startswith("long long")


def test_what_is_swallowed_strikes_again() -> None:
    strikes = 0
    with pytest.raises(TimeSpent), time_limit(0.01):
        while True:
            try:
                _for_ever()
            except TimeSpent:
                strikes += 1
                if strikes == 3:
                    raise
    assert strikes == 3


def test_what_ends_in_time_is_not_touched() -> None:
    assert within(5, lambda: Reading(text="read")).text == "read"
    assert within(0.01, _for_ever) == Reading(problem=TOO_LONG)


def _for_ever(*_arguments: object, **_options: object) -> Any:
    while True:
        pass
