"""The text of PDFs: read as far as it goes, and whatever stops it has a word."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from sources.capture.extract import PageInput, extract
from sources.capture.extract_child import read_page
from sources.capture.limits import ExtractionLimits
from tests.sources import pdfs

LIMITS = ExtractionLimits()


def _read(body: bytes, limits: ExtractionLimits = LIMITS) -> dict[str, Any]:
    return read_page(body, "application/pdf", "http://example.org/a.pdf", limits)


def test_the_text_of_all_pages_in_their_order() -> None:
    found = _read(pdfs.document(b"The bridge was opened.", b"It was closed again."))
    assert (found["status"], found["reason"]) == ("ok", "")
    assert found["text"] == "The bridge was opened.\n\nIt was closed again."
    assert (found["text_tool"], found["media_type"]) == ("pypdf", "application/pdf")
    assert found["tools"].keys() == {"pypdf"}


def test_there_is_no_second_opinion_so_no_confidence() -> None:
    assert "text_confidence" not in _read(pdfs.document(b"Words."))


@pytest.mark.fault(42, 43)
def test_a_pdf_is_known_by_its_bytes_whatever_the_site_calls_it() -> None:
    body = pdfs.document(b"Words of a report.")
    found = read_page(body, "text/html", "http://example.org/", LIMITS)
    assert found["text"] == "Words of a report."


def test_the_file_says_who_wrote_it_and_when() -> None:
    info = b"/Title (Report on the bridge) /Author (Ann Writer)"
    info += b" /CreationDate (D:20161112083000+02'00')"
    found = _read(pdfs.document(b"Words.", info=info, language=b"en-GB"))
    assert (found["title"], found["authors"]) == ("Report on the bridge", ["Ann Writer"])
    assert found["published_at"] == "2016-11-12T06:30:00+00:00"
    assert (found["published_precision"], found["published_basis"]) == (
        "minute",
        "PDF creation date",
    )
    assert found["language"] == "en"


@pytest.mark.parametrize(
    "title", [b"Microsoft Word - final2.doc", b"Untitled", b"Document1", b"paper.indd", b"--", b""]
)
def test_a_title_that_a_program_made_up_is_none(title: bytes) -> None:
    assert _read(pdfs.document(b"Words.", info=b"/Title (%s)" % title))["title"] == ""


@pytest.mark.parametrize("author", [b"Administrator", b"user", b"Microsoft Office User", b""])
def test_an_author_that_is_an_account_is_none(author: bytes) -> None:
    assert _read(pdfs.document(b"Words.", info=b"/Author (%s)" % author))["authors"] == []


@pytest.mark.parametrize(
    ("stated", "iso", "precision"),
    [
        (b"D:2016", "2016-01-01T00:00:00+00:00", "year"),
        (b"D:20161112", "2016-11-12T00:00:00+00:00", "day"),
        (b"D:20161112083000Z", "2016-11-12T08:30:00+00:00", "minute"),
        (b"D:20161112083000Z00'00'", "2016-11-12T08:30:00+00:00", "minute"),
        (b"D:20161112083000-05'00'", "2016-11-12T13:30:00+00:00", "minute"),
        (b"D:201611120830", "2016-11-12T08:30:00+00:00", "minute"),
        (b"D:19041112083000Z", None, None),
        (b"D:99999999", None, None),
        (b"12 November 2016", None, None),
        (b"D:" + b"2" * 1000, None, None),
    ],
)
def test_a_date_counts_if_it_can_be_true(
    stated: bytes, iso: str | None, precision: str | None
) -> None:
    found = _read(pdfs.document(b"Words.", info=b"/CreationDate (%s)" % stated))
    assert (found.get("published_at"), found.get("published_precision")) == (iso, precision)


def test_a_title_of_ten_megabytes_is_clipped() -> None:
    found = _read(pdfs.document(b"Words.", info=b"/Title (%s)" % (b"long " * 2_000_000)))
    assert len(found["title"]) == 500


def test_pictures_of_pages_hold_no_text() -> None:
    found = _read(pdfs.document(b"", b""))
    assert found["status"] == "empty"
    assert found["reason"] == "The PDF holds no text. Its pages may be pictures."


def test_a_lock_without_password_is_no_lock() -> None:
    assert _read(_locked("", "owner"))["text"] == "Words behind a lock."


def test_a_locked_pdf_is_said_to_be_locked() -> None:
    found = _read(_locked("secret", "owner"))
    assert (found["status"], found["text"]) == ("parser_limit", "")
    assert found["reason"] == "The PDF is locked with a password."


def _locked(password: str, owner: str) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(pdfs.document(b"Words behind a lock."))))
    writer.encrypt(password, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_of_a_thousand_pages_the_first_are_read_and_it_says_so() -> None:
    found = _read(pdfs.document(*(b"Page %d." % at for at in range(1, 1001))))
    assert found["status"] == "ok"
    assert found["text"].endswith("Page 500.")
    assert found["reason"] == "Only the first 500 of 1,000 pages were read."


@pytest.fixture
def no_collector() -> Iterator[None]:
    """The collector calls back to hypothesis here, and swallows what is raised in the call."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_when_time_is_up_what_was_read_stays(no_collector: None) -> None:
    body = pdfs.document(
        b"The first page.", b"",
        contents=[
            pdfs.stream(b"BT /F1 12 Tf (The first page.) Tj ET"),
            pdfs.stream(b"BT /F1 12 Tf (again) Tj ET\n" * 400_000),
        ],
    )  # fmt: skip
    found = _read(body, ExtractionLimits(cpu_seconds=1))
    assert (found["status"], found["text"]) == ("ok", "The first page.")
    assert found["reason"] == "Only the first 1 of 2 pages were read."


