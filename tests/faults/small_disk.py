"""A process of its own that captures a page onto a disk with a fault; prints what came of it.

The disk is a real one in memory, in a mount namespace of this process alone. Where the system does
not let us mount, the kernel's limit on the size of a file stands for it: another errno, the same
duty. Arguments: the fault (full, read-only, nameless or quota), an address, its port, a folder.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from pathlib import Path

from sources.capture.guard import Policy
from sources.capture.pipeline import capture_address
from sources.capture.store import FileStore

NEW_MOUNTS, NEW_USER = 0x00020000, 0x10000000
READ_ONLY, REMOUNT = 1, 32
OPTIONS = {"full": b"size=128k", "read-only": b"size=1m", "nameless": b"size=1m,nr_inodes=4"}


def mount(fault: str, folder: Path) -> bool:
    """Put a small disk at FOLDER; false where the system does not let us."""
    libc = ctypes.CDLL(None, use_errno=True)
    namespaces = NEW_MOUNTS if os.geteuid() == 0 else NEW_MOUNTS | NEW_USER
    if libc.unshare(namespaces) != 0:
        return False
    where = os.fsencode(folder)
    if libc.mount(b"tmpfs", where, b"tmpfs", 0, OPTIONS[fault]) != 0:
        return False
    if fault == "read-only":
        return libc.mount(b"tmpfs", where, b"tmpfs", READ_ONLY | REMOUNT, None) == 0
    return True


def main(fault: str, url: str, port: str, folder: str) -> None:
    disk = Path(folder)
    if fault == "quota" or not mount(fault, disk):
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    result = capture_address(
        url,
        policy=Policy(allow_loopback_ports=frozenset({int(port)})),
        store=FileStore(disk / "objects"),
        staging_dir=disk / "staging",
    )
    left = [str(path) for path in disk.rglob("*") if path.is_file()]
    json.dump({"left": left, **result.as_json()}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
