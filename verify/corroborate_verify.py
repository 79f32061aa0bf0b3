#!/usr/bin/env python3
"""Check an evidence bundle of Corroborate, offline and without trusting who made it.

    python corroborate_verify.py BUNDLE.wacz [--root AUTHORITY.pem ...] [--block N:HEADER ...]
                                 [--json]

A bundle holds archived pages (WARC files) and the proofs that they are what was sealed, and when.
This program needs Python 3.11 and the package `cryptography`; it opens no connection and writes no
file. It takes nothing in the bundle at its word that it can work out again:

  1 container   the ZIP file: nothing hidden, doubled, encrypted, or outside its folders
  2 package     datapackage.json lists every file with its size and SHA-256
  3 records     every record of every WARC hashes to what its header says
  4 index       the index and the list of pages say what the records say
  5 manifest    each manifest describes exactly the WARC beside it
  6 record      each line of the publisher's record has the hash that its content gives, and the
                line that sealed a snapshot names that manifest
  7 inclusion   each line is a leaf of the Merkle tree whose root a checkpoint holds
  8 time        an RFC 3161 token signs a checkpoint: its signature, its purpose, its chain; and an
                OpenTimestamps proof leads from a checkpoint to a block of Bitcoin, whose header
                you have to bring (--block), or to a calendar that promises one
  9 artifacts   text and pictures that were made from a copy hash to what the record says

Exit code 0: everything holds. 1: the bundle is rejected, and the reason is printed. 2: the command
was used wrongly. A bundle whose time stamp is still awaited is valid, and it says `pending`.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

# What a bundle may ask of the machine that checks it.
MOST_MEMBERS = 20_000
MOST_DIRECTORY_BYTES = 8 * 1024 * 1024
MOST_BYTES = 4 * 1024**3 - 1  # no ZIP64: one reading of the file, not two
MOST_TEXT_BYTES = 64 * 1024 * 1024
MOST_BLOCK_BYTES = 1024**3
MOST_HEADER_BYTES = 1024 * 1024
MOST_RECORDS = 100_000
STEP = 64 * 1024

SHOWN = frozenset({"response", "resource", "revisit"})  # the records that an index leads to

NAMES = re.compile(
    r"datapackage\.json|datapackage-digest\.json|pages/pages\.jsonl|indexes/index\.cdxj"
    r"|archive/snapshot-\d+\.warc\.gz|evidence/[A-Za-z0-9][A-Za-z0-9._-]{0,120}"
)
REQUIRED = (
    "datapackage.json", "datapackage-digest.json", "pages/pages.jsonl", "indexes/index.cdxj",
    "evidence/ledger.jsonl", "evidence/proofs.jsonl", "evidence/checkpoints.jsonl",
    "evidence/tokens.jsonl",
)  # fmt: skip
WORDS_ONLY = frozenset({"evidence/README.txt", "evidence/claim.json"})


class Rejected(Exception):
    """The bundle is not what it says: which check failed, and why."""

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(reason)
        self.check = check
        self.reason = reason


@dataclass
class Check:
    """One thing that was checked, what that proves, and what it does not."""

    check: str
    result: str
    proves: str
    does_not_prove: str
    details: list[str] = field(default_factory=list)


@dataclass
class Report:
    valid: bool = True
    failed: str = ""
    reason: str = ""
    time: str = "pending"
    checks: list[Check] = field(default_factory=list)
    snapshots: list[dict[str, Any]] = field(default_factory=list)

    def passed(self, check: str, result: str, proves: str, not_proved: str) -> Check:
        self.checks.append(Check(check, result, proves, not_proved))
        return self.checks[-1]


# --------------------------------------------------------------------------------------------------
# 1 container: a ZIP file in which every byte belongs to a member that the directory names once
# --------------------------------------------------------------------------------------------------


class Container:
    """The bundle as a ZIP file whose structure was checked before anything was unpacked."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        directory = _directory_place(file)
        try:
            self.zip = zipfile.ZipFile(file)
        # NotImplementedError is zipfile's, for a version or a way of packing that it does not know.
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
            _fail("container", f"This is no whole ZIP file: {problem}.")
        self.members: dict[str, zipfile.ZipInfo] = {}
        for info in self.zip.infolist():
            _check_member(info, self.members)
            self.members[info.filename] = info
        self.starts = _contiguous(self.file, list(self.members.values()), directory)
        if sum(info.file_size for info in self.members.values()) > MOST_BYTES:
            _fail("container", "The members are larger than a bundle may be.")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, in pieces; its CRC is checked at the end."""
        try:
            with self.zip.open(name) as member:
                while piece := member.read(STEP):
                    yield piece
        # As above: a way of packing that zipfile does not know.
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as problem:
            _fail("container", f"{name} cannot be unpacked: {problem}.")

    def read(self, name: str) -> bytes:
        if self.members[name].file_size > MOST_TEXT_BYTES:
            _fail("container", f"{name} is larger than a file of this kind may be.")
        return b"".join(self.chunks(name))


def _directory_place(file: BinaryIO) -> int:
    """Where the central directory begins; the file must end right behind it."""
    end = file.seek(0, 2)
    file.seek(max(0, end - 22))
    tail = file.read(22)
    if len(tail) < 22 or tail[:4] != b"PK\x05\x06" or tail[20:] != b"\0\0":
        _fail("container", "The ZIP file is cut off, or something was added behind its end.")
    disk, start_disk, here, total, size, offset = struct.unpack("<HHHHII", tail[4:20])
    if disk or start_disk or here != total or offset + size + 22 != end:
        _fail("container", "The directory of the ZIP file does not fit its place.")
    if total > MOST_MEMBERS or size > MOST_DIRECTORY_BYTES:
        _fail(
            "container", f"The ZIP file has {total} members; a bundle has at most {MOST_MEMBERS}."
        )
    return int(offset)


def _check_member(info: zipfile.ZipInfo, known: Mapping[str, zipfile.ZipInfo]) -> None:
    name = info.orig_filename
    is_stored = info.compress_type == zipfile.ZIP_STORED
    faults = {
        f"A member leads outside the bundle: {name!r}.": ".." in name.split("/")
        or name.startswith("/")
        or "\\" in name
        or "\0" in name,
        f"{name} is in the ZIP file twice.": name in known,
        f"{name} is encrypted.": bool(info.flag_bits & 0x1),
        f"{name} is a link, not a file.": stat.S_ISLNK(info.external_attr >> 16),
        f"A bundle has no member of the name {name!r}.": not NAMES.fullmatch(name),
        f"{name} is compressed a second time; WARC files are stored.": name.startswith("archive/")
        and not is_stored,
        f"{name} is packed in a way that bundles do not use.": not is_stored
        and info.compress_type != zipfile.ZIP_DEFLATED,
        f"{name} unpacks to far more than it is.": info.file_size
        > 1024 * 1024 + 200 * info.compress_size,
    }
    for words, is_so in faults.items():
        if is_so:
            _fail("container", words)


def _contiguous(file: BinaryIO, infos: list[zipfile.ZipInfo], directory: int) -> dict[str, int]:
    """Every byte before the directory belongs to exactly one member. Returns where data begins."""
    starts, place = {}, 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        file.seek(place)
        head = file.read(30)
        if info.header_offset != place or len(head) < 30 or head[:4] != b"PK\x03\x04":
            _fail("container", f"Bytes before {info.filename} belong to no member.")
        flags, _, _, _, _, packed, size, name, extra = struct.unpack("<HHHHIIIHH", head[6:30])
        if file.read(name) != info.orig_filename.encode() or flags & 0x9:
            _fail("container", f"{info.filename} has another name or form where it is stored.")
        if (packed, size) != (info.compress_size, info.file_size):
            _fail("container", f"{info.filename} has another size where it is stored.")
        starts[info.filename] = place + 30 + name + extra
        place = starts[info.filename] + packed
    if place != directory:
        _fail("container", "Bytes before the directory belong to no member.")
    return starts


# --------------------------------------------------------------------------------------------------
# 2 package: every file is listed with its size and its SHA-256
# --------------------------------------------------------------------------------------------------


def check_package(container: Container, report: Report) -> None:
    for name in REQUIRED:
        if name not in container.members:
            _fail("package", f"{name} is missing.")
    raw = container.read("datapackage.json")
    digest = _object("datapackage-digest.json", container.read("datapackage-digest.json"))
    if digest.get("path") != "datapackage.json" or digest.get("hash") != f"sha256:{_sha256(raw)}":
        _fail("package", "datapackage-digest.json does not fit datapackage.json.")
    package = _object("datapackage.json", raw)
    if package.get("profile") not in {"wacz", "data-package"}:
        _fail("package", "datapackage.json is not that of a WACZ file.")
    listed = _listed(package)
    present = set(container.members) - {"datapackage.json", "datapackage-digest.json"}
    for name in sorted(present ^ set(listed)):
        where = "is not listed in datapackage.json" if name in present else "is listed, not there"
        _fail("package", f"{name} {where}.")
    for name, (size, expected) in listed.items():
        _check_file(container, name, size, expected)
    report.passed(
        "package",
        f"{len(listed)} files have the sizes and hashes that the package lists.",
        "The file is whole: nothing was lost or damaged since it was packed.",
        "Who packed it. Whoever changes a file can write this list anew; the checks below cannot.",
    )


def _check_file(container: Container, name: str, size: int, expected: str) -> None:
    hashed, length = hashlib.sha256(), 0
    for piece in container.chunks(name):
        hashed.update(piece)
        length += len(piece)
    if length != size:
        _fail("package", f"{name} has {length} bytes, and datapackage.json says {size}.")
    if f"sha256:{hashed.hexdigest()}" != expected:
        _fail("package", f"{name} does not hash to what datapackage.json says.")


def _listed(package: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    listed: dict[str, tuple[int, str]] = {}
    resources = package.get("resources")
    for resource in resources if isinstance(resources, list) else ():
        path = resource.get("path") if isinstance(resource, dict) else None
        if not isinstance(path, str) or path in listed or type(resource.get("bytes")) is not int:
            _fail("package", "datapackage.json lists a file twice, or without path or size.")
        listed[path] = (resource["bytes"], str(resource.get("hash")))
    return listed


# --------------------------------------------------------------------------------------------------
# 3 records: a WARC reader of our own. One record is one gzip member; every digest is worked out
# --------------------------------------------------------------------------------------------------


@dataclass
class Record:
    """One record of a WARC file, as it was read and hashed here."""

    file: str
    offset: int
    length: int
    fields: dict[str, str]
    block_sha256: str = ""
    payload_sha256: str = ""  # as the WARC counts: transfer coding included
    body_sha256: str = ""  # transfer coding undone
    status: str = ""
    media_type: str = ""

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "")

    @property
    def target(self) -> str:
        return self.fields.get("warc-target-uri", "")

    @property
    def timestamp(self) -> str:
        """WARC-Date as fourteen digits."""
        return re.sub(r"\D", "", self.fields.get("warc-date", ""))[:14]


def check_records(container: Container, report: Report) -> dict[str, list[Record]]:
    files: dict[str, list[Record]] = {}
    for name in sorted(container.members):
        if name.startswith("archive/"):
            files[name] = list(_records(container, name))
            if sum(map(len, files.values())) > MOST_RECORDS:
                _fail("records", "There are more records than a bundle may hold.")
    if not files:
        _fail("records", "The bundle holds no WARC file.")
    report.passed(
        "records",
        f"{sum(map(len, files.values()))} records in {len(files)} WARC files hash as they say.",
        "Each record is intact, and no byte of a WARC file lies outside its records.",
        "That the web site sent this. A record says what its writer recorded.",
    )
    return files


def _records(container: Container, name: str) -> Iterator[Record]:
    start, size = container.starts[name], container.members[name].file_size
    place, seen = 0, set()
    while place < size:
        member = _Member(container.file, start + place, start + size, name)
        record = _read_record(member, name, place)
        record.length = member.end - (start + place)
        if record.fields["warc-record-id"] in seen:
            _fail("records", f"{name} holds a record twice.")
        seen.add(record.fields["warc-record-id"])
        yield record
        place += record.length


class _Member:
    """The bytes of one gzip member, unpacked in pieces of a bounded size."""

    def __init__(self, file: BinaryIO, start: int, stop: int, name: str) -> None:
        self._file, self._next, self._stop, self._name = file, start, stop, name
        self._gzip, self._packed, self._data = zlib.decompressobj(31), b"", b""
        self.end = start
        self._unpacked = 0

    def _more(self) -> bool:
        """Unpack a piece; False once the member has ended."""
        while not self._gzip.eof:
            if not self._packed:
                self._file.seek(self._next)
                self._packed = self._file.read(min(STEP, self._stop - self._next))
                self._next += len(self._packed)
            try:
                piece = self._gzip.decompress(self._packed, STEP)
            except zlib.error:
                self.fail("is damaged: its gzip data cannot be unpacked")
            if not piece and not self._packed:
                self.fail("is cut off")
            self._packed = self._gzip.unconsumed_tail
            if piece:
                self._data += piece
                self._unpacked += len(piece)
                if self._unpacked > MOST_BLOCK_BYTES + MOST_HEADER_BYTES:
                    self.fail("is larger than a record may be")
                return True
        self.end = self._next - len(self._gzip.unused_data)
        return False

    def until(self, mark: bytes) -> bytes:
        while mark not in self._data:
            if len(self._data) > MOST_HEADER_BYTES or not self._more():
                self.fail("does not begin with a header")
        head, _, self._data = self._data.partition(mark)
        return head

    def take(self, size: int) -> Iterator[bytes]:
        """SIZE bytes, in pieces."""
        while size:
            if not self._data and not self._more():
                self.fail("is shorter than its header says")
            piece, self._data = self._data[:size], self._data[size:]
            size -= len(piece)
            yield piece

    def rest(self) -> bytes:
        """What is left, to the end of the member; more than a little is cut short."""
        while len(self._data) <= STEP and self._more():
            pass
        return self._data

    def fail(self, words: str) -> NoReturn:
        _fail("records", f"A record of {self._name} {words}.")


def _read_record(member: _Member, name: str, offset: int) -> Record:
    fields = _fields(member)
    record = Record(name, offset, 0, fields)
    block, payload = hashlib.sha256(), _Payload(record.kind, fields.get("content-type", ""))
    for piece in member.take(int(fields["content-length"])):
        block.update(piece)
        payload.update(piece)
    if member.rest() != b"\r\n\r\n":
        member.fail("is longer than its header says")
    record.block_sha256 = block.hexdigest()
    payload.finish(record)
    if _digest(fields.get("warc-block-digest", "")) != record.block_sha256:
        member.fail(f"({record.kind} of {record.target or 'no page'}) does not hash to its digest")
    stated = fields.get("warc-payload-digest", "")
    is_whole = record.kind != "revisit"  # a revisit states the digest of the record it refers to
    if stated and is_whole and _digest(stated) != record.payload_sha256:
        member.fail(f"({record.kind} of {record.target}) has a payload of another digest")
    if record.kind in SHOWN and not stated:
        member.fail(f"({record.kind} of {record.target}) states no digest of its payload")
    return record


def _fields(member: _Member) -> dict[str, str]:
    try:
        version, *lines = member.until(b"\r\n\r\n").decode().split("\r\n")
    except UnicodeDecodeError:
        member.fail("has a header that is no text")
    fields: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.partition(":")
        if not colon or key.lower() in fields:
            member.fail("has a header line twice, or one that cannot be read")
        fields[key.lower()] = value.strip()
    length = fields.get("content-length", "")
    if version != "WARC/1.1" or not re.fullmatch(r"[0-9]{1,10}", length):
        member.fail("has a header that is not that of WARC/1.1")
    if not fields.get("warc-record-id") or int(length) > MOST_BLOCK_BYTES:
        member.fail("has no name, or is larger than a record may be")
    return fields


class _Payload:
    """Hashes the payload of a block while it is read: what follows the HTTP header, or all."""

    def __init__(self, kind: str, content_type: str) -> None:
        self._is_http = content_type.lower().startswith("application/http") and kind != "metadata"
        self._head, self._in_body = b"", not self._is_http
        self._wire, self._body = hashlib.sha256(), hashlib.sha256()
        self._chunks: _Chunks | None = None

    def update(self, piece: bytes) -> None:
        if not self._in_body:
            self._head += piece
            if b"\r\n\r\n" not in self._head:
                return
            self._head, _, piece = self._head.partition(b"\r\n\r\n")
            self._in_body = True
            if re.search(rb"(?im)^transfer-encoding:[^\r\n]*chunked", self._head):
                self._chunks = _Chunks()
        self._wire.update(piece)
        self._body.update(self._chunks.feed(piece) if self._chunks else piece)

    def finish(self, record: Record) -> None:
        record.payload_sha256 = self._wire.hexdigest()
        record.body_sha256 = self._body.hexdigest()
        if not self._is_http:
            record.media_type = record.fields.get("content-type", "").partition(";")[0]
            return
        found = re.match(rb"HTTP/\S+ (\d{3})", self._head)
        record.status = found[1].decode() if found else ""
        kind = re.search(rb"(?im)^content-type:[ \t]*([^;\r\n]*)", self._head)
        record.media_type = kind[1].decode("latin-1").strip() if kind else ""


class _Chunks:
    """Undoes the chunked transfer coding; what cannot be read as chunks ends it."""

    def __init__(self) -> None:
        self._data, self._left, self._over = b"", 0, False

    def feed(self, piece: bytes) -> bytes:
        self._data += piece
        out = []
        while self._data and not self._over:
            if self._left > 2:
                taken = self._data[: self._left - 2]
                out.append(taken)
                self._data = self._data[len(taken) :]
                self._left -= len(taken)
            elif self._left:  # the line end behind a chunk
                skipped = min(self._left, len(self._data))
                self._data, self._left = self._data[skipped:], self._left - skipped
            elif not self._next():
                break
        return b"".join(out)

    def _next(self) -> bool:
        line, end, rest = self._data.partition(b"\r\n")
        size = line.partition(b";")[0].strip()
        if not end and len(self._data) < 4096:
            return False
        self._over = not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", size) or int(size, 16) == 0
        self._data, self._left = rest, 0 if self._over else int(size, 16) + 2
        return True


def _digest(text: str) -> str:
    """sha256:… in base32 or hexadecimal, as hexadecimal; nothing for anything else."""
    name, _, value = text.partition(":")
    try:
        raw = bytes.fromhex(value) if len(value) == 64 else base64.b32decode(value)
    except (ValueError, binascii.Error):
        return ""
    return raw.hex() if name.lower() == "sha256" and len(raw) == 32 else ""


# --------------------------------------------------------------------------------------------------
# 4 index and pages: what leads a reader to a record must lead to that record
# --------------------------------------------------------------------------------------------------


def check_index(container: Container, files: Mapping[str, list[Record]], report: Report) -> None:
    records = {
        (record.file.rpartition("/")[2], record.offset): record
        for found in files.values()
        for record in found
        if record.kind in SHOWN
    }
    lines = _text("index", container.read("indexes/index.cdxj")).split("\n")
    lines = [line for line in lines if line]
    if lines != sorted(lines):
        _fail("index", "The index is not in order.")
    for line in lines:
        key, stamp, entry = _index_line(line)
        place = (str(entry.get("filename")), int(str(entry.get("offset"))))
        record = records.pop(place, None)
        if record is None:
            _fail("index", f"The index leads to a record that is not there, or twice: {line[:120]}")
        _check_entry(record, key, stamp, entry)
    if records:
        _fail("index", f"The index leaves out a record: {next(iter(records.values())).target}.")
    pages = _check_pages(container, files)
    report.passed(
        "index",
        f"{len(lines)} entries and {pages} pages lead to the records that they name.",
        "A replay of this bundle shows these records under these addresses, and leaves out none.",
        "How the page looked: scripts and pictures of the page may be missing from it.",
    )


def _index_line(line: str) -> tuple[str, str, dict[str, Any]]:
    found = re.fullmatch(r"(\S+) (\d{14}) (\{.*\})", line)
    if not found:
        _fail("index", f"A line of the index cannot be read: {line[:120]}")
    entry = _object("indexes/index.cdxj", found[3].encode(), "index")
    if not re.fullmatch(r"\d{1,12}", str(entry.get("offset"))):
        _fail("index", f"A line of the index has no offset: {line[:120]}")
    return found[1], found[2], entry


def _check_entry(record: Record, key: str, stamp: str, entry: Mapping[str, Any]) -> None:
    expected = {
        "url": record.target,
        "mime": "warc/revisit" if record.kind == "revisit" else record.media_type,
        "status": record.status,
        "digest": record.fields.get("warc-payload-digest", ""),
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": record.file.rpartition("/")[2],
    }
    said = {name: str(entry.get(name, "")) for name in expected}
    if said != expected or stamp != record.timestamp or not key.startswith(_place(record.target)):
        _fail("index", f"The index says other things of {record.target} than its record.")


def _place(address: str) -> str:
    """How the key of an address begins: the host, its labels turned round."""
    host = re.sub(r"^www\d*\.", "", urlsplit(address).hostname or "")
    return host if ":" in host else ",".join(reversed(host.split(".")))


def _check_pages(container: Container, files: Mapping[str, list[Record]]) -> int:
    head, *pages = _lines(container, "pages/pages.jsonl", "pages")
    if head.get("format") != "json-pages-1.0":
        _fail("pages", "pages/pages.jsonl does not begin as a list of pages.")
    for page in pages:
        found = re.fullmatch(r"snapshot-(\d+)", str(page.get("id")))
        records = files.get(f"archive/{page.get('id')}.warc.gz", []) if found else []
        shown = [(one.target, one.timestamp) for one in records if one.kind in SHOWN]
        stamp = re.sub(r"\D", "", str(page.get("ts")))[:14]
        title = f"Snapshot {found[1] if found else ''}: {page.get('url')}"
        if (page.get("url"), stamp) not in shown or page.get("title") != title:
            _fail("pages", f"The list of pages names a page that is not there: {page.get('url')}.")
        if set(page) - {"id", "url", "ts", "title"}:
            _fail("pages", "The list of pages says more of a page than can be checked.")
    return len(pages)


# --------------------------------------------------------------------------------------------------
# 5 manifest: what was sealed, described once and for all
# --------------------------------------------------------------------------------------------------


@dataclass
class Sealed:
    """One snapshot of the bundle: its manifest and its records."""

    number: int
    manifest: dict[str, Any]
    manifest_sha256: str
    warc_sha256: str
    records: list[Record]


def check_manifests(
    container: Container, files: Mapping[str, list[Record]], report: Report
) -> dict[int, Sealed]:
    found: dict[int, Sealed] = {}
    for name in container.members:
        if match := re.fullmatch(r"evidence/snapshot-(\d+)\.manifest\.json", name):
            number = int(match[1])
            found[number] = _sealed(container, files, name, number)
    for name in files:
        if int(re.sub(r"\D", "", name)) not in found:
            _fail("manifest", f"No manifest describes {name}.")
    for sealed in found.values():
        _check_payload(sealed, found)
        report.snapshots.append(_summary(sealed))
    report.passed(
        "manifest",
        f"{len(found)} manifests describe the WARC files beside them, record by record.",
        "These are the records that the manifest names, in that order, and no others.",
        "The address, the times and the IP addresses in the manifest: those are its writer's word.",
    )
    return found


def _sealed(
    container: Container, files: Mapping[str, list[Record]], name: str, number: int
) -> Sealed:
    raw = container.read(name)
    manifest = _object(name, raw, "manifest")
    if canonical(manifest) != raw:
        _fail("manifest", f"{name} is not in the one form that a manifest has.")
    warc = f"archive/snapshot-{number}.warc.gz"
    if manifest.get("version") != 1 or manifest.get("snapshot") != number or warc not in files:
        _fail(
            "manifest", f"{name} is not the manifest of snapshot {number}, or its WARC is missing."
        )
    hashed, size = hashlib.sha256(), 0
    for piece in container.chunks(warc):
        hashed.update(piece)
        size += len(piece)
    if manifest.get("warc") != {"sha256": hashed.hexdigest(), "bytes": size}:
        _fail(
            "manifest", f"{warc} is not the file that the manifest of snapshot {number} describes."
        )
    if manifest.get("records") != [_as_listed(record) for record in files[warc]]:
        _fail("manifest", f"The records of {warc} are not those of the manifest.")
    return Sealed(number, manifest, _sha256(raw), hashed.hexdigest(), files[warc])


def _as_listed(record: Record) -> dict[str, str | int]:
    return {
        "id": record.fields["warc-record-id"],
        "type": record.kind,
        "target": record.target,
        "offset": record.offset,
        "length": record.length,
        "block_digest": record.fields.get("warc-block-digest", ""),
        "payload_digest": record.fields.get("warc-payload-digest", ""),
    }


def _main(sealed: Sealed) -> Record | None:
    """The answer that the capture ended with."""
    answers = [one for one in sealed.records if one.kind in SHOWN]
    return answers[-1] if answers else None


def _check_payload(sealed: Sealed, all_of_them: Mapping[int, Sealed]) -> None:
    main, stated = _main(sealed), str(sealed.manifest.get("payload_sha256") or "")
    where = f"snapshot {sealed.number}"
    if main is None or main.kind != "revisit":
        if stated and (main is None or main.body_sha256 != stated):
            _fail("manifest", f"The payload of {where} does not hash to what its manifest says.")
        return
    refers = sealed.manifest.get("revisits") or {}
    holder = all_of_them.get(refers.get("snapshot", 0)) if isinstance(refers, dict) else None
    if holder is None:
        _fail("manifest", f"The copy that holds the payload of {where} is not in the bundle.")
    whole = _main(holder)
    if whole is None or whole.kind != "response" or not _refers_to(main, whole):
        _fail("manifest", f"The record that {where} refers to is not the page of that copy.")
    if (
        main.fields["warc-payload-digest"] != whole.fields.get("warc-payload-digest")
        or refers.get("warc_sha256") != holder.warc_sha256
        or not (stated == refers.get("payload_sha256") == holder.manifest.get("payload_sha256"))
    ):
        _fail("manifest", f"The copy that {where} refers to does not hold the same payload.")


def _refers_to(revisit: Record, whole: Record) -> bool:
    """Whether a revisit names this record, by its id, its address and its date."""
    named = ("warc-refers-to", "warc-refers-to-target-uri", "warc-refers-to-date")
    there = ("warc-record-id", "warc-target-uri", "warc-date")
    return [revisit.fields.get(one) for one in named] == [whole.fields.get(one) for one in there]


def _summary(sealed: Sealed) -> dict[str, Any]:
    said = sealed.manifest
    return {
        "snapshot": sealed.number,
        "address": said.get("final_url") or said.get("requested"),
        "reason": said.get("reason"),
        "outcome": said.get("outcome"),
        "finished_at": said.get("finished_at"),
        "payload_sha256": said.get("payload_sha256"),
        "manifest_sha256": sealed.manifest_sha256,
        "warc_sha256": sealed.warc_sha256,
        "flags": said.get("flags"),
    }


# --------------------------------------------------------------------------------------------------
# 6 record: lines of the publisher's append-only record; the hash of each covers the line before it
# --------------------------------------------------------------------------------------------------


@dataclass
class Line:
    seq: int
    content: dict[str, Any]
    hash: str


def canonical(value: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same bytes for the same content."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def line_hash(previous_hash: str, content: Mapping[str, Any]) -> str:
    """SHA-256 of the hash before, a line feed, and the canonical content."""
    return _sha256(previous_hash.encode() + b"\n" + canonical(content))


def check_record(
    container: Container, sealed: Mapping[int, Sealed], report: Report
) -> dict[int, Line]:
    lines: dict[int, Line] = {}
    before: tuple[int, str] = (0, "")
    for row in _lines(container, "evidence/ledger.jsonl", "record"):
        content, previous = row.get("content"), row.get("previous_hash")
        if not isinstance(content, dict) or type(content.get("seq")) is not int:
            _fail("record", "A line of the record cannot be read.")
        seq = content["seq"]
        if not isinstance(previous, str) or line_hash(previous, content) != row.get("hash"):
            _fail("record", f"Line {seq} of the record does not have the hash of its content.")
        if seq <= before[0] or (seq == before[0] + 1 and previous != before[1]):
            _fail("record", f"Line {seq} of the record does not follow the line before it.")
        before = (seq, str(row["hash"]))
        lines[seq] = Line(seq, content, str(row["hash"]))
    for one in sealed.values():
        _check_sealing(one, lines)
    report.passed(
        "record",
        f"{len(lines)} lines of the record have the hashes that their content gives.",
        "The publisher's record names the manifest of each snapshot as what was sealed.",
        "By itself, that the record was not written anew; the next two checks are about that.",
    )
    return lines


def _check_sealing(one: Sealed, lines: Mapping[int, Line]) -> None:
    sealing = [line for line in _about(lines, one.number) if line.content["tag"] == SEALED]
    if not sealing:
        _fail("record", f"No line of the record seals snapshot {one.number}.")
    for line in sealing:
        after = line.content.get("after") or {}
        if after.get("manifest_sha256") != one.manifest_sha256:
            _fail("record", f"The record sealed snapshot {one.number} with another manifest.")
        if after.get("warc_sha256") != one.warc_sha256:
            _fail("record", f"The record sealed snapshot {one.number} with another WARC file.")


SEALED, MADE = "sources:snapshot:sealed", "sources:artifact:made"


def _about(lines: Mapping[int, Line], number: int) -> list[Line]:
    """Lines about a snapshot that the software wrote by itself."""
    return [
        line
        for line in lines.values()
        if line.content.get("subject_type") == "sources.snapshot"
        and line.content.get("subject_id") == str(number)
        and line.content.get("actor") is None
        and line.content.get("tag") in {SEALED, MADE}
    ]


# --------------------------------------------------------------------------------------------------
# 7 inclusion: a line is a leaf of the Merkle tree (RFC 6962) of a checkpoint
# --------------------------------------------------------------------------------------------------


def check_inclusion(
    container: Container, lines: Mapping[int, Line], report: Report
) -> tuple[dict[int, str], set[int]]:
    """Returns the hashes of all checkpoints by number, and which of them hold our lines."""
    checkpoints = _checkpoints(container)
    proved: set[int] = set()
    used: set[int] = set()
    for proof in _lines(container, "evidence/proofs.jsonl", "inclusion"):
        seq, number = proof.get("seq"), proof.get("checkpoint")
        line, checkpoint = lines.get(_whole(seq)), checkpoints.get(_whole(number))
        if line is None or checkpoint is None or line.seq in proved:
            _fail(
                "inclusion", f"A proof is about line {seq}, which is not there or is proved twice."
            )
        first, last = checkpoint["first_seq"], checkpoint["last_seq"]
        path = proof.get("path")
        if not first <= line.seq <= last or not isinstance(path, list):
            _fail("inclusion", f"Checkpoint {number} does not cover line {seq}.")
        root = merkle_root(bytes.fromhex(line.hash), line.seq - first, last - first + 1, path)
        if root != checkpoint["root"]:
            _fail("inclusion", f"The proof of line {seq} does not lead to checkpoint {number}.")
        proved.add(line.seq)
        used.add(checkpoint["number"])
    if set(lines) - proved:
        _fail("inclusion", f"Line {min(set(lines) - proved)} of the record has no proof.")
    report.passed(
        "inclusion",
        f"{len(proved)} lines are in the trees of {len(used)} checkpoints.",
        "Whoever changes one of these lines changes the hash of its checkpoint.",
        "When: that is the time stamp's part. Compare the hashes with those that were published.",
    ).details = [f"checkpoint {number}: {checkpoints[number]['hash']}" for number in sorted(used)]
    return {number: row["hash"] for number, row in checkpoints.items()}, used


def merkle_root(leaf: bytes, index: int, size: int, path: Sequence[object]) -> str:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); empty if it leads nowhere."""
    node = hashlib.sha256(b"\x00" + leaf).digest()
    last = size - 1
    for text in path:
        if last == 0 or not re.fullmatch(r"[0-9a-f]{64}", str(text)):
            return ""
        sibling = bytes.fromhex(str(text))
        if index % 2 or index == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    return node.hex() if last == 0 else ""


