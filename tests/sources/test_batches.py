"""Captures in batches: claimed together, settled together, each as if it were alone."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from sources.capture.pipeline import Capturer, CaptureResult
from sources.capture.store import FileStore
from sources.models import FetchHop, HostPolicy, Snapshot
from sources.services import batches, capture, settled_rows
from sources.services.batches import CaptureWorker
from sources.services.capture import expire_leases, run_capture
from sources.services.installation import capturer
from sources.services.leases import claim_snapshot
from sources.services.orders import Order, take_orders
from sources.vocabulary import CaptureReason, CaptureState, RobotsVerdict
from tests.processes import PROJECT, environment
from tests.sources.conftest import ARTICLE, Queue
from tests.sources.origin import Origin, page, redirect

PATIENCE_SECONDS = 60
SEALED = "sources:snapshot:sealed"

pytestmark = [pytest.mark.django_db(transaction=True)]
Many = Callable[[int], list[Snapshot]]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def many(queued: Queue, open_origin: Origin) -> Many:
    """Queue so many pages of one site, whose robots.txt was read before."""

    def add(count: int) -> list[Snapshot]:
        first = queued()
        run_capture(snapshot_id=first.pk)
        for number in range(count):
            open_origin.answers[f"/{number}"] = page(ARTICLE + b"<!-- %d -->" % number)
        return [queued(f"/{number}") for number in range(count)]

    return add


def states() -> set[str]:
    return set(Snapshot.objects.values_list("state", flat=True))


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, states()
        time.sleep(0.02)


def work_through(*, threads: int = 8) -> None:
    """Run a worker in this thread until nothing is queued or running."""
    stop = threading.Event()

    def watch() -> None:
        try:
            wait_until(lambda: not states() & {CaptureState.QUEUED, CaptureState.RUNNING})
        finally:
            stop.set()
            connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    CaptureWorker(capturer(), threads=threads).run(stop)
    watcher.join()


@pytest.mark.usefixtures("announced")
def test_a_batch_comes_to_what_one_after_the_other_comes_to(
    many: Many, store: FileStore, settings: object
) -> None:
    queued = many(12)
    work_through()
    for snapshot in queued:
        snapshot.refresh_from_db()
        assert (snapshot.state, snapshot.outcome, snapshot.attempt) == ("sealed", "ok", 1)
        assert snapshot.robots == RobotsVerdict.ALLOWED
        assert (snapshot.lease_until, snapshot.step) == (None, "")
        assert FileStore(store._root).verify(snapshot.warc.sha256)
        line = AuditEvent.objects.get(tag=SEALED, subject_id=str(snapshot.number))
        assert line.after["manifest_sha256"] == snapshot.manifest_sha256
        assert FetchHop.objects.filter(snapshot=snapshot).count() == 1
        assert snapshot.jobs.count() == 1


def test_many_are_settled_with_the_statements_and_told_with_the_message_of_one(
    many: Many, announced: list[tuple[str, dict[str, object]]]
) -> None:
    many(9)
    orders = take_orders(at_most=9)
    assert [order.is_plain for order in orders] == [True] * 9
    ended = [(order, _fetched(order)) for order in orders]
    with CaptureQueriesContext(connection) as of_one:
        batches.settle_batch(ended[:1])
    with CaptureQueriesContext(connection) as of_eight:
        batches.settle_batch(ended[1:])
    assert len(of_eight) == len(of_one)
    first = ended[0][0].lease.snapshot_id
    jobs = {one.jobs.get().pk for one in Snapshot.objects.order_by("pk")[1:] if one.pk != first}
    (alone, _), (together, ids) = announced[-2:]
    assert (alone, together) == ("sources.make_artifact", "sources.make_artifacts")
    assert set(ids["job_ids"]) == jobs
    assert states() == {CaptureState.SEALED}


def _fetched(order: Order) -> CaptureResult:
    return capture.fetched(order.lease, order.snapshot, capturer())


@pytest.mark.usefixtures("announced")
def test_one_that_cannot_be_written_keeps_no_other_from_being_settled(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = many(5)
    real = settled_rows.hop_row

    def broken(snapshot_id: int, *rest: object) -> FetchHop:
        row = real(snapshot_id, *rest)
        row.address = "no address" if snapshot_id == bad.pk else row.address
        return row

    monkeypatch.setattr("sources.services.settle.hop_row", broken)
    work_through()
    bad.refresh_from_db()
    assert (bad.state, bad.warc) == (CaptureState.RETRY_WAIT, None)
    assert bad.error_detail == "DataError while capturing."
    assert set(
        Snapshot.objects.filter(pk__in=[one.pk for one in good]).values_list("state", flat=True)
    ) == {CaptureState.SEALED}


@pytest.mark.usefixtures("announced")
def test_a_defect_while_fetching_is_put_down_to_its_own_row(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = many(5)
    real = Capturer.capture

    def broken(camera: Capturer, url: str, **options: object) -> CaptureResult:
        if url == bad.document.address:
            raise ZeroDivisionError
        return real(camera, url, **options)

    monkeypatch.setattr(Capturer, "capture", broken)
    work_through()
    bad.refresh_from_db()
    assert (bad.state, bad.error_detail) == ("retry_wait", "ZeroDivisionError while capturing.")
    assert Snapshot.objects.filter(state=CaptureState.SEALED).count() == len(good) + 1


@pytest.mark.usefixtures("announced")
def test_one_that_was_taken_over_is_left_to_its_new_worker(many: Many) -> None:
    many(3)
    orders = take_orders(at_most=3)
    results = [(order, _fetched(order)) for order in orders]
    lost = orders[0].lease.snapshot_id
    Snapshot.objects.filter(pk=lost).update(lease_until=Now() - timedelta(seconds=1))
    assert expire_leases() == 1
    again = claim_snapshot(lost)
    batches.settle_batch(results)
    snapshot = Snapshot.objects.get(pk=lost)
    assert (snapshot.state, snapshot.fence) == (CaptureState.RUNNING, again.fence)
    assert AuditEvent.objects.filter(tag=SEALED).count() == 3, "the first page, and two of three"


@pytest.mark.usefixtures("announced")
def test_a_site_that_keeps_an_interval_is_asked_once_in_a_batch(
    many: Many, settings: object
) -> None:
    many(5)
    settings.CAPTURE_HOST_INTERVAL = 60
    HostPolicy.objects.update(min_interval=timedelta(seconds=60), next_allowed_at=Now())
    assert len(take_orders(at_most=5)) == 1
    assert Snapshot.objects.filter(state=CaptureState.QUEUED).count() == 4, "none was put back"
    assert take_orders(at_most=5) == []


@pytest.mark.usefixtures("announced")
def test_what_robots_txt_forbids_a_schedule_is_not_fetched(
    many: Many, open_origin: Origin, queued: Queue
) -> None:
    many(1)
    HostPolicy.objects.update(robots="User-agent: *\nDisallow: /secret")
    scheduled = queued("/secret", reason=CaptureReason.SCHEDULE)
    by_hand = queued("/secret?by=hand")
    open_origin.answers["/secret"] = page(ARTICLE)
    work_through()
    scheduled.refresh_from_db()
    by_hand.refresh_from_db()
    assert (scheduled.state, scheduled.error) == (CaptureState.CANCELLED, "robots_disallowed")
    assert (by_hand.state, by_hand.robots) == (CaptureState.SEALED, RobotsVerdict.DISALLOWED)
    assert sum(b"/secret " in request for request in open_origin.requests) == 0


@pytest.mark.usefixtures("announced")
def test_an_address_that_is_refused_is_settled_too(many: Many, queued: Queue) -> None:
    many(1)
    snapshot = queued()
    snapshot.document.address = "http://169.254.169.254/latest/meta-data"
    snapshot.document.save()
    work_through()
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.error) == (CaptureState.REFUSED, "refused_by_policy")


@pytest.fixture
def start(open_origin: Origin, tmp_path: Path) -> Iterator[Start]:
    """Start `manage.py capture_worker` on the test's database, as a process of its own."""
    variables = environment(tmp_path, loopback_port=open_origin.port)
    command = [sys.executable, "manage.py", "capture_worker", "--threads", "6"]
    started: list[subprocess.Popen[bytes]] = []

    def begin(*options: str) -> subprocess.Popen[bytes]:
        started.append(
            subprocess.Popen([*command, *options], cwd=PROJECT, env=variables)  # noqa: S603 - our own
        )
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait(20)


