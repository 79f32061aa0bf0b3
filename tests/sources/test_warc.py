"""The file is what the standard says, what warcio accepts, and what the wire carried."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from sources.capture.archived import read_page
from sources.capture.limits import Limits
from sources.capture.pipeline import CaptureResult
from sources.capture.store import FileStore
from sources.capture.warc import MalformedRecord, Record, RecordKind, WarcWriter, read_record
from tests.sources.conftest import Capture
from tests.sources.origin import Origin, chunked, page, redirect

INJECTED = b"\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\nContent-Length: 2\r\n\r\nhi\r\n\r\n"

ANSWERS = {
    "plain": page(b"<p>Hello</p>"),
    "empty": page(b""),
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"one", b"two"),
    "gzip": page(gzip.compress(b"hello " * 1000), "Content-Encoding: gzip"),
    "cut": page(b"x" * 3000)[:-1000],
    "unreadable": b"this is no HTTP at all",
    "injected": page(INJECTED * 3),
    "large": page(b"0123456789" * 9000),
    "gone": page(b"", status="404 Not Found"),
}


def _read(result: CaptureResult, store: FileStore) -> bytes:
    with store.open(result.warc_sha256) as file:
        return file.read()


@pytest.mark.parametrize("name", ANSWERS)
def test_warcio_verifies_every_digest_of_what_we_write(
    origin: Origin, capture: Capture, store: FileStore, name: str
) -> None:
    origin.answers["/"] = redirect("/end")
    origin.answers["/end"] = ANSWERS[name]
    result = capture()
    records = 0
    for record in ArchiveIterator(io.BytesIO(_read(result, store)), check_digests="raise"):
        record.raw_stream.read()
        assert record.digest_checker.passed is True, record.rec_type
        records += 1
    assert records == len(result.records)


def test_warcio_does_notice_a_changed_byte(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    origin.answers["/"] = ANSWERS["plain"]
    data = gzip.decompress(_read(capture(), store)).replace(b"<p>Hello</p>", b"<p>Hullo</p>")
    passed = []
    for record in ArchiveIterator(io.BytesIO(data), check_digests=True):
        record.raw_stream.read()
        passed.append(record.digest_checker.passed)
    assert False in passed


def test_each_record_is_a_gzip_member_at_its_offset(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    origin.answers["/"] = redirect("/end")
    origin.answers["/end"] = ANSWERS["large"]
    result = capture()
    data = _read(result, store)
    end = 0
    for record in result.records:
        assert record.offset == end
        end += record.length
        member = gzip.decompress(data[record.offset : end])
        assert member.startswith(b"WARC/1.1\r\nWARC-Type: " + str(record.kind).encode())
        assert member.endswith(b"\r\n\r\n")
        fields, block = read_record(io.BytesIO(data), record.offset)
        assert fields["warc-record-id"] == record.record_id
        assert len(b"".join(block)) == int(fields["content-length"])
    assert end == len(data)


def test_the_records_tell_the_whole_way(origin: Origin, capture: Capture, store: FileStore) -> None:
    origin.answers["/"] = redirect("/end")
    origin.answers["/end"] = ANSWERS["plain"]
    result = capture()
    kinds = [str(record.kind) for record in result.records]
    assert kinds == ["warcinfo", "request", "response", "request", "response", "metadata"]
    data = io.BytesIO(_read(result, store))
    headers = [read_record(data, record.offset)[0] for record in result.records]
    info, request, response, *_, metadata = headers
    assert response["warc-concurrent-to"] == request["warc-record-id"]
    assert metadata["warc-concurrent-to"] == result.main.record_id
    assert all(each["warc-warcinfo-id"] == info["warc-record-id"] for each in headers[1:])
    assert response["warc-ip-address"] == "127.0.0.1"
    assert response["warc-target-uri"] == origin.url("/")
    assert datetime.strptime(response["warc-date"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def test_the_wire_is_in_the_file_byte_by_byte(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    for name in ("plain", "chunked", "gzip", "gone"):
        origin.answers["/"] = ANSWERS[name]
        result = capture()
        _, block = read_record(io.BytesIO(_read(result, store)), result.main.offset)
        assert b"".join(block) == ANSWERS[name]
        _, request = read_record(io.BytesIO(_read(result, store)), result.records[1].offset)
        assert b"".join(request) == origin.requests[-1]


def test_a_cut_body_is_marked_in_the_file(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    origin.answers["/"] = ANSWERS["cut"]
    result = capture()
    fields, _ = read_record(io.BytesIO(_read(result, store)), result.main.offset)
    assert fields["warc-truncated"] == "disconnect"


def test_what_is_no_http_is_kept_as_a_resource(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    origin.answers["/"] = ANSWERS["unreadable"]
    result = capture()
    assert result.main is None
    kinds = [str(record.kind) for record in result.records]
    assert kinds == ["warcinfo", "request", "resource", "metadata"]
    _, block = read_record(io.BytesIO(_read(result, store)), result.records[2].offset)
    assert b"".join(block) == ANSWERS["unreadable"]


@pytest.mark.fault(50)
def test_a_page_cannot_inject_a_record(origin: Origin, capture: Capture, store: FileStore) -> None:
    origin.answers["/"] = ANSWERS["injected"]
    result = capture()
    found = list(ArchiveIterator(io.BytesIO(_read(result, store))))
    assert len(found) == len(result.records) == 4


def test_the_metadata_says_how_it_went(origin: Origin, capture: Capture, store: FileStore) -> None:
    origin.answers["/"] = redirect("file:///etc/passwd")
    result = capture()
    _, block = read_record(io.BytesIO(_read(result, store)), result.records[-1].offset)
    facts = json.loads(b"".join(block))
    assert facts["error"] == "refused_by_policy"
    assert [hop["url"] for hop in facts["hops"]] == [origin.url("/"), "file:///etc/passwd"]
    assert facts["hops"][0]["timings"]["total"] > 0


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("plain", b"<p>Hello</p>"),
        ("chunked", b"onetwo"),
        ("gzip", b"hello " * 1000),
        ("cut", b"x" * 2000),
        ("large", b"0123456789" * 9000),
        ("empty", b""),
    ],
)
def test_the_page_can_be_read_back(
    origin: Origin, capture: Capture, store: FileStore, name: str, body: bytes
) -> None:
    origin.answers["/"] = ANSWERS[name]
    result = capture()
    with store.open(result.warc_sha256) as file:
        archived = read_page(file, result.main.offset, Limits(), at_most=1_000_000)
        assert archived.body == body
        assert archived.url == origin.url("/")
        short = read_page(file, result.main.offset, Limits(), at_most=3)
        assert short.body == body[:3]


@pytest.mark.parametrize("offset", [1, 10, 10_000_000])
def test_there_is_no_record_elsewhere(
    origin: Origin, capture: Capture, store: FileStore, offset: int
) -> None:
    origin.answers["/"] = ANSWERS["plain"]
    result = capture()
    with store.open(result.warc_sha256) as file, pytest.raises(MalformedRecord):
        read_record(file, offset)


def test_only_a_response_is_a_page(origin: Origin, capture: Capture, store: FileStore) -> None:
    origin.answers["/"] = ANSWERS["plain"]
    result = capture()
    with store.open(result.warc_sha256) as file, pytest.raises(MalformedRecord):
        read_page(file, result.records[1].offset, Limits(), at_most=10)


def test_a_file_that_ends_early_is_noticed(
    origin: Origin, capture: Capture, store: FileStore
) -> None:
    origin.answers["/"] = ANSWERS["large"]
    result = capture()
    data = _read(result, store)[: result.main.offset + result.main.length - 20]
    _, block = read_record(io.BytesIO(data), result.main.offset)
    with pytest.raises(MalformedRecord):
        b"".join(block)


def test_a_writer_never_writes_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "one.warc.gz"
    writer = WarcWriter(path)
    writer.add(Record(RecordKind.WARCINFO, "text/plain", datetime(2026, 1, 1, tzinfo=UTC)))
    writer.close()
    with pytest.raises(FileExistsError):
        WarcWriter(path)


@pytest.mark.parametrize(
    "header", [b"WARC/1.0\r\nContent-Length: 0", b"WARC/1.1\r\nContent-Length: x", b"WARC/1.1"]
)
def test_foreign_headers_are_malformed(header: bytes) -> None:
    member = gzip.compress(header + b"\r\n\r\n")
    with pytest.raises(MalformedRecord):
        read_record(io.BytesIO(member), 0)


def test_a_header_without_end_is_malformed() -> None:
    with pytest.raises(MalformedRecord):
        read_record(io.BytesIO(gzip.compress(b"WARC/1.1\r\n" + b"x" * 500_000)), 0)
