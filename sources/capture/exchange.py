"""One request to a service that the operator chose: guarded, limited, nothing followed.

Time stamping authorities and calendars are asked here. Unlike a capture it sends a body, keeps no
trail, takes no unverified TLS, and gives the answer back whole or not at all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from socket import socket

from sources.capture.connect import connect
from sources.capture.fetch import USER_AGENT, Network
from sources.capture.guard import Address, Policy, parse_address, resolve_once
from sources.capture.http1 import Feed, Head, Incomplete, ProtocolProblem, read_body
from sources.capture.limits import KIB, Limits
from sources.capture.outcomes import ErrorCode, FetchFailed
from sources.capture.tls import Untrusted, start_tls
from sources.capture.wire import TooSlow, Wire

LIMITS = Limits(hop_seconds=20.0, first_byte_seconds=15.0, header_bytes=16 * KIB)
MOST_BYTES = 64 * KIB


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent: METHOD and URL; a body has a media type."""

    url: str
    method: str = "GET"
    body: bytes = b""
    media_type: str = ""
    accept: str = "*/*"


def exchange(
    question: Question,
    policy: Policy,
    *,
    limits: Limits = LIMITS,
    network: Network | None = None,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """Ask once; raises Refused before any connection, FetchFailed for whatever goes wrong then."""
    network = network or Network()
    address = parse_address(question.url, policy)
    end = time.monotonic() + limits.hop_seconds
    with _opened(address, policy, limits, network) as connection:
        wire = Wire(connection, limits, end)
        wire.send(_request(question, address))
        head = _head(wire, limits)
        return Answer(head.status, head.media_type, _body(wire, head, most_bytes))


def _opened(address: Address, policy: Policy, limits: Limits, network: Network) -> socket:
    target = resolve_once(address, policy, network.resolver, timeout=limits.dns_seconds)
    plain, _ = connect(target, policy, timeout=limits.connect_seconds, dial=network.dial)
    if address.scheme == "http":
        return plain
    try:
        return start_tls(plain, address, network.tls(), timeout=limits.tls_seconds)[0]
    except Untrusted as problem:
        raise FetchFailed(
            ErrorCode.TLS_FAILED, f"Its certificate is not trusted: {problem}."
        ) from problem


def _request(question: Question, address: Address) -> bytes:
    lines = [
        f"{question.method} {address.target} HTTP/1.1",
        f"Host: {address.authority}",
        f"User-Agent: {USER_AGENT}",
        f"Accept: {question.accept}",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    if question.method == "POST":
        lines += [f"Content-Type: {question.media_type}", f"Content-Length: {len(question.body)}"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + question.body


def _head(wire: Wire, limits: Limits) -> Head:
    for _ in range(limits.interim_responses + 1):
        head = wire.read_head()
        if not head.is_interim:
            return head
    raise FetchFailed(ErrorCode.PROTOCOL_ERROR, "The server only sends interim answers.")


def _body(wire: Wire, head: Head, most_bytes: int) -> bytes:
    body = bytearray()
    try:
        for piece in read_body(Feed(wire.read_body, bytes(wire.received)), head, lambda _: None):
            body += piece
            if len(body) > most_bytes:
                raise FetchFailed(ErrorCode.PROTOCOL_ERROR, "The answer is too long.")
    except Incomplete as problem:
        raise FetchFailed(
            ErrorCode.CONNECTION_CLOSED, "The answer ended before it was whole."
        ) from problem
    except TooSlow as problem:
        raise FetchFailed(ErrorCode.TOTAL_TIMEOUT, "The answer came too slowly.") from problem
    except ProtocolProblem as problem:
        raise FetchFailed(ErrorCode.PROTOCOL_ERROR, str(problem)) from problem
    return bytes(body)