@pytest.mark.fault(65)
@pytest.mark.parametrize("is_warned", [False, True], ids=["at once", "after SIGTERM"])
def test_a_worker_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(
    many: Many, open_origin: Origin, start: Start, *, is_warned: bool
) -> None:
    queued = many(10)
    let_go = threading.Event()

    def hang(connected: socket.socket) -> None:
        let_go.wait(PATIENCE_SECONDS)
        connected.sendall(page(ARTICLE))

    for number in range(3):
        open_origin.answers[f"/{number}"] = hang
    first = start()
    running = Snapshot.objects.filter(state=CaptureState.RUNNING)
    wait_until(lambda: running.count() == 3 and states() == {"running", "sealed"})
    if is_warned:  # it waits for what it has begun, and whoever asked it to end does not
        first.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            first.wait(1)
    first.kill()
    let_go.set()
    second = start()
    wait_until(lambda: bool(expire_leases()) or states() == {CaptureState.SEALED})
    wait_until(lambda: states() == {CaptureState.SEALED})
    second.send_signal(signal.SIGTERM)
    assert second.wait(PATIENCE_SECONDS) == 0
    for snapshot in queued:
        lines = AuditEvent.objects.filter(tag=SEALED, subject_id=str(snapshot.number))
        assert lines.count() == 1


