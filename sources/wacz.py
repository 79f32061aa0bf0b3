"""Writing a WACZ file: a ZIP of WARCs, their index, a list of pages, and what proves them. Pure.

Laid out as WACZ 1.2.0 says (https://specs.webrecorder.net/wacz/1.2.0/), but for two properties of
datapackage.json: py-wacz 0.6 refuses the profile `wacz` of 1.2.0 and any version but 1.1.1, so the
package names the profile and the version of 1.1.1. Programs that replay 1.2.0 read both.

The file is written under another name and gets its own when it is whole: never half a bundle.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

from sources.capture.warc import read_record

SHOWN = frozenset({"response", "resource", "revisit"})
MOST_BYTES = 4 * 1024**3 - 1  # without ZIP64, so that one reading of the file is the only one
_STEP = 256 * 1024
_HEAD_BYTES = 1024 * 1024
_MODE = 0o100644 << 16
PROFILE, VERSION = "data-package", "1.1.1"


class TooLarge(Exception):
    """The bundle would be larger than it may be."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list: the snapshot that holds it, its address, its WARC-Date."""

    snapshot: int
    url: str
    date: str

    def as_json(self) -> dict[str, str]:
        """The title is made from the rest, so that a verifier can make it again."""
        return {
            "id": f"snapshot-{self.snapshot}",
            "url": self.url,
            "ts": f"{self.date[:19]}Z",
            "title": f"Snapshot {self.snapshot}: {self.url}",
        }


@dataclass
class WaczWriter:
    """Collects the files of a bundle; `finish` lists them and gives the file its name."""

    path: Path
    created: datetime
    most_bytes: int = MOST_BYTES
    _listed: list[dict[str, str | int]] = field(default_factory=list)
    _index: list[str] = field(default_factory=list)
    _pages: list[Page] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        self._file = self._part.open("xb")
        self._zip = zipfile.ZipFile(self._file, "w")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._zip.close()
        self._file.close()
        self._part.unlink(missing_ok=True)

    def add(self, name: str, source: bytes | BinaryIO, *, listed: bool = True) -> None:
        """Put a file into the bundle. WARCs are stored as they are; TooLarge: there is no room."""
        info = zipfile.ZipInfo(name, self.created.timetuple()[:6])
        info.external_attr = _MODE
        is_warc = name.startswith("archive/")
        info.compress_type = zipfile.ZIP_STORED if is_warc else zipfile.ZIP_DEFLATED
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w") as member:
            for piece in _pieces(source):
                digest.update(piece)
                size += len(piece)
                if self._file.tell() + len(piece) > self.most_bytes:
                    raise TooLarge
                member.write(piece)
        if listed:
            self._listed.append(_resource(name, digest.hexdigest(), size))

    def add_warc(
        self, snapshot: int, warc: BinaryIO, records: Sequence[Mapping[str, Any]], *, is_page: bool
    ) -> None:
        """Put the WARC of a snapshot into the bundle, its records into the index."""
        name = f"snapshot-{snapshot}.warc.gz"
        shown = [record for record in records if record["type"] in SHOWN]
        for record in shown:
            entry = _Entry(warc, record)
            self._index.append(entry.line(name))
            if is_page and record is shown[-1]:
                self._pages.append(Page(snapshot, entry.url, entry.date))
        warc.seek(0)
        self.add(f"archive/{name}", warc)

    def add_lines(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Put a file of JSON, one object a line, into the bundle."""
        self.add(name, b"".join(_json(row) + b"\n" for row in rows))

    def finish(self, *, title: str, description: str, software: str) -> None:
        """Write index, pages and the list of all files; from now on the file has its name."""
        head = {"format": "json-pages-1.0", "id": "pages", "title": "Archived pages"}
        pages = sorted(self._pages, key=lambda page: page.snapshot)
        self.add_lines("pages/pages.jsonl", [head, *(page.as_json() for page in pages)])
        index = "".join(f"{line}\n" for line in sorted(self._index))
        self.add("indexes/index.cdxj", index.encode())
        package = _json(self._package(pages, title, description, software))
        self.add("datapackage.json", package, listed=False)
        digest = f"sha256:{hashlib.sha256(package).hexdigest()}"
        stated = {"path": "datapackage.json", "hash": digest}
        self.add("datapackage-digest.json", _json(stated), listed=False)
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self.path)

    def _package(
        self, pages: Sequence[Page], title: str, description: str, software: str
    ) -> dict[str, Any]:
        home = {"home": {"url": pages[0].url, "ts": pages[0].as_json()["ts"]}} if pages else {}
        return {
            "profile": PROFILE,
            "wacz_version": VERSION,
            "title": title,
            "description": description,
            "created": self.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "software": software,
            **home,
            "resources": self._listed,
        }


class _Entry:
    """What the index says of one record, read from the record itself."""

    def __init__(self, warc: BinaryIO, record: Mapping[str, Any]) -> None:
        self._record = record
        self._fields, block = read_record(warc, record["offset"])
        self._head = b""
        for piece in block:
            self._head += piece
            if b"\r\n\r\n" in self._head or len(self._head) > _HEAD_BYTES:
                break
        self.url = self._fields.get("warc-target-uri", "")
        self.date = self._fields.get("warc-date", "")

    def line(self, name: str) -> str:
        """One line of CDXJ: key, time, and a JSON object whose values are all text."""
        kind = self._fields.get("warc-type")
        status, media_type = self._http()
        values = {
            "url": self.url,
            "mime": "warc/revisit" if kind == "revisit" else media_type,
            "status": status,
            "digest": self._fields.get("warc-payload-digest", ""),
            "length": str(self._record["length"]),
            "offset": str(self._record["offset"]),
            "filename": name,
        }
        given = {key: value for key, value in values.items() if value}
        stamp = re.sub(r"\D", "", self.date)[:14]
        return f"{_key(self.url)} {stamp} {json.dumps(given)}"

    def _http(self) -> tuple[str, str]:
        """Status and media type: the archived header's, or those of the record."""
        stated = self._fields.get("content-type", "")
        if not stated.lower().startswith("application/http"):
            return "", stated.partition(";")[0]
        head = self._head.partition(b"\r\n\r\n")[0]
        status = re.match(rb"HTTP/\S+ (\d{3})", head)
        kind = re.search(rb"(?im)^content-type:[ \t]*([^;\r\n]*)", head)
        return (
            status[1].decode() if status else "",
            kind[1].decode("latin-1").strip() if kind else "",
        )


def _key(url: str) -> str:
    """The address as a sort key (SURT): host turned round, no scheme, lower-case."""
    parts = urlsplit(url)
    host = re.sub(r"^www\d*\.", "", parts.hostname or "")
    place = host if ":" in host else ",".join(reversed(host.split(".")))
    port = f":{parts.port}" if parts.port else ""
    query = "&".join(sorted(parts.query.split("&")))
    path = parts.path.rstrip("/") or "/"
    return re.sub(r"\s", "%20", f"{place}{port}){path}{'?' if query else ''}{query}".lower())


def _resource(path: str, sha256: str, size: int) -> dict[str, str | int]:
    name = path.rpartition("/")[2].lower()
    return {"name": name, "path": path, "hash": f"sha256:{sha256}", "bytes": size}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _pieces(source: bytes | BinaryIO) -> Iterable[bytes]:
    if isinstance(source, bytes):
        return (source,)
    return iter(lambda: source.read(_STEP), b"")
