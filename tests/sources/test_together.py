"""Captures that begin or end at the same time in one process do it in one transaction."""

from __future__ import annotations

import threading
from typing import cast

import pytest
from django.db import DataError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from sources.models import FetchHop, Snapshot
from sources.services import settle, together
from sources.services.installation import capturer
from sources.services.leases import LeaseLost, claim_snapshot
from sources.services.orders import Order
from sources.services.settle import Settled, settle_captures
from sources.services.together import settle_together, take_together
from sources.vocabulary import CaptureState
from tests.sources.conftest import Queue
from tests.sources.origin import Origin

PATIENCE_SECONDS = 30

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("announced")]


def ended(snapshot: Snapshot) -> Settled:
    lease = claim_snapshot(snapshot.pk)
    return Settled(lease, capturer().capture(snapshot.document.address))


def settled_at_once(work: list[Settled]) -> dict[int, object]:
    """Settle the first; while that is under way, all the others come. What each heard."""
    heard: dict[int, object] = {}

    def settle_one(one: Settled) -> None:
        try:
            heard[one.lease.snapshot_id] = settle_together(one)
        except (LeaseLost, DataError) as problem:
            heard[one.lease.snapshot_id] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=settle_one, args=(one,)) for one in work]
    with together._settling._desk:  # as if one before them were being served
        for thread in threads:
            thread.start()
        while len(together._settling._waiting) < len(work):
            threading.Event().wait(0.01)
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()
    return heard


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were settled by each transaction."""
    sizes: list[int] = []

    def counted(*, ended: list[Settled]) -> list[Snapshot]:
        sizes.append(len(ended))
        return settle_captures(ended=ended)

    monkeypatch.setattr(together, "settle_captures", counted)
    return sizes


def test_those_that_wait_are_settled_by_the_first_of_them(
    queued: Queue, open_origin: Origin, transactions: list[int]
) -> None:
    snapshots = [queued() for _ in range(6)]
    heard = settled_at_once([ended(snapshot) for snapshot in snapshots])
    assert transactions == [6]
    assert all(heard[one.pk].pk == one.pk for one in snapshots), "each hears of its own"
    assert set(Snapshot.objects.values_list("state", flat=True)) == {CaptureState.SEALED}
    assert AuditEvent.objects.filter(tag="sources:snapshot:sealed").count() == 6


def test_who_lost_the_lease_hears_it_and_stops_no_other(
    queued: Queue, open_origin: Origin, transactions: list[int]
) -> None:
    lost, kept = ended(queued()), ended(queued())
    Snapshot.objects.filter(pk=lost.lease.snapshot_id).update(fence=9)
    heard = settled_at_once([lost, kept])
    assert isinstance(heard[lost.lease.snapshot_id], LeaseLost)
    assert isinstance(heard[kept.lease.snapshot_id], Snapshot)
    assert transactions == [2]


def test_one_that_cannot_be_written_hears_why_and_stops_no_other(
    queued: Queue, open_origin: Origin, monkeypatch: pytest.MonkeyPatch, transactions: list[int]
) -> None:
    bad, *good = [ended(queued()) for _ in range(3)]
    real = settle.hop_row

    def broken(snapshot_id: int, *rest: object) -> FetchHop:
        row = real(snapshot_id, *rest)
        row.address = "no address" if snapshot_id == bad.lease.snapshot_id else row.address
        return row

    monkeypatch.setattr(settle, "hop_row", broken)
    heard = settled_at_once([bad, *good])
    assert isinstance(heard[bad.lease.snapshot_id], DataError)
    assert [heard[one.lease.snapshot_id].state for one in good] == [CaptureState.SEALED] * 2
    assert transactions == [3, 1, 1, 1]
    assert Snapshot.objects.get(pk=bad.lease.snapshot_id).state == CaptureState.RUNNING


def test_when_the_process_ends_nobody_waits_for_ever(
    queued: Queue, open_origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(**_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(together, "settle_captures", cut)
    with pytest.raises(KeyboardInterrupt):
        settle_together(ended(queued()))
    assert not together._settling._desk.locked()
    assert together._settling._waiting == []


def test_those_that_want_work_at_once_claim_it_with_the_statements_of_one(
    queued: Queue, open_origin: Origin
) -> None:
    queued()
    with CaptureQueriesContext(connection) as alone:
        take_together()
    waiting = {queued().pk for _ in range(4)}
    with CaptureQueriesContext(connection) as together_:
        orders = take_at_once(6)
    assert {order.lease.snapshot_id for order in orders if order} == waiting
    assert orders.count(None) == 2, "who finds nothing hears so"
    assert len(together_) <= len(alone)


def take_at_once(count: int) -> list[Order | None]:
    """What so many threads hear that come while one before them is being served.

    This thread serves them, so that its statements can be counted.
    """
    return cast("list[Order | None]", together._taking.ask_all([None] * count))


def test_a_claim_that_fails_is_heard_by_each_and_holds_up_nobody(
    queued: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_arguments: object) -> list[Order]:
        raise OperationalError("The server is away.")

    with monkeypatch.context() as patched:
        patched.setattr(together, "take_orders", away)
        heard = together._taking.ask_all([None] * 3)
        assert [type(one) for one in heard] == [OperationalError] * 3
        with pytest.raises(OperationalError):
            take_together()
    snapshot = queued()
    order = take_together()
    assert order is not None
    assert order.lease.snapshot_id == snapshot.pk