def test_a_worker_that_is_asked_to_end_settles_what_it_has_begun(
    many: Many, open_origin: Origin, start: Start
) -> None:
    many(1)
    asked, let_go = threading.Event(), threading.Event()

    def slow(connected: socket.socket) -> None:
        asked.set()
        assert let_go.wait(PATIENCE_SECONDS)
        connected.sendall(page(ARTICLE))

    open_origin.answers["/0"] = slow
    worker = start()
    assert asked.wait(PATIENCE_SECONDS)
    worker.send_signal(signal.SIGTERM)
    let_go.set()
    assert worker.wait(PATIENCE_SECONDS) == 0
    assert states() == {CaptureState.SEALED}


def test_several_processes_are_one_command(many: Many, start: Start) -> None:
    many(20)
    command = start("--processes", "2")
    wait_until(lambda: states() == {CaptureState.SEALED})
    processes = psutil.Process(command.pid).children()
    command.send_signal(signal.SIGTERM)
    assert command.wait(PATIENCE_SECONDS) == 0
    assert len(processes) == 2
    assert not [one for one in processes if one.is_running()]


def test_processes_end_with_the_command_that_was_killed(many: Many, start: Start) -> None:
    many(1)
    command = start("--processes", "2")
    wait_until(lambda: states() == {CaptureState.SEALED})
    processes = psutil.Process(command.pid).children()
    command.kill()
    _, left = psutil.wait_procs(processes, PATIENCE_SECONDS)
    assert (len(processes), left) == (2, [])


@pytest.mark.usefixtures("announced")
def test_pages_that_are_the_same_again_are_kept_once_in_a_batch_too(
    many: Many, settings: object
) -> None:
    firsts = many(3)
    work_through()
    again = [Snapshot.objects.create(document=first.document, host=first.host) for first in firsts]
    work_through()
    holders = [Snapshot.objects.get(pk=one.pk).revisits for one in again]
    assert holders == firsts
    assert list(Path(settings.STAGING_DIR).iterdir()) == []


@pytest.mark.usefixtures("announced")
def test_a_schedule_in_a_batch_does_not_follow_to_where_robots_may_not_go(
    many: Many, queued: Queue, open_origin: Origin, settings: object
) -> None:
    many(1)
    with Origin() as other:
        settings.CAPTURE_LOOPBACK_PORTS = [open_origin.port, other.port]
        other.answers["/robots.txt"] = page(b"User-agent: *\nDisallow: /", kind="text/plain")
        open_origin.answers["/moved"] = redirect(other.url("/there"))
        asked = [queued(f"/moved?{reason}", reason=reason) for reason in ("schedule", "user")]
        work_through()
        found = [Snapshot.objects.get(pk=one.pk) for one in asked]
        assert [one.robots for one in found] == [RobotsVerdict.DISALLOWED] * 2
        assert [one.state for one in found] == [CaptureState.CANCELLED, CaptureState.SEALED]
        assert len(other.requests) == 1
