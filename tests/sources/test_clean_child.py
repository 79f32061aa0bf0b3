"""Pages are cleaned in a child process: bounded, without network, whatever comes of it."""

from __future__ import annotations

import pytest

from sources.capture.archived import ArchivedPage
from sources.capture.clean import Cleaned, clean
from sources.capture.http1 import parse_head
from sources.capture.limits import MIB, ExtractionLimits
from tests.sources.origin import Origin


def page(body: bytes, kind: str = "text/html; charset=utf-8") -> ArchivedPage:
    head = parse_head(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())
    return ArchivedPage("https://site.example/", head, body)


def test_a_page_comes_back_in_utf_8_whatever_it_was() -> None:
    body = "<p>الجسر مفتوح</p>".encode("windows-1256")
    found = clean(page(body, "text/html; charset=windows-1256"), "page", {})
    assert found.status == "ok"
    assert "الجسر مفتوح" in found.body.decode()


def test_nothing_is_asked_for_while_a_page_is_cleaned(origin: Origin) -> None:
    body = (
        f"<!DOCTYPE html SYSTEM '{origin.url('/dtd')}'><base href='{origin.url('/')}'>"
        f"<link rel=stylesheet href='{origin.url('/css')}'><img src='{origin.url('/img')}'>"
        f"<style>@import '{origin.url('/import')}'</style>"
    )
    assert clean(page(body.encode()), "page", {}).status == "ok"
    assert origin.connections == 0


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 50_000,
        b"<p " + b"".join(b"a%d=x " % at for at in range(30_000)) + b">",
        b"<p>x" * 200_000,
        b"<style>" + b"url(" * 200_000,
        b"<table>" * 20_000,
        b"\xff\xfe" + b"\x00" * 100_000,
        b"<a href='" + b"x" * 2_000_000 + b"'>",
    ],
    ids=["deep", "attributes", "paragraphs", "sheet", "tables", "nothing", "address"],
)
def test_a_page_made_to_break_readers_ends_in_a_status(body: bytes) -> None:
    assert clean(page(body), "page", {}).status in {"ok", "empty", "timeout", "oom"}


def test_time_and_memory_are_limited() -> None:
    slow = ExtractionLimits(wall_seconds=0.05)
    assert clean(page(b"<p>x"), "page", {}, slow) == Cleaned("timeout")
    small = ExtractionLimits(memory_bytes=150 * MIB)
    assert clean(page(b"<p>word " * MIB), "page", {}, small).status != "ok"


def test_a_child_that_dies_is_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.capture.clean._START", "raise SystemExit('no more')")
    found = clean(page(b"x"), "page", {})
    assert (found.status, found.reason) == ("failed", "The extractor ended with 1: no more")
