"""Objects by their SHA-256: written once, never overwritten, read back before they count."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

ASIDE = "quarantine"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_STEP = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Folders whose own names this process has seen on the disk; a store has 65,792 at most.
_named: set[str] = set()


class StoreProblem(Exception):
    """The store did not keep what it was given; nothing may be sealed on it."""


class StoreAway(StoreProblem):
    """The store cannot be asked now. It says nothing about the object; try again later."""


@dataclass(frozen=True, slots=True)
class Held:
    """What lies in a store under a key, and since when."""

    key: str
    stored_at: datetime


class ObjectStore(Protocol):
    """What a store of objects promises. Keys are lower-case hexadecimal SHA-256."""

    def put(self, source: Path | bytes) -> str:
        """Store the bytes and return their key; storing the same bytes again changes nothing."""

    def open(self, key: str) -> BinaryIO:
        """Open an object for reading; raises StoreProblem if it is not there."""

    def size(self, key: str) -> int:
        """Return the object's length; raises StoreProblem if it is not there."""

    def verify(self, key: str) -> bool:
        """Read the object back and say whether it still hashes to its key."""

    def held(self) -> Iterator[Held]:
        """Go through all objects, those that were put aside left out."""

    def set_aside(self, key: str) -> str:
        """Free KEY: keep what lies there under another name, which is returned; "" if nothing."""

    def remove(self, key: str) -> None:
        """Delete the bytes for good, and what was put aside of them. For a takedown alone."""


class FileStore:
    """A store in a folder: ROOT/aa/bb/<sha256>; a file is complete once it has its name."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._base = str(root)  # to join strings is a tenth of the work of joining paths

    def put(self, source: Path | bytes) -> str:
        """Copy SOURCE into the store and return its key."""
        with self._unnamed() as (file, path):
            key = _copy(source, file)
            os.fchmod(file.fileno(), 0o444)
            os.fsync(file.fileno())
            self._name(path, key)
        return key

    def open(self, key: str) -> BinaryIO:
        try:
            return open(self._place(key), "rb", buffering=_STEP)  # noqa: PTH123  as above
        except FileNotFoundError as problem:
            if not self._root.is_dir():  # a disk that is not mounted has lost nothing
                raise StoreAway("The folder of the store is not there.") from problem
            raise StoreProblem(f"Object {key} is not in the store.") from problem
        except OSError as problem:
            raise StoreAway(f"The store cannot be read: {problem.strerror}.") from problem

    def size(self, key: str) -> int:
        with self.open(key) as file:
            return os.fstat(file.fileno()).st_size

    def verify(self, key: str) -> bool:
        with self.open(key) as file:
            try:
                return hash_of(file) == key
            except OSError:  # bad sectors
                return False

    def held(self) -> Iterator[Held]:
        for path in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if not _SHA256.fullmatch(path.name):
                continue
            with suppress(FileNotFoundError):  # taken away meanwhile
                yield Held(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC))

    def set_aside(self, key: str) -> str:
        aside = self._root / ASIDE / aside_name(key)
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.path(key).rename(aside)
        except FileNotFoundError:
            return ""
        _fsync_folder(aside.parent)
        _fsync_folder(self.path(key).parent)
        return aside.name

    def remove(self, key: str) -> None:
        path = self.path(key)
        for left in (path, *(self._root / ASIDE).glob(f"{key}.*")):
            left.unlink(missing_ok=True)
        if path.parent.is_dir():
            _fsync_folder(path.parent)

    def path(self, key: str) -> Path:
        """Return where an object lies; a key that is no SHA-256 leads nowhere."""
        return Path(self._place(key))

    def _place(self, key: str) -> str:
        if not _SHA256.fullmatch(key):
            raise StoreProblem("This is not the key of an object.")
        return f"{self._base}/{key[:2]}/{key[2:4]}/{key}"

    @contextmanager
    def _unnamed(self) -> Iterator[tuple[BinaryIO, str]]:
        path = f"{self._base}/.incoming-{secrets.token_hex(8)}"
        try:
            handle = os.open(path, _NEW, 0o600)
        except FileNotFoundError:  # the first object of all
            self._root.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, _NEW, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file, path
        finally:
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108  as above

    def _name(self, path: str, key: str) -> None:
        final = self._place(key)
        inner = final.rpartition("/")[0]
        folders = (inner, inner.rpartition("/")[0])
        try:
            self._link(path, key)  # unlike a rename, it never replaces what is there
        except FileNotFoundError:
            _named.difference_update(folders)
            os.makedirs(inner, exist_ok=True)  # noqa: PTH103  as above
            self._link(path, key)
        _fsync_folder(inner)
        for folder in folders:
            _make_name_last(folder)

    def _link(self, path: str, key: str) -> None:
        try:
            os.link(path, self._place(key))
        except FileExistsError as problem:
            if not self.verify(key):
                raise StoreProblem(f"Object {key} in the store is damaged.") from problem


def aside_name(key: str) -> str:
    """A name for what was found under KEY; the key first, so that it can be found again."""
    return f"{key}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def hash_of(file: BinaryIO) -> str:
    """Return the SHA-256 of the rest of an open file."""
    digest = hashlib.sha256()
    while step := file.read(_STEP):
        digest.update(step)
    return digest.hexdigest()


def _copy(source: Path | bytes, file: BinaryIO) -> str:
    digest = hashlib.sha256()
    for step in _steps(source):
        digest.update(step)
        file.write(step)
    file.flush()
    return digest.hexdigest()


def _steps(source: Path | bytes) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while step := file.read(_STEP):
            yield step


def _make_name_last(folder: str) -> None:
    """See to it that FOLDER itself outlasts a crash, whoever made it; once for each process."""
    if folder not in _named:
        _fsync_folder(folder.rpartition("/")[0])
        _named.add(folder)


def _fsync_folder(folder: Path | str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
