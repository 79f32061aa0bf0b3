"""Redirects and names: the whole way to a page is on the record."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from sources.capture.connect import connect, system_resolver
from sources.capture.fetch import Network
from sources.capture.guard import Policy, Target, read_address
from sources.capture.outcomes import ErrorCode, FetchFailed, Outcome
from sources.vocabulary import CaptureState
from tests.sources.conftest import QUICK, Capture
from tests.sources.origin import Origin, page, redirect


def test_every_hop_is_recorded(origin: Origin, capture: Capture) -> None:
    origin.answers["/"] = redirect("/two#part", "301 Moved")
    origin.answers["/two"] = redirect("three?q=1", "307 Temporary")
    origin.answers["/three"] = page(b"end")
    result = capture()
    assert [hop.status for hop in result.hops] == [301, 307, 200]
    assert [hop.url for hop in result.hops] == [
        origin.url("/"),
        origin.url("/two"),
        origin.url("/three?q=1"),
    ]
    assert (result.outcome, result.final_url) == (Outcome.OK, origin.url("/three?q=1"))


@pytest.mark.parametrize(
    ("answers", "hops"),
    [
        ({"/": "/"}, 1),
        ({"/": "/b", "/b": "/"}, 2),
        ({"/": "/b", "/b": "/c", "/c": "/b#again"}, 3),
    ],
)
@pytest.mark.fault(21)
def test_a_circle_ends_at_the_first_repeat(
    origin: Origin, capture: Capture, answers: dict[str, str], hops: int
) -> None:
    origin.answers.update({path: redirect(location) for path, location in answers.items()})
    result = capture()
    assert (result.state, result.error) == (CaptureState.SEALED, ErrorCode.REDIRECT_LOOP)
    assert len(result.hops) == len(origin.requests) == hops
    assert result.warc_sha256


@pytest.mark.fault(22)
def test_redirects_without_end_stop_at_the_limit(origin: Origin, capture: Capture) -> None:
    for number in range(30):
        origin.answers[f"/{number}"] = redirect(f"/{number + 1}")
    result = capture("/0")
    assert result.error == ErrorCode.TOO_MANY_REDIRECTS
    assert len(origin.requests) == QUICK.redirects + 1


def test_ten_redirects_are_allowed(origin: Origin, capture: Capture) -> None:
    for number in range(10):
        origin.answers[f"/{number}"] = redirect(f"/{number + 1}")
    origin.answers["/10"] = page(b"end")
    assert capture("/0").outcome == Outcome.OK


@pytest.mark.fault(34)
def test_another_site_at_the_end_is_flagged(origin: Origin, capture: Capture) -> None:
    origin.answers["/"] = redirect(origin.url("/parked", host="localhost"))
    origin.answers["/parked"] = page(b"buy this domain")
    assert capture().outcome == Outcome.REDIRECTED_OFFSITE


def test_the_clock_of_the_capture_covers_all_hops(origin: Origin, capture: Capture) -> None:
    def late(connection: socket.socket) -> None:
        time.sleep(0.3)
        number = len(origin.requests)
        connection.sendall(redirect(f"/?{number}"))

    origin.answers["/"] = late
    limits = type(QUICK)(total_seconds=0.7, first_byte_seconds=5, hop_seconds=5)
    begin = time.monotonic()
    result = capture(limits=limits)
    assert time.monotonic() - begin < 2
    assert result.error == ErrorCode.TOTAL_TIMEOUT
    assert len(result.hops) == 3


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), ErrorCode.DNS_NOT_FOUND),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), ErrorCode.DNS_FAILED),
        (socket.gaierror(socket.EAI_FAIL, "failed"), ErrorCode.DNS_FAILED),
    ],
)
@pytest.mark.fault(30)
def test_the_resolvers_problems_are_coded(
    monkeypatch: pytest.MonkeyPatch, problem: OSError, code: ErrorCode
) -> None:
    def resolve(*_arguments: object, **_options: object) -> None:
        raise problem

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(FetchFailed) as failed:
        system_resolver("example.org", 1)
    assert failed.value.code == code


@pytest.mark.fault(30)
def test_a_silent_resolver_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def resolve(*_arguments: object, **_options: object) -> list[object]:
        released.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    try:
        with pytest.raises(FetchFailed) as failed:
            system_resolver("example.org", 0.1)
    finally:
        released.set()
    assert failed.value.code == ErrorCode.DNS_TIMEOUT


def test_answers_come_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_arguments: object, **_options: object) -> list[object]:
        return [(2, 1, 6, "", (ip, 0)) for ip in ("93.184.216.34", "93.184.216.34", "1.1.1.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert system_resolver("example.org", 1) == ("93.184.216.34", "1.1.1.1")


def test_an_unknown_name_is_a_failure_with_evidence(capture: Capture) -> None:
    def resolve(_host: str, _timeout: float) -> tuple[str, ...]:
        raise FetchFailed(ErrorCode.DNS_NOT_FOUND, "There is no such host.")

    result = capture("http://gone.example/", network=Network(resolver=resolve))
    assert (result.state, result.error) == (CaptureState.SEALED, ErrorCode.DNS_NOT_FOUND)
    assert result.warc_sha256
    assert [str(record.kind) for record in result.records] == ["warcinfo", "metadata"]


def test_the_next_pinned_address_is_tried_when_one_is_away(origin: Origin) -> None:
    dialled: list[str] = []

    def dial(ip: str, port: int, timeout: float) -> socket.socket:
        dialled.append(ip)
        if ip != "127.0.0.1":
            raise ConnectionRefusedError(111, "Connection refused")
        return socket.create_connection((ip, port), timeout)

    target = Target(read_address(origin.url()), ("93.184.216.34", "127.0.0.1"))
    connection, ip = connect(target, origin.policy, timeout=1, dial=dial)
    connection.close()
    assert (ip, dialled) == ("127.0.0.1", ["93.184.216.34", "127.0.0.1"])


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (TimeoutError(), ErrorCode.CONNECT_TIMEOUT),
        (ConnectionRefusedError(111, "refused"), ErrorCode.CONNECT_REFUSED),
        (OSError(113, "No route to host"), ErrorCode.CONNECT_FAILED),
    ],
)
def test_failures_to_connect_are_coded(problem: OSError, code: ErrorCode) -> None:
    def dial(_ip: str, _port: int, _timeout: float) -> socket.socket:
        raise problem

    target = Target(read_address("http://example.org/"), ("93.184.216.34",))
    with pytest.raises(FetchFailed) as failed:
        connect(target, Policy(), timeout=1, dial=dial)
    assert failed.value.code == code


def test_a_name_without_an_address_is_not_found() -> None:
    target = Target(read_address("http://example.org/"), ())
    with pytest.raises(FetchFailed) as failed:
        connect(target, Policy(), timeout=1)
    assert failed.value.code == ErrorCode.DNS_NOT_FOUND


@pytest.mark.fault(4)
def test_a_connection_reset_is_coded(origin: Origin, capture: Capture) -> None:
    def reset(connection: socket.socket) -> None:
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()

    origin.answers["/"] = reset
    assert capture().error == ErrorCode.CONNECTION_RESET
