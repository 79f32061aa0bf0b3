"""One thread of a process keeps the leases of all its captures alive."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, connection

from sources.services.leases import Lease, extend_leases, lease_time

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Kept:
    """A lease, and when it has to be extended by the clock of this process."""

    lease: Lease
    due: float


class Heart:
    """Extends leases three times within their length, all together, from a thread of its own."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """A process that was forked has the leases of its parent in memory, and not its thread."""
        self._changed = threading.Condition()
        self._kept: set[_Kept] = set()
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None

    @contextmanager
    def keeping(self, lease: Lease) -> Iterator[None]:
        """Extend LEASE until the block ends; `lost` is set once it cannot be extended any more."""
        kept = _Kept(lease, _next_beat())
        with self._changed:
            self._kept.add(kept)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="heart", daemon=True)
                self._thread.start()
            elif kept.due < self._wakes_at:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._kept.remove(kept)

    def _run(self) -> None:
        while True:
            leases = self._due()
            try:
                extend_leases(leases)
            except DatabaseError as problem:
                logger.warning("Leases of %s captures not extended: %s", len(leases), problem)
            finally:
                connection.close()

    def _due(self) -> list[Lease]:
        """Wait until a lease has to be extended; then all of them may be."""
        with self._changed:
            while (earliest := min((one.due for one in self._kept), default=math.inf)) > (
                now := time.monotonic()
            ):
                self._wakes_at = earliest
                self._changed.wait(None if earliest == math.inf else earliest - now)
            for kept in self._kept:
                kept.due = _next_beat()
            return [kept.lease for kept in self._kept]


def _next_beat() -> float:
    return time.monotonic() + lease_time().total_seconds() / 3


_heart = Heart()
os.register_at_fork(after_in_child=_heart.start_anew)
kept_alive = _heart.keeping
