from __future__ import annotations

import http.client
import os
import re
import signal
import socketserver
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from django.conf import settings

from demo.management.commands.demo_web import stop_on_signal
from demo.server import WEB_ROOT, DemoWeb, NotLoopbackError, running_demo_web

Ask = Callable[..., tuple[http.client.HTTPResponse, bytes]]
POST = "/grey-ridge/ar/1147.html"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        (POST, "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/photo-notebook/corner-looking-north-west.svg", "image/svg+xml; charset=utf-8"),
    ],
)
def test_a_file_comes_with_its_type_charset_and_length(
    ask: Ask, path: str, content_type: str
) -> None:
    response, body = ask(path)
    assert response.status == 200
    assert response.getheader("Content-Type") == content_type
    assert int(response.getheader("Content-Length")) == len(body) > 0
    assert response.getheader("X-Content-Type-Options") == "nosniff"


def test_a_page_is_served_byte_for_byte_as_it_lies_on_disk(ask: Ask) -> None:
    _, body = ask(POST)
    assert body == (WEB_ROOT / POST.removeprefix("/")).read_bytes()


def test_last_modified_is_the_real_time_of_the_file_not_the_story_date(ask: Ask) -> None:
    response, _ = ask(POST)
    stamp = parsedate_to_datetime(response.getheader("Last-Modified"))
    on_disk = (WEB_ROOT / POST.removeprefix("/")).stat().st_mtime
    assert stamp == datetime.fromtimestamp(int(on_disk), tz=UTC)
    assert stamp.year > 2016


def test_head_has_the_headers_of_get_and_no_body(ask: Ask) -> None:
    got, _ = ask(POST)
    head, body = ask(POST, method="HEAD")
    assert (head.status, body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "Last-Modified"):
        assert head.getheader(name) == got.getheader(name)


def test_a_known_version_is_not_sent_again(ask: Ask) -> None:
    stamp = ask(POST)[0].getheader("Last-Modified")
    response, body = ask(POST, If_Modified_Since=stamp)
    assert (response.status, body) == (304, b"")
    assert response.getheader("Last-Modified") == stamp


@pytest.mark.parametrize("date", ["Sat, 12 Nov 2016 13:20:00 GMT", "yesterday", ""])
def test_an_old_or_malformed_date_gets_the_page(ask: Ask, date: str) -> None:
    response, body = ask(POST, If_Modified_Since=date)
    assert response.status == 200
    assert body


def test_a_query_does_not_change_the_page(ask: Ask) -> None:
    assert ask(f"{POST}?from=elsewhere")[1] == ask(POST)[1]


@pytest.mark.parametrize("path", ["/none.html", "/404.html", "/grey-ridge/", "/grey-ridge/ar"])
def test_a_missing_page_is_a_404_that_says_what_this_web_is(ask: Ask, path: str) -> None:
    response, body = ask(path)
    assert response.status == 404
    assert "Invented for demonstration." in body.decode()
    assert response.getheader("Last-Modified") is None


def test_an_unknown_method_is_refused(ask: Ask) -> None:
    response, _ = ask(POST, method="POST")
    assert response.status == 501


@pytest.mark.parametrize("path", ["/../server.py", "/%2e%2e/server.py", "//etc/hostname"])
def test_a_path_cannot_leave_the_folder(ask: Ask, path: str) -> None:
    assert (WEB_ROOT / "../server.py").exists(), "joined to the folder, the path would reach it"
    response, body = ask(path)
    assert response.status == 404
    assert b"ThreadingHTTPServer" not in body


def test_several_requests_share_one_connection(demo_web: DemoWeb) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", demo_web.server_port, timeout=5)
    for path in ("/", POST, "/none.html", "/style.css"):
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock is not None, f"closed after {path}"
    connection.close()


EVERYWHERE = "0.0.0.0"  # noqa: S104  # named here only to be refused


@pytest.mark.parametrize(
    "host", [EVERYWHERE, "", "::", "::1", "localhost", "127.0.0.2", "192.0.2.1", "10.0.0.1"]
)
def test_it_refuses_to_bind_anywhere_but_loopback(host: str) -> None:
    with pytest.raises(NotLoopbackError, match=r"on 127\.0\.0\.1 only"):
        DemoWeb(0, host=host)


def test_without_the_guard_it_would_listen_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    # 127.0.0.2 stands for the other addresses, so that nothing is offered outside this machine.
    monkeypatch.setattr(DemoWeb, "server_bind", socketserver.TCPServer.server_bind)
    with DemoWeb(0, host="127.0.0.2") as server:
        assert server.socket.getsockname()[0] == "127.0.0.2"


def test_it_listens_on_loopback_and_frees_the_port_at_the_end() -> None:
    with running_demo_web() as server:
        address = server.socket.getsockname()
        assert address[0] == "127.0.0.1"
        assert server.base_url == f"http://127.0.0.1:{address[1]}"
    with running_demo_web(address[1]) as again:
        assert again.server_port == address[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_it_to_stop_and_the_old_handler_returns(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stop_on_signal() as stop:
        signal.raise_signal(number)
        assert stop.is_set()
    assert signal.getsignal(number) is before


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # our own command with fixed words
        [sys.executable, "manage.py", "demo_web", *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | {"CORROBORATE_VAR": str(settings.VAR_DIR)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_serves_until_sigterm_and_ends_cleanly() -> None:
    with command("--port", "0") as process:
        line = process.stdout.readline()
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", line)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", POST)
        assert connection.getresponse().status == 200
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=10)
        connection.close()
    assert (process.returncode, rest, errors) == (0, "", "")
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()


def test_the_command_says_what_to_do_when_the_port_is_taken(demo_web: DemoWeb) -> None:
    port = str(demo_web.server_port)
    with command("--port", port) as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"cannot use port {port}" in errors
    assert "DEMO_WEB_PORT" in errors
