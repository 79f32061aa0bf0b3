"""Browsers that are led inside by sockets and workers, and browsers that crash or hang."""

from __future__ import annotations

import signal
import socket
import threading
from pathlib import Path

import psutil
import pytest

from sources.capture.guard import Policy
from sources.capture.limits import PictureLimits
from sources.capture.picture import Picture, take_picture
from sources.models import Snapshot
from sources.services import capture, pictures
from sources.services.artifacts import make_artifact
from sources.vocabulary import ArtifactKind, ArtifactStatus, CaptureState, JobKind, JobState
from tests.chromium import CHROMIUM
from tests.factories import UserFactory
from tests.sources.browsing import (
    PATIENT,
    SHORT,
    Door,
    Take,
    browsers,
    door,
    take,
    wait_until_no_browser_is_left,
)
from tests.sources.conftest import Queue
from tests.sources.origin import Origin, page

__all__ = ["door", "take"]  # fixtures

pytestmark = pytest.mark.journey

BROKE = "The page broke the browser, as one does that takes too much memory."
EATS_MEMORY = (
    "<h1>Eats</h1><script>const all = []; while (true) all.push(new Array(1e6).fill(all))</script>"
)
# Everything with which a page, or a worker of it, holds on to a server. IN is host and port.
SOCKETS = """
new WebSocket("ws://IN/socket"); new WebSocket("wss://IN/safe");
new EventSource("http://IN/events"); fetch("http://IN/got", {mode: "no-cors"}).catch(() => 0);
"""
CALL = """
const call = new RTCPeerConnection({iceServers: [
  {urls: "stun:IN"}, {urls: "turn:IN", username: "a", credential: "b"},
  {urls: "turn:IN?transport=tcp", username: "a", credential: "b"}]});
call.createDataChannel("x"); call.createOffer().then(offer => call.setLocalDescription(offer));
"""
WORKERS = """
const text = URL.createObjectURL(new Blob([SOCKETS], {type: "text/javascript"}));
new Worker(text); new SharedWorker(text); new Worker("/worker.js");
navigator.serviceWorker.register("/service.js").catch(() => 0);
"""


def hostile(origin: Origin, inside: str) -> str:
    """A page that tries all of it: by itself, in frames, in workers of each kind."""
    sockets = SOCKETS.replace("IN", inside)
    script = page(sockets.encode(), kind="text/javascript")
    origin.answers["/worker.js"] = script
    origin.answers["/service.js"] = page(
        f"{sockets} self.addEventListener('install', () => {{ {sockets} }})".encode(),
        kind="text/javascript",
    )
    origin.answers["/frame"] = page(f"<script>{sockets}</script>".encode())
    workers = WORKERS.replace("SOCKETS", f"`{sockets}`")
    return (
        f"<h1>Inside</h1><script>{sockets}</script><script>{CALL.replace('IN', inside)}</script>"
        f"<script>{workers}</script><iframe src=/frame></iframe>"
        f'<iframe srcdoc="<script>{sockets.replace(chr(34), chr(39))}</script>"></iframe>'
    )


@pytest.mark.fault(58)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433"])
def test_no_socket_and_no_worker_gets_inside(
    take: Take, origin: Origin, door: Door, host: str
) -> None:
    picture = take(hostile(origin, f"{host}:{door.port}"))
    assert picture.png, picture.reason
    assert door.knocks() == 0
    refused = [row.url for row in picture.asked if row.refused]
    assert any("/events" in url for url in refused), "event sources are recorded"
    assert any(url.startswith("https://") for url in refused), "so are the tunnels of sockets"
    assert all(row.refused for row in picture.asked if str(door.port) in row.url)


@pytest.mark.fault(58)
@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "192.168.1.1", "[fe80::1]"])
def test_no_socket_gets_to_a_private_network(take: Take, origin: Origin, host: str) -> None:
    picture = take(hostile(origin, f"{host}:80"))
    assert picture.png, picture.reason
    private = [row for row in picture.asked if host.strip("[]") in row.url]
    assert private
    assert all(row.refused for row in private)


def test_without_the_guard_they_would_all_arrive(origin: Origin, door: Door) -> None:
    """The guard of the guard: the same page, and a policy that allows the port."""
    inside = f"127.0.0.1:{door.port}"
    origin.answers["/"] = page(hostile(origin, inside).encode())
    policy = Policy(allow_loopback_ports=frozenset({origin.port, door.port}))
    take_picture(origin.url(), chromium=CHROMIUM, policy=policy, limits=SHORT)
    assert door.knocks() == 1
    wait_until_no_browser_is_left()


