"""Connections are counted for hosts, networks and all together, over all workers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from sources.capture.fetch import Network
from sources.capture.guard import Policy
from sources.capture.hosts import host_of, network_of
from sources.capture.pipeline import Capturer
from sources.models import Snapshot
from sources.services import capture, leases
from sources.services.batches import CaptureWorker
from sources.services.connections import Place, take_connection
from sources.services.documents import add_document
from sources.services.installation import capturer
from sources.services.leases import Lease, LeaseLost
from sources.services.settle import expire_leases
from sources.vocabulary import CaptureState
from tests.races.at_once import at_once
from tests.sources.conftest import ARTICLE, Queue
from tests.sources.origin import Origin, page, redirect

pytestmark = [pytest.mark.usefixtures("announced"), pytest.mark.django_db(transaction=True)]

PATIENCE = 20
NAMES = {
    "one.example.org": "93.184.216.1",
    "two.example.com": "93.184.216.2",
    "three.example.net": "93.184.216.3",
    "elsewhere.example.net": "93.184.217.1",
}


class Diverted(socket.socket):
    """A connection to an origin on loopback that says it is one to a public address."""

    pinned: tuple[str, int]

    def getpeername(self) -> tuple[str, int]:
        return self.pinned


class Slow:
    """Answers once it is let go; counts who is connected at the same time."""

    def __init__(self) -> None:
        self.here = threading.Semaphore(0)
        self.go = threading.Event()

    def __call__(self, connected: socket.socket) -> None:
        self.here.release()
        self.go.wait(PATIENCE)
        connected.sendall(page(ARTICLE))

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self.here.acquire(timeout=PATIENCE)


@pytest.fixture
def slow(origin: Origin) -> Iterator[Slow]:
    answer = Slow()
    origin.answers["/"] = answer
    yield answer
    answer.go.set()


@pytest.fixture(autouse=True)
def public(origin: Origin, monkeypatch: pytest.MonkeyPatch, settings: object) -> Capturer:
    """Captures of the names above reach the origin on loopback."""
    settings.CAPTURE_HOST_INTERVAL = 0

    def dial(ip: str, port: int, timeout: float) -> socket.socket:
        found = Diverted(socket.AF_INET, socket.SOCK_STREAM)
        found.settimeout(timeout)
        found.pinned = (ip, port)
        found.connect(("127.0.0.1", origin.port))
        return found

    network = Network(resolver=lambda host, _timeout: (NAMES[host],), dial=dial)
    camera = replace(capturer(Policy()), network=network)
    monkeypatch.setattr(capture, "capturer", lambda _policy=None: camera)
    return camera


def asked(host: str, path: str = "/") -> Snapshot:
    document = add_document(actor=None, address=f"http://{host}{path}")
    return Snapshot.objects.create(document=document, host=host_of(document.address))


@contextmanager
def running(*snapshots: Snapshot) -> Iterator[None]:
    """Workers capture SNAPSHOTS, each in a thread of its own, until the block ends."""

    def work(snapshot: Snapshot) -> None:
        try:
            capture.run_capture(snapshot_id=snapshot.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(one,), daemon=True) for one in snapshots]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join(PATIENCE)


def state_after(snapshot: Snapshot) -> tuple[str, str, int]:
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    return snapshot.state, snapshot.error, snapshot.attempt


def queue_again(snapshot: Snapshot) -> None:
    Snapshot.objects.filter(pk=snapshot.pk).update(state=CaptureState.QUEUED)


def test_a_third_capture_of_a_host_comes_back_and_that_is_no_attempt(
    slow: Slow, origin: Origin
) -> None:
    busy = [asked("one.example.org", f"/?{at}") for at in range(2)]
    third = asked("one.example.org", "/?3")
    with running(*busy):
        slow.wait_for(2)
        assert state_after(third) == (CaptureState.RETRY_WAIT, "host_busy", 0)
        assert len(origin.requests) == 2
        slow.go.set()
    assert third.next_attempt_at is not None
    queue_again(third)
    assert state_after(third) == (CaptureState.SEALED, "", 1)


@pytest.mark.parametrize("third", ["one.example.org", "three.example.net"])
def test_without_the_limits_all_of_them_are_connected_at_once(
    slow: Slow, settings: object, third: str
) -> None:
    settings.CAPTURE_HOST_CONNECTIONS = settings.CAPTURE_NETWORK_CONNECTIONS = 0
    names = ("one.example.org", "two.example.com", third)
    with running(*(asked(name, f"/?{at}") for at, name in enumerate(names))):
        slow.wait_for(3)
        slow.go.set()


def test_hosts_of_one_network_share_its_connections(slow: Slow) -> None:
    busy = [asked("one.example.org"), asked("two.example.com")]
    neighbour, elsewhere = asked("three.example.net"), asked("elsewhere.example.net")
    with running(*busy):
        slow.wait_for(2)
        assert state_after(neighbour) == (CaptureState.RETRY_WAIT, "host_busy", 0)
        with running(elsewhere):
            slow.wait_for(1)
            slow.go.set()
    elsewhere.refresh_from_db()
    assert elsewhere.state == CaptureState.SEALED


def test_all_captures_together_have_a_limit(slow: Slow, settings: object) -> None:
    settings.CAPTURE_CONNECTIONS = 1
    elsewhere = asked("elsewhere.example.net")
    with running(asked("one.example.org")):
        slow.wait_for(1)
        assert state_after(elsewhere) == (CaptureState.RETRY_WAIT, "host_busy", 0)
        slow.go.set()


def test_a_redirect_gives_its_connection_back(slow: Slow, origin: Origin, settings: object) -> None:
    settings.CAPTURE_HOST_CONNECTIONS = 1
    origin.answers["/moved"] = redirect("http://elsewhere.example.net/")
    moved = asked("one.example.org", "/moved")
    origin.answers["/other"] = page(ARTICLE)
    with running(moved):
        slow.wait_for(1)
        moved.refresh_from_db()
        assert (moved.contact, moved.network) == ("elsewhere.example.net", "93.184.217.0/24")
        assert state_after(asked("one.example.org", "/other"))[0] == CaptureState.SEALED
        slow.go.set()


def test_a_redirect_to_a_host_without_a_free_connection_comes_back_later(
    slow: Slow, origin: Origin, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.services.gate.BUSY_SECONDS", 0.3)
    settings.CAPTURE_HOST_CONNECTIONS = 1
    origin.answers["/moved"] = redirect("http://elsewhere.example.net/")
    with running(asked("elsewhere.example.net")):
        slow.wait_for(1)
        assert state_after(asked("one.example.org", "/moved")) == (
            CaptureState.RETRY_WAIT, "host_busy", 0,
        )  # fmt: skip
        slow.go.set()


def held(host: str) -> tuple[Lease, Place]:
    """A running capture that has no connection yet, and where it wants one."""
    lease = leases.claim_snapshot(asked(host, f"/?{Snapshot.objects.count()}").pk)
    assert lease is not None
    return lease, Place(host, network_of(NAMES[host]))


def test_a_worker_that_captures_in_batches_keeps_to_the_limits(
    slow: Slow, origin: Origin, public: Capturer
) -> None:
    origin.answers["/first"] = page(ARTICLE)
    assert state_after(asked("one.example.org", "/first"))[0] == CaptureState.SEALED
    many = [asked("one.example.org", f"/?{at}") for at in range(6)]
    stop = threading.Event()

    def work() -> None:
        try:
            CaptureWorker(public, threads=6).run(stop)
        finally:
            connection.close()

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    slow.wait_for(2)
    put_off = Snapshot.objects.filter(error="host_busy", attempt=0)
    until(lambda: put_off.count() == 4)
    assert len(origin.requests) == 3
    stop.set()
    slow.go.set()
    worker.join(PATIENCE)
    states = [Snapshot.objects.get(pk=one.pk).state for one in many]
    assert sorted(states) == [CaptureState.RETRY_WAIT] * 4 + [CaptureState.SEALED] * 2


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_of_many_workers_at_once_no_more_than_two_get_a_connection() -> None:
    wanted = [held("one.example.org") for _ in range(8)]
    found = at_once(*[lambda one=one: take_connection(*one) for one in wanted])
    assert sorted(found) == [False] * 6 + [True] * 2


def test_the_connection_of_a_killed_worker_is_free_once_its_lease_is_over() -> None:
    first, second, third = (held("one.example.org") for _ in range(3))
    assert take_connection(*first)
    assert take_connection(*second)
    assert not take_connection(*third)
    Snapshot.objects.filter(pk=first[0].snapshot_id).update(lease_until=Now() - timedelta(1))
    assert take_connection(*third)
    expire_leases()
    with pytest.raises(LeaseLost):
        take_connection(*first)


def test_whoever_has_a_connection_may_keep_it() -> None:
    one = held("one.example.org")
    assert take_connection(*one)
    assert take_connection(*one)


def test_this_machine_s_own_loopback_is_not_counted_and_costs_nothing(
    queued: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[object] = []
    monkeypatch.setattr("sources.services.gate.take_connection", asked_for.append)
    monkeypatch.setattr(capture, "capturer", capturer)
    snapshot = queued()
    assert state_after(snapshot) == (CaptureState.SEALED, "", 1)
    assert (asked_for, snapshot.network) == ([], "")


def test_what_ended_is_counted_no_more(origin: Origin) -> None:
    origin.answers["/"] = page(ARTICLE)
    done = asked("one.example.org")
    assert state_after(done) == (CaptureState.SEALED, "", 1)
    assert (done.contact, done.network) == ("", "")
    lease, place = held("one.example.org")
    assert take_connection(lease, place)
    Snapshot.objects.filter(pk=lease.snapshot_id).update(lease_until=Now() - timedelta(1))
    expire_leases()
    given_back = Snapshot.objects.get(pk=lease.snapshot_id)
    assert (given_back.state, given_back.network) == (CaptureState.QUEUED, "")


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("93.184.216.34", "93.184.216.0/24"),
        ("::ffff:93.184.216.34", "93.184.216.0/24"),
        ("2606:2800:220:1:248:1893:25c8:1946", "2606:2800:220::/56"),
        ("127.0.0.1", ""),
        ("::1", ""),
    ],
)
def test_the_network_of_an_address(ip: str, network: str) -> None:
    assert network_of(ip) == network
