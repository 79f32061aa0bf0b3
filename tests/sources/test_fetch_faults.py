"""What origins do wrong, and what the archive says about it."""

from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from dataclasses import replace

import pytest

from sources.capture.http1 import READ_SIZE
from sources.capture.outcomes import ErrorCode, Outcome, Truncation
from sources.vocabulary import CaptureState
from tests.sources.conftest import QUICK, Capture
from tests.sources.origin import Origin, chunked, page, redirect, silent_until_closed, slowly

CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_plain_page_is_sealed(origin: Origin, capture: Capture) -> None:
    origin.answers["/"] = page(b"<p>Hello</p>")
    result = capture()
    assert (result.state, result.outcome, result.error) == (CaptureState.SEALED, Outcome.OK, None)
    assert result.final.payload_sha256 == hashlib.sha256(b"<p>Hello</p>").hexdigest()
    assert result.final.ip == "127.0.0.1"


def test_the_request_carries_no_cookie_referrer_or_condition(
    origin: Origin, capture: Capture
) -> None:
    origin.answers["/"] = page(b"x", "Set-Cookie: a=b", "ETag: x")
    origin.answers["/a"] = redirect("/")
    capture("/a?q=1#part")
    names = {
        line.partition(b":")[0].lower()
        for request in origin.requests
        for line in request.split(b"\r\n")[1:]
        if line
    }
    assert names == {b"host", b"user-agent", b"accept", b"accept-encoding", b"connection"}
    assert origin.requests[0].startswith(b"GET /a?q=1 HTTP/1.1\r\n")


def test_chunks_are_put_together(origin: Origin, capture: Capture) -> None:
    origin.answers["/"] = CHUNKED_HEAD + chunked(b"<p>one ", b"two</p>")
    result = capture()
    assert result.outcome == Outcome.OK
    assert result.final.payload_sha256 == hashlib.sha256(b"<p>one two</p>").hexdigest()
    assert result.final.body_bytes > result.final.payload_bytes


@pytest.mark.fault(19)
def test_trailers_are_kept_raw_and_believed_in_nothing(origin: Origin, capture: Capture) -> None:
    body = b"4\r\nbody\r\n0\r\nContent-Length: 1\r\nSet-Cookie: a=b\r\n\r\n"
    origin.answers["/"] = CHUNKED_HEAD + body
    result = capture()
    assert result.outcome == Outcome.OK
    assert result.final.body_bytes == len(body)
    assert not result.final.head.values("content-length")


@pytest.mark.parametrize(
    ("answer", "truncation"),
    [
        (page(b"x" * 5000)[:-2000], Truncation.DISCONNECT),
        (CHUNKED_HEAD + b"1000\r\n" + b"x" * 900, Truncation.DISCONNECT),
        (CHUNKED_HEAD + b"4\r\nbody\r\n", Truncation.DISCONNECT),
        (CHUNKED_HEAD + b"4\r\nbody\r\n0\r\n", Truncation.DISCONNECT),
    ],
)
@pytest.mark.fault(5, 6)
def test_a_body_cut_off_is_marked_and_kept(
    origin: Origin, capture: Capture, answer: bytes, truncation: Truncation
) -> None:
    origin.answers["/"] = answer
    result = capture()
    assert (result.state, result.outcome) == (CaptureState.SEALED, Outcome.TRUNCATED)
    assert result.final.truncated == truncation
    assert result.final.body_bytes == len(answer) - answer.index(b"\r\n\r\n") - 4


@pytest.mark.fault(1)
def test_a_body_that_trickles_is_cut_in_time(origin: Origin, capture: Capture) -> None:
    origin.answers["/"] = slowly(b"x" * 1000, 0.05, first=page(b"x" * 1010)[:-1000])
    begin = time.monotonic()
    result = capture()
    assert time.monotonic() - begin < 1.5
    assert result.outcome == Outcome.TRUNCATED
    assert result.final.truncated == Truncation.TIME


