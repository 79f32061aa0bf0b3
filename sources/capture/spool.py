"""Bytes as they come, kept where they are cheapest until they are in the store."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from sources.capture.limits import KIB

Part = bytes | Path
# A page is hardly ever longer, and hundreds of captures at a time are still a small process.
IN_MEMORY = 256 * KIB


def opened(part: Part) -> BinaryIO:
    """PART, open for reading."""
    return BytesIO(part) if isinstance(part, bytes) else part.open("rb")


class Spool:
    """Takes bytes: in memory while they are few, in a new file at PATH once they are many.

    The file's folder is made with it. `size` counts what was written.
    """

    def __init__(self, path: Path, *, most_in_memory: int = IN_MEMORY) -> None:
        self._path = path
        self._most = most_in_memory
        self._pieces: list[bytes] = []
        self._file: BinaryIO | None = None
        self.size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self._file is None and self.size > self._most:
            self._begin_file()
        if self._file is None:
            self._pieces.append(data)
        else:
            self._file.write(data)

    def close(self) -> Part:
        """Return all that was written: the bytes, or the path of the file that holds them."""
        if self._file is not None:
            self._file.close()
            return self._path
        self._pieces = [b"".join(self._pieces)]
        return self._pieces[0]

    def _begin_file(self) -> None:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._file = self._path.open("xb")
        for piece in self._pieces:
            self._file.write(piece)
        self._pieces.clear()
