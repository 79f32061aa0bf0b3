"""What processes and all that they started used: processor seconds, and memory at its peak."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil

_EVERY_SECONDS = 0.1
_GONE = (psutil.NoSuchProcess, psutil.AccessDenied)


@dataclass
class Usage:
    """`cpu_seconds` between the beginning and the end; `peak_bytes` resident, sampled."""

    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    _seen: dict[int, float] = field(default_factory=dict)

    def sample(self, roots: Sequence[psutil.Process]) -> None:
        memory = 0
        for process in (one for root in roots for one in _family(root)):
            with suppress(*_GONE):
                times = process.cpu_times()
                ended = times.children_user + times.children_system
                self._seen[process.pid] = times.user + times.system + ended
                memory += process.memory_info().rss
        self.peak_bytes = max(self.peak_bytes, memory)

    def total(self) -> float:
        return sum(self._seen.values())


def _family(root: psutil.Process) -> list[psutil.Process]:
    with suppress(*_GONE):
        return [root, *root.children(recursive=True)]
    return []


@contextmanager
def used_by(*pids: int) -> Iterator[Usage]:
    """Watch the processes PIDS while the block runs."""
    usage, ended = Usage(), threading.Event()
    roots = [psutil.Process(pid) for pid in pids]
    usage.sample(roots)
    before = usage.total()

    def watch() -> None:
        while not ended.wait(_EVERY_SECONDS):
            usage.sample(roots)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield usage
    finally:
        ended.set()
        thread.join()
        usage.sample(roots)
        usage.cpu_seconds = usage.total() - before
