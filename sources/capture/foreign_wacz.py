"""Opening WACZ files that others made: a ZIP of WARCs with a list of pages. Pure.

Nothing is unpacked by its own name, so a name cannot lead anywhere; what looks like an attack is
refused all the same, because nobody packs a web archive like that by mistake.
"""

from __future__ import annotations

import json
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sources.capture.foreign import BadArchive, ForeignLimits

PAGES = "pages/pages.jsonl"
_STEP = 256 * 1024
_DIRECTORY_BYTES = 16 * 1024 * 1024
_PAGES_BYTES = 16 * 1024 * 1024
_END, _COMMENT = 22, 65_535
_RATIO, _SMALL = 200, 1024 * 1024


@dataclass(frozen=True, slots=True)
class ForeignWacz:
    """The WARC files of a WACZ, unpacked into our folder, and the addresses of its pages."""

    warcs: tuple[Path, ...]
    pages: tuple[str, ...]


def is_zip(start: bytes) -> bool:
    return start.startswith(b"PK\x03\x04")


def open_wacz(file: BinaryIO, folder: Path, limits: ForeignLimits) -> ForeignWacz:
    """Unpack what matters of FILE; raises BadArchive."""
    _refuse_large_directory(file, limits)
    try:
        with zipfile.ZipFile(file) as bundle:
            infos = _checked(bundle.infolist(), limits)
            if PAGES not in infos:
                raise BadArchive(f"The file has no {PAGES}, so it is no WACZ file.")
            names = [name for name in infos if re.fullmatch(r"archive/[^/]+\.warc(\.gz)?", name)]
            if not names:
                raise BadArchive("The file holds no WARC file under archive/.")
            pages = _pages(bundle.open(infos[PAGES]).read(_PAGES_BYTES))
            return ForeignWacz(_unpacked(bundle, infos, names, folder), pages)
    # zipfile's word for a way of packing that it does not know is NotImplementedError.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as problem:
        raise BadArchive(f"The ZIP file is damaged: {problem}.") from problem


def _refuse_large_directory(file: BinaryIO, limits: ForeignLimits) -> None:
    """Look at the end of the file before a library reads a directory of a million names."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END - _COMMENT))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END:
        raise BadArchive("The ZIP file is cut off.")
    total, directory, offset = struct.unpack("<HII", tail[at + 10 : at + 20])
    if total > limits.members or directory > _DIRECTORY_BYTES:
        raise BadArchive(f"The ZIP file has more than {limits.members} members.")
    if offset + directory > size:
        raise BadArchive("The ZIP file is cut off, or too large for us to read.")
    file.seek(0)


def _checked(infos: list[zipfile.ZipInfo], limits: ForeignLimits) -> dict[str, zipfile.ZipInfo]:
    known: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        problem = _problem(info, known)
        if problem:
            raise BadArchive(problem)
        known[info.filename] = info
    if sum(info.file_size for info in infos) > limits.unpacked_bytes:
        raise BadArchive("The ZIP file unpacks to more than we accept.")
    return known


def _problem(info: zipfile.ZipInfo, known: dict[str, zipfile.ZipInfo]) -> str:
    name = info.orig_filename
    if ".." in name.split("/") or name.startswith("/") or "\\" in name or "\0" in name:
        return "A name in the ZIP file leads outside of it."
    if info.filename in known:
        return "A name is in the ZIP file twice."
    if info.flag_bits & 0x1:
        return "The ZIP file is encrypted. Give it without a password."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "The ZIP file holds links."
    if info.file_size > _SMALL + _RATIO * info.compress_size:
        return "A file in the ZIP file unpacks to far more than it is."
    return ""


def _unpacked(
    bundle: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], names: list[str], folder: Path
) -> tuple[Path, ...]:
    paths = []
    for number, name in enumerate(sorted(names)):
        path = folder / f"foreign-{number}.warc"
        with bundle.open(infos[name]) as member, path.open("xb") as out:
            while piece := member.read(_STEP):
                out.write(piece)
        paths.append(path)
    return tuple(paths)


def _pages(data: bytes) -> tuple[str, ...]:
    if len(data) >= _PAGES_BYTES:
        raise BadArchive("The list of pages is larger than we accept.")
    found: dict[str, None] = {}
    for line in data.splitlines():
        try:
            row = json.loads(line) if line.strip() else {}
        except (ValueError, RecursionError) as problem:
            raise BadArchive("The list of pages is not in JSON.") from problem
        url = row.get("url") if isinstance(row, dict) else None
        if isinstance(url, str):
            found[url] = None
    return tuple(found)
