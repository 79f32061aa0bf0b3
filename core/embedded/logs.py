"""Log files of processes that only write to their standard output."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_LARGEST_BYTES = 5_000_000
_TAIL_BYTES = 1500


def open_log(path: Path) -> BinaryIO:
    """Open for appending; a file that has grown large becomes NAME.1 first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LARGEST_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def tail(path: Path) -> str:
    """The last lines, for an error message."""
    content = path.read_bytes()[-_TAIL_BYTES:].decode("utf-8", "replace")
    return "\n".join(content.splitlines()[-12:])
