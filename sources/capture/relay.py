"""One request of the browser through the pinning proxy: read strictly, passed on, relayed."""

from __future__ import annotations

import re
import select
import socket
from dataclasses import dataclass
from typing import Protocol

from sources.capture.guard import Address

HOME = "http://picture.invalid/"  # answered by the proxy itself; no such host can exist
_STEP = 65_536
_LINE = re.compile(r"([A-Z]{1,20}) ([\x21-\x7e]{1,8192}) HTTP/1\.[01]")
_FIELD = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}):[ \t]*([\x20-\x7e\x80-\xff\t]*?)[ \t]*")
_LENGTH = re.compile(r"\d{1,12}")
# What is between the browser and us only (RFC 9110, 7.6.1), and what we write ourselves.
_OURS = frozenset(
    {
        "connection", "host", "keep-alive", "proxy-authenticate", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip


class Meter(Protocol):
    """Who counts what passes."""

    def remaining(self) -> float:
        """Seconds that are left; raises when none are."""

    def count(self, received: int) -> None:
        """Note bytes from a site; raises beyond a limit."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the proxy; `rest` is what had come after its head."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    rest: bytes

    @property
    def is_tunnel(self) -> bool:
        return self.method == "CONNECT"

    @property
    def url(self) -> str:
        """The address that is asked for; of a tunnel, its host and port."""
        return f"https://{self.target}/" if self.is_tunnel else self.target

    @property
    def authorization(self) -> str:
        return self._value("proxy-authorization")

    @property
    def body_length(self) -> int:
        return int(self._value("content-length") or 0)

    def _value(self, name: str) -> str:
        return next((value for key, value in self.fields if key.lower() == name), "")

    def for_origin(self, address: Address) -> bytes:
        """The head as the site gets it: its own form, one request, nothing that is ours."""
        lines = [f"{self.method} {address.target} HTTP/1.1", f"Host: {address.authority}"]
        lines += [f"{key}: {value}" for key, value in self.fields if key.lower() not in _OURS]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


def read_request(connection: socket.socket, most: int) -> Request | None:
    """Read one head of at most MOST bytes; None if it is none that a browser sends."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(_STEP)
        received += piece
        if not piece or len(received) > most:
            return None
    head, _, rest = received.partition(b"\r\n\r\n")
    return _parsed(head.decode("latin-1").split("\r\n"), rest)


def _parsed(lines: list[str], rest: bytes) -> Request | None:
    first = _LINE.fullmatch(lines[0])
    fields = [_FIELD.fullmatch(line) for line in lines[1:]]
    if first is None or None in fields:
        return None
    pairs = tuple((match[1], match[2]) for match in fields if match)
    names = [name.lower() for name, _ in pairs]
    lengths = [value for name, value in pairs if name.lower() == "content-length"]
    is_unclear = "transfer-encoding" in names or len(lengths) > 1
    if is_unclear or not all(map(_LENGTH.fullmatch, lengths)):
        return None
    is_plain = first[2].startswith("http://")
    return Request(first[1], first[2], pairs, rest) if is_plain or first[1] == "CONNECT" else None


@dataclass(slots=True)
class Exchange:
    """The browser's connection and the site's, until one of them ends."""

    browser: socket.socket
    site: socket.socket
    meter: Meter

    def run(self, request: Request, address: Address) -> None:
        """Pass REQUEST on and relay; of a plain request only its own body, never another."""
        if request.is_tunnel:
            self.browser.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.site.sendall(request.rest)
            self._relay(None)
            return
        body = request.rest[: request.body_length]
        self.site.sendall(request.for_origin(address) + body)
        self._relay(request.body_length - len(body))

    def _relay(self, allowed: int | None) -> None:
        """Relay until an end; at most ALLOWED bytes to the site, where that is known."""
        while True:
            sources = [self.site] if allowed == 0 else [self.site, self.browser]
            ready, _, _ = select.select(sources, [], [], min(1.0, self.meter.remaining()))
            if self.site in ready and not self._to_browser():
                return
            if self.browser in ready:
                piece = self.browser.recv(_STEP if allowed is None else min(_STEP, allowed))
                if not piece:
                    return
                self.site.sendall(piece)
                allowed = None if allowed is None else allowed - len(piece)

    def _to_browser(self) -> bool:
        piece = self.site.recv(_STEP)
        self.meter.count(len(piece))
        self.browser.sendall(piece)
        return bool(piece)
