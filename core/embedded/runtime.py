"""Short private directories for Unix sockets, whose whole path must stay under 104 bytes."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from core.embedded.errors import EmbeddedServerError

# macOS allows 103 bytes and Linux 107. The longest name of ours is 13, mkdtemp adds 20.
_LONGEST_PARENT = 103 - 13 - 20 - 2


def make_socket_directory() -> Path:
    """New directory that only its owner may enter, whatever the length of the project's path.

    The name is random and the mode 0700, so that nobody can have made it first. $XDG_RUNTIME_DIR
    is not used: it disappears at the end of a session while a server may go on, and an account
    that stands in for root cannot enter it.
    """
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  mkdtemp makes it safe
        if _is_suitable(parent):
            return Path(tempfile.mkdtemp(prefix="embedded-", dir=parent))
    raise EmbeddedServerError(
        "No temporary directory is short and open enough for a Unix socket. Set TMPDIR to a "
        "directory whose path is shorter than 68 bytes."
    )


def _is_suitable(parent: str) -> bool:
    if len(os.fsencode(parent)) > _LONGEST_PARENT or not os.access(parent, os.W_OK | os.X_OK):
        return False
    return os.geteuid() != 0 or bool(Path(parent).stat().st_mode & stat.S_IXOTH)
