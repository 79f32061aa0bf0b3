"""The process that ends what `manage.py up` left behind, should `up` be killed.

    python -m core.embedded.reaper RUNTIME_DIRECTORY

It leads the process group that all children of `up` belong to and reads a pipe that `up` never
writes to. When the pipe closes, by exit or by kill -9, it asks whatever is left of the group to
end, waits, removes the runtime directory, and kills the rest.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

import psutil

GRACE_SECONDS = 10
_POLL_SECONDS = 0.1


def main(runtime: Path) -> int:
    if os.getpgrp() != os.getpid():
        sys.stderr.write("The reaper ends its whole process group, so it must have its own.\n")
        return 2
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_group()
    shutil.rmtree(runtime, ignore_errors=True)
    if _others():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    return 0


def end_group() -> None:
    os.killpg(os.getpgrp(), signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while _others() and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _others() -> list[int]:
    """Living members of this process group except this process."""
    return [
        process.pid
        for process in psutil.process_iter(["status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and process.pid != os.getpid()
        and _group(process.pid) == os.getpgrp()
    ]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None  # It ended while we looked.


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
