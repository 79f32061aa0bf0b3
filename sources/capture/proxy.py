"""The only way out for the browser: a proxy on loopback that sends every request past the guard.

It lives as long as one picture is taken, on a port and with a password of its own. Each address is
parsed strictly, resolved once, refused if any answer is not public, and connected to the address
that was checked; the browser itself resolves nothing. What was asked and what was refused is kept.
"""

from __future__ import annotations

import base64
import secrets
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from sources.capture.connect import connect
from sources.capture.fetch import Network
from sources.capture.guard import Address, Policy, Refused, parse_address, resolve_once
from sources.capture.limits import PictureLimits
from sources.capture.outcomes import FetchFailed
from sources.capture.relay import HOME, Exchange, Request, read_request

_MOST_LOGGED = 300
_URL_CHARACTERS = 500
_REALM = 'Proxy-Authenticate: Basic realm="picture"'


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the browser: an address (of a tunnel only host and port), and its end."""

    url: str
    refused: str = ""


class TooMuch(Exception):
    """The page has had its share; the argument says of what."""


@dataclass(slots=True)
class PinningProxy:
    """Start it with `with`; `asked` is the log."""

    policy: Policy
    limits: PictureLimits
    network: Network = field(default_factory=Network)
    asked: list[Asked] = field(default_factory=list)
    username: str = "picture"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    port: int = 0
    received: int = 0
    requests: int = 0
    _end: float = 0.0
    _listener: socket.socket = field(init=False)
    _open: set[socket.socket] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._end = time.monotonic() + self.limits.total_seconds
        self._start(self._accept)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._end = 0.0
        for connection in (self._listener, *tuple(self._open)):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(self.limits.connect_seconds + self.limits.dns_seconds)

    @property
    def refused(self) -> list[Asked]:
        return [row for row in self.asked if row.refused]

    def remaining(self) -> float:
        """Seconds that are left for the picture; raises TooMuch when none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TooMuch("The time for the picture is over.")
        return left

    def count(self, received: int) -> None:
        """Note what came from a site; raises TooMuch beyond the limit."""
        with self._lock:
            self.received += received
            if self.received > self.limits.received_bytes:
                raise TooMuch("The page loads more than a picture may cost.")

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type] # any callable
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            with connection, suppress(OSError, TooMuch):
                connection.settimeout(min(self.limits.connect_seconds, self.remaining()))
                self._answer(connection)
        finally:
            self._open.discard(connection)

    def _answer(self, connection: socket.socket) -> None:
        request = read_request(connection, self.limits.header_bytes)
        if request is None:
            _reply(connection, "400 Bad Request")
        elif not self._is_ours(request):
            _reply(connection, "407 Proxy Authentication Required", _REALM)
        elif request.target.startswith(HOME):
            _reply(connection, "200 OK", "Content-Type: text/html")
        else:
            self._pass_on(connection, request)

    def _is_ours(self, request: Request) -> bool:
        pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        return secrets.compare_digest(request.authorization.encode(), f"Basic {pair}".encode())

    def _pass_on(self, connection: socket.socket, request: Request) -> None:
        try:
            self._count_request()
            address = parse_address(request.url, self.policy)
            upstream = self._connected(address)
        except (Refused, TooMuch) as refused:
            self._log(request, str(refused))
            _reply(connection, "403 Forbidden")
        except FetchFailed as failed:
            self._log(request)
            _reply(connection, "502 Bad Gateway", f"X-Problem: {failed.code}")
        else:
            self._log(request)
            with upstream:
                Exchange(connection, upstream, self).run(request, address)

    def _connected(self, address: Address) -> socket.socket:
        wait = min(self.limits.dns_seconds, self.remaining())
        target = resolve_once(address, self.policy, self.network.resolver, timeout=wait)
        wait = min(self.limits.connect_seconds, self.remaining())
        found, _ = connect(target, self.policy, timeout=wait, dial=self.network.dial)
        self._open.add(found)
        return found

    def _count_request(self) -> None:
        with self._lock:
            self.requests += 1
            if self.requests > self.limits.requests:
                raise TooMuch("The page asks for more than a picture may cost.")

    def _log(self, request: Request, refused: str = "") -> None:
        with self._lock:
            if len(self.asked) < _MOST_LOGGED:
                self.asked.append(Asked(request.url[:_URL_CHARACTERS], refused[:200]))


def _reply(connection: socket.socket, status: str, *headers: str) -> None:
    lines = [f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "Connection: close", "", ""]
    connection.sendall("\r\n".join(lines).encode("ascii"))
