"""WARC/1.1 (ISO 28500:2017), written by us: one gzip member a record, digests in each.

The payload digest is taken over the body as it was on the wire, transfer coding included, because
that is what the readers in use recompute; the digest without it stands in the metadata record.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

from sources.capture.spool import Part, Spool

_STEP = 64 * 1024
_GZIP_WINDOW = 31
# Measured on news pages: the size of zlib's level 1, for a seventh of its time.
_LEVEL = 1
_HEADER_BYTES = 64 * 1024
_END = b"\r\n\r\n"


class RecordKind(StrEnum):
    WARCINFO = "warcinfo"
    REQUEST = "request"
    RESPONSE = "response"
    REVISIT = "revisit"
    RESOURCE = "resource"
    METADATA = "metadata"


class MalformedRecord(Exception):
    """There is no whole WARC record at this place."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record to write. The block is `head` followed by `body`; the body is the payload.

    `payload_elsewhere`: digest of a payload that another record holds. `payload_sha256`: of this
    one's, in hexadecimal, if it was taken while the body came.
    """

    kind: RecordKind
    content_type: str
    date: datetime
    head: bytes = b""
    body: Part = b""
    target_uri: str = ""
    has_payload: bool = False
    payload_elsewhere: str = ""
    payload_sha256: str = ""
    fields: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Where a record lies in its file, and what it must hash to."""

    record_id: str
    kind: RecordKind
    target_uri: str
    offset: int
    length: int
    block_digest: str
    payload_digest: str

    def as_json(self) -> dict[str, str | int]:
        return {
            "id": self.record_id,
            "type": str(self.kind),
            "target": self.target_uri,
            "offset": self.offset,
            "length": self.length,
            "block_digest": self.block_digest,
            "payload_digest": self.payload_digest,
        }


def warc_fields(fields: Mapping[str, str]) -> bytes:
    """Return a block of type application/warc-fields."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()


class WarcWriter:
    """Writes records one after the other into a new file, or a spool; the store keeps it."""

    def __init__(self, out: Path | Spool, *, new_id: Callable[[], uuid.UUID] = uuid.uuid4) -> None:
        self._file = out.open("xb") if isinstance(out, Path) else out
        self._size = 0
        self._new_id = new_id
        self.records: list[RecordRef] = []
        self.warcinfo_id = ""

    def add(self, record: Record) -> RecordRef:
        """Append a record as a gzip member of its own."""
        record_id = f"<{self._new_id().urn}>"
        size, block_digest, payload_digest = _measure(record)
        header = _header(record, record_id, self.warcinfo_id, size, block_digest, payload_digest)
        offset = self._size
        self._write_member(header, record)
        ref = RecordRef(
            record_id, record.kind, record.target_uri, offset, self._size - offset,
            block_digest, payload_digest,
        )  # fmt: skip
        if record.kind == RecordKind.WARCINFO:
            self.warcinfo_id = record_id
        self.records.append(ref)
        return ref

    def close(self) -> None:
        self._file.close()

    def _write_member(self, header: bytes, record: Record) -> None:
        if isinstance(record.body, bytes):
            whole = b"".join((header, record.head, record.body, _END))
            self._write(isal_zlib.compress(whole, _LEVEL, _GZIP_WINDOW))
            return
        gzip = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)
        self._write(gzip.compress(header + record.head))
        for step in _steps(record.body):
            self._write(gzip.compress(step))
        self._write(gzip.compress(_END) + gzip.flush())

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._size += len(data)


def _measure(record: Record) -> tuple[int, str, str]:
    block = hashlib.sha256(record.head)
    size = len(record.head)
    for step in _steps(record.body):
        block.update(step)
        size += len(step)
    return size, _digest(block.digest()), _stated(record)


def _stated(record: Record) -> str:
    if not record.has_payload:
        return record.payload_elsewhere
    if record.payload_sha256:
        return _digest(bytes.fromhex(record.payload_sha256))
    return payload_digest(record.body)


def payload_digest(body: Part) -> str:
    """The digest of a body, as records state it."""
    payload = hashlib.sha256()
    for step in _steps(body):
        payload.update(step)
    return _digest(payload.digest())


@lru_cache(maxsize=256)  # many records of an archive have the same block: what made it, no body
def _digest(value: bytes) -> str:
    return f"sha256:{base64.b32encode(value).decode('ascii')}"


def _header(
    record: Record, record_id: str, warcinfo_id: str, size: int, block: str, payload: str
) -> bytes:
    moment = record.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = {
        "WARC-Type": str(record.kind),
        "WARC-Record-ID": record_id,
        "WARC-Date": moment,
        "WARC-Warcinfo-ID": warcinfo_id,
        "WARC-Target-URI": record.target_uri,
        **(record.fields or {}),
        "WARC-Block-Digest": block,
        "WARC-Payload-Digest": payload,
        "Content-Type": record.content_type,
        "Content-Length": str(size),
    }
    given = {name: value for name, value in fields.items() if value}
    return b"WARC/1.1\r\n" + warc_fields(given) + b"\r\n"


def _steps(part: Part) -> Iterator[bytes]:
    if isinstance(part, bytes):
        yield part
        return
    with part.open("rb") as file:
        while step := file.read(_STEP):
            yield step


def read_record(stream: BinaryIO, offset: int) -> tuple[dict[str, str], Iterator[bytes]]:
    """Read the record whose member begins at OFFSET: its fields and the pieces of its block.

    Field names are lower-case. The pieces must be read before the stream is used otherwise.
    """
    stream.seek(offset)
    pieces = _member(stream)
    header = b""
    while b"\r\n\r\n" not in header:
        piece = next(pieces, b"")
        header += piece
        if not piece or len(header) > _HEADER_BYTES + _STEP:
            raise MalformedRecord("No WARC header begins at this offset.")
    head, _, rest = header.partition(b"\r\n\r\n")
    fields = _fields(head)
    return fields, _limited(rest, pieces, int(fields["content-length"]))


def _fields(head: bytes) -> dict[str, str]:
    version, *lines = head.decode("utf-8").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    fields = {name.lower(): value.strip() for name, _, value in pairs}
    if version != "WARC/1.1" or not fields.get("content-length", "").isdigit():
        raise MalformedRecord("The WARC header cannot be read.")
    return fields


def _member(stream: BinaryIO) -> Iterator[bytes]:
    gzip = zlib.decompressobj(_GZIP_WINDOW)
    data = b""
    while not gzip.eof:
        data = data or stream.read(_STEP)
        try:
            step = gzip.decompress(data, _STEP)
        except zlib.error as problem:
            raise MalformedRecord("No gzip member begins at this offset.") from problem
        if not data and not step:
            raise MalformedRecord("The file ends inside a record.")
        data = gzip.unconsumed_tail
        if step:
            yield step


def _limited(rest: bytes, pieces: Iterator[bytes], length: int) -> Iterator[bytes]:
    piece: bytes | None = rest
    while length and piece is not None:
        taken = piece[:length]
        length -= len(taken)
        if taken:
            yield taken
        if length:
            piece = next(pieces, None)