@pytest.mark.fault(58)
def test_a_service_worker_is_ended_and_noted(take: Take, origin: Origin) -> None:
    origin.answers["/service.js"] = page(b"self.onfetch = () => 0", kind="text/javascript")
    register = "navigator.serviceWorker.register('/service.js')"
    picture = take(f"<h1>Serve</h1><script>{register}</script>")
    assert picture.png
    assert "service worker" in picture.dismissed


@pytest.mark.long
@pytest.mark.fault(59)
def test_a_page_that_eats_all_memory_is_a_reason_at_once(take: Take) -> None:
    picture = take(EATS_MEMORY, PictureLimits(total_seconds=300, load_seconds=200))
    assert picture.png == b""
    assert picture.reason in {BROKE, "The page took more memory than a picture may cost."}
    assert left_of_us() == []


@pytest.mark.fault(59)
@pytest.mark.parametrize(
    ("kind", "number", "reason"),
    [
        ("renderer", signal.SIGKILL, BROKE),
        ("renderer", signal.SIGSEGV, BROKE),
        ("browser", signal.SIGKILL, "The browser ended before there was a picture."),
        ("browser", signal.SIGSTOP, "The page kept the browser busy until its time was over."),
    ],
    ids=["renderer killed", "renderer crashed", "browser killed", "browser hung"],
)
def test_a_browser_that_crashes_or_hangs_is_a_reason_and_leaves_nothing(
    origin: Origin, kind: str, number: signal.Signals, reason: str
) -> None:
    picture = struck(origin, kind, number)
    assert (picture.png, picture.reason) == (b"", reason)
    wait_until_no_browser_is_left()
    assert left_of_us() == []


@pytest.mark.fault(59)
def test_processes_beside_the_page_may_crash_and_be_started_again(origin: Origin) -> None:
    """What the browser itself replaces, costs no picture."""
    picture = struck(origin, "utility", signal.SIGKILL)
    assert picture.png, picture.reason
    wait_until_no_browser_is_left()
    assert left_of_us() == []


@pytest.mark.fault(59)
def test_the_copy_stays_sealed_when_its_picture_broke_the_browser(
    queued: Queue, origin: Origin, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHROMIUM = CHROMIUM
    monkeypatch.setattr(
        pictures, "take_picture",
        lambda url, **given: take_picture(url, limits=PictureLimits(memory_bytes=1), **given),
    )  # fmt: skip
    snapshot = queued(requested_by=UserFactory.create())
    capture.run_capture(snapshot_id=snapshot.pk)
    before = Snapshot.objects.values().get(pk=snapshot.pk)
    job = snapshot.jobs.get(kind=JobKind.PICTURE)
    make_artifact(job_id=job.pk)
    job.refresh_from_db()
    picture = snapshot.artifacts.get(kind=ArtifactKind.PICTURE)
    assert (job.state, picture.status) == (JobState.DONE, ArtifactStatus.FAILED)
    assert picture.reason
    assert before["state"] == CaptureState.SEALED
    assert Snapshot.objects.values().get(pk=snapshot.pk) == before
    wait_until_no_browser_is_left()


def struck(origin: Origin, kind: str, number: signal.Signals) -> Picture:
    """The picture of a page whose loading waits; meanwhile processes of KIND are sent NUMBER."""
    asked, hit = threading.Event(), threading.Event()

    def waiting(connection: socket.socket) -> None:
        asked.set()
        hit.wait(60)
        connection.sendall(page(b"x", kind="text/plain"))

    origin.answers["/"] = page(b"<h1>Loads</h1><img src=/waits>")
    origin.answers["/waits"] = waiting
    limits = PictureLimits(total_seconds=6) if number == signal.SIGSTOP else PATIENT
    taken: list[Picture] = []

    def run() -> None:
        given = {"chromium": CHROMIUM, "policy": origin.policy, "limits": limits}
        taken.append(take_picture(origin.url(), **given))

    thread = threading.Thread(target=run)
    thread.start()
    assert asked.wait(60)
    for pid in processes(kind):
        psutil.Process(pid).send_signal(number)
    hit.set()
    thread.join(120)
    return taken[0]


def processes(kind: str) -> list[int]:
    """Of the browsers that take pictures here, the processes of KIND."""
    found = []
    for pid in map(int, browsers()):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
        has_type = b"--type=" in command
        if (kind == "browser" and not has_type) or f"--type={kind}".encode() in command:
            found.append(pid)
    return found


def left_of_us() -> list[str]:
    """Children of this process that ended and that nobody took leave of."""
    return [
        child.name()
        for child in psutil.Process().children()
        if child.status() == psutil.STATUS_ZOMBIE and "chrom" in child.name()
    ]