def _checkpoints(container: Container) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in _lines(container, "evidence/checkpoints.jsonl", "inclusion"):
        content = {name: value for name, value in row.items() if name != "hash"}
        number = _whole(row.get("number"))
        previous = str(row.get("previous_hash"))
        if min(number, _whole(row.get("first_seq")), _whole(row.get("last_seq"))) < 1:
            _fail("inclusion", "A checkpoint cannot be read.")
        if number in found or line_hash(previous, content) != row.get("hash"):
            _fail("inclusion", f"Checkpoint {number} does not have the hash of its content.")
        before = found.get(number - 1)
        if before and (previous, row["first_seq"]) != (before["hash"], before["last_seq"] + 1):
            _fail("inclusion", f"Checkpoint {number} does not follow the one before it.")
        found[number] = row
    return found


# --------------------------------------------------------------------------------------------------
# 8 time: an RFC 3161 token over the hash of a checkpoint
# --------------------------------------------------------------------------------------------------

SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
CERTIFICATE_V1, CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
# How the signature was made, and the hash that its name implies (none: the signer's digest).
SIGNATURES: dict[str, tuple[str, hashes.HashAlgorithm | None]] = {
    "1.2.840.113549.1.1.1": ("RSA", None),
    "1.2.840.113549.1.1.11": ("RSA", hashes.SHA256()),
    "1.2.840.113549.1.1.12": ("RSA", hashes.SHA384()),
    "1.2.840.113549.1.1.13": ("RSA", hashes.SHA512()),
    "1.2.840.10045.4.3.2": ("ECDSA", hashes.SHA256()),
    "1.2.840.10045.4.3.3": ("ECDSA", hashes.SHA384()),
    "1.2.840.10045.4.3.4": ("ECDSA", hashes.SHA512()),
    "1.3.101.112": ("Ed25519", None),
}


