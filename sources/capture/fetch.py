"""The fetcher: one address to the trail of everything that was asked and answered for it.

HTTP/1.1 over blocking sockets, so that the bytes on the wire are the bytes that are archived, and
so that a pool of plain threads can run many. Each hop goes through the guard anew. Nothing is
raised for what an origin does: it is recorded in the hop.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sources.capture.connect import Dial, connect, open_socket, system_resolver
from sources.capture.guard import Address, Policy, Refused, Resolver, Target, follow, resolve_once
from sources.capture.hop import BodySink, Hop
from sources.capture.http1 import (
    Feed,
    Head,
    Incomplete,
    ProtocolProblem,
    framing,
    read_body,
    request_bytes,
)
from sources.capture.limits import Limits
from sources.capture.outcomes import ErrorCode, FetchFailed, Truncation
from sources.capture.spool import Spool
from sources.capture.tls import (
    TlsInfo,
    Untrusted,
    recording_context,
    start_tls,
    trusting_context,
)
from sources.capture.wire import TooSlow, Wire

USER_AGENT = "Mozilla/5.0 (compatible; Corroborate/0.1; archives cited pages)"


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Network:
    """The outside world as the fetcher meets it; tests replace its parts."""

    resolver: Resolver = system_resolver
    dial: Dial = open_socket
    tls: Callable[[], ssl.SSLContext] = trusting_context
    now: Callable[[], datetime] = utc_now


@dataclass(slots=True)
class Trail:
    """All hops of a capture, in order; `error` says why there is no final response."""

    requested: Address
    hops: list[Hop] = field(default_factory=list)
    error: ErrorCode | None = None
    error_detail: str = ""

    @property
    def final(self) -> Hop:
        return self.hops[-1]

    def end(self, code: ErrorCode | None, words: str) -> None:
        self.error, self.error_detail = code, words


Before = Callable[[Address, int], None]


def at_once(_address: Address, _position: int) -> None:
    """Nobody asks before a hop."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches addresses under one policy; long bodies are spooled into STAGING.

    `before` is called with the address and the position of each hop, and may raise FetchFailed:
    then the host is not asked.
    """

    policy: Policy
    limits: Limits
    staging: Path
    network: Network = field(default_factory=Network)
    user_agent: str = USER_AGENT
    before: Before = at_once

    def fetch(self, address: Address) -> Trail:
        """Follow the address to its final response, or to what stops it."""
        trail = Trail(address)
        end = time.monotonic() + self.limits.total_seconds
        seen: set[str] = set()
        upcoming: Address | None = address
        while upcoming:
            seen.add(upcoming.url)
            hop = self._visit(upcoming, len(trail.hops), end)
            trail.hops.append(hop)
            trail.end(hop.error, hop.error_detail)
            upcoming = self._next(trail, upcoming, seen)
        return trail

    def _next(self, trail: Trail, address: Address, seen: set[str]) -> Address | None:
        location = trail.final.location
        if location is None:
            return None
        try:
            upcoming = follow(address, location, self.policy)
        except Refused as refused:
            self._note_refused(trail, location, refused)
            return None
        if upcoming.url in seen:
            trail.end(ErrorCode.REDIRECT_LOOP, "The page redirects in a circle.")
            return None
        if len(trail.hops) > self.limits.redirects:
            trail.end(ErrorCode.TOO_MANY_REDIRECTS, "The page redirects too often.")
            return None
        return upcoming

    def _note_refused(self, trail: Trail, location: bytes, refused: Refused) -> None:
        hop = Hop(len(trail.hops), location.decode("latin-1"), self.network.now())
        hop.refuse(refused)
        trail.hops.append(hop)
        trail.end(hop.error, hop.error_detail)

    def _visit(self, address: Address, position: int, total_end: float) -> Hop:
        hop = Hop(position, address.url, self.network.now(), address.host, address.port)
        end = min(total_end, time.monotonic() + self.limits.hop_seconds)
        try:
            with hop.timed("total"):
                self.before(address, position)
                connection = self._open(hop, address)
                with connection:
                    self._exchange(hop, address, Wire(connection, self.limits, end))
        except Refused as refused:
            hop.refuse(refused)
        except FetchFailed as failure:
            hop.fail(failure)
        return hop

    def _open(self, hop: Hop, address: Address) -> socket.socket:
        def resolver(host: str, timeout: float) -> tuple[str, ...]:
            hop.resolved = self.network.resolver(host, timeout)
            return hop.resolved

        with hop.timed("dns"):
            target = resolve_once(address, self.policy, resolver, timeout=self.limits.dns_seconds)
        hop.resolved = target.ips
        plain = self._connect(hop, target)
        if address.scheme == "http":
            return plain
        with hop.timed("tls"):
            secure, hop.tls = self._start_tls(plain, hop, target)
        return secure

    def _connect(self, hop: Hop, target: Target) -> socket.socket:
        with hop.timed("connect"):
            connection, hop.ip = connect(
                target,
                self.policy,
                timeout=self.limits.connect_seconds,
                dial=self.network.dial,
            )
        return connection

    def _start_tls(
        self, plain: socket.socket, hop: Hop, target: Target
    ) -> tuple[ssl.SSLSocket, TlsInfo]:
        timeout = self.limits.tls_seconds
        try:
            return start_tls(plain, target.address, self.network.tls(), timeout=timeout)
        except Untrusted as problem:
            again = self._connect(hop, Target(target.address, (hop.ip,)))
            return start_tls(
                again, target.address, recording_context(), timeout=timeout, problem=str(problem)
            )

    def _exchange(self, hop: Hop, address: Address, wire: Wire) -> None:
        hop.request = request_bytes(address, self.user_agent)
        try:
            wire.send(hop.request)
            with hop.timed("first_byte"):
                head = self._read_final_head(hop, wire)
        except FetchFailed as failure:
            self._keep_unreadable(hop, wire, failure)
            raise
        hop.head = head
        with hop.timed("body"):
            self._receive_body(hop, head, wire)

    def _read_final_head(self, hop: Hop, wire: Wire) -> Head:
        for _ in range(self.limits.interim_responses + 1):
            head = wire.read_head()
            if not head.is_interim:
                return self._unambiguous(head, wire)
            hop.interim += head.raw
        raise FetchFailed(ErrorCode.PROTOCOL_ERROR, "The server only sends interim answers.")

    @staticmethod
    def _unambiguous(head: Head, wire: Wire) -> Head:
        try:
            framing(head)
        except ProtocolProblem as problem:
            wire.received[:0] = head.raw
            raise FetchFailed(ErrorCode.PROTOCOL_ERROR, str(problem)) from problem
        return head

    def _keep_unreadable(self, hop: Hop, wire: Wire, failure: FetchFailed) -> None:
        if failure.code == ErrorCode.PROTOCOL_ERROR:
            wire.drain()
        hop.raw = bytes(wire.received[: self.limits.header_bytes])

    def _receive_body(self, hop: Hop, head: Head, wire: Wire) -> None:
        file = Spool(self.staging / f"hop-{hop.position}.body")
        try:
            sink = BodySink(hop, head, file, self.limits)
            try:
                self._pour(hop, Feed(wire.read_body, bytes(wire.received)), head, sink)
            except Incomplete:
                hop.truncated = Truncation.DISCONNECT
            except TooSlow:
                hop.truncated = Truncation.TIME
            except ProtocolProblem as problem:
                hop.truncated = Truncation.UNSPECIFIED
                hop.fail(FetchFailed(ErrorCode.PROTOCOL_ERROR, str(problem)))
            sink.close()
        finally:
            hop.body = file.close()

    @staticmethod
    def _pour(hop: Hop, feed: Feed, head: Head, sink: BodySink) -> None:
        for piece in read_body(feed, head, sink.on_wire):
            sink.on_payload(piece)
            if sink.is_over_limit:
                hop.truncated = Truncation.LENGTH
                return
