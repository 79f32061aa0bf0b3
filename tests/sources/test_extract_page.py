"""What is read out of pages: their text, and what they say about themselves."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import newspaper
import pytest

from sources.capture import extract_child, texts
from sources.capture.extract_child import read_page
from sources.capture.facts import authors_of, clean, one_line, read_date
from sources.capture.limits import ExtractionLimits
from sources.capture.texts import agreement, by_newspaper, by_trafilatura, confidence
from tests.sources.origin import Origin, page

PAGES = Path(__file__).parents[1] / "pages"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _foreign_warnings() -> Any:
    """The extractors warn about pages; a page must not fail for that."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _read(name: str, **changes: str) -> dict[str, Any]:
    body = (PAGES / name).read_bytes()
    for old, new in changes.items():
        body = body.replace(old.encode(), new.encode())
    return read_page(body, "text/html", f"http://example.org/{name}", ExtractionLimits())


def test_an_english_article() -> None:
    found = _read("english-article.html")
    assert found["status"] == "ok"
    assert found["title"] == "Ferry line reopens after flood"
    assert found["authors"] == ["Dana Ferris"]
    assert found["published_at"] == "2016-11-12T06:30:00+00:00"
    assert (found["published_precision"], found["published_basis"]) == (
        "minute",
        "JSON-LD datePublished",
    )
    assert (found["language"], found["text_confidence"]) == ("en", "high")
    assert "sixty passengers waited" in found["text"]
    assert "newsletter" not in found["text"]
    assert "Sport" not in found["text"]


@pytest.mark.parametrize(
    ("name", "language", "words", "sure"),
    [
        ("arabic-article.html", "ar", "انتظر نحو ستين راكبا القارب الأول", "high"),
        ("korean-article.html", "ko", "승객 예순 명쯤이 첫 배를 기다렸다", "high"),
        ("japanese-article.html", "ja", "およそ六十人の乗客が最初の船を待っていた", "high"),
    ],
)
def test_articles_in_languages_that_the_extractors_find_hard(
    name: str, language: str, words: str, sure: str
) -> None:
    found = _read(name)
    assert (found["status"], found["language"]) == ("ok", language)
    assert words in found["text"]
    assert found["text_confidence"] == sure


def test_a_post_of_two_sentences_is_enough() -> None:
    found = _read("short-post.html")
    assert "ours since dawn" in found["text"]
    assert found["published_at"] == "2016-11-12T05:10:00+00:00"


def test_a_paywall_leaves_what_it_leaves() -> None:
    found = _read("paywalled.html")
    assert found["status"] == "ok"
    assert "nobody asked until the river took it" in found["text"]


def test_broken_markup_is_read_as_far_as_it_goes() -> None:
    found = _read("broken.html")
    assert found["status"] == "ok"
    assert "The first paragraph" in found["text"]


@pytest.mark.fault(46)
def test_entities_are_neither_expanded_nor_opened(origin: Origin) -> None:
    found = _read("entities.xhtml", PORT=str(origin.port))
    hostname = Path("/etc/hostname").read_text().strip() if Path("/etc/hostname").exists() else "-"
    everything = found.get("text", "") + found.get("text_newspaper", "")
    assert everything.count("laughter") < 10
    assert "names a file of the machine" in everything
    assert f"machine: {hostname}" not in everything
    assert origin.connections == 0


@pytest.mark.fault(47)
def test_reading_a_page_makes_no_request(origin: Origin) -> None:
    found = _read("fetches-images.html", PORT=str(origin.port))
    assert found["status"] == "ok"
    assert origin.connections == 0


def test_newspaper_left_alone_does_make_requests(origin: Origin) -> None:
    """The guard of the guard: with its own settings it asks for what the page points at."""
    origin.answers["/latest/meta-data/iam"] = page(b"credentials")
    html = (PAGES / "fetches-images.html").read_text().replace("PORT", str(origin.port))
    article = newspaper.Article("http://example.org/", fetch_images=True)
    article.download(input_html=html)
    article.parse()
    paths = {request.split(b" ")[1] for request in origin.requests}
    assert b"/latest/meta-data/iam" in paths