@dataclass
class Node:
    """One element of DER: its tag, its content, and its bytes as they stand."""

    tag: int
    value: bytes
    raw: bytes

    def children(self) -> list[Node]:
        nodes, rest = [], self.value
        while rest:
            node, rest = der(rest)
            nodes.append(node)
        return nodes

    @property
    def integer(self) -> int:
        return int.from_bytes(self.value, "big", signed=True)

    @property
    def oid(self) -> str:
        first, numbers, number = self.value[0], [], 0
        for byte in self.value[1:]:
            number = number << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(number)
                number = 0
        return ".".join(map(str, [min(first // 40, 2), first - 40 * min(first // 40, 2), *numbers]))


def der(data: bytes) -> tuple[Node, bytes]:
    """The first element of DATA, and what follows it."""
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        raise ValueError("The DER data ends too early, or uses a tag that tokens do not.")
    tag, size, start = data[0], data[1], 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4:
            raise ValueError("The DER data has a length of a form that tokens do not use.")
        size, start = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    if len(data) < start + size:
        raise ValueError("The DER data ends too early.")
    return Node(tag, data[start : start + size], data[: start + size]), data[start + size :]


@dataclass
class Token:
    """An RFC 3161 token, taken apart."""

    info: bytes
    imprint: bytes
    imprint_algorithm: str
    time: datetime
    nonce: int | None
    certificates: list[x509.Certificate]
    signer: list[Node]


def read_token(data: bytes) -> Token:
    """Take apart a token, or the response of an authority with a token in it."""
    outer = _one(data).children()
    if outer[0].tag == 0x30:  # a response: the status, then the token
        if outer[0].children()[0].integer not in {0, 1} or len(outer) < 2:
            raise ValueError("The authority did not grant this token.")
        outer = outer[1].children()
    if outer[0].oid != SIGNED_DATA:
        raise ValueError("This is no signed data.")
    signed = _one(outer[1].value).children()
    content = signed[2].children()
    if content[0].oid != TST_INFO:
        raise ValueError("What was signed is no time stamp.")
    certificates = [node for node in signed[3:] if node.tag == 0xA0]
    signers = signed[-1].children()
    if signed[-1].tag != 0x31 or len(signers) != 1:
        raise ValueError("A token has exactly one signer.")
    info = _one(content[1].value).value
    parts = _one(info).children()
    algorithm, imprint = parts[2].children()
    nonce = next((part.integer for part in parts[5:] if part.tag == 0x02), None)
    return Token(
        info, imprint.value, algorithm.children()[0].oid, _moment(parts[4].value.decode()), nonce,
        [x509.load_der_x509_certificate(one.raw) for one in _inside(certificates)],
        signers[0].children(),
    )  # fmt: skip


def _one(data: bytes) -> Node:
    node, rest = der(data)
    if rest:
        raise ValueError("Something follows the end of the DER data.")
    return node


def _inside(nodes: Sequence[Node]) -> list[Node]:
    return [child for node in nodes for child in node.children()]


def _moment(text: str) -> datetime:
    whole, _, _ = text.removesuffix("Z").partition(".")
    return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def check_signature(token: Token, known: Sequence[x509.Certificate]) -> x509.Certificate:
    """Check the signature of TOKEN; returns the certificate that made it."""
    digest = HASHES.get(token.signer[2].children()[0].oid)
    signed = token.signer[3]
    if digest is None or signed.tag != 0xA0:
        raise ValueError("The token is hashed in a way that is not safe, or signs no attributes.")
    attributes = {
        pair.children()[0].oid: pair.children()[1].children() for pair in signed.children()
    }
    if attributes[CONTENT_TYPE][0].oid != TST_INFO:
        raise ValueError("The signature is over something else than a time stamp.")
    if attributes[MESSAGE_DIGEST][0].value != _hash(digest, token.info):
        raise ValueError("The signature is over another time stamp.")
    algorithm, signature = token.signer[4].children()[0].oid, token.signer[5].value
    message = b"\x31" + signed.raw[1:]  # signed as a SET, whatever its tag inside the token
    for certificate in [*token.certificates, *known]:
        if not _is_named(certificate, attributes):
            continue
        try:
            _verify(certificate, algorithm, digest, signature, message)
        except InvalidSignature:
            raise ValueError("The signature of the token is wrong.") from None
        return certificate
    raise ValueError("The certificate that signed the token is not there.")


def _is_named(certificate: x509.Certificate, attributes: Mapping[str, list[Node]]) -> bool:
    """Whether the signed attributes name this certificate, by its hash."""
    raw = certificate.public_bytes(serialization.Encoding.DER)
    for kind in (CERTIFICATE_V2, CERTIFICATE_V1):
        if kind in attributes:
            first = attributes[kind][0].children()[0].children()[0].children()
            if kind == CERTIFICATE_V1:
                return first[0].value == hashlib.sha1(raw, usedforsecurity=False).digest()
            named = HASHES.get(first[0].children()[0].oid) if first[0].tag == 0x30 else None
            value = first[1] if first[0].tag == 0x30 else first[0]
            return value.value == _hash(named or hashes.SHA256(), raw)
    return False


def _verify(
    certificate: x509.Certificate, oid: str, digest: hashes.HashAlgorithm, signature: bytes,
    message: bytes,
) -> None:  # fmt: skip
    kind, implied = SIGNATURES.get(oid, ("", None))
    key, by = certificate.public_key(), implied or digest
    if kind == "RSA" and isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), by)
    elif kind == "ECDSA" and isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(by))
    elif kind == "Ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, message)
    else:
        raise ValueError("The token is signed in a way that this program does not know.")


def check_purpose(certificate: x509.Certificate) -> None:
    """An authority's certificate is for time stamps and for nothing else (RFC 3161, 2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise ValueError("The signing certificate is not made for time stamps.") from None
    if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not usage.critical:
        raise ValueError("The signing certificate is not made for time stamps alone.")


def check_chain(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
) -> x509.Certificate:
    """Follow the chain of CERTIFICATE to one of ROOTS; returns that root."""
    for _ in range(8):
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise ValueError("A certificate was not valid at the time of the token.")
        if certificate in roots:
            return certificate
        issuer = next(
            (one for one in [*roots, *others] if one != certificate and _issued(one, certificate)),
            None,
        )
        if issuer is None:
            raise ValueError(
                "The certificate of the token does not lead to a root that is trusted."
            )
        certificate = issuer
    raise ValueError("The chain of certificates is too long.")


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    except x509.ExtensionNotFound:
        return False
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return basic.ca
    return basic.ca and usage.key_cert_sign


@dataclass(frozen=True)
class Trusted:
    """What whoever checks brings along: roots of authorities, and headers of blocks by height."""

    roots: Sequence[x509.Certificate] = ()
    blocks: Mapping[int, bytes] = field(default_factory=dict)


def check_time(
    container: Container,
    hashes_of: Mapping[int, str],
    used: set[int],
    trusted: Trusted,
    report: Report,
) -> None:
    times: dict[int, datetime] = {}
    notes: list[str] = []
    given: set[str] = set()
    for row in _lines(container, "evidence/tokens.jsonl", "time"):
        number, authority = _whole(row.get("checkpoint")), str(row.get("authority"))[:200]
        if number not in hashes_of:
            _fail("time", f"A token is about checkpoint {number}, which is not in the bundle.")
        files = {f"evidence/{row.get(name)}" for name in ("token", "certificates") if row.get(name)}
        given |= files
        if row.get("kind") == "opentimestamps":
            words = _check_ots(container, row, hashes_of[number], trusted.blocks)
            notes.append(f"checkpoint {number}: OpenTimestamps by {authority}: {words}")
        elif row.get("state") != "granted":
            notes.append(f"checkpoint {number}: pending at {authority}")
        else:
            moment, words = _check_token(container, row, hashes_of[number], trusted.roots)
            times[number] = min(moment, times.get(number, moment))
            notes.append(f"checkpoint {number}: {moment.isoformat()} by {authority}, {words}")
    unnamed = {
        name for name in container.members if re.search(r"\.(tsr|ots|pem)$", name)
    } - given  # fmt: skip
    if unnamed:
        _fail("time", f"{min(unnamed)} belongs to no token.")
    stamped = {number: _stamped(number, hashes_of, times) for number in used}
    _report_time(report, stamped, notes, own_word=not trusted.roots)


def _stamped(
    number: int, hashes_of: Mapping[int, str], times: Mapping[int, datetime]
) -> datetime | None:
    """The time of the first token over this checkpoint, or over one that is chained to it."""
    while number in hashes_of:
        if number in times:
            return times[number]
        number += 1  # each checkpoint covers the hash of the one before: checked above
    return None


def _report_time(
    report: Report, stamped: Mapping[int, datetime | None], notes: list[str], *, own_word: bool
) -> None:
    moments = [moment for moment in stamped.values() if moment]
    is_whole = bool(moments) and len(moments) == len(stamped)
    report.time = max(moments).isoformat() if is_whole else "pending"
    root = "the bundle's own word, because no --root was given" if own_word else "given by you"
    report.passed(
        "time",
        f"Stamped: the bundle's content existed at {report.time}."
        if is_whole
        else "pending: an authority has not stamped every checkpoint yet.",
        f"Nothing of it was made later than that, if you trust the authority; its root is {root}."
        if is_whole
        else "Nothing about time yet. Ask the publisher for the bundle again later.",
        "That it did not exist earlier, that the page was true, or who wrote it."
        + (" Whoever made the bundle could have made an authority too." if own_word else ""),
    ).details = notes


def _check_token(
    container: Container, row: Mapping[str, Any], expected: str, roots: Sequence[x509.Certificate]
) -> tuple[datetime, str]:
    number = row.get("checkpoint")
    try:
        data = container.read(f"evidence/{_named(container, row, 'token')}")
        pem = container.read(f"evidence/{_named(container, row, 'certificates')}")
        token = read_token(data)
        others = [*token.certificates, *x509.load_pem_x509_certificates(pem)]
        if token.imprint_algorithm != "2.16.840.1.101.3.4.2.1" or token.imprint.hex() != expected:
            raise ValueError("The token is about something else than this checkpoint.")  # noqa: TRY301
        if token.nonce is None or str(token.nonce) != str(row.get("nonce")):
            raise ValueError("The token does not answer the question that was asked: its nonce.")  # noqa: TRY301
        signer = check_signature(token, others)
        check_purpose(signer)
        own = [one for one in others if one.subject == one.issuer and _issued(one, one)]
        check_chain(signer, others, roots or own, token.time)
    except (ValueError, KeyError, IndexError, TypeError, UnsupportedAlgorithm) as problem:
        words = str(problem) if type(problem) is ValueError else f"It cannot be read: {problem!r}."
        _fail("time", f"The token of checkpoint {number} is not valid. {words}")
    return token.time, "root given" if roots else "root from the bundle itself"


def _named(container: Container, row: Mapping[str, Any], key: str) -> str:
    name = str(row.get(key)).removeprefix("evidence/")
    if f"evidence/{name}" not in container.members:
        raise ValueError(f"Its file {name} is missing.")
    return name


# OpenTimestamps (github.com/opentimestamps/python-opentimestamps, core/timestamp.py): a tree of
# operations that begins at the checkpoint's hash. Each leaf says who holds what came out there.

OTS_MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
OTS_BITCOIN, OTS_CALENDAR = bytes.fromhex("0588960d73d71901"), bytes.fromhex("83dfe30d2ef90c8e")
MOST_PROOF_BYTES, MOST_MESSAGE_BYTES, MOST_STEPS = 100_000, 4096, 256


@dataclass(frozen=True)
class Said:
    """One leaf: what came out, and the block whose root it must be, or the calendar that has it."""

    message: bytes  # of a block: as it stands in the header
    height: int = -1
    calendar: str = ""


class _Ots:
    """The bytes of a proof, read once from the front."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, size: int) -> bytes:
        piece = self._data[self._at : self._at + size]
        if len(piece) != size:
            raise ValueError("The proof is cut off.")
        self._at += size
        return piece

    def number(self) -> int:
        value = 0
        for shift in range(0, 63, 7):
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("A number in the proof is too large.")

    def counted(self, most: int) -> bytes:
        size = self.number()
        if size > most:
            raise ValueError("A part of the proof is too long.")
        return self.take(size)

    def end(self) -> None:
        if self._at != len(self._data):
            raise ValueError("Something stands behind the proof.")


def read_ots(data: bytes, digest: bytes) -> list[Said]:
    """What a proof says of DIGEST, every operation worked out. Raises ValueError."""
    if len(data) > MOST_PROOF_BYTES:
        raise ValueError("The proof is too long.")
    proof = _Ots(data)
    if proof.take(len(OTS_MAGIC)) != OTS_MAGIC or proof.number() != 1 or proof.take(1) != b"\x08":
        raise ValueError("It is no OpenTimestamps proof of a SHA-256.")
    if proof.take(32) != digest:
        raise ValueError("It is about something else than this checkpoint.")
    said: list[Said] = []
    _follow(proof, digest, said, MOST_STEPS)
    proof.end()
    return said


def _follow(proof: _Ots, message: bytes, said: list[Said], steps: int) -> None:
    if not steps:
        raise ValueError("The proof has too many steps.")
    is_more = True
    while is_more:
        tag = proof.take(1)
        is_more = tag == b"\xff"
        tag = proof.take(1) if is_more else tag
        if tag == b"\x00":
            said.extend(_leaf(proof, message))
        else:
            _follow(proof, _done(proof, tag, message), said, steps - 1)


def _done(proof: _Ots, tag: bytes, message: bytes) -> bytes:
    """MESSAGE after one operation."""
    if tag in b"\xf0\xf1":
        piece = proof.counted(MOST_MESSAGE_BYTES)
        result = message + piece if tag == b"\xf0" else piece + message
    elif tag in b"\x02\x03\x08":
        name = {b"\x02": "sha1", b"\x03": "ripemd160", b"\x08": "sha256"}[tag]
        result = hashlib.new(name, message, usedforsecurity=False).digest()
    elif tag == b"\xf2":
        result = message[::-1]
    elif tag == b"\xf3":
        result = message.hex().encode()
    else:
        raise ValueError(f"The proof has an operation that is not known here: {tag.hex()}.")
    if len(result) > MOST_MESSAGE_BYTES:
        raise ValueError("A step of the proof is too long.")
    return result


def _leaf(proof: _Ots, message: bytes) -> Iterator[Said]:
    """What one leaf says; nothing if it is of a kind that is not known here."""
    kind, said = proof.take(8), _Ots(proof.counted(8192))
    if kind == OTS_BITCOIN:
        height = said.number()
        said.end()
        if len(message) != 32:
            raise ValueError("What should be the Merkle root of a block is none.")
        yield Said(message, height)
    elif kind == OTS_CALENDAR:
        address = said.counted(1000)
        said.end()
        if not re.fullmatch(rb"[A-Za-z0-9._/:-]+", address):
            raise ValueError("The address of the calendar is none.")
        yield Said(message, calendar=address.decode())


def _check_ots(
    container: Container, row: Mapping[str, Any], expected: str, blocks: Mapping[int, bytes]
) -> str:
    """Words about one proof: what holds, and what somebody with the block has to look at."""
    is_granted = row.get("state") == "granted"
    if not is_granted and not row.get("token"):
        return "pending, no proof yet"
    try:
        name = _named(container, row, "token")
        said = read_ots(container.read(f"evidence/{name}"), bytes.fromhex(expected))
        first = min(
            (one for one in said if not one.calendar), key=lambda one: one.height, default=None
        )
        if first:
            return _in_block(first, blocks)
        if is_granted or not said:
            raise ValueError("It leads to no block, and to no calendar that promises one.")  # noqa: TRY301
    except ValueError as problem:
        _fail("time", f"The proof of checkpoint {row.get('checkpoint')} is not valid. {problem}")
    promised = f"{said[0].calendar} promises a block for {said[0].message.hex()}"
    return f"pending: {promised}. Nothing about time yet"


def _in_block(said: Said, blocks: Mapping[int, bytes]) -> str:
    root = said.message[::-1].hex()  # as programs for Bitcoin write it
    header = blocks.get(said.height)
    if header is None:
        return (
            f"the operations lead to Merkle root {root} of Bitcoin block {said.height}. That the "
            "block has it is the proof's word: compare, or give its header with --block"
        )
    if header[36:68] != said.message:
        raise ValueError(f"The header of block {said.height} that you gave has another root.")
    made = datetime.fromtimestamp(struct.unpack("<I", header[68:72])[0], UTC)
    name = hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1].hex()
    return (
        f"the checkpoint existed when Bitcoin block {said.height} was made, which says "
        f"{made.isoformat()} (right within two hours). Its header, given by you, is {name}"
    )


