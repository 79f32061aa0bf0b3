"""Who works on a row: one of many, as long as its lease lasts, proved by its fence."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEvent
from sources.capture.pipeline import Capturer, CaptureResult
from sources.models import FetchHop, Snapshot, StoredObject
from sources.services import capture, leases, settle
from sources.services.heart import kept_alive
from sources.services.leases import LeaseLost, claim_snapshot, extend_leases
from sources.vocabulary import CaptureState
from tests.sources.conftest import Queue
from tests.sources.origin import Origin

PATIENCE_SECONDS = 20

pytestmark = pytest.mark.usefixtures("announced")


@pytest.mark.django_db(transaction=True)
@pytest.mark.fault(66)
def test_of_many_workers_one_captures(queued: Queue, open_origin: Origin) -> None:
    snapshot = queued()
    start = threading.Barrier(6)
    found: list[object] = []

    def work() -> None:
        try:
            start.wait()
            found.append(claim_snapshot(snapshot.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lease is not None for lease in found) == [False] * 5 + [True]


@pytest.mark.django_db(transaction=True)
def test_without_the_condition_every_worker_captures(queued: Queue) -> None:
    """The guard of the guard: look first, write later, and all of them believe it is theirs."""
    snapshot = queued()
    start = threading.Barrier(6)
    found: list[bool] = []

    def work() -> None:
        try:
            row = Snapshot.objects.get(pk=snapshot.pk)
            start.wait()
            if row.state == CaptureState.QUEUED:
                Snapshot.objects.filter(pk=row.pk).update(
                    state=CaptureState.RUNNING, lease_until=Now()
                )
                found.append(True)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6


def _taken_over(snapshot: Snapshot) -> None:
    Snapshot.objects.filter(pk=snapshot.pk).update(lease_until=Now() - timedelta(seconds=1))
    capture.sweep_captures()
    assert claim_snapshot(snapshot.pk).fence == 2


@pytest.mark.fault(65)
def test_a_worker_that_lost_its_lease_seals_nothing(
    queued: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = queued()
    real = Capturer.capture

    def slow(camera: Capturer, url: str, **options: object) -> CaptureResult:
        result = real(camera, url, **{**options, "on_step": lambda _step: None})
        _taken_over(snapshot)
        return result

    monkeypatch.setattr(Capturer, "capture", slow)
    monkeypatch.setattr(leases.Lease, "note_step", lambda _lease, _step: None)
    assert capture.run_capture(snapshot_id=snapshot.pk) is None
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.fence) == (CaptureState.RUNNING, 2)
    assert (FetchHop.objects.count(), StoredObject.objects.count()) == (0, 0)


@pytest.mark.fault(65)
def test_a_worker_learns_at_its_next_step_that_the_lease_is_lost(queued: Queue) -> None:
    snapshot = queued()
    lease = claim_snapshot(snapshot.pk)
    lease.written_at -= 1
    lease.note_step("staged")
    _taken_over(snapshot)
    lease.written_at -= 1
    with pytest.raises(LeaseLost):
        lease.note_step("sealing")
    extend_leases([lease])
    assert lease.lost.is_set()


def test_what_is_done_within_a_second_is_not_said(
    queued: Queue, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    snapshot = queued()
    lease = claim_snapshot(snapshot.pk)
    with django_assert_num_queries(0):
        lease.note_step("staged")
    lease.written_at -= 1
    with django_assert_num_queries(1):
        lease.note_step("staged")
    snapshot.refresh_from_db()
    assert snapshot.step == "staged"


def test_leases_are_extended_together_by_those_who_hold_them(queued: Queue) -> None:
    held, lost = (claim_snapshot(queued(path).pk) for path in ("/1", "/2"))
    _taken_over(Snapshot.objects.get(pk=lost.snapshot_id))
    Snapshot.objects.update(lease_until=Now())
    extend_leases([held, lost])
    late = Snapshot.objects.filter(lease_until__gt=Now()).values_list("pk", flat=True)
    assert list(late) == [held.snapshot_id]


def test_without_the_fence_the_late_worker_would_seal(queued: Queue) -> None:
    """The guard of the guard: the state alone does not tell two workers apart."""
    snapshot = queued()
    claim_snapshot(snapshot.pk)
    _taken_over(snapshot)
    by_state_alone = Snapshot.objects.filter(pk=snapshot.pk, state=CaptureState.RUNNING)
    assert by_state_alone.exists()
    assert not by_state_alone.filter(fence=1).exists()


@pytest.mark.django_db(transaction=True)
def test_a_living_worker_keeps_its_lease(queued: Queue, settings: object) -> None:
    snapshot = queued()
    lease = claim_snapshot(snapshot.pk)
    before = Snapshot.objects.get().lease_until
    settings.CAPTURE_LEASE_SECONDS = 0.3
    with kept_alive(lease):
        wait_until(lambda: Snapshot.objects.get().lease_until != before)
    assert not lease.lost.is_set()


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_lease_is_anothers_by_now_is_told_while_it_works(
    queued: Queue, settings: object
) -> None:
    first, second = queued("/first"), queued("/second")
    lost, held = claim_snapshot(first.pk), claim_snapshot(second.pk)
    settings.CAPTURE_LEASE_SECONDS = 0.3
    with kept_alive(lost), kept_alive(held):
        _taken_over(first)
        assert lost.lost.wait(PATIENCE_SECONDS)
    assert not held.lost.is_set()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_expired_lease_is_queued_again_and_a_living_one_is_not(queued: Queue) -> None:
    dead, living = queued("/dead"), queued("/living")
    for snapshot in (dead, living):
        claim_snapshot(snapshot.pk)
    Snapshot.objects.filter(pk=dead.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert settle.expire_leases() == 1
    dead.refresh_from_db()
    living.refresh_from_db()
    assert (dead.state, living.state) == (CaptureState.QUEUED, CaptureState.RUNNING)


def test_after_the_last_attempt_a_dead_worker_means_failure(queued: Queue) -> None:
    snapshot = queued(max_attempts=1)
    claim_snapshot(snapshot.pk)
    Snapshot.objects.update(lease_until=Now() - timedelta(seconds=1))
    settle.expire_leases()
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.error) == (CaptureState.FAILED, "lease_lost")
    assert AuditEvent.objects.filter(tag="sources:snapshot:failed").exists()
