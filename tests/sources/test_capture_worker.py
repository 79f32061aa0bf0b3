"""A real Celery worker on a real broker: killed in the middle, cut off from its broker."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from sources.capture.store import FileStore
from sources.models import FetchHop, Snapshot, StoredObject
from sources.services.documents import add_document
from sources.vocabulary import CaptureState
from tests.brokers import Broker, chosen_broker
from tests.processes import environment
from tests.sources.origin import Origin, page
from tests.workers import PATIENCE_SECONDS, Worker

ARTICLE = page(
    b"<html lang='en'><title>Kept</title><article>"
    + b"<p>A paragraph with enough words, and commas, to be the text of a page.</p>" * 4
    + b"</article></html>"
)

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose name leaves room for a socket's path."""
    folder = Path(tempfile.mkdtemp(prefix="cap-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def broker(short_folder: Path) -> Iterator[Broker]:
    running = chosen_broker(short_folder)
    running.start()
    yield running
    running.stop()


Start = Callable[[], Worker]


@pytest.fixture
def start_worker(broker: Broker, origin: Origin, tmp_path: Path) -> Iterator[Start]:
    variables = environment(tmp_path, loopback_port=origin.port, CELERY_BROKER_URL=broker.url)
    started: list[Worker] = []

    def start() -> Worker:
        started.append(Worker(variables, tmp_path / f"worker-{len(started)}.log"))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


def wait_until(is_so: Callable[[], bool], logs: Path | None = None) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, _said(logs) if logs else "It did not come to pass in time."
        time.sleep(0.1)


def _said(folder: Path) -> str:
    """What the workers wrote last."""
    logs = sorted(folder.glob("worker-*.log"))
    return "\n\n".join(f"{log.name}:\n{log.read_text()[-4000:]}" for log in logs)


def _queued(origin: Origin) -> Snapshot:
    document = add_document(actor=None, address=origin.url("/"))
    snapshot = Snapshot.objects.create(document=document)
    Snapshot.objects.filter(pk=snapshot.pk).update(next_attempt_at=snapshot.requested_at)
    return snapshot


def _is(snapshot: Snapshot, state: CaptureState) -> bool:
    return Snapshot.objects.filter(pk=snapshot.pk, state=state).exists()


@pytest.mark.fault(63, 64)
def test_a_worker_killed_in_mid_capture_leaves_one_sealed_snapshot(
    origin: Origin, start_worker: Start, tmp_path: Path
) -> None:
    arrived, ended = threading.Event(), threading.Event()

    def half_a_page(connection: socket.socket) -> None:
        connection.sendall(ARTICLE[: len(ARTICLE) // 2])
        arrived.set()
        try:
            while connection.recv(1024):  # until the worker dies
                pass
        finally:
            ended.set()

    origin.answers["/"] = half_a_page
    snapshot = _queued(origin)
    first = start_worker()
    wait_until(arrived.is_set, tmp_path)
    assert _is(snapshot, CaptureState.RUNNING)
    first.kill()
    assert ended.wait(10)
    assert _is(snapshot, CaptureState.RUNNING), "nobody could say good-bye"
    origin.answers["/"] = ARTICLE
    start_worker()
    wait_until(lambda: _is(snapshot, CaptureState.SEALED), tmp_path)
    snapshot.refresh_from_db()
    assert Snapshot.objects.count() == 1
    assert (snapshot.outcome, snapshot.fence, snapshot.attempt) == ("ok", 2, 2)
    assert [hop.fence for hop in FetchHop.objects.all()] == [2]
    assert StoredObject.objects.count() == 1
    assert FileStore(tmp_path / "objects").verify(snapshot.warc.sha256)
    assert len(origin.requests) == 2
    assert list((tmp_path / "var" / "staging").iterdir()) == []


@pytest.mark.fault(81)
def test_a_worker_that_is_asked_to_end_seals_what_it_has_begun(
    origin: Origin, start_worker: Start, tmp_path: Path
) -> None:
    arrived, told = threading.Event(), threading.Event()

    def slow(connection: socket.socket) -> None:
        connection.sendall(ARTICLE[: len(ARTICLE) // 2])
        arrived.set()
        told.wait(PATIENCE_SECONDS)
        time.sleep(1)  # so that the worker is waiting for us when it ends
        connection.sendall(ARTICLE[len(ARTICLE) // 2 :])

    origin.answers["/"] = slow
    snapshot = _queued(origin)
    worker = start_worker()
    wait_until(arrived.is_set, tmp_path)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    told.set()
    stopping.join(PATIENCE_SECONDS)
    assert not stopping.is_alive()
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.outcome, snapshot.attempt) == (CaptureState.SEALED, "ok", 1)
    assert len(origin.requests) == 1


@pytest.mark.long
@pytest.mark.fault(67)
def test_a_broker_that_goes_in_mid_capture_and_comes_back_loses_nothing(
    origin: Origin, broker: Broker, start_worker: Start, tmp_path: Path
) -> None:
    arrived, broker_gone = threading.Event(), threading.Event()

    def waits(connection: socket.socket) -> None:
        arrived.set()
        broker_gone.wait(8)
        connection.sendall(ARTICLE)

    origin.answers["/"] = waits
    early = _queued(origin)
    start_worker()
    wait_until(arrived.is_set, tmp_path)
    broker.stop()
    broker_gone.set()
    wait_until(lambda: _is(early, CaptureState.SEALED), tmp_path)
    origin.answers["/"] = ARTICLE
    late = _queued(origin)
    time.sleep(6)  # longer than the scheduler's step, so that it meets the closed door
    assert _is(late, CaptureState.QUEUED)
    broker.start()
    wait_until(lambda: _is(late, CaptureState.SEALED), tmp_path)
    assert sorted(Snapshot.objects.values_list("attempt", flat=True)) == [1, 1]
    # Celery's restoring of it, from a second thread, made a worker deaf now and then.
    log = (tmp_path / "worker-0.log").read_text()
    assert "connected" in log.lower()
    assert "reducing the prefetch count" not in log


def test_a_worker_keeps_its_connections_and_opens_new_ones_for_those_that_broke(
    origin: Origin, start_worker: Start, tmp_path: Path
) -> None:
    origin.answers["/"] = ARTICLE
    start_worker()
    snapshots = []
    for _ in range(2):
        snapshots.append(_queued(origin))
        wait_until(lambda: _is(snapshots[-1], CaptureState.SEALED), tmp_path)
    snapshots[0].refresh_from_db()
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {others} AND backend_start < %s", [snapshots[0].sealed_at])
        assert cursor.fetchone()[0], "Celery itself closes them after each task"
        cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")
    last = _queued(origin)
    wait_until(lambda: _is(last, CaptureState.SEALED), tmp_path)
    last.refresh_from_db()
    assert last.attempt == 1
