"""HTTP/1.1 as it stands on the wire, read strictly: what is ambiguous is refused, not guessed.

Pure functions over bytes. The same ones read a response while it is fetched and again when the
archived copy is opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sources.capture.guard import Address

PREFIX = b"HTTP/1."
READ_SIZE = 64 * 1024
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([0-9]{3})(?: ([^\x00\r\n]*))?")
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,7})[ \t]*(?:;[^\x00\r\n]*)?\r\n")
_CHUNK_LINE_BYTES = 1024
_TRAILER_BYTES = 16 * 1024
_BODILESS = frozenset({204, 205, 304})


class ProtocolProblem(Exception):
    """The bytes are not an HTTP/1.1 response that can be read in one way only."""


class Incomplete(Exception):
    """The connection ended before the body did."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and fields of a response; names lower-case, values as Latin-1."""

    raw: bytes
    version: str
    status: int
    reason: str
    fields: tuple[tuple[str, str], ...]

    def values(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]

    def value(self, name: str) -> str:
        """Return the first value of a field, or an empty string."""
        return next(iter(self.values(name)), "")

    @property
    def media_type(self) -> str:
        return self.value("content-type").partition(";")[0].strip().lower()

    @property
    def is_interim(self) -> bool:
        return 100 <= self.status < 200  # noqa: PLR2004 - the class of status codes


class Framing(StrEnum):
    NONE = "none"
    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"


def request_bytes(address: Address, user_agent: str) -> bytes:
    """Return the request of a capture: no cookie, no referrer, no condition, gzip at most."""
    lines = [
        f"GET {address.target} HTTP/1.1",
        f"Host: {address.authority}",
        f"User-Agent: {user_agent}",
        "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Encoding: gzip",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def parse_head(raw: bytes) -> Head:
    """Parse the bytes up to and including the empty line; raises ProtocolProblem."""
    first, *lines = raw.removesuffix(b"\r\n\r\n").split(b"\r\n")
    match = _STATUS_LINE.fullmatch(first)
    if not match:
        raise ProtocolProblem("The answer does not begin with an HTTP/1 status line.")
    fields = tuple(_field(line) for line in lines)
    reason = (match[3] or b"").decode("latin-1")
    return Head(raw, f"1.{match[1].decode()}", int(match[2]), reason, fields)


def _field(line: bytes) -> tuple[str, str]:
    match = _FIELD.fullmatch(line)
    if not match:
        raise ProtocolProblem("A header line is malformed.")
    return match[1].decode("ascii").lower(), match[2].decode("latin-1")


def framing(head: Head) -> tuple[Framing, int]:
    """Decide how the body ends, and its length when that was declared."""
    lengths = set(head.values("content-length"))
    codings = head.values("transfer-encoding")
    if len(lengths) > 1 or (lengths and codings):
        raise ProtocolProblem("The answer declares its length in two ways.")
    if head.is_interim or head.status in _BODILESS:
        return Framing.NONE, 0
    if codings:
        return _chunked(head, codings), 0
    if lengths:
        return Framing.LENGTH, _length(lengths.pop())
    return Framing.CLOSE, 0


def _chunked(head: Head, codings: list[str]) -> Framing:
    if head.version != "1.1" or [coding.lower() for coding in codings] != ["chunked"]:
        raise ProtocolProblem("The answer uses a transfer coding that we did not ask for.")
    return Framing.CHUNKED


def _length(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise ProtocolProblem("Content-Length is not a number.")
    return int(text)


class Feed:
    """Buffered reading over a function that returns the next bytes, or b"" at the end."""

    def __init__(self, read: Callable[[int], bytes], rest: bytes = b"") -> None:
        self._read = read
        self.rest = rest

    def some(self, limit: int) -> bytes:
        """Return between 1 and LIMIT bytes, or b"" at the end."""
        if not self.rest:
            return self._read(min(limit, READ_SIZE))
        if len(self.rest) <= limit:
            taken, self.rest = self.rest, b""
            return taken
        taken, self.rest = self.rest[:limit], self.rest[limit:]
        return taken

    def line(self, limit: int) -> bytes:
        """Return one line with its CRLF; raises ProtocolProblem beyond LIMIT bytes."""
        while b"\n" not in self.rest:
            if len(self.rest) > limit:
                raise ProtocolProblem("A line of the body's framing is too long.")
            piece = self._read(READ_SIZE)
            if not piece:
                raise Incomplete
            self.rest += piece
        end = self.rest.index(b"\n") + 1
        if end > limit:
            raise ProtocolProblem("A line of the body's framing is too long.")
        line, self.rest = self.rest[:end], self.rest[end:]
        return line


def read_body(feed: Feed, head: Head, tap: Callable[[bytes], object]) -> Iterator[bytes]:
    """Yield the body without its transfer coding; TAP gets every byte as it was on the wire.

    Raises Incomplete or ProtocolProblem, with all bytes read so far given to TAP.
    """
    kind, length = framing(head)
    if kind == Framing.LENGTH:
        yield from _exactly(feed, length, tap)
    elif kind == Framing.CHUNKED:
        yield from _chunks(feed, tap)
    elif kind == Framing.CLOSE:
        while piece := feed.some(READ_SIZE):
            tap(piece)
            yield piece


def _exactly(feed: Feed, length: int, tap: Callable[[bytes], object]) -> Iterator[bytes]:
    while length:
        piece = feed.some(min(length, READ_SIZE))
        if not piece:
            raise Incomplete
        tap(piece)
        length -= len(piece)
        yield piece


def _chunks(feed: Feed, tap: Callable[[bytes], object]) -> Iterator[bytes]:
    while size := _chunk_size(feed, tap):
        yield from _exactly(feed, size, tap)
        if _tapped_line(feed, tap, 2) != b"\r\n":
            raise ProtocolProblem("A chunk is longer than it says.")
    trailer = 0
    while (line := _tapped_line(feed, tap, _CHUNK_LINE_BYTES)) != b"\r\n":
        trailer += len(line)
        if trailer > _TRAILER_BYTES:
            raise ProtocolProblem("The trailer is too long.")


def _chunk_size(feed: Feed, tap: Callable[[bytes], object]) -> int:
    match = _CHUNK_LINE.fullmatch(_tapped_line(feed, tap, _CHUNK_LINE_BYTES))
    if not match:
        raise ProtocolProblem("The size of a chunk cannot be read.")
    return int(match[1], 16)


def _tapped_line(feed: Feed, tap: Callable[[bytes], object], limit: int) -> bytes:
    try:
        line = feed.line(limit)
    except (Incomplete, ProtocolProblem):
        tap(feed.rest[:READ_SIZE])
        raise
    tap(line)
    return line