def _block(text: str) -> tuple[int, bytes]:
    """HEIGHT:HEADER of the command line; the header is 80 bytes in hexadecimal."""
    height, _, header = text.partition(":")
    if not re.fullmatch(r"[0-9]{1,9}", height) or not re.fullmatch(r"[0-9a-fA-F]{160}", header):
        raise ValueError("--block wants HEIGHT:HEADER, the header as 160 hexadecimal digits.")
    return int(height), bytes.fromhex(header)


# --------------------------------------------------------------------------------------------------
# 9 artifacts: what was made from a copy afterwards
# --------------------------------------------------------------------------------------------------


def check_artifacts(container: Container, lines: Mapping[int, Line], report: Report) -> None:
    count = 0
    for name in sorted(container.members):
        found = re.fullmatch(r"evidence/snapshot-(\d+)\.(\w+)\.[0-9a-f]{8}\.(?:txt|png)", name)
        if found:
            made = {
                (line.content.get("after") or {}).get("sha256")
                for line in _about(lines, int(found[1]))
                if line.content["tag"] == MADE
                and (line.content.get("after") or {}).get("kind") == found[2]
            }
            if _sha256(container.read(name)) not in made:
                _fail("artifacts", f"{name} is not what was made from snapshot {found[1]}.")
            count += 1
        elif not _is_explained(name):
            _fail("artifacts", f"Nothing explains {name}.")
    report.passed(
        "artifacts",
        f"{count} texts and pictures hash to what the record says of them.",
        "They are what the publisher's programs made from the copies then.",
        "That the programs read the page rightly: compare with the page. README.txt and claim.json "
        "are the publisher's words, and nothing here proves them.",
    )


