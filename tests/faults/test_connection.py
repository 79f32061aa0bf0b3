"""Servers that speak badly, seen from the row that a reader gets: what is kept, and what is not."""

from __future__ import annotations

import tracemalloc

import pytest

from sources.capture.outcomes import ErrorCode, Outcome
from sources.capture.store import FileStore
from sources.capture.warc import read_record
from sources.services.capture import run_capture
from sources.services.installation import object_store
from sources.vocabulary import CaptureState
from tests.faults.test_words import captured
from tests.sources.conftest import QUICK, Capture, Queue
from tests.sources.origin import Origin, page, redirect

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.fault(7)
@pytest.mark.parametrize("size", [b"FFFFFFF", b"FFFFFFFFFFFFFFFF", b"7FFFFFFF"])
def test_a_chunk_that_says_it_is_huge_takes_no_memory(
    origin: Origin, capture: Capture, size: bytes
) -> None:
    origin.answers["/"] = CHUNKED + size + b"\r\nfew bytes"
    tracemalloc.start()
    result = capture()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
    assert result.outcome in {Outcome.PROTOCOL_ERROR, Outcome.TRUNCATED}
    assert result.final.body_bytes > 0, "what came is kept"


@pytest.mark.fault(9, 10)
@pytest.mark.parametrize(
    "answer", [b"A: " + b"x" * 10_000_000, (b"A: " + b"x" * 8000 + b"\r\n") * 200]
)
def test_of_endless_headers_no_more_is_taken_than_the_limit(
    origin: Origin, capture: Capture, answer: bytes
) -> None:
    origin.answers["/"] = b"HTTP/1.1 200 OK\r\n" + answer
    result = capture()
    assert result.error == ErrorCode.HEADERS_TOO_LARGE
    assert 0 < len(result.final.raw) <= QUICK.header_bytes


@pytest.mark.fault(18)
def test_an_endless_body_is_marked_in_the_file(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    origin.answers["/"] = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (QUICK.body_bytes * 2)
    result = capture()
    with store.open(result.warc_sha256) as warc:
        fields, block = read_record(warc, result.main.offset)
        size = sum(map(len, block))
    assert fields["warc-truncated"] == "length"
    assert size < QUICK.body_bytes + 64 * 1024


@pytest.mark.fault(20)
def test_every_request_has_a_connection_of_its_own(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    origin.answers["/"] = redirect("/end") + page(b"POISON")
    origin.answers["/end"] = page(b"clean") + page(b"POISON")
    result = capture()
    assert origin.connections == 2
    with store.open(result.warc_sha256) as warc:
        _, block = read_record(warc, result.main.offset)
        assert b"POISON" not in b"".join(block)


@pytest.mark.django_db
@pytest.mark.fault(12)
@pytest.mark.parametrize(
    ("line", "status"), [("999 Request Denied", 999), ("099 Odd", 99), ("418", 418), ("418 ", 418)]
)
def test_an_odd_status_is_kept_verbatim(
    queued: Queue, open_origin: Origin, line: str, status: int
) -> None:
    open_origin.answers["/"] = page(b"no", status=line)
    snapshot = captured(queued())
    assert (snapshot.outcome, snapshot.http_status) == ("http_error", status)
    main = next(record for record in snapshot.warc_records if record["type"] == "response")
    with object_store().open(snapshot.warc.sha256) as warc:
        _, block = read_record(warc, main["offset"])
        assert b"".join(block).startswith(f"HTTP/1.1 {line}\r\n".encode())


@pytest.mark.django_db
@pytest.mark.fault(1, 2, 3, 4, 5, 6)
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (page(b"x" * 500)[:-100], "truncated"),
        (CHUNKED + b"1000\r\nhalf", "truncated"),
        (b"", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-", "unreachable"),
    ],
)
def test_trouble_that_may_pass_is_tried_again_and_then_sealed_as_what_it_was(
    queued: Queue, open_origin: Origin, answer: bytes, outcome: str
) -> None:
    open_origin.answers["/"] = answer
    snapshot = queued()
    run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.outcome) == (CaptureState.RETRY_WAIT, "")
    snapshot = captured_from(snapshot)
    assert (snapshot.state, snapshot.outcome) == (CaptureState.SEALED, outcome)
    assert snapshot.hops.count() == snapshot.max_attempts
    assert snapshot.warc is not None


def captured_from(snapshot: object) -> object:
    snapshot.state = CaptureState.QUEUED
    snapshot.save(update_fields=["state"])
    return captured(snapshot)
