"""The database goes away, or undoes a transaction, at the moment of sealing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now

from audit.models import CHAIN_LOCK
from sources.models import FetchHop, Snapshot
from sources.services.capture import run_capture
from sources.services.installation import object_store
from sources.services.leases import claim_snapshot
from sources.services.settle import expire_leases, settle_breakdown
from sources.vocabulary import CaptureState
from tests.sources.conftest import ARTICLE, Queue
from tests.sources.origin import Origin, page

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 30


def in_thread(work: Callable[[], object]) -> threading.Thread:
    """Run WORK with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def terminate_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.fault(68)
def test_a_database_that_goes_before_sealing_leaves_no_success_and_the_next_attempt_seals(
    queued: Queue, open_origin: Origin
) -> None:
    asked, gone = threading.Event(), threading.Event()

    def answer(connected: socket.socket) -> None:
        asked.set()
        assert gone.wait(PATIENCE_SECONDS)
        connected.sendall(page(ARTICLE))

    snapshot = queued()
    open_origin.answers["/"] = answer
    problems: list[BaseException] = []

    def work() -> None:
        try:
            run_capture(snapshot_id=snapshot.pk)
        except Exception as problem:  # noqa: BLE001 - the task's process logs it and lives on
            problems.append(problem)

    thread = in_thread(work)
    assert asked.wait(PATIENCE_SECONDS)
    terminate_others()
    gone.set()
    thread.join(PATIENCE_SECONDS)
    snapshot.refresh_from_db()
    assert problems
    assert (snapshot.state, snapshot.outcome, snapshot.warc) == (CaptureState.RUNNING, "", None)

    open_origin.answers["/"] = page(ARTICLE)
    Snapshot.objects.filter(pk=snapshot.pk).update(lease_until=Now())
    assert expire_leases() == 1
    run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.SEALED
    assert object_store().verify(snapshot.warc.sha256)
    assert FetchHop.objects.filter(snapshot=snapshot).count() == 1, "of the attempt that sealed"


@contextmanager
def deadlock(snapshot: Snapshot) -> Iterator[None]:
    """Hold the row, and ask for the chain once the settling that holds the chain wants the row.

    The database undoes the one that has waited longest when it looks: the settling.
    """
    with transaction.atomic():
        Snapshot.objects.select_for_update().get(pk=snapshot.pk)
        yield
        with connection.cursor() as cursor:
            wait_until(_somebody_waits_for_us)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _somebody_waits_for_us() -> bool:
    """Ask who waits for this connection: a server runs the tests of others beside ours."""
    with connection.cursor() as cursor:
        # what was seen first is shown until the transaction ends, unless it is forgotten
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity"
            " WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.fault(69)
def test_a_deadlock_is_undone_by_the_database_and_settled_again(
    queued: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    snapshot = queued()
    lease = claim_snapshot(snapshot.pk)
    with deadlock(snapshot):
        thread = in_thread(lambda: settle_breakdown(lease=lease, words="A test."))
    thread.join(PATIENCE_SECONDS)
    snapshot.refresh_from_db()
    assert "deadlock detected" in caplog.text
    assert (snapshot.state, snapshot.error_detail) == (CaptureState.RETRY_WAIT, "A test.")


@pytest.mark.fault(69)
def test_without_trying_again_the_deadlock_loses_the_work(queued: Queue) -> None:
    snapshot = queued()
    lease = claim_snapshot(snapshot.pk)
    problems: list[Exception] = []

    def once() -> None:
        try:
            settle_breakdown.__wrapped__(lease=lease, words="A test.")
        except Exception as problem:  # noqa: BLE001 - looked at below
            problems.append(problem)

    with deadlock(snapshot):
        thread = in_thread(once)
    thread.join(PATIENCE_SECONDS)
    snapshot.refresh_from_db()
    assert "deadlock detected" in str(problems[0])
    assert snapshot.state == CaptureState.RUNNING