@pytest.mark.parametrize(
    ("body", "declared", "status", "media_type"),
    [
        (b"%PDF-1.7 <html><p>polyglot", "text/html", "parser_limit", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n<html>", "text/html", "not_html", "image/png"),
        (b"GIF89a<script>", "text/html", "not_html", "image/gif"),
        (b"PK\x03\x04<html>", "image/jpeg", "not_html", "application/zip"),
        (b"\0\0\0\x18ftypmp42", "", "not_html", "video/mp4"),
        (b"RIFF\0\0\0\0WEBPVP8", "", "not_html", "image/webp"),
        (b"<svg onload='x()'></svg>", "text/html", "not_html", "image/svg+xml"),
        (b'{"a": 1}', "application/json", "not_html", "application/json"),
        (b"", "text/html", "empty", "text/html"),
        (b"   ", "text/html", "empty", "text/html"),
        (b"<!-- nothing -->", "text/html", "empty", "text/html"),
        (b"<html><body></body></html>", "image/png", "empty", "text/html"),
        (b"", "text/plain", "empty", "text/plain"),
    ],
)
@pytest.mark.fault(42, 43)
def test_bytes_are_believed_before_their_label(
    body: bytes, declared: str, status: str, media_type: str
) -> None:
    found = read_page(body, declared, "http://example.org/", ExtractionLimits())
    assert (found["status"], found["media_type"]) == (status, media_type)


def test_plain_text_is_its_own_text() -> None:
    body = b"Just words.\nNo <b>markup</b>."
    found = read_page(body, "text/plain", "http://example.org/a.txt", ExtractionLimits())
    assert (found["status"], found["text"]) == ("ok", body.decode())
    assert found["text_confidence"] == "high"


def test_a_page_full_of_words_without_text_beat_the_parsers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extract_child, "by_trafilatura", lambda *_: texts.Reading())
    monkeypatch.setattr(
        extract_child,
        "by_newspaper",
        lambda *_, **__: texts.Reading(problem="RecursionError"),
    )
    words = b"<html><body><script>" + b"hidden " * 900 + b"</script>%s</body></html>"
    many = read_page(words % (b"word " * 300), "text/html", "http://a.org/", ExtractionLimits())
    few = read_page(words % b"word", "text/html", "http://a.org/", ExtractionLimits())
    assert (many["status"], few["status"]) == ("parser_limit", "empty")
    assert "RecursionError" in many["reason"]


def test_an_extractor_that_breaks_is_named_and_the_other_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise ValueError("no such thing")

    monkeypatch.setattr(texts.trafilatura, "bare_extraction", broken)
    html = (PAGES / "english-article.html").read_text()
    assert by_trafilatura(html, "http://a.org/").problem == "ValueError"
    found = _read("english-article.html")
    assert (found["status"], found["text_tool"]) == ("ok", "newspaper4k")
    assert found["text_confidence"] == "low"


def test_authors_are_looked_for_once_only_where_they_are_found_at_once() -> None:
    html = (PAGES / "english-article.html").read_text()
    assert by_newspaper(html, "http://a.org/").authors == ["Dana Ferris"]
    assert by_newspaper(html, "http://a.org/", authors=False).authors == []


@pytest.mark.parametrize("problem", [ImportError, LookupError])
def test_missing_word_lists_fall_back_to_english_rules(
    monkeypatch: pytest.MonkeyPatch, problem: type[Exception]
) -> None:
    asked = []
    real = texts._newspaper

    def picky(html: str, url: str, *, language: str, authors: bool) -> texts.Reading:
        asked.append(language)
        if not language:
            raise problem
        return real(html, url, language=language, authors=authors)

    monkeypatch.setattr(texts, "_newspaper", picky)
    html = (PAGES / "english-article.html").read_text()
    assert "sixty passengers" in by_newspaper(html, "http://a.org/").text
    assert asked == ["", "en"]


def test_running_out_of_memory_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_arguments: object, **_options: object) -> None:
        raise MemoryError

    monkeypatch.setattr(texts.trafilatura, "bare_extraction", greedy)
    monkeypatch.setattr(texts, "_newspaper", greedy)
    for extractor in (by_trafilatura, by_newspaper):
        with pytest.raises(MemoryError):
            extractor("<p>x</p>", "http://a.org/")


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        ("one two three four five", "one two three four five", 1.0),
        ("one two three four five", "One, two: THREE four five!", 1.0),
        ("one two three four five", "one two three four six", 1 / 3),
        ("one two", "one two", 1.0),
        ("one two", "two one", 0.0),
        ("", "one", 0.0),
        ("", "", 0.0),
    ],
)
def test_agreement_is_the_share_of_common_shingles(first: str, second: str, value: float) -> None:
    assert agreement(first, second) == pytest.approx(value)
    assert agreement(second, first) == pytest.approx(value)


def test_confidence_is_high_where_the_extractors_agree() -> None:
    text = " ".join(map(str, range(100)))
    assert confidence(text, text) == "high"
    assert confidence(text, text[:150]) == "low"


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("2016-11-12T08:30:00+02:00", "2016-11-12T06:30:00+00:00", "minute"),
        ("2016-11-12T08:30:00.123456789Z", "2016-11-12T08:30:00.123456+00:00", "minute"),
        ("2016-11-12 8:30 UTC", "2016-11-12T08:30:00+00:00", "minute"),
        ("2016-11-12T08:30", "2016-11-12T08:30:00+00:00", "minute"),
        ("2016-11-12", "2016-11-12T00:00:00+00:00", "day"),
        ("20161112", "2016-11-12T00:00:00+00:00", "day"),
        ("2016-11", "2016-11-01T00:00:00+00:00", "month"),
        ("2016", "2016-01-01T00:00:00+00:00", "year"),
        ("9999-99-99", None, ""),
        ("0001-01-01", None, ""),
        ("2999-01-01", None, ""),
        ("2016-02-30", None, ""),
        ("2016-11-12T99:99:00Z", None, ""),
        ("2016-11-12T08:30:00+99:99", None, ""),
        ("yesterday", None, ""),
        ("", None, ""),
        (None, None, ""),
        ("2" * 1000, None, ""),
    ],
)
def test_dates_are_read_whole_or_in_part(text: str | None, iso: str | None, precision: str) -> None:
    found = read_date(text, "meta", NOW)
    assert (found.at.isoformat() if found else None) == iso
    assert (found.precision if found else "") == precision


