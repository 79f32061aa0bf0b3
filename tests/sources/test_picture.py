"""The browser that takes pictures, against pages that want more from it than a picture.

A real Chromium, a real hostile site on loopback, and a door inside: a listener on a port that
nobody allowed, which counts who knocks.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sources.capture.guard import Policy
from sources.capture.limits import PictureLimits
from sources.capture.picture import Picture, take_picture
from tests.chromium import BROWSERS, CHROMIUM
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
from tests.sources.origin import Origin, page

__all__ = ["door", "take"]  # fixtures

pytestmark = pytest.mark.journey

ROOT = Path(__file__).resolve().parents[2]


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def refused(picture: Picture) -> set[str]:
    return {row.url for row in picture.asked if row.refused}


def test_a_page_is_pictured_whole_and_what_it_asked_for_is_known(
    take: Take, origin: Origin
) -> None:
    origin.answers["/style.css"] = page(b"body { background: #eef }", kind="text/css")
    picture = take("<link rel=stylesheet href=/style.css><h1>Hello</h1>" + "<p>line" * 200)
    assert picture.reason == ""
    assert size_of(picture.png) == (picture.width, picture.height)
    assert (picture.width, picture.is_cut) == (1280, False)
    assert picture.height > 3000
    assert {origin.url(), origin.url("/style.css")} <= {row.url for row in picture.asked}
    assert refused(picture) == set()
    assert picture.final_url == origin.url()
    assert picture.tool_version


@pytest.mark.parametrize("chromium", BROWSERS)
def test_nothing_is_asked_that_the_page_did_not_ask(
    chromium: str, take: Take, origin: Origin
) -> None:
    """A browser telephones home by itself; ours has nobody to telephone through."""
    picture = take("<link rel=icon href=data:,><h1>Alone</h1>", chromium=chromium)
    assert [row.url for row in picture.asked] == [origin.url()]


@pytest.mark.fault(33)
@pytest.mark.parametrize("chromium", BROWSERS)
def test_every_way_to_the_inside_is_refused_and_recorded(
    chromium: str, take: Take, origin: Origin, door: Door
) -> None:
    inside = f"127.0.0.1:{door.port}"
    origin.answers["/moved"] = page(b"", f"Location: http://{inside}/moved", status="302 Found")
    origin.answers["/frame"] = page(
        f"<meta http-equiv=refresh content='0;url=http://{inside}/refreshed'>".encode()
    )
    picture = take(
        f"""<h1>Inside</h1><img src="http://{inside}/picture"><img src="/moved">
        <iframe src="/frame"></iframe><link rel=prefetch href="http://{inside}/prefetched">
        <link rel=preconnect href="http://{inside}/">
        <img src="http://localhost:{door.port}/name"><img src="http://[::1]:{door.port}/six">
        <script>
        fetch("http://{inside}/fetched", {{mode: "no-cors"}}).catch(() => 0);
        new WebSocket("ws://{inside}/socket");
        navigator.sendBeacon("http://{inside}/beacon", "x");
        new EventSource("http://{inside}/events");
        const call = new RTCPeerConnection({{iceServers: [{{urls: "stun:{inside}"}}]}});
        call.createDataChannel("x");
        call.createOffer().then(offer => call.setLocalDescription(offer));
        try {{ new WebTransport("https://{inside}/transport") }} catch (problem) {{}}
        </script>""",
        chromium=chromium,
    )
    assert picture.png
    for path in ("picture", "moved", "refreshed", "fetched", "beacon", "events"):
        assert f"http://{inside}/{path}" in refused(picture), path
    assert f"https://{inside}/" in refused(picture)  # the WebSocket's tunnel
    assert door.knocks() == 0


def test_without_the_guard_the_inside_would_be_reached(
    origin: Origin, door: Door, take: Take
) -> None:
    """The guard of the guard: the same page, and a policy that allows the port."""
    policy = Policy(allow_loopback_ports=frozenset({origin.port, door.port}))
    origin.answers["/"] = page(f"<img src=http://127.0.0.1:{door.port}/picture>".encode())
    take_picture(
        origin.url(),
        chromium=CHROMIUM,
        policy=policy,
        limits=SHORT,
    )
    assert door.knocks() == 1


@pytest.mark.fault(33)
@pytest.mark.parametrize(
    "way",
    [
        "<meta http-equiv=refresh content='0;url=http://127.0.0.1:PORT/'>",
        "<script>location = 'http://127.0.0.1:PORT/'</script>",
        "<script>location = 'https://127.0.0.1:PORT/'</script>",
    ],
)
def test_a_page_that_leads_the_browser_inside_has_no_picture(
    take: Take, door: Door, way: str
) -> None:
    picture = take(way.replace("PORT", str(door.port)))
    assert picture.png == b""
    assert picture.reason == "The page led the browser to an address that we do not open."
    assert refused(picture)
    assert door.knocks() == 0


@pytest.mark.fault(33, 58)
def test_a_service_worker_gets_no_further(take: Take, origin: Origin, door: Door) -> None:
    inside = f"http://127.0.0.1:{door.port}/worked"
    origin.answers["/worker.js"] = page(
        f"self.oninstall = () => fetch('{inside}', {{mode: 'no-cors'}})".encode(),
        kind="text/javascript",
    )
    picture = take("<h1>Work</h1><script>navigator.serviceWorker.register('/worker.js')</script>")
    assert picture.png
    assert door.knocks() == 0


def test_an_address_that_may_not_be_captured_starts_no_browser(door: Door) -> None:
    picture = take_picture(
        f"http://127.0.0.1:{door.port}/", chromium="/no/browser", policy=Policy()
    )
    assert (picture.png, picture.asked) == (b"", ())
    assert door.knocks() == 0


@pytest.mark.fault(56)
@pytest.mark.parametrize(
    "script",
    ["while (true) {}", "setInterval(() => document.body.append('more '), 1)"],
    ids=["loops", "timers"],
)
def test_scripts_without_end_are_ended(take: Take, script: str) -> None:
    picture = take(f"<body><h1>Busy</h1><script>{script}</script>", SHORT)
    assert size_of(picture.png)[0] == 1280


@pytest.mark.fault(56)
def test_a_page_that_loads_without_end_is_pictured_as_far_as_it_is(
    take: Take, origin: Origin
) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Begun</h1>")
        connection.recv(1)

    origin.answers["/"] = endless
    assert take("", SHORT).png


@pytest.mark.fault(56)
def test_of_10000_pictures_150_are_asked_for(take: Take, origin: Origin) -> None:
    each = "for (let at = 0; at < 10_000; at++) new Image().src = `/${at}.png`"
    picture = take(f"<h1>Many</h1><script>{each}</script>", SHORT)
    assert picture.png
    assert len([row for row in picture.asked if not row.refused]) <= 150
    assert origin.connections <= 150


@pytest.mark.fault(56)
def test_more_bytes_than_a_picture_may_cost_end_the_loading(take: Take, origin: Origin) -> None:
    origin.answers["/large"] = page(bytes(3_000_000), kind="image/png")
    limits = PictureLimits(total_seconds=90, load_seconds=4, received_bytes=1_000_000)
    assert take("<h1>Large</h1><img src=/large>", limits).png


@pytest.mark.fault(56)
def test_a_page_of_any_height_has_a_picture_of_limited_height(take: Take) -> None:
    picture = take("<div style='height: 900000px; background: linear-gradient(red, blue)'></div>")
    assert (picture.height, picture.is_cut) == (16_384, True)
    assert size_of(picture.png) == (1280, 16_384)


@pytest.mark.fault(57)
def test_dialogs_popups_and_downloads_are_dismissed_and_noted(take: Take, origin: Origin) -> None:
    origin.answers["/file"] = page(b"x" * 100, "Content-Disposition: attachment; filename=a.exe")
    picture = take(
        """<h1>Ask</h1><script>
        onbeforeunload = () => "stay";
        alert(1); confirm(2); prompt(3); print();
        open("/popup");
        Notification.requestPermission(); navigator.geolocation.getCurrentPosition(() => 0);
        const link = document.createElement("a"); link.href = "/file"; link.click();
        </script>""",
        SHORT,
    )
    assert picture.png
    assert {"alert", "confirm", "prompt"} <= set(picture.dismissed)


@pytest.mark.fault(57)
def test_a_request_for_a_password_is_cancelled(take: Take, origin: Origin) -> None:
    origin.answers["/"] = page(
        b"<h1>Who are you?</h1>", "WWW-Authenticate: Basic realm=x", status="401 Unauthorized"
    )
    assert take("").reason == "The browser could not open the page."
    assert not any(b"Authorization" in request for request in origin.requests)


def test_a_site_that_does_not_answer_is_a_reason() -> None:
    with Origin() as gone:
        url, policy = gone.url(), gone.policy
    picture = take_picture(url, chromium=CHROMIUM, policy=policy, limits=PATIENT)
    assert (picture.png, picture.reason) == (b"", "The browser could not open the page.")


@pytest.mark.fault(59)
def test_a_browser_that_is_none_is_a_reason(origin: Origin) -> None:
    for program in ("/no/browser", "/bin/false"):
        picture = take_picture(origin.url(), chromium=program, policy=origin.policy, limits=SHORT)
        assert picture.png == b""
        assert picture.reason == "The browser ended before there was a picture."


@pytest.mark.fault(59)
def test_a_page_that_takes_all_memory_is_a_reason(take: Take) -> None:
    limits = PictureLimits(total_seconds=90, memory_bytes=1)
    assert take("<h1>Small</h1>", limits).reason == (
        "The page took more memory than a picture may cost."
    )


def test_when_the_time_is_over_the_browser_is_gone(take: Take) -> None:
    assert take("<h1>Slow</h1>", PictureLimits(total_seconds=0.01)).png == b""


def test_nothing_is_left_of_a_worker_that_was_killed(origin: Origin) -> None:
    """A browser whose pipe is closed quits, so that kill -9 of a worker leaves none."""
    asked = threading.Event()

    def waiting(connection: socket.socket) -> None:
        asked.set()
        connection.recv(1)

    origin.answers["/"] = waiting
    worker = (
        "from sources.capture.guard import Policy\n"
        "from sources.capture.picture import take_picture\n"
        f"take_picture({origin.url()!r}, chromium={CHROMIUM!r},\n"
        f"    policy=Policy(allow_loopback_ports=frozenset({{{origin.port}}})))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", worker], cwd=ROOT)  # noqa: S603 - our own lines
    try:
        assert asked.wait(60)
        assert browsers()
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    wait_until_no_browser_is_left()
