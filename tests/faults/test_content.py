"""Pages that are hostile in what they hold: sealed as they are, read with care, shown as text."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from itertools import islice, product
from pathlib import Path

import pytest

from sources.capture.outcomes import Outcome
from sources.capture.pipeline import extract_stored
from sources.capture.store import FileStore
from sources.models import Artifact, Snapshot
from sources.services.artifacts import make_artifact
from sources.services.capture import run_capture
from sources.vocabulary import CaptureState, JobKind
from tests.sources.conftest import Capture, Queue
from tests.sources.origin import Origin, page

PROJECT = Path(__file__).resolve().parents[2]
GIBIBYTE = 1024**3
MOST_MEMORY = 300 * 1024**2
BODY = b"".join(
    b"<p>Paragraph %d says, in a few words, what was seen there.</p>" % n for n in range(9)
)


def bomb() -> bytes:
    """A gibibyte of zeros in a megabyte of gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = [packer.compress(bytes(1024**2)) for _ in range(1024)]
    return b"".join([*packed, packer.flush()])


@pytest.mark.fault(38)
def test_a_bomb_of_a_gibibyte_takes_less_than_300_megabytes(origin: Origin, tmp_path: Path) -> None:
    origin.answers["/"] = page(bomb(), "Content-Encoding: gzip")
    command = ["-m", "tests.faults.bomb", origin.url(), str(origin.port), tmp_path]
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *command], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    report = json.loads(done.stdout)
    assert report["outcome"] == Outcome.TOO_LARGE
    assert report["peak"] < MOST_MEMORY


@pytest.mark.fault(42)
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            b"PK\x03\x04" + b"word/document.xml" * 20,
            "application/vnd.openxmlformats-officedocument",
        ),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "image/png"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(500), "video/mp4"),
        (b"ID3\x03" + bytes(500), "audio/mpeg"),
    ],
)
def test_what_is_no_page_is_sealed_and_not_read_as_one(
    origin: Origin, capture: Capture, store: FileStore, body: bytes, kind: str
) -> None:
    origin.answers["/"] = page(body, kind=kind)
    result = capture()
    assert (result.state, result.outcome) == (CaptureState.SEALED, Outcome.OK)
    text = extract_stored(store, result.warc_sha256, result.main.offset)
    assert (text.status, text.text) == ("not_html", "")


def made(queued: Queue, origin: Origin, answer: bytes) -> tuple[Snapshot, Artifact]:
    """The snapshot of ANSWER and its text, as PostgreSQL keeps them."""
    origin.answers["/"] = answer
    snapshot = queued()
    run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.SEALED
    make_artifact(job_id=snapshot.jobs.get(kind=JobKind.TEXT).pk)
    return snapshot, Artifact.objects.filter(snapshot=snapshot).earliest("pk")


@pytest.mark.django_db(transaction=True)
@pytest.mark.fault(48)
def test_nul_and_lone_surrogates_are_kept_as_visible_marks(
    queued: Queue, open_origin: Origin
) -> None:
    title = b"<title>A\x00B &#0; &#xD800; \xed\xa0\x80 end</title>"
    markup = b"<html><head>" + title + b"</head><article>" + BODY + b"\x00</article></html>"
    snapshot, text = made(queued, open_origin, page(markup, kind="text/html; charset=utf-8"))
    assert "says" in text.content
    assert "\x00" not in json.dumps(text.facts) + text.content
    assert snapshot.document.title.startswith("A")
    text.content.encode("utf-8")  # no lone surrogate is left


@pytest.mark.django_db(transaction=True)
@pytest.mark.fault(49)
@pytest.mark.parametrize("year", ["9999-99-99", "0001-01-01", "9999-12-31"])
def test_titles_authors_and_dates_beyond_reason_are_clipped_and_the_page_is_whole(
    queued: Queue, open_origin: Origin, year: str, settings: object
) -> None:
    names = ("".join(letters) for letters in islice(product("abcdefghij", repeat=4), 60))
    authors = "".join(f"<meta name='author' content='Author {name}'>" for name in names).encode()
    dated = f"<meta property='article:published_time' content='{year}'>".encode()
    head = b"<head><title>" + b"long " * 400 + b"</title>" + dated + authors + b"</head>"
    answer = page(b"<html>" + head + b"<article>" + BODY + b"</article></html>")
    snapshot, _ = made(queued, open_origin, answer)
    document = snapshot.document
    document.refresh_from_db()
    assert document.title.startswith("long long")
    assert len(document.title) <= 500
    assert 0 < len(document.authors) <= 20
    assert document.published_at is None
    assert snapshot.payload_size == len(answer) - answer.index(b"\r\n\r\n") - 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.fault(41)
def test_a_right_to_left_page_keeps_its_text(queued: Queue, open_origin: Origin) -> None:
    line = "قال المتحدث إن الجسر فتح من جديد يوم السبت بعد أسبوعين من الإغلاق، وإن السكان عبروه."
    words = "".join(f"<p>{line} {n}</p>" for n in range(6))
    markup = f"<html lang='ar' dir='rtl'><title>فتح الجسر</title><article>{words}</article></html>"
    answer = page(markup.encode("cp1256", "replace"), kind="text/html; charset=utf-8")
    snapshot, text = made(queued, open_origin, answer)
    assert line[:20] in text.content, "the bytes are believed before their label"
    assert text.facts["charset"].lower().replace("-", "") in {"windows1256", "cp1256"}
    assert snapshot.document.language in {"", "ar"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.fault(38, 39)
@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "x-unheard-of"])
def test_a_coding_that_we_did_not_accept_is_sealed_raw_and_flagged(
    queued: Queue, open_origin: Origin, coding: str
) -> None:
    open_origin.answers["/"] = page(b"whatever this is", f"Content-Encoding: {coding}")
    snapshot = queued()
    run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.outcome) == (CaptureState.SEALED, "ok")
    assert snapshot.flags == ["decode_error"]
    assert snapshot.payload_size == len(b"whatever this is")


@pytest.mark.fault(45)
def test_a_page_of_50000_nested_boxes_is_given_up_and_stays_sealed(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    origin.answers["/"] = page(b"<div>" * 18_000 + b"deep")
    result = capture()
    assert result.state == CaptureState.SEALED
    assert extract_stored(store, result.warc_sha256, result.main.offset).status in {
        "ok",
        "empty",
        "parser_limit",
        "timeout",
        "failed",
    }
    assert store.verify(result.warc_sha256)
