"""A web server on loopback that misbehaves exactly as a test tells it to."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from sources.capture.guard import Policy

Answer = bytes | Callable[[socket.socket], None]


class Origin:
    """Answers each path with bytes, or hands the connection to a function; remembers requests.

    Requests for robots.txt are remembered apart: they come before a page's, once a day.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.answers: dict[str, Answer] = {}
        self.requests: list[bytes] = []
        self.robots_requests: list[bytes] = []
        self.connections = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._workers: list[threading.Thread] = []

    @property
    def policy(self) -> Policy:
        return Policy(allow_loopback_ports=frozenset({self.port}))

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        scheme = "https" if self._context else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for worker in self._workers:
            worker.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            worker = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._workers.append(worker)
            worker.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            if self._context is None:
                self._answer(connection)
                return
            with self._context.wrap_socket(connection, server_side=True) as secure:
                self._answer(secure)

    def _answer(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return
            request += piece
        asks_for_robots = request.startswith(b"GET /robots.txt ")
        (self.robots_requests if asks_for_robots else self.requests).append(request)
        path = request.split(b" ", 2)[1].decode("ascii").partition("?")[0]
        answer = self.answers.get(path, page(b"no such page", status="404 Not Found"))
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)


def page(body: bytes, *headers: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    """Return a whole, correct response."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return page(b"moved", f"Location: {location}", status=status)


def chunked(*chunks: bytes) -> bytes:
    """Return a body in chunks, with its end."""
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return framed + b"0\r\n\r\n"


def slowly(data: bytes, pause: float, *, first: bytes = b"") -> Callable[[socket.socket], None]:
    """Send FIRST at once and then DATA byte by byte."""

    def send(connection: socket.socket) -> None:
        connection.sendall(first)
        for at in range(len(data)):
            connection.sendall(data[at : at + 1])
            time.sleep(pause)

    return send


def silent_until_closed(connection: socket.socket) -> None:
    """Say nothing and wait for the other side to give up."""
    connection.recv(1)
