"""All visible text of a page, read in the jail: what pages do to whoever reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sources.capture import visible
from sources.capture.child import Answered, ask_child
from sources.capture.limits import MIB, ExtractionLimits
from sources.capture.store import FileStore
from sources.capture.visible import VisibleText, visible_text
from sources.capture.visible_child import read_visible
from tests.sources.conftest import Capture
from tests.sources.origin import Origin, page
from tests.sources.pdfs import document


def _asked(body: bytes, limits: ExtractionLimits) -> Answered:
    return ask_child(visible._PROGRAM, {"content_type": "text/html"}, body, limits)


def _jailed(body: bytes, **limits: float) -> VisibleText:
    return visible._result(_asked(body, ExtractionLimits(**limits)))


def _text(body: str | bytes, content_type: str = "text/html; charset=utf-8") -> str:
    given = body.encode() if isinstance(body, str) else body
    found: str = read_visible(given, content_type, ExtractionLimits())["text"]
    return found


@pytest.mark.fault(47)
def test_the_page_is_read_out_of_its_archive_and_nothing_is_reached(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    inside = origin.url("/inside")
    origin.answers["/"] = page(
        f"<html><head><meta http-equiv='refresh' content='0;url={inside}'>"
        f"<link rel=stylesheet href='{inside}'></head><body><p>Seen</p><img src='{inside}'>"
        f"<iframe src='{inside}'>no</iframe><object data='{inside}'>no</object>".encode()
    )
    result = capture()
    asked = len(origin.requests)
    assert result.main
    found = visible_text(store, result.warc_sha256, result.main.offset)
    assert (found.status, found.text) == ("ok", "Seen")
    assert len(origin.requests) == asked


def test_the_child_says_which_fences_hold() -> None:
    fences = json.loads(_asked(b"<p>Seen", ExtractionLimits()).answer)["fences"]
    assert {"limits", "sockets"} <= set(fences)
    extraction = ask_child(
        "import json, sys; from sources.capture.jail import confine;"
        "from sources.capture.limits import ExtractionLimits;"
        "sys.stdout.write(json.dumps(confine(ExtractionLimits())))",
        {}, b"", ExtractionLimits(),
    )  # fmt: skip
    assert fences == json.loads(extraction.answer)


def test_what_is_not_in_the_store_is_said(store: FileStore, tmp_path: Path) -> None:
    assert visible_text(store, "0" * 64, 0).status == "failed"
    key = store.put(b"no record at all")
    assert visible_text(store, key, 0).status == "failed"


@pytest.mark.fault(45)
@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (b"<div>" * 50_000 + b"<p>deep down</p>", "deep down"),
        (b"<p>seen " * 200_000, "seen"),
        (b"<div hidden>" * 50_000 + b"not seen", ""),
        (b"</div>" * 100_000 + b"<p>seen</p>", "seen"),
        (b"<p " + b" ".join(b"a%d=b" % n for n in range(100_000)) + b">seen</p>", "seen"),
        (b"<p style='" + b"display " * 100_000 + b"'>seen</p>", "seen"),
        (b"<p style='display" + b" " * 500_000 + b"'>seen</p>", "seen"),
        (b"<p>seen</p><!--" + b"-" * 1_000_000, "seen"),
        (b"<p>seen</p>" + b"<" * 500_000, "seen"),
        (b"<p>seen</p>" + b"&" * 500_000, "seen"),
        (b"<table><tr><td>" * 20_000 + b"seen", "seen"),
    ],
    ids=["deep", "paragraphs", "deep hidden", "ends", "attributes", "displays", "spaces",
         "comment", "brackets", "ampersands", "tables"],
)  # fmt: skip
def test_a_page_built_to_exhaust_its_reader_is_read(body: bytes, seen: str) -> None:
    found = _jailed(body)
    assert found.status == ("ok" if seen else "empty"), found.reason
    assert seen in found.text


@pytest.mark.fault(45)
def test_processor_time_is_limited() -> None:
    found = _jailed(b"<p>a<b>c</b>" * MIB, cpu_seconds=1, wall_seconds=120)
    assert (found.status, found.text) == ("timeout", "")
    assert found.reason == "The page took too long to read."


@pytest.mark.fault(45)
def test_time_on_the_wall_is_limited() -> None:
    found = _jailed(b"<p>a<b>c</b>" * MIB, cpu_seconds=600, wall_seconds=0.2)
    assert found.status == "timeout"


@pytest.mark.fault(45)
def test_memory_is_limited() -> None:
    found = _jailed(b"<p>" + b"word " * 8 * MIB, memory_bytes=150 * MIB, input_bytes=100 * MIB)
    assert (found.status, found.text) == ("oom", "")


def test_no_more_than_the_limit_is_read_and_kept() -> None:
    assert _jailed(b"<p>" + b"word " * 100_000, text_characters=1000).text == "word " * 200
    assert _jailed(b"<p>first<p>" + b"w" * 1000, input_bytes=8).text == "first"


@pytest.mark.fault(46)
def test_entities_open_no_file_and_do_not_explode(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not for a page")
    bomb = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    text = _text(
        f"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY f SYSTEM 'file://{secret}'>"
        f"<!ENTITY e0 'boom'>{bomb}]><html><body><p>Seen &f; &e9; &eacute;</p></body></html>",
        "application/xhtml+xml",
    )
    assert "not for a page" not in text
    assert "boom" not in text.partition("Seen")[2]
    assert "é" in text


@pytest.mark.fault(48)
def test_what_a_database_cannot_hold_is_replaced() -> None:
    text = _text(b"<p>a\x00b &#0; &#xD800; &#xDFFF; &#x110000; c</p>")
    assert "\x00" not in text
    assert text.encode("utf-8").decode("utf-8") == text
    assert (text[0], text[-1]) == ("a", "c")


@pytest.mark.fault(40)
def test_a_page_in_another_encoding_than_it_says_is_read() -> None:
    assert _text("<p>فتح الجسر من جديد يوم السبت بعد أسبوعين</p>".encode("windows-1256")) != ""
    assert _text("<p>Škoda v centru</p>".encode("utf-16"), "text/html") == "Škoda v centru"


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<p>a <b>b</b>\nc</p>", "a b c"),
        ("<p>a<br>b", "a\nb"),
        ("<p>a</p><div hidden><p>no</p></div><p>b</p>", "a\nb"),
        ("<p>a</p><div hidden><p>no<br>no</div><p>b</p>", "a\nb"),
        ("<p>a</p><div style='DISPLAY :none'>no<img>no</div>b", "a\nb"),
        ("<p>a</p><script>no</script><style>no</style><noscript>no</noscript>b", "a\nb"),
        ("<p>a</p><template><p>no</p></template>b", "a\nb"),
        ("<title>no</title><p>a", "a"),
        ("<p>a</p><textarea>no</textarea><select><option>no</select>b", "a\nb"),
        ("<p>a<!-- no --></p>", "a"),
        ("<p>a</p><script>no", "a"),
        ("<p>1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("", ""),
    ],
)
def test_what_a_reader_sees_is_read_and_nothing_else(markup: str, seen: str) -> None:
    assert _text(markup) == seen


@pytest.mark.fault(42)
@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (document(b"A PDF"), "text/html"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "text/html"),
    ],
)
def test_what_is_no_html_is_not_read(body: bytes, declared: str) -> None:
    found = read_visible(body, declared, ExtractionLimits())
    assert (found["status"], "text" in found) == ("not_html", False)


def test_a_child_that_breaks_says_how() -> None:
    child = ask_child("raise SystemExit('no more')", {}, b"", ExtractionLimits())
    found = visible._result(child)
    assert (found.status, found.reason) == ("failed", "The extractor ended with 1: no more")


@pytest.mark.parametrize("answer", [b"", b"[]", b"null", b'{"text": "x"}', b"\xff\xfe"])
def test_an_answer_that_is_none_is_a_failure(answer: bytes) -> None:
    assert visible._result(Answered(0, answer, "")).status == "failed"
