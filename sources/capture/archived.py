"""Opening an archived response again: from the stored WARC to the page's own bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from sources.capture.decode import Decoder, decoded
from sources.capture.hop import content_coding
from sources.capture.http1 import Feed, Head, Incomplete, ProtocolProblem, parse_head, read_body
from sources.capture.limits import Limits
from sources.capture.warc import MalformedRecord, read_record

_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """The response as a reader would get it: content coding undone, cut at the asked size."""

    url: str
    head: Head
    body: bytes


def read_page(warc: BinaryIO, offset: int, limits: Limits, *, at_most: int) -> ArchivedPage:
    """Read the response at OFFSET, or the file that somebody gave; else raises MalformedRecord.

    A body that ends too early, or is not what it says, gives what could be read of it.
    """
    response = open_response(warc, offset, limits)
    body = bytearray()
    for piece in response.pieces:
        body += piece
        if len(body) >= at_most:
            break
    return ArchivedPage(response.url, response.head, bytes(body[:at_most]))


@dataclass(frozen=True, slots=True)
class ArchivedResponse:
    """A response whose body, content coding undone, is still to be read from its file."""

    url: str
    head: Head
    pieces: Iterator[bytes]


def open_response(warc: BinaryIO, offset: int, limits: Limits) -> ArchivedResponse:
    """Open the response record at OFFSET; raises MalformedRecord if there is none."""
    fields, block = read_record(warc, offset)
    kind = fields.get("warc-type")
    if kind not in {"response", "resource"}:
        raise MalformedRecord("The record holds no page.")
    head, rest = read_head(block) if kind == "response" else (_head_of_file(fields), b"")
    feed = Feed(lambda _size: next(block, b""), rest)
    return ArchivedResponse(fields["warc-target-uri"], head, pieces_of(feed, head, limits))


def pieces_of(feed: Feed, head: Head, limits: Limits) -> Iterator[bytes]:
    """Yield what can be read of a body, its codings undone."""
    return decoded(_readable(feed, head), Decoder(content_coding(head), limits))


def _head_of_file(fields: dict[str, str]) -> Head:
    """What a server would say of a file that none sent."""
    kind = re.sub(r"[^\w/.+-]", "", fields.get("content-type", ""))
    return parse_head(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())


def read_head(block: Iterator[bytes]) -> tuple[Head, bytes]:
    """The header of an archived response and what follows it; raises MalformedRecord."""
    data = b""
    for piece in block:
        data += piece
        if _END in data:
            break
    raw, end, rest = data.partition(_END)
    try:
        return parse_head(raw + end), rest
    except ProtocolProblem as problem:
        raise MalformedRecord("The record holds no HTTP response.") from problem


def _readable(feed: Feed, head: Head) -> Iterator[bytes]:
    try:
        yield from read_body(feed, head, _untapped)
    except (Incomplete, ProtocolProblem):
        return  # the hop says why; here the readable part is what counts


def _untapped(_data: bytes) -> None:
    """Nobody listens to the wire of an archived copy."""