def test_a_body_that_never_ends_in_time_is_cut_by_the_clock_of_the_hop(
    origin: Origin, capture: Capture
) -> None:
    origin.answers["/"] = slowly(b"x" * 1000, 0.001, first=page(b"x" * 1010)[:-1000])
    result = capture(limits=replace(QUICK, hop_seconds=0.2, min_rate=0))
    assert result.final.truncated == Truncation.TIME


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (silent_until_closed, ErrorCode.FIRST_BYTE_TIMEOUT),
        (slowly(b"TTP/1.1 200 OK\r\n" * 9, 0.05, first=b"H"), ErrorCode.HEADER_TIMEOUT),
        (b"", ErrorCode.CONNECTION_CLOSED),
        (b"HTTP/1.1 200 OK\r\nContent-", ErrorCode.CONNECTION_CLOSED),
        (b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 70_000, ErrorCode.HEADERS_TOO_LARGE),
        (
            b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
            ErrorCode.HEADERS_TOO_LARGE,
        ),
        (
            b"HTTP/1.1 200 OK\r\n" + (b"A: " + b"x" * 8000 + b"\r\n") * 200 + b"\r\n",
            ErrorCode.HEADERS_TOO_LARGE,
        ),
    ],
)
@pytest.mark.fault(2, 3, 4, 9, 10)
def test_answers_that_never_become_a_head_are_coded(
    origin: Origin, capture: Capture, answer: object, code: ErrorCode
) -> None:
    origin.answers["/"] = answer
    result = capture()
    expected = "protocol_error" if code == ErrorCode.HEADERS_TOO_LARGE else "unreachable"
    assert (result.state, result.outcome, result.error) == (CaptureState.SEALED, expected, code)
    assert len(result.final.raw) <= QUICK.header_bytes
    assert result.warc_sha256, "a failure is evidence too"


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>HTTP/0.9 says hello</html>",
        b"ICY 200 OK\r\n\r\nmusic",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx",
        b"HTTP/1.1 200 OK\r\nA: b\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\nx",
        page(b"x", "Content-Length: 7"),
        page(b"x", "Transfer-Encoding: chunked"),
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 7\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 12,
        b"HTTP/1.1 101 Switching\r\n\r\n" * 12,
    ],
)
@pytest.mark.fault(8, 11, 17)
def test_what_is_not_unambiguous_http_is_kept_raw(
    origin: Origin, capture: Capture, answer: bytes
) -> None:
    origin.answers["/"] = answer
    result = capture()
    assert (result.state, result.outcome) == (CaptureState.SEALED, Outcome.PROTOCOL_ERROR)
    assert result.error == ErrorCode.PROTOCOL_ERROR
    assert result.final.raw or result.final.interim
    assert answer.startswith(result.final.interim + result.final.raw)
    assert result.final.head is None


@pytest.mark.parametrize(
    "body",
    [
        b"FFFFFFFFFFFFFFFF\r\nx",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"\r\nhello\r\n",
        b"5;" + b"e" * 5000 + b"\r\nhello\r\n0\r\n\r\n",
        b"3\r\nhello\r\n0\r\n\r\n",
        b"5\nhello\r\n0\r\n\r\n",
        b"5\r\nhello\r\n0\r\n" + b"T: x\r\n" * 5000 + b"\r\n",
    ],
)
@pytest.mark.fault(7)
def test_chunks_that_lie_are_a_protocol_error_with_the_bytes_kept(
    origin: Origin, capture: Capture, body: bytes
) -> None:
    origin.answers["/"] = CHUNKED_HEAD + body
    result = capture()
    assert (result.state, result.outcome) == (CaptureState.SEALED, Outcome.PROTOCOL_ERROR)
    assert result.error == ErrorCode.PROTOCOL_ERROR
    assert result.final.truncated == Truncation.UNSPECIFIED
    assert result.final.body_bytes > 0


@pytest.mark.fault(17)
def test_early_hints_before_the_answer_are_kept(origin: Origin, capture: Capture) -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n"
    origin.answers["/"] = hint + page(b"hello")
    result = capture()
    assert result.outcome == Outcome.OK
    assert result.final.interim == hint


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (page(b"", status="404 Not Found"), Outcome.GONE),
        (page(b"gone", status="410 Gone"), Outcome.GONE),
        (page(b"no", status="403 Forbidden"), Outcome.HTTP_ERROR),
        (page(b"no", status="451 Unavailable For Legal Reasons"), Outcome.HTTP_ERROR),
        (page(b"no", status="500 Oops"), Outcome.HTTP_ERROR),
        (page(b"no", status="999 Denied"), Outcome.HTTP_ERROR),
        (page(b"no", status="099 Odd"), Outcome.HTTP_ERROR),
        (page(b"no", status="300 Choices"), Outcome.HTTP_ERROR),
        (page(b"no", status="302 Found"), Outcome.HTTP_ERROR),
        (b"HTTP/1.1 418\r\nContent-Length: 1\r\n\r\nx", Outcome.HTTP_ERROR),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Outcome.EMPTY),
        (page(b""), Outcome.EMPTY),
        (b"HTTP/1.1 200 OK\r\n\r\n", Outcome.EMPTY),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", Outcome.NOT_MODIFIED_ERROR),
        (page(b"part", status="206 Partial Content"), Outcome.TRUNCATED),
        (
            page(b"<title>Just a moment...</title>", status="403 Forbidden"),
            Outcome.BOTWALL_SUSPECTED,
        ),
        (page(b"<title>Just a moment...</title>"), Outcome.BOTWALL_SUSPECTED),
        (page(b"<p>solve the captcha", status="429 Too Many"), Outcome.BOTWALL_SUSPECTED),
        (page(b"x", "CF-Mitigated: challenge"), Outcome.BOTWALL_SUSPECTED),
        (page(b"<p>an article about the captcha"), Outcome.OK),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nuntil the end", Outcome.OK),
        (b"HTTP/1.0 200 OK\r\n\r\nold but fine", Outcome.OK),
        (page(b"x", "Content-Length: 1"), Outcome.OK),
    ],
)
@pytest.mark.fault(12, 13, 14, 15, 16, 53, 60)
def test_every_answer_has_its_outcome(
    origin: Origin, capture: Capture, answer: bytes, outcome: Outcome
) -> None:
    origin.answers["/"] = answer
    result = capture()
    assert (result.state, result.outcome, result.error) == (CaptureState.SEALED, outcome, None)


