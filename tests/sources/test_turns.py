"""Whose capture is next, how many may be asked for, and that one address is captured once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from core.errors import TooMany
from sources import tasks
from sources.capture.guard import Refused, parse_address
from sources.models import HostPolicy, Snapshot
from sources.services import capture, documents, turns
from sources.services.documents import add_document, request_capture
from sources.services.installation import capture_policy
from sources.services.leases import claim_snapshot
from sources.services.turns import next_in_turn, take_due
from sources.vocabulary import CaptureReason, CaptureState
from tests.races.at_once import at_once
from tests.sources.conftest import Queue
from tests.sources.origin import Origin

Ask = Callable[..., Snapshot]


@pytest.fixture
def ask(db: None, settings: object, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Request a capture of an address of its own; messages are heard by nobody."""
    monkeypatch.setattr("core.jobs._send", lambda *_: None)
    settings.CAPTURE_HOST_INTERVAL = 0
    asked = iter(range(10_000))

    def request(actor: User | None, *, host: str = "", **options: object) -> Snapshot:
        number = next(asked)
        address = f"https://{host or f'site{number}.example.org'}/{number}"
        document = add_document(actor=None, address=address)
        return request_capture(actor=actor, document=document, **options)

    return request


def order() -> list[int]:
    """Take everything that waits, one after the other, as workers would."""
    taken = []
    while lease := next_in_turn():
        taken.append(lease.snapshot_id)
    return taken


def test_a_hundred_of_one_person_do_not_delay_one_of_another(
    ask: Ask, checker: User, editor: User
) -> None:
    many = [ask(checker).pk for _ in range(100)]
    one = ask(editor).pk
    taken = order()
    assert taken.index(one) == 1, "behind the first of the other, before the hundredth"
    assert [pk for pk in taken if pk != one] == many
    assert Snapshot.objects.get(pk=many[-1]).turn == 99


def test_the_sweep_sends_in_the_same_order(ask: Ask, checker: User, editor: User) -> None:
    many = [ask(checker).pk for _ in range(5)]
    one = ask(editor).pk
    assert take_due(at_most=3, again=timedelta(minutes=1)) == [many[0], one, many[1]]
    assert take_due(at_most=9, again=timedelta(minutes=1)) == many[2:]
    assert take_due(at_most=9, again=timedelta(minutes=1)) == [], "sent already"


def test_people_come_before_what_comes_in_bulk_and_that_before_schedules(
    ask: Ask, checker: User
) -> None:
    scheduled = ask(None, reason=CaptureReason.SCHEDULE).pk
    in_bulk = ask(checker, in_bulk=True).pk
    by_hand = [ask(checker).pk, ask(checker).pk]
    assert order() == [*by_hand, in_bulk, scheduled]