def test_a_time_without_zone_says_so() -> None:
    assert read_date("2016-11-12T08:30", "meta", NOW).basis == "meta, zone unknown"
    assert read_date("2016-11-12", "meta", NOW).basis == "meta"


@pytest.mark.fault(49)
def test_a_page_that_states_an_impossible_date_has_none_of_that_kind() -> None:
    body = b"<html><head><meta property='article:published_time' content='9999-99-99'></head>"
    body += b"<body><p>Some words that make a page.</p></body></html>"
    found = read_page(body, "text/html", "http://example.org/", ExtractionLimits())
    assert found["published_at"] is None


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ("<html lang='EN-gb'><p>words in a language</p>", "en"),
        ("<html lang='en'><p>عبرت العبارة بين ضفتي البلدة من جديد صباح السبت</p>", "ar"),
        ("<html lang='fa'><p>عبرت العبارة بين ضفتي البلدة من جديد صباح السبت</p>", "fa"),
        ("<html lang='xx-invalid-and-long'><p>words</p>", "xx"),
        ("<html lang='1'><meta http-equiv='Content-Language' content='fr'><p>des mots</p>", "fr"),
        ("<html><meta property='og:locale' content='de_DE'><p>einige Worte</p>", "de"),
        ("<html><p>Η γέφυρα άνοιξε ξανά το πρωί του Σαββάτου</p>", "el"),
    ],
)
def test_the_language_is_the_stated_one_unless_the_script_denies_it(
    html: str, language: str
) -> None:
    found = read_page(
        html.encode(), "text/html; charset=utf-8", "http://a.org/", ExtractionLimits()
    )
    assert found["language"] == language


@pytest.mark.parametrize(
    ("head", "iso", "basis"),
    [
        (
            (
                '<script type="application/ld+json">{"@graph": [{"x": 1}, '
                '{"datePublished": "2016-11-12"}]}</script>'
            ),
            "2016-11-12T00:00:00+00:00",
            "JSON-LD datePublished",
        ),
        (
            (
                '<script type="application/ld+json">{not json</script>'
                '<span itemprop="datePublished" content="2016-11"></span>'
            ),
            "2016-11-01T00:00:00+00:00",
            "itemprop datePublished",
        ),
        (
            '<meta name="DC.date.issued" content="2016">',
            "2016-01-01T00:00:00+00:00",
            "meta dc.date.issued",
        ),
        (
            '<script type="application/ld+json">' + "[" * 5000 + "</script>"
            '<meta name="pubdate" content="2016-11-12">',
            "2016-11-12T00:00:00+00:00",
            "meta pubdate",
        ),
    ],
)
def test_dates_stand_where_pages_put_them(head: str, iso: str, basis: str) -> None:
    html = f"<html><head>{head}</head><body><p>Words of a page.</p></body></html>"
    found = read_page(html.encode(), "text/html", "http://a.org/", ExtractionLimits())
    assert (found["published_at"], found["published_basis"]) == (iso, basis)


@pytest.mark.fault(49)
def test_names_and_titles_are_clipped() -> None:
    names = [f"Author {number} " + "x" * 500 for number in range(10_000)]
    found = authors_of([], names)
    assert len(found) == 20
    assert all(len(name) == 200 for name in found)
    assert authors_of([], []) == []
    assert authors_of([" A  B ", "A B"]) == ["A B"]
    assert one_line("a\n\tb" + "c" * 10_000_000, 500) == "a b" + "c" * 497


@pytest.mark.fault(48)
def test_what_a_database_cannot_hold_becomes_a_visible_mark() -> None:
    assert clean("a\x00b\ud800c", 10) == "a\ufffdb?c"


@pytest.mark.fault(41)
def test_a_reversed_title_is_shown_without_its_trick() -> None:
    html = "<html><head><title>safe \u202e eliforp</title></head><body><p>Words here.</p></body>"
    found = read_page(
        html.encode(), "text/html; charset=utf-8", "http://a.org/", ExtractionLimits()
    )
    assert found["title"] == "safe eliforp"


@pytest.mark.fault(45)
def test_a_line_too_long_for_the_parsers_is_not_called_empty() -> None:
    body = b"<html><body><p>" + b"word " * 2_200_000
    found = read_page(body, "text/html", "http://a.org/", ExtractionLimits())
    assert found["status"] in {"parser_limit", "ok"}