@pytest.mark.fault(18)
def test_an_endless_body_stops_at_the_limit(origin: Origin, capture: Capture) -> None:
    def endless(connection: object) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    origin.answers["/"] = endless
    result = capture()
    assert result.outcome == Outcome.TOO_LARGE
    assert result.final.truncated == Truncation.LENGTH
    one_read_more = QUICK.body_bytes + READ_SIZE
    assert QUICK.body_bytes < result.final.body_bytes <= one_read_more


def test_media_may_be_larger_than_pages(origin: Origin, capture: Capture) -> None:
    body = b"%PDF-1.7 " + b"x" * 150_000
    origin.answers["/pdf"] = page(body, kind="application/pdf")
    origin.answers["/html"] = page(body, kind="text/html")
    assert capture("/pdf").outcome == Outcome.OK
    assert capture("/html").outcome == Outcome.TOO_LARGE


def test_gzip_is_archived_as_it_came_and_measured_decoded(origin: Origin, capture: Capture) -> None:
    packed = gzip.compress(b"<p>Hello</p>", mtime=0)
    origin.answers["/"] = page(packed, "Content-Encoding: gzip")
    final = capture().final
    assert final.payload_sha256 == hashlib.sha256(packed).hexdigest()
    assert final.decoded_sha256 == hashlib.sha256(b"<p>Hello</p>").hexdigest()
    assert final.decoded_bytes == len(b"<p>Hello</p>")


@pytest.mark.fault(38)
def test_a_gzip_bomb_is_not_unpacked(origin: Origin, capture: Capture) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)
    origin.answers["/"] = page(bomb, "Content-Encoding: gzip")
    result = capture()
    assert result.outcome == Outcome.TOO_LARGE
    assert result.final.decode_error == "decoded_too_large"
    assert result.final.decoded_bytes <= QUICK.decoded_bytes + 64 * 1024
    assert result.final.body_bytes == len(bomb), "the bytes themselves are few, and are evidence"


def test_without_the_step_limit_the_bomb_goes_off() -> None:
    bomb = gzip.compress(b"\0" * 5_000_000, mtime=0)
    assert len(zlib.decompressobj(31).decompress(bomb)) == 5_000_000


TWICE = gzip.compress(gzip.compress(b"twice", mtime=0), mtime=0)


@pytest.mark.parametrize(
    ("body", "coding", "error", "decoded"),
    [
        (gzip.compress(b"whole", mtime=0)[:-4], "gzip", "gzip_truncated", 5),
        (gzip.compress(b"whole", mtime=0) + b"junk", "gzip", "trailing_junk", 5),
        (gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0), "gzip", "", 7),
        (gzip.compress(b"whole", mtime=0)[:-8] + b"\0" * 8, "gzip", "bad_gzip", None),
        (b"\x1f\x8b" + b"\xff" * 50, "gzip", "bad_gzip", 0),
        (b"not packed at all", "gzip", "not_gzip", 17),
        (TWICE, "gzip, gzip", "unsupported_encoding", 0),
        (b"\x0b\x02\x80hello\x03", "br", "unsupported_encoding", 0),
        (b"plain", "identity", "", 5),
    ],
)
@pytest.mark.fault(38, 39)
def test_broken_codings_are_sealed_raw_and_flagged(
    origin: Origin, capture: Capture, body: bytes, coding: str, error: str, decoded: int | None
) -> None:
    origin.answers["/"] = page(body, f"Content-Encoding: {coding}")
    result = capture()
    assert (result.state, result.outcome) == (CaptureState.SEALED, Outcome.OK)
    assert result.final.decode_error == error
    assert result.final.payload_sha256 == hashlib.sha256(body).hexdigest()
    if decoded is not None:
        assert result.final.decoded_bytes == decoded


@pytest.mark.fault(20)
def test_a_second_answer_on_the_connection_is_not_read(origin: Origin, capture: Capture) -> None:
    origin.answers["/"] = page(b"first") + page(b"second")
    result = capture()
    assert result.final.payload_bytes == len(b"first")


@pytest.mark.fault(4)
def test_that_nobody_listens_is_sealed(origin: Origin, capture: Capture) -> None:
    origin.__exit__()
    result = capture()
    assert (result.state, result.error) == (CaptureState.SEALED, ErrorCode.CONNECT_REFUSED)
    assert result.warc_sha256


@pytest.mark.fault(70)
def test_a_full_disk_is_a_failure_and_nothing_is_sealed(
    origin: Origin, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    origin.answers["/"] = page(b"x")
    monkeypatch.setattr("sources.capture.pipeline.write_capture", full)
    result = capture()
    assert (result.state, result.error) == (CaptureState.FAILED, ErrorCode.STORE_FAILED)
    assert "No space left" in result.error_detail
    assert result.warc_sha256 == ""


def test_nothing_is_left_in_staging(origin: Origin, capture: Capture, tmp_path: object) -> None:
    origin.answers["/"] = page(b"x")
    capture()
    assert list((tmp_path / "staging").iterdir()) == []
