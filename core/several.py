"""One command as several processes that begin and end together."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from threading import Event, Thread

_LOOK_AGAIN_SECONDS = 0.2
_INPUT = 0


def run_several(command: Sequence[str], count: int, stop: Event) -> bool:
    """Run COUNT processes of COMMAND until STOP is set or one ends by itself; then end all.

    Returns whether all ended as they were asked to. Each has a pipe as its standard input, which
    closes with this process, however that ends: see `stop_with_input`.
    """
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - a command of ours
        for _ in range(count)
    ]
    try:
        while all(child.poll() is None for child in children):
            if stop.wait(_LOOK_AGAIN_SECONDS):
                break
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.communicate()
    return stop.is_set() and all(child.returncode == 0 for child in children)


def stop_with_input(stop: Event) -> None:
    """Set STOP once the standard input ends, which is when whoever started this process is gone."""

    def wait() -> None:
        while os.read(_INPUT, 1024):
            pass
        stop.set()

    Thread(target=wait, name="input", daemon=True).start()
