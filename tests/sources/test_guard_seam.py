"""No packet leaves loopback: asserted where sockets are opened."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.capture.fetch import Network
from sources.capture.outcomes import ErrorCode
from sources.capture.pipeline import CaptureResult, capture_address
from sources.capture.store import FileStore
from sources.vocabulary import CaptureState
from tests.sources.conftest import QUICK, Capture
from tests.sources.origin import Origin, page, redirect
from tests.sources.test_guard import PUBLIC, SPELLINGS


class Seam:
    """Stands where sockets are opened, lets nothing through, and remembers who came."""

    def __init__(self) -> None:
        self.dialled: list[tuple[str, int]] = []
        self.asked: list[str] = []
        self.answers: Iterator[tuple[str, ...]] = iter(())

    def dial(self, ip: str, port: int, _timeout: float) -> socket.socket:
        self.dialled.append((ip, port))
        raise ConnectionRefusedError(111, "Connection refused")

    def resolve(self, host: str, _timeout: float) -> tuple[str, ...]:
        self.asked.append(host)
        return next(self.answers)

    @property
    def network(self) -> Network:
        return Network(resolver=self.resolve, dial=self.dial)


@pytest.fixture
def seam() -> Seam:
    return Seam()


def _captured(url: str, seam: Seam, origin: Origin, folder: Path) -> CaptureResult:
    return capture_address(
        url,
        policy=origin.policy,
        limits=QUICK,
        network=seam.network,
        store=FileStore(folder / "objects"),
        staging_dir=folder / "staging",
    )


def test_no_refused_spelling_reaches_the_seam(seam: Seam, origin: Origin, tmp_path: Path) -> None:
    for text, _ in SPELLINGS:
        result = _captured(text, seam, origin, tmp_path)
        assert (result.state, result.error) == (
            CaptureState.REFUSED,
            ErrorCode.REFUSED_BY_POLICY,
        ), text
    assert (seam.dialled, seam.asked) == ([], [])


def test_what_may_be_captured_does_reach_the_seam(
    seam: Seam, origin: Origin, tmp_path: Path
) -> None:
    seam.answers = iter([(PUBLIC,)])
    result = _captured("http://example.org/", seam, origin, tmp_path)
    assert seam.dialled == [(PUBLIC, 80)]
    assert result.error == ErrorCode.CONNECT_REFUSED


@pytest.mark.parametrize(
    "answers",
    [
        ("127.0.0.1",),
        ("169.254.169.254",),
        ("::1",),
        ("fe80::1%eth0",),
        ("64:ff9b::7f00:1",),
        (PUBLIC, "10.0.0.1"),
        ("10.0.0.1", PUBLIC),
    ],
)
@pytest.mark.fault(29)
def test_a_name_with_a_denied_answer_is_not_dialled(
    seam: Seam, origin: Origin, tmp_path: Path, answers: tuple[str, ...]
) -> None:
    seam.answers = iter([answers])
    result = _captured("http://example.org/", seam, origin, tmp_path)
    assert (result.state, seam.dialled) == (CaptureState.REFUSED, [])
    assert result.hops[0].resolved == answers, "the refusal is on the record with what was said"


@pytest.mark.fault(28)
def test_a_rebinding_name_is_dialled_at_the_address_that_was_checked(
    seam: Seam, origin: Origin, tmp_path: Path
) -> None:
    seam.answers = iter([(PUBLIC,), ("127.0.0.1",)])
    _captured("http://rebind.example:8080/", seam, origin, tmp_path)
    assert seam.dialled == [(PUBLIC, 8080)]
    assert seam.asked == ["rebind.example"], "asked once; a second answer could be another one"
    again = _captured("http://rebind.example:8080/", seam, origin, tmp_path)
    assert again.state == CaptureState.REFUSED
    assert seam.dialled == [(PUBLIC, 8080)]


def test_without_the_guard_a_rebinding_name_reaches_loopback(
    origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check first, connect by name later: what the pinned address protects from."""
    answers = iter([PUBLIC, "127.0.0.1"])

    def resolve(_host: str, port: int, *_rest: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    origin.answers["/"] = page(b"secret")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    checked = socket.getaddrinfo("rebind.example", origin.port)[0][4][0]
    assert checked == PUBLIC
    with socket.create_connection(("rebind.example", origin.port), timeout=2) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert b"200 OK" in connection.recv(1000)
    assert origin.connections == 1


def test_a_connection_that_lands_elsewhere_is_closed_unused(
    seam: Seam, origin: Origin, tmp_path: Path
) -> None:
    def diverted(_ip: str, _port: int, timeout: float) -> socket.socket:
        return socket.create_connection(("127.0.0.1", origin.port), timeout)

    seam.answers = iter([(PUBLIC,)])
    result = capture_address(
        "http://example.org/",
        policy=origin.policy,
        limits=QUICK,
        network=Network(resolver=seam.resolve, dial=diverted),
        store=FileStore(tmp_path / "objects"),
        staging_dir=tmp_path / "staging",
    )
    assert result.state == CaptureState.REFUSED
    assert origin.requests == [], "not a byte of a request was sent"


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "data:text/html,x",
        "javascript:alert(1)",
        "http://127.0.0.1:6379/",
        "http://[::1]/",
        "http://169.254.169.254/latest/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
        "http://metadata.google.internal/",
        "http://user@example.org/",
        "//10.0.0.1/",
        "/\\10.0.0.1/",
    ],
)
@pytest.mark.fault(23, 24)
def test_a_redirect_to_what_is_denied_is_on_the_record_and_not_followed(
    origin: Origin, capture: Capture, location: str
) -> None:
    dialled: list[tuple[str, int]] = []

    def dial(ip: str, port: int, timeout: float) -> socket.socket:
        dialled.append((ip, port))
        return socket.create_connection((ip, port), timeout)

    origin.answers["/"] = redirect(location)
    result = capture(network=Network(dial=dial))
    assert (result.state, result.error) == (CaptureState.REFUSED, ErrorCode.REFUSED_BY_POLICY)
    assert [hop.url for hop in result.hops] == [origin.url("/"), location]
    assert dialled == [("127.0.0.1", origin.port)]
    assert result.warc_sha256, "the hop before the refusal is evidence"


def test_a_redirect_to_a_name_with_a_private_address_is_not_dialled(
    seam: Seam, origin: Origin, capture: Capture
) -> None:
    dialled: list[tuple[str, int]] = []

    def dial(ip: str, port: int, timeout: float) -> socket.socket:
        dialled.append((ip, port))
        return socket.create_connection((ip, port), timeout)

    origin.answers["/"] = redirect("http://rebind.example/")
    result = capture(network=Network(resolver=lambda _host, _timeout: ("10.0.0.1",), dial=dial))
    assert result.state == CaptureState.REFUSED
    assert dialled == [("127.0.0.1", origin.port)]


def test_without_the_guard_the_redirect_is_a_request_to_the_inside(origin: Origin) -> None:
    """What following blindly does: the second listener gets the request."""
    with Origin() as inside:
        origin.answers["/"] = redirect(inside.url("/admin/delete?id=1"))
        inside.answers["/admin/delete"] = page(b"deleted")
        for port, path in ((origin.port, "/"), (inside.port, "/admin/delete?id=1")):
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
                connection.recv(1000)
        assert len(inside.requests) == 1
