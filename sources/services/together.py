"""Threads of one process that begin or end captures at the same time do it in one transaction.

Whoever writes the record holds its end, so captures are settled one transaction after the other
anyway; and what is claimed for one costs little less than what is claimed for twenty.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from core.gathering import Gathering
from sources.models import Snapshot
from sources.services.hosts import note_answers
from sources.services.leases import LeaseLost
from sources.services.orders import Order, take_orders
from sources.services.settle import Settled, settle_captures

# Where many are under way, one that waits this long costs nobody anything but that; a page that is
# captured alone waits for nobody.
_LINGER_SECONDS = 0.02
_CROWD = 5


class _UnderWay:
    """How many captures the threads of this process are at."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        with self._lock:
            self.count += 1
        try:
            yield
        finally:
            with self._lock:
                self.count -= 1


def under_way() -> AbstractContextManager[None]:
    """Count a capture as under way in this process until the block ends."""
    return _under_way.one_more()


def take_together() -> Order | None:
    """Claim what is first in turn and may start now, beside other threads; None if nothing may."""
    return _taking.ask(None)


def settle_together(ended: Settled) -> Snapshot:
    """Record ENDED, beside what other threads have ended.

    Raises LeaseLost, with nothing written, if the lease is another's by now; and whatever kept
    this one from being written, which keeps no other.
    """
    return _settling.ask(ended)


def settle_each(ended: Sequence[Settled]) -> list[tuple[Settled, BaseException]]:
    """Record all of ENDED together, or, if one cannot be written, each by itself.

    Returns those that were not written, and why.
    """
    heard = zip(ended, _settling.ask_all(ended), strict=True)
    return [(one, answer) for one, answer in heard if isinstance(answer, BaseException)]


def _take(places: Sequence[None]) -> list[Order | None]:
    orders = take_orders(at_most=len(places))
    return [*orders, *[None] * (len(places) - len(orders))]


def _settle(ended: Sequence[Settled]) -> list[Snapshot | BaseException]:
    note_answers([(one.asked, one.result.final) for one in ended])
    found = {snapshot.pk: snapshot for snapshot in settle_captures(ended=ended)}
    return [found.get(one.lease.snapshot_id) or LeaseLost() for one in ended]


def _linger() -> float:
    return _LINGER_SECONDS if _under_way.count >= _CROWD else 0.0


_under_way = _UnderWay()
_taking: Gathering[None, Order | None] = Gathering(_take, _linger)
_settling: Gathering[Settled, Snapshot] = Gathering(_settle, _linger)
