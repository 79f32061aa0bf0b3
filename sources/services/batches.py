"""Many captures in one process: claimed together, fetched by threads, settled together.

Claiming, the verdicts of robots.txt that are known and leases are done for all at once by the
thread that runs the worker, ahead of the threads that fetch, as fast as captures end; a second one
settles meanwhile. A thread that fetches uses the database, by a connection of its own, only where a
capture needs it alone: to count its connection to a host, to follow a redirect, to find an earlier
copy that may hold the same page.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from threading import Barrier, Event
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, connections

from sources.capture.pipeline import Capturer, CaptureResult
from sources.services.capture import fetched, run_leased
from sources.services.leases import Lease, LeaseLost, extend_leases, lease_time
from sources.services.orders import Order, take_orders
from sources.services.settle import Settled, settle_breakdown
from sources.services.together import settle_each
from sources.vocabulary import RobotsVerdict

logger = logging.getLogger(__name__)

# What ends within this time is settled together; a page that is fetched alone waits for nobody.
_GATHER_SECONDS = 0.05
# While the desk is behind, fetching goes on until so many times the threads wait for it.
_MOST_UNSETTLED = 3
_IDLE_SECONDS = 0.1
_AWAY_SECONDS = 1.0


Ended = tuple[Order, "Future[CaptureResult | None]"]
Result = tuple[Order, CaptureResult]


class _Desk:
    """Settles what has ended in a thread of its own, one batch at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "settle")
        self.batches: tuple[Future[None], ...] = ()
        self.orders: tuple[Order, ...] = ()

    def settle(self, ended: Collection[Ended]) -> None:
        """Begin with ENDED; raises what kept the batch before from being settled."""
        before, self.batches = self.batches, ()
        self.orders = tuple(order for order, _ in ended)
        if ended:
            self.batches = (self._pool.submit(_settle, ended),)
        for batch in before:
            batch.result()

    def close(self) -> None:
        self._pool.submit(connections.close_all)  # those of that thread
        self._pool.shutdown()


def _settle(ended: Collection[Ended]) -> None:
    close_old_connections()
    settle_batch(_results(ended))


class CaptureWorker:
    """Captures what is in the queue until it is told to stop, THREADS at a time."""

    def __init__(self, camera: Capturer, *, threads: int) -> None:
        self._camera = camera
        self._threads = threads
        self._running: dict[Future[CaptureResult | None], Order] = {}
        self._desk = _Desk()
        self._next_beat = 0.0

    def run(self, stop: Event) -> None:
        """Work until STOP is set, then end what was begun.

        While the database is away nothing is lost: what was fetched meanwhile is fetched again
        once its lease is over.
        """
        with ThreadPoolExecutor(self._threads, "fetch") as pool, closing(self._desk):
            while self._running or self._desk.batches or not stop.is_set():
                try:
                    if not stop.is_set():
                        self._take(pool)
                    self._settle_ended(stop)
                    self._beat()
                except DatabaseError:
                    logger.exception("The database could not be used. Trying again.")
                    connection.close()
                    stop.wait(_AWAY_SECONDS)
            _close_connections(pool, self._threads)

    def _take(self, pool: ThreadPoolExecutor) -> None:
        room = self._room()
        if room < max(self._threads // 4, 1):
            return
        for order in take_orders(at_most=room):
            self._running[pool.submit(self._do, order)] = order

    def _room(self) -> int:
        """How many may be claimed: one for each free thread, and as many ahead as ended lately.

        So no thread waits for the next claim, and a worker whose hosts do not answer holds nothing
        that another could begin.
        """
        under_way = sum(not future.done() for future in self._running)
        ended = len(self._running) - under_way + len(self._desk.orders)
        wanted = self._threads + min(ended, self._threads) - under_way
        return min(wanted, _MOST_UNSETTLED * self._threads - len(self._running))

    def _do(self, order: Order) -> CaptureResult | None:
        """Fetch ORDER; None if it is settled already."""
        close_old_connections()
        if order.is_plain:
            return fetched(order.lease, order.snapshot, self._camera)
        run_leased(order.lease)
        return None

    def _settle_ended(self, stop: Event) -> None:
        """Hand what has ended to the desk, once that is done with what it has."""
        if not (self._running or self._desk.batches):
            stop.wait(_IDLE_SECONDS)
            return
        under_way: list[Future[Any]] = [*self._running, *self._desk.batches]
        wait(under_way, timeout=_GATHER_SECONDS)
        if not all(batch.done() for batch in self._desk.batches):
            return
        done = [future for future in self._running if future.done()]
        self._desk.settle([(self._running.pop(future), future) for future in done])

    def _beat(self) -> None:
        if time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + lease_time().total_seconds() / 3
        orders = [*self._running.values(), *self._desk.orders]
        extend_leases([order.lease for order in orders])


def _close_connections(pool: ThreadPoolExecutor, threads: int) -> None:
    """Close what each of the THREADS opened; all have to meet, so that none does it twice."""
    met = Barrier(threads)

    def close() -> None:
        met.wait()
        connection.close()

    wait([pool.submit(close) for _ in range(threads)])


def _results(ended: Collection[Ended]) -> list[Result]:
    """Those that are to be settled; a defect of ours is put down to the row it happened in."""
    results = []
    for order, future in ended:
        problem = future.exception()
        if problem is not None:
            _break_down(order.lease, problem)
        elif result := future.result():
            results.append((order, result))
    return results


def settle_batch(results: Sequence[Result]) -> None:
    """Settle RESULTS together; what cannot be written keeps no other from being settled."""
    if not results:
        return
    ended = [
        Settled(order.lease, result, RobotsVerdict(order.snapshot.robots), order.asked)
        for order, result in results
    ]
    for one, problem in settle_each(ended):
        _break_down(one.lease, problem)
    for _, result in results:
        result.discard()


def _break_down(lease: Lease, problem: BaseException) -> None:
    number = lease.snapshot_id
    try:
        if isinstance(problem, LeaseLost):
            raise problem
        logger.error("Capture of snapshot %s broke.", number, exc_info=problem)
        settle_breakdown(lease=lease, words=f"{type(problem).__name__} while capturing.")
    except LeaseLost:
        logger.warning("Lease of snapshot %s (fence %s) was lost.", number, lease.fence)
