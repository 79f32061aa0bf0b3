"""Reading WARC files that others made: any writer's, and any attacker's. Pure.

Bounded everywhere: nothing is believed of lengths, and a file costs at most what ForeignLimits
says. A file that cannot be read is refused whole, with words on what is wrong with it; a record
whose digest is wrong is read and marked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NoReturn

from sources.capture.limits import MIB

_STEP = 64 * 1024
_GZIP = b"\x1f\x8b"
_VERSIONS = frozenset({b"WARC/1.1", b"WARC/1.0", b"WARC/0.18", b"WARC/0.17"})
_LENGTH = re.compile(r"[0-9]{1,15}")
_HASHES = frozenset({"md5", "sha1", "sha256", "sha384", "sha512"})


class BadArchive(Exception):
    """The file is refused; the argument says why, for the person who gave it."""


@dataclass(frozen=True, slots=True)
class ForeignLimits:
    """How much one foreign file may take; bytes and seconds."""

    file_bytes: int = 1024 * MIB
    unpacked_bytes: int = 2048 * MIB
    record_bytes: int = 100 * MIB
    header_bytes: int = 256 * 1024
    records: int = 100_000
    members: int = 20_000  # of a ZIP file
    pages: int = 50
    seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """One record as it stands in its file; field names are lower-case."""

    offset: int  # in the unpacked file
    fields: dict[str, str]
    block: Path

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "").lower()

    @property
    def target(self) -> str:
        return self.fields.get("warc-target-uri", "").strip().strip("<>")

    @property
    def is_http(self) -> bool:
        return self.fields.get("content-type", "").lower().startswith("application/http")


Wanted = Callable[[dict[str, str]], bool]


def read_foreign(
    file: BinaryIO, folder: Path, wanted: Wanted, limits: ForeignLimits
) -> Iterator[ForeignRecord]:
    """Yield the records of FILE that are WANTED, their blocks in FOLDER; raises BadArchive.

    All records are read to the end, because a file that is broken behind the wanted one is broken.
    """
    source = _Unpacked(file, limits)
    for count in range(limits.records + 1):
        fields, offset = _header(source)
        if not fields:
            if not count:
                raise BadArchive("The file holds no WARC records.")
            return
        path = folder / f"{count}.block" if wanted(fields) else None
        _spool(source, int(fields["content-length"]), path)
        if path:
            yield ForeignRecord(offset, fields, path)
    raise BadArchive(f"The file has more than {limits.records} records. Split it.")


class _Unpacked:
    """The bytes of a WARC file, gzip undone, whether in one member or in one for each record."""

    def __init__(self, file: BinaryIO, limits: ForeignLimits) -> None:
        self._file, self.limits = file, limits
        self._end = time.monotonic() + limits.seconds
        start = file.read(_STEP)
        self._gzip = zlib.decompressobj(31) if start.startswith(_GZIP) else None
        self._packed, self.data, self.read = start, b"", 0
        if not start.startswith((_GZIP, b"WARC/")):
            raise BadArchive("This is no WARC file: it begins neither with WARC/ nor with gzip.")

    @property
    def offset(self) -> int:
        return self.read - len(self.data)

    def more(self) -> bool:
        """Unpack a piece; False at the end of the file."""
        piece = b""
        while not piece:
            self._packed = self._packed or self._file.read(_STEP)
            if not self._packed:
                self._refuse_cut()
                return False
            piece = self._undo()
        self.data += piece
        self.read += len(piece)
        if self.read > self.limits.unpacked_bytes:
            raise BadArchive("The file unpacks to more than we accept.")
        if time.monotonic() > self._end:
            raise BadArchive("The file takes too long to read.")
        return True

    def _undo(self) -> bytes:
        if self._gzip is None:
            piece, self._packed = self._packed, b""
            return piece
        if self._gzip.eof:
            self._gzip = zlib.decompressobj(31)
        try:
            piece = self._gzip.decompress(self._packed, _STEP)
        except zlib.error as problem:
            raise BadArchive("The file is damaged: its gzip data cannot be unpacked.") from problem
        self._packed = self._gzip.unconsumed_tail or self._gzip.unused_data
        return piece

    def _refuse_cut(self) -> None:
        if self._gzip is not None and not self._gzip.eof:
            raise BadArchive("The file is cut off in the middle of its gzip data.")


def _header(source: _Unpacked) -> tuple[dict[str, str], int]:
    """Fields of the next record and where it begins; no fields at the end of the file."""
    while True:
        source.data = source.data.lstrip(b"\r\n")
        if source.data:
            break
        if not source.more():
            return {}, source.offset
    offset = source.offset
    while (found := re.search(rb"\r?\n\r?\n", source.data)) is None:
        if len(source.data) > source.limits.header_bytes:
            raise BadArchive("A record has a header that is larger than we accept.")
        if not source.more():
            raise BadArchive("The file is cut off in the header of a record.")
    head, source.data = source.data[: found.start()], source.data[found.end() :]
    return _fields(head, offset, source.limits), offset


def _fields(head: bytes, offset: int, limits: ForeignLimits) -> dict[str, str]:
    version, *lines = re.split(rb"\r?\n", head)
    if version.strip() not in _VERSIONS:
        raise BadArchive(
            f"What stands at byte {offset} is no WARC record; the length of the record before it "
            "may be wrong."
        )
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon and not name[:1].isspace():  # a folded line adds nothing that we use
            fields.setdefault(name.strip().lower(), value.strip())
    length = fields.get("content-length", "")
    if length.startswith("-"):
        raise BadArchive(f"A record at byte {offset} says that its length is negative.")
    if not _LENGTH.fullmatch(length):
        raise BadArchive(f"A record at byte {offset} does not say how long it is.")
    if int(length) > limits.record_bytes:
        raise BadArchive(f"A record at byte {offset} says that it is larger than we accept.")
    return fields


def _spool(source: _Unpacked, length: int, path: Path | None) -> None:
    """Take LENGTH bytes; into a file if there is a PATH."""
    with (path or Path("/dev/null")).open("wb") as file:
        while length:
            if not source.data and not source.more():
                raise BadArchive("The file is cut off: a record is shorter than it says.")
            piece, source.data = source.data[:length], source.data[length:]
            length -= len(piece)
            file.write(piece)


# Digests -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Split:
    """A block taken apart: the header of an HTTP answer, if it is one, and where the body is."""

    head: bytes
    body: Path
    wrong: list[str] = field(default_factory=list)  # fields whose digest is not that of the bytes


def split(record: ForeignRecord) -> Split:
    """Take the block of RECORD apart and compare its digests with what its header states."""
    body = record.block.with_suffix(".body")
    block, payload = _Stated(record, "warc-block-digest"), _Stated(record, "warc-payload-digest")
    with record.block.open("rb") as source, body.open("wb") as out:
        head = _http_head(source) if record.is_http else b""
        block.update(head)
        while piece := source.read(_STEP):
            block.update(piece)
            payload.update(piece)
            out.write(piece)
    wrong = [one.name for one in (block, payload) if one.is_wrong]
    return Split(head, body, wrong)


def _http_head(source: BinaryIO) -> bytes:
    start = source.read(_STEP * 4)
    head, end, _ = start.partition(b"\r\n\r\n")
    if not end or not head.startswith(b"HTTP/"):
        _no_answer()
    source.seek(len(head) + len(end))
    return head + end


def _no_answer() -> NoReturn:
    raise BadArchive("A record says that it is an HTTP answer and holds none.")


class _Stated:
    """A digest that a record states, and that of its bytes. Unknown kinds are never wrong."""

    def __init__(self, record: ForeignRecord, name: str) -> None:
        self.name = name
        kind, _, self._value = record.fields.get(name, "").partition(":")
        kind = kind.lower().replace("-", "")
        self._digest = hashlib.new(kind, usedforsecurity=False) if kind in _HASHES else None

    def update(self, data: bytes) -> None:
        if self._digest:
            self._digest.update(data)

    @property
    def is_wrong(self) -> bool:
        return self._digest is not None and self._digest.digest() not in _readings(self._value)


def _readings(text: str) -> set[bytes]:
    """What TEXT may mean: hexadecimal, or base32 with or without its padding."""
    found = set()
    if re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", text):
        found.add(bytes.fromhex(text))
    padded = text.rstrip("=").upper()
    with suppress(ValueError, binascii.Error):
        found.add(base64.b32decode(padded + "=" * (-len(padded) % 8)))
    return found
