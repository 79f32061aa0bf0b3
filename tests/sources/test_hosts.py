"""How gently hosts are asked: appointments, pauses that they ask for, pauses after silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from core.errors import Conflict
from sources.capture.fetch import Fetcher
from sources.capture.guard import Policy, parse_address, read_address
from sources.capture.hop import Hop
from sources.capture.hosts import host_of, hosts_meant, pause_after_silence, pause_asked
from sources.capture.http1 import parse_head
from sources.models import HostPolicy
from sources.services import capture, hosts
from sources.services.hosts import make_appointment, note_answers, wait_for_appointment
from sources.vocabulary import CaptureState
from tests.races.at_once import at_once
from tests.sources.conftest import ARTICLE, QUICK, Queue
from tests.sources.origin import Origin, page, redirect

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SITE = read_address("https://news.example.org/a")
OTHER = read_address("https://other.example.com/")

pytestmark = pytest.mark.usefixtures("announced")


def answered(address: str, *lines: str, status: str = "200 OK") -> Hop:
    where = read_address(address)
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()
    return Hop(0, where.url, NOW, where.host, where.port, head=parse_head(head))


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://example.org/a", "example.org"),
        ("https://example.org:443/", "example.org"),
        ("http://example.org:8080/", "example.org:8080"),
        ("http://127.0.0.1:8077/", "127.0.0.1:8077"),
        ("http://[2001:db8::1]:8080/", "[2001:db8::1]:8080"),
        ("ftp://example.org/", ""),
    ],
)
def test_a_host_is_known_by_name_and_unusual_port(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.fault(61)
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("86400", 86400),
        ("999999999999", 86400),
        ("0", 1),
        ("Wed, 25 Nov 2020 12:00:00 GMT", 1),
        ("Wed, 25 Nov 2026 12:05:00 GMT", 300),
        ("-1", None),
        ("soon", None),
        ("", None),
    ],
)
def test_what_a_busy_host_asks_for_is_kept_within_reason(value: str, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    for status in ("429 Slow down", "503 Away"):
        hop = answered("http://example.org/", f"Retry-After: {value}", status=status)
        assert pause_asked(hop, NOW) == expected
    page_of_its_own = answered("http://example.org/", f"Retry-After: {value}", status="404 No")
    assert pause_asked(page_of_its_own, NOW) is None


def test_pauses_after_silence_grow_and_end() -> None:
    pauses = [pause_after_silence(streak).total_seconds() for streak in range(1, 12)]
    assert pauses[:6] == [0, 0, 30, 60, 120, 240]
    assert pauses[-1] == pause_after_silence(10**9).total_seconds() == 3600


def test_a_redirect_lets_no_site_stop_another() -> None:
    asked = read_address("http://example.org/")
    assert hosts_meant(asked, answered("https://www.example.org/")) == {
        "example.org", "www.example.org",
    }  # fmt: skip
    assert hosts_meant(asked, answered("https://evil.example.com/")) == {"evil.example.com"}


def test_two_requests_to_one_host_are_apart(db: None, settings: object) -> None:
    settings.CAPTURE_HOST_INTERVAL = 30
    assert make_appointment(SITE) is None
    again = make_appointment(SITE)
    assert again is not None
    assert 25 < (again - timezone.now()).total_seconds() <= 30
    assert make_appointment(OTHER) is None, "another host is not concerned"
    HostPolicy.objects.update(next_allowed_at=Now())
    assert make_appointment(SITE) is None


def test_a_host_may_have_an_interval_of_its_own(db: None) -> None:
    HostPolicy.objects.create(host="news.example.org", min_interval=timedelta(hours=1))
    assert make_appointment(SITE) is None
    assert make_appointment(SITE) > timezone.now() + timedelta(minutes=50)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8077/", "http://localhost:8077/"])
def test_this_machine_needs_no_interval(db: None, settings: object, address: str) -> None:
    settings.CAPTURE_HOST_INTERVAL = 30
    assert [make_appointment(read_address(address)) for _ in range(3)] == [None] * 3


def test_an_interval_of_nothing_writes_nothing_after_the_first(
    db: None, settings: object, django_assert_num_queries: Callable[..., object]
) -> None:
    settings.CAPTURE_HOST_INTERVAL = 0
    assert make_appointment(SITE) is None
    with django_assert_num_queries(1):
        assert make_appointment(SITE) is None


def test_of_many_workers_one_gets_the_appointment(transactional_db: None) -> None:
    results = at_once(*[lambda: make_appointment(SITE)] * 8)
    assert sum(result is None for result in results) == 1
    assert not [result for result in results if isinstance(result, Exception)]


@pytest.mark.fault(61)
def test_a_pause_holds_for_all_captures_of_the_host(queued: Queue, open_origin: Origin) -> None:
    open_origin.answers["/busy"] = page(b"", "Retry-After: 600", status="429 Slow down")
    first, second = queued("/busy"), queued()
    capture.run_capture(snapshot_id=first.pk)
    assert capture.run_capture(snapshot_id=second.pk) is None
    second.refresh_from_db()
    assert (second.state, second.error) == (CaptureState.RETRY_WAIT, "host_paused")
    assert (second.attempt, second.fence) == (0, 0), "waiting for a host is no attempt"
    assert 590 < (second.next_attempt_at - timezone.now()).total_seconds() <= 600
    assert len(open_origin.requests) == 1
    HostPolicy.objects.update(backoff_until=Now())
    second.__class__.objects.filter(pk=second.pk).update(next_attempt_at=Now())
    assert capture.sweep_captures() == 1
    capture.run_capture(snapshot_id=second.pk)
    second.refresh_from_db()
    assert (second.state, second.attempt, second.error) == (CaptureState.SEALED, 1, "")


def test_a_capture_that_waits_for_its_host_goes_back_to_the_queue(
    queued: Queue, open_origin: Origin
) -> None:
    HostPolicy.objects.create(
        host=f"127.0.0.1:{open_origin.port}",
        min_interval=timedelta(hours=1),
        next_allowed_at=timezone.now() + timedelta(minutes=5),
    )
    snapshot = queued()
    assert capture.run_capture(snapshot_id=snapshot.pk) is None
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.attempt, snapshot.error) == (CaptureState.QUEUED, 0, "")
    assert snapshot.next_attempt_at == HostPolicy.objects.get().next_allowed_at
    assert capture.sweep_captures() == 0
    assert open_origin.requests == open_origin.robots_requests == []


def test_a_longer_pause_is_not_shortened_by_a_later_answer(db: None) -> None:
    for seconds in (600, 5):
        last = answered(SITE.url, f"Retry-After: {seconds}", status="503 Away")
        note_answers([(SITE, last)])
    assert HostPolicy.objects.get().backoff_until > timezone.now() + timedelta(minutes=9)


def test_silence_is_counted_and_an_answer_ends_the_count(
    db: None, open_origin: Origin, tmp_path: Path
) -> None:
    address = parse_address(open_origin.url(), open_origin.policy)
    open_origin.__exit__()
    for streak in (1, 2, 3):
        (tmp_path / str(streak)).mkdir()
        fetcher = Fetcher(open_origin.policy, QUICK, tmp_path / str(streak))
        note_answers([(address, fetcher.fetch(address).final)])
        policy = HostPolicy.objects.get()
        assert policy.fail_streak == streak
        assert (policy.backoff_until is None) == (streak < 3), "one page stops no other"
    note_answers([(address, answered(address.url))])
    assert HostPolicy.objects.get().fail_streak == 0


def test_an_address_that_was_refused_says_nothing_of_a_host(
    queued: Queue, open_origin: Origin
) -> None:
    open_origin.answers["/"] = redirect("http://169.254.169.254/")
    snapshot = queued()
    capture.run_capture(snapshot_id=snapshot.pk)
    note_answers([(None, None)])
    assert HostPolicy.objects.get().backoff_until is None


def test_the_command_waits_for_an_appointment_but_not_for_a_pause(
    db: None, settings: object, open_origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        HostPolicy.objects.update(next_allowed_at=Now())

    monkeypatch.setattr(hosts.time, "sleep", sleep)
    wait_for_appointment(SITE)
    wait_for_appointment(SITE)
    assert len(slept) == 1
    assert 0 < slept[0] <= settings.CAPTURE_HOST_INTERVAL
    HostPolicy.objects.update(backoff_until=Now() + timedelta(hours=1))
    with pytest.raises(Conflict, match="asked for a pause") as refused:
        wait_for_appointment(SITE)
    assert refused.value.code == "host_paused"
    assert len(slept) == 1


def test_the_command_writes_nothing_for_a_host_in_pause(open_origin: Origin, db: None) -> None:
    open_origin.answers["/busy"] = page(ARTICLE, "Retry-After: 60", status="503 Away")
    policy = Policy(allow_loopback_ports=frozenset({open_origin.port}))
    capture.capture_now(address=open_origin.url("/busy"), policy=policy)
    with pytest.raises(Conflict):
        capture.capture_now(address=open_origin.url("/"), policy=policy)
    assert capture.Snapshot.objects.count() == 1
