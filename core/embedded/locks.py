"""Locks on files, which the kernel releases when their holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.embedded.errors import EmbeddedServerError

_POLL_SECONDS = 0.02


def take(path: Path, *, shared: bool = False, seconds: float = 0.0) -> int | None:
    """Descriptor that holds the lock until it is closed; None if others kept it for `seconds`.

    A child made by fork holds the lock too; a program started by exec does not.
    """
    descriptor = _open(path)
    deadline = time.monotonic() + seconds
    while not attempt(descriptor, shared=shared):
        if time.monotonic() >= deadline:
            os.close(descriptor)
            return None
        time.sleep(_POLL_SECONDS)
    return descriptor


def attempt(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock on an open file now, or say that somebody else has it."""
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(path: Path) -> bool:
    """True while a living process holds the exclusive lock."""
    descriptor = _open(path)
    try:
        return not attempt(descriptor, shared=True)
    finally:
        os.close(descriptor)


@contextmanager
def held_directory(path: Path) -> Iterator[None]:
    """Hold an existing directory itself, for a change of what it grants."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise EmbeddedServerError(
            f"{path.parent} belongs to another user of this machine. Run as that user, or keep "
            "your own data elsewhere: set CORROBORATE_VAR to a directory of yours."
        ) from error