def _is_explained(name: str) -> bool:
    if not name.startswith("evidence/") or name in {*REQUIRED, *WORDS_ONLY}:
        return True
    return bool(re.search(r"\.manifest\.json$|^evidence/checkpoint-\d+-\d+\.(tsr|ots|pem)$", name))


# --------------------------------------------------------------------------------------------------
# Reading, reporting, and the command
# --------------------------------------------------------------------------------------------------


def _fail(check: str, reason: str) -> NoReturn:
    raise Rejected(check, reason)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _whole(value: object) -> int:
    """VALUE if it is a whole number, else -1."""
    return value if type(value) is int else -1


def _text(check: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        _fail(check, "A file that should be text is not UTF-8.")


def _object(name: str, data: bytes, check: str = "package") -> dict[str, Any]:
    """A JSON object in which no key stands twice: two readers could read two things from it."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(found)
        if len(value) != len(found):
            raise ValueError("A key stands twice.")
        return value

    try:
        value = json.loads(data, object_pairs_hook=pairs, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        _fail(check, f"{name} is no JSON: {problem}")
    if not isinstance(value, dict):
        _fail(check, f"{name} holds something else than an object.")
    return value


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number.")


def _lines(container: Container, name: str, check: str) -> list[dict[str, Any]]:
    text = _text(check, container.read(name))
    return [_object(name, line.encode(), check) for line in text.split("\n") if line]


def verify(
    path: Path, roots: Sequence[x509.Certificate] = (), blocks: Mapping[int, bytes] | None = None
) -> Report:
    """Check the bundle at PATH. Never raises for its content: the report says what is wrong.

    ROOTS of time stamping authorities, and headers of BLOCKS of Bitcoin by height, are trusted.
    """
    report, trusted = Report(), Trusted(roots, blocks or {})
    with path.open("rb") as file:
        try:
            _check_all(file, trusted, report)
        except Rejected as rejected:
            report.valid, report.failed, report.reason = False, rejected.check, rejected.reason
        except Exception as problem:  # noqa: BLE001  # whatever cannot be read is not valid
            report.valid, report.failed = False, "reading"
            report.reason = f"The bundle cannot be read: {problem!r}."
    return report


def _check_all(file: BinaryIO, trusted: Trusted, report: Report) -> None:
    container = Container(file)
    report.passed(
        "container",
        f"{len(container.members)} members, each there once, nothing between or behind them.",
        "What one program unpacks from this file, every other unpacks too.",
        "Anything about the content.",
    )
    check_package(container, report)
    files = check_records(container, report)
    check_index(container, files, report)
    sealed = check_manifests(container, files, report)
    lines = check_record(container, sealed, report)
    hashes_of, used = check_inclusion(container, lines, report)
    check_time(container, hashes_of, used, trusted, report)
    check_artifacts(container, lines, report)


def _print(report: Report) -> None:
    for check in report.checks:
        print(f"ok    {check.check}: {check.result}")
        print(f"        proves: {check.proves}")
        print(f"        does not prove: {check.does_not_prove}")
        for line in check.details:
            print(f"        - {line}")
    for one in report.snapshots:
        print(f"snapshot {one['snapshot']}: {one['address']!r}, {one['outcome']}")
        if one["reason"] in {"import", "provided"}:
            print("        This copy was given to the publisher by somebody; nobody fetched it.")
    if report.valid:
        print(f"VALID, time {report.time}")
    else:
        print(f"REJECTED at {report.failed}: {report.reason}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Check an evidence bundle of Corroborate, offline."
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE.wacz")
    parser.add_argument(
        "--root", action="append", default=[], type=Path, metavar="FILE.pem",
        help="certificate of a time stamping authority's root that you trust; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--block", action="append", default=[], metavar="HEIGHT:HEADER",
        help="header of a block of Bitcoin, from a node that you trust, as 160 hexadecimal digits",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args(arguments)
    try:
        roots = [
            certificate
            for path in options.root
            for certificate in x509.load_pem_x509_certificates(path.read_bytes())
        ]
        report = verify(options.bundle, roots, dict(map(_block, options.block)))
    except (OSError, ValueError) as problem:
        print(f"{problem}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(asdict(report), indent=1, ensure_ascii=False))
    else:
        _print(report)
    return 0 if report.valid else 1


if __name__ == "__main__":
    sys.exit(main())