def test_a_message_is_only_the_occasion(
    ask: Ask, checker: User, editor: User, open_origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(
        capture, "run_leased", lambda lease, **_order: begun.append(lease.snapshot_id)
    )
    first, second, third = (ask(checker).pk for _ in range(3))
    other = ask(editor).pk
    for message in (first, second, third, other):
        tasks.capture_snapshot(snapshot_id=message)
    assert begun == [first, other, second, third]
    tasks.capture_snapshot(snapshot_id=first)
    assert len(begun) == 4, "a message too many finds nothing"


def test_hosts_that_may_not_be_asked_now_are_passed_over(ask: Ask, checker: User) -> None:
    waiting = ask(checker, host="busy.example.org")
    free = ask(checker).pk
    HostPolicy.objects.create(host=waiting.host, backoff_until=Now() + timedelta(hours=1))
    assert order() == [free]
    assert take_due(at_most=9, again=timedelta(minutes=1)) == []
    capture.capture_next(snapshot_id=waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (CaptureState.RETRY_WAIT, "host_paused")
    assert waiting.next_attempt_at == HostPolicy.objects.get(host=waiting.host).backoff_until


def test_many_of_one_host_do_not_crowd_out_others(
    ask: Ask, checker: User, settings: object
) -> None:
    settings.CAPTURE_HOST_INTERVAL = 10
    crowd = [ask(checker, host="big.example.org").pk for _ in range(30)]
    HostPolicy.objects.create(host="big.example.org")
    other = ask(None, reason=CaptureReason.SCHEDULE).pk
    assert take_due(at_most=100, again=timedelta(minutes=1)) == [crowd[0], other]
    assert order() == [crowd[0], other], "one start for each host within its interval"


def test_the_row_without_a_host_learns_it_and_is_not_tried_for_ever(
    queued: Queue, open_origin: Origin
) -> None:
    HostPolicy.objects.create(
        host=f"127.0.0.1:{open_origin.port}", backoff_until=Now() + timedelta(hours=1)
    )
    snapshot = queued(host="")
    assert next_in_turn() is None
    snapshot.refresh_from_db()
    assert snapshot.host == f"127.0.0.1:{open_origin.port}"


def test_workers_at_once_take_different_captures(
    transactional_db: None, ask: Ask, checker: User
) -> None:
    asked = {ask(checker).pk for _ in range(8)}
    leases = at_once(*[next_in_turn] * 8)
    assert not [lease for lease in leases if isinstance(lease, Exception)], leases
    assert {lease.snapshot_id for lease in leases if lease} | set(order()) == asked
    assert Snapshot.objects.filter(state=CaptureState.RUNNING, fence=1).count() == 8


def test_the_next_is_found_among_what_waits_alone(ask: Ask, checker: User) -> None:
    """Finished snapshots are no part of the index that is read, however many there are."""
    document = add_document(actor=None, address="https://old.example.org/")
    Snapshot.objects.bulk_create(
        Snapshot(document=document, state=CaptureState.FAILED) for _ in range(3000)
    )
    for _ in range(5):
        ask(checker)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sources_snapshot")
        cursor.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {turns._FIRST_IN_TURN}",
            {"queued": CaptureState.QUEUED, "interval": 2.0, "most": 1},
        )
        plan = cursor.fetchone()[0][0]["Plan"]
    nodes = list(_nodes(plan))
    assert {node["Index Name"] for node in nodes if "Index Name" in node} >= {"snapshot_in_turn"}
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan" and _is_big(node)]
    assert sum(node["Shared Hit Blocks"] for node in nodes[:1]) < 50


def _nodes(plan: dict[str, object]) -> list[dict[str, object]]:
    return [plan, *(node for below in plan.get("Plans", []) for node in _nodes(below))]


def _is_big(node: dict[str, object]) -> bool:
    return node["Relation Name"] == "sources_snapshot"


@pytest.mark.fault(79)
def test_one_person_may_ask_for_so_many_within_a_minute(
    ask: Ask, settings: object, checker: User, editor: User
) -> None:
    settings.CAPTURE_RATE_PER_MINUTE = 3
    for _ in range(3):
        ask(checker)
    with pytest.raises(TooMany) as refused:
        ask(checker)
    assert (refused.value.status, refused.value.code) == (429, "too_many_captures")
    assert "Wait a minute" in refused.value.message
    assert Snapshot.objects.count() == 3
    ask(editor)
    ask(checker, in_bulk=True)
    ask(None, reason=CaptureReason.SCHEDULE)
    Snapshot.objects.update(requested_at=timezone.now() - timedelta(seconds=61))
    ask(checker)


def test_asking_again_for_what_is_under_way_is_not_counted(
    ask: Ask, settings: object, checker: User
) -> None:
    settings.CAPTURE_RATE_PER_MINUTE = 1
    snapshot = ask(checker)
    for _ in range(3):
        assert request_capture(actor=checker, document=snapshot.document) == snapshot


@pytest.mark.fault(79)
def test_one_address_asked_for_by_many_at_once_is_one_capture(
    transactional_db: None, ask: Ask, checker: User, editor: User
) -> None:
    document = add_document(actor=None, address="https://news.example.org/today")
    results = at_once(
        *[lambda: request_capture(actor=checker, document=document)] * 4,
        *[lambda: request_capture(actor=editor, document=document)] * 4,
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    assert Snapshot.objects.count() == 1
    assert {result.pk for result in results} == {Snapshot.objects.get().pk}


def test_without_the_look_at_recent_captures_there_would_be_many(
    ask: Ask, checker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_recent_capture", lambda _document: None)
    document = add_document(actor=None, address="https://news.example.org/today")
    for _ in range(3):
        request_capture(actor=checker, document=document)
    assert Snapshot.objects.count() == 3


@pytest.mark.fault(79)
@pytest.mark.parametrize(
    "address",
    [
        "https://desk.example/c/1",
        "https://www.desk.example/",
        "https://replay.example.net/1/https://x.org/",
        "http://127.0.0.1:8000/c/1",
        "http://localhost:8000/",
    ],
)
def test_our_own_pages_are_refused(settings: object, address: str) -> None:
    settings.PUBLIC_URL = "https://desk.example"
    settings.SNAPSHOT_HOST = "https://replay.example.net"
    with pytest.raises(Refused):
        parse_address(address, capture_policy())


@pytest.mark.parametrize("replay", ["127.0.0.1:8001", "http://127.0.0.1:8001"])
def test_our_own_ports_on_loopback_are_refused_even_if_somebody_names_them(
    settings: object, replay: str
) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    settings.SNAPSHOT_HOST = replay
    settings.CAPTURE_LOOPBACK_PORTS = [8000, 8001, 8077]
    policy = capture_policy({8000})
    for port in (8000, 8001):
        with pytest.raises(Refused):
            parse_address(f"http://127.0.0.1:{port}/", policy)
    assert parse_address("http://127.0.0.1:8077/", policy).port == 8077


def test_a_capture_from_the_command_is_never_seen_waiting(
    transactional_db: None, open_origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.jobs._send", lambda *_: None)
    seen_by_workers: list[object] = []

    def claim(snapshot_id: int) -> object:
        seen_by_workers.extend(at_once(next_in_turn))
        return claim_snapshot(snapshot_id)

    monkeypatch.setattr(capture, "claim_snapshot", claim)
    captured = capture.capture_now(address=open_origin.url(), policy=open_origin.policy)
    assert captured.snapshot.state == CaptureState.SEALED
    assert seen_by_workers == [None]