def test_when_time_is_up_before_the_first_page_it_is_a_limit(no_collector: None) -> None:
    body = pdfs.document(b"", contents=[pdfs.stream(b"BT /F1 12 Tf (again) Tj ET\n" * 400_000)])
    found = _read(body, ExtractionLimits(cpu_seconds=1))
    assert (found["status"], found["reason"]) == (
        "parser_limit",
        "The PDF takes too long to read.",
    )


def test_more_text_than_fits_is_cut_and_said() -> None:
    found = _read(pdfs.document(*[b"word " * 100] * 9), ExtractionLimits(text_characters=1000))
    assert len(found["text"]) == 1000
    assert found["reason"] == "Only the first 3 of 9 pages were read."


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7",
        b"%PDF-1.7 <html><p>polyglot</p></html>",
        b"%PDF-1.7\n" + b"1 0 obj " * 10_000,
        pdfs.nested(20_000),
        pdfs.document(b"Words.")[:200],
        b"%PDF-1.7\nstartxref\n9999999999\n%%EOF",
    ],
    ids=["only-a-mark", "polyglot", "objects-without-end", "nested", "cut", "nowhere"],
)
def test_a_broken_pdf_is_a_limit_of_the_parser_in_words(body: bytes) -> None:
    found = _read(body)
    assert (found["status"], found["text"]) == ("parser_limit", "")
    assert found["reason"].startswith("The PDF ")


@pytest.mark.fault(45)
@pytest.mark.parametrize(
    "make", [pdfs.looped, partial(pdfs.bomb, 300)], ids=["loops", "a-bomb-of-300-megabytes"]
)
def test_hostile_pdfs_end_in_the_jail(make: Callable[[], bytes]) -> None:
    page = PageInput("http://example.org/a.pdf", "application/pdf", make())
    found = extract(page, ExtractionLimits(cpu_seconds=6))
    assert found.status in {"parser_limit", "empty", "timeout", "oom"}
    assert found.text == ""
    assert found.reason


def test_in_the_jail_a_pdf_is_read_like_a_page() -> None:
    page = PageInput("http://example.org/a.pdf", "application/pdf", pdfs.document(b"Words."))
    found = extract(page, LIMITS)
    assert (found.status, found.text, found.text_tool) == ("ok", "Words.", "pypdf")
    assert "sockets" in found.fences
