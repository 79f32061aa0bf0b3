"""How far a worker that captures in batches goes ahead, and what waits for nobody."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from audit.models import AuditEvent
from sources.models import Snapshot
from sources.services.batches import CaptureWorker
from sources.services.capture import run_capture
from sources.services.installation import capturer
from sources.vocabulary import CaptureState
from tests.sources.conftest import ARTICLE, Queue
from tests.sources.origin import Origin, page

PATIENCE_SECONDS = 60
SEALED = "sources:snapshot:sealed"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("announced")]
Many = Callable[..., list[Snapshot]]


class Held:
    """An answer that sends BEGINNING, then waits until it is let go; says how many wait."""

    def __init__(self, beginning: bytes = b"") -> None:
        self._beginning = beginning
        self._changed = threading.Condition()
        self._let_go = threading.Event()
        self.count = self.most = 0

    def __call__(self, connected: socket.socket) -> None:
        connected.sendall(self._beginning)
        self._add(1)
        try:
            assert self._let_go.wait(PATIENCE_SECONDS)
        finally:
            self._add(-1)
        connected.sendall(page(ARTICLE)[len(self._beginning) :])

    def _add(self, more: int) -> None:
        with self._changed:
            self.count += more
            self.most = max(self.most, self.count)
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.count == count, PATIENCE_SECONDS)

    def let_go(self) -> None:
        self._let_go.set()


@pytest.fixture
def many(queued: Queue, open_origin: Origin) -> Many:
    """Queue COUNT pages of one site whose robots.txt was read before; ANSWER gives them all."""
    run_capture(snapshot_id=queued().pk)

    def add(count: int, answer: Held | None = None) -> list[Snapshot]:
        first = Snapshot.objects.count()
        paths = [f"/{number}" for number in range(first, first + count)]
        open_origin.answers |= {
            path: answer or page(ARTICLE + f"<!-- {path} -->".encode()) for path in paths
        }
        return [queued(path) for path in paths]

    return add


def states_of(snapshots: list[Snapshot]) -> list[str]:
    rows = Snapshot.objects.filter(pk__in=[one.pk for one in snapshots])
    return sorted(rows.values_list("state", flat=True))


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, list(Snapshot.objects.values_list("state", "error"))
        time.sleep(0.02)


@contextmanager
def working(*, threads: int) -> Iterator[None]:
    """Run a worker of so many threads beside the test; at the end it settles what it began."""
    stop = threading.Event()

    def work() -> None:
        try:
            CaptureWorker(capturer(), threads=threads).run(stop)
        finally:
            connection.close()

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join(PATIENCE_SECONDS)
        assert not worker.is_alive()


@pytest.mark.parametrize("beginning", [b"", page(ARTICLE)[:300]], ids=["no answer", "half a body"])
def test_hosts_that_do_not_go_on_hold_up_no_other(many: Many, beginning: bytes) -> None:
    held = Held(beginning)
    slow = many(3, held)
    with working(threads=4):
        held.wait_for(3)
        others = many(12)
        wait_until(lambda: states_of(others) == [CaptureState.SEALED] * 12)
        assert states_of(slow) == [CaptureState.RUNNING] * 3
        held.let_go()
    assert states_of(slow) == [CaptureState.SEALED] * 3


def test_a_worker_whose_hosts_do_not_answer_holds_nothing_that_another_could_begin(
    many: Many,
) -> None:
    held = Held()
    slow = many(3, held)
    with working(threads=3):
        held.wait_for(3)
        others = many(5)
        with working(threads=2):
            wait_until(lambda: states_of(others) == [CaptureState.SEALED] * 5)
        assert states_of(slow) == [CaptureState.RUNNING] * 3
        held.let_go()
    assert states_of(slow) == [CaptureState.SEALED] * 3


def test_no_more_pages_are_asked_for_at_the_same_time_than_there_are_threads(many: Many) -> None:
    many(4)
    held = Held()
    with working(threads=4):
        wait_until(lambda: CaptureState.QUEUED not in states_of(list(Snapshot.objects.all())))
        slow = many(20, held)
        held.wait_for(4)
        assert states_of(slow).count(CaptureState.RUNNING) <= 8, "what is claimed ahead is bounded"
        held.let_go()
        wait_until(lambda: states_of(slow) == [CaptureState.SEALED] * 20)
    assert held.most == 4


def test_what_was_claimed_ahead_is_settled_before_a_worker_ends(many: Many) -> None:
    queued = many(40)
    with working(threads=3):
        wait_until(lambda: states_of(queued).count(CaptureState.SEALED) >= 6)
    assert set(states_of(queued)) <= {CaptureState.SEALED, CaptureState.QUEUED}
    sealed = Snapshot.objects.filter(state=CaptureState.SEALED).values_list("number", flat=True)
    lines = AuditEvent.objects.filter(tag=SEALED).values_list("subject_id", flat=True)
    assert sorted(lines) == sorted(
        str(number) for number in sealed.values_list("number", flat=True)
    )
    assert not Snapshot.objects.filter(attempt__gt=1).exists()
