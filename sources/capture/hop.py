"""What one request of a capture did and got, kept whether it went well or not."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sources.capture.decode import PLAIN, Decoder
from sources.capture.guard import Refusal, Refused
from sources.capture.http1 import Head
from sources.capture.limits import Limits
from sources.capture.outcomes import ErrorCode, FetchFailed, NotNow, Truncation
from sources.capture.spool import Part, Spool
from sources.capture.tls import TlsInfo

OPENING_BYTES = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(slots=True)
class Hop:
    """One request; filled while it happens, so that a failure midway keeps what there was."""

    position: int
    url: str
    started_at: datetime
    host: str = ""
    port: int = 0
    resolved: tuple[str, ...] = ()
    ip: str = ""
    request: bytes = b""
    interim: bytes = b""
    head: Head | None = None
    raw: bytes = b""  # what came, when it could not be read as a response
    body: Part | None = None  # the body as it was on the wire
    body_bytes: int = 0
    payload_bytes: int = 0
    payload_sha256: str = ""  # without transfer coding, with content coding
    decoded_bytes: int = 0
    decoded_sha256: str = ""
    opening: bytes = b""  # the first decoded bytes
    decode_error: str = ""
    truncated: Truncation | None = None
    tls: TlsInfo | None = None
    timings: dict[str, float] = field(default_factory=dict)
    error: ErrorCode | None = None
    error_detail: str = ""
    again_in: float | None = None  # seconds, if the host may not be asked yet
    refusal: Refusal | None = None

    @property
    def status(self) -> int | None:
        return self.head.status if self.head else None

    @property
    def has_no_transfer_coding(self) -> bool:
        """Whether the payload is the body as it was on the wire; any coding makes it longer."""
        return self.body_bytes == self.payload_bytes

    @property
    def location(self) -> bytes | None:
        """Return the raw Location of a redirect that may be followed."""
        if self.error or not self.head or self.head.status not in _REDIRECTS:
            return None
        return self.head.value("location").encode("latin-1") or None

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Record how long a step took, in milliseconds, also when it fails."""
        begin = time.monotonic()
        try:
            yield
        finally:
            self.timings[step] = round((time.monotonic() - begin) * 1000, 3)

    def fail(self, failure: FetchFailed) -> None:
        self.error, self.error_detail = failure.code, failure.words
        if isinstance(failure, NotNow):
            self.again_in = failure.seconds

    def refuse(self, refused: Refused) -> None:
        self.error, self.error_detail = ErrorCode.REFUSED_BY_POLICY, refused.words
        self.refusal = refused.code

    def as_json(self) -> dict[str, Any]:
        """Return what a reader of the trail needs, in plain JSON values."""
        return {
            "url": self.url,
            "ip": self.ip or None,
            "port": self.port or None,
            "resolved": list(self.resolved),
            "status": self.status,
            "header_bytes": len(self.head.raw) if self.head else 0,
            "body_bytes": self.body_bytes,
            "decoded_bytes": self.decoded_bytes,
            "truncated": self.truncated,
            "decode_error": self.decode_error or None,
            "tls": self._tls_json(),
            "timings": self.timings,
            "error": self.error,
            "error_detail": self.error_detail or None,
        }

    def _tls_json(self) -> dict[str, Any] | None:
        if not self.tls:
            return None
        return {
            "version": self.tls.version,
            "cipher": self.tls.cipher,
            "trusted": self.tls.is_trusted,
            "problem": self.tls.problem or None,
            "chain_sha256": self.tls.fingerprints,
        }


class BodySink:
    """Takes a body as it comes: wire bytes into FILE, digests and sizes into the hop."""

    def __init__(self, hop: Hop, head: Head, file: BinaryIO | Spool, limits: Limits) -> None:
        self._hop = hop
        self._file = file
        self._limit = limits.body_limit(head.media_type)
        coding = content_coding(head)
        self._decoder = Decoder(coding, limits)
        self._payload = hashlib.sha256()
        # What is not coded is the same bytes.
        self._decoded = hashlib.sha256() if coding not in PLAIN else None

    @property
    def is_over_limit(self) -> bool:
        return self._hop.body_bytes > self._limit

    def on_wire(self, data: bytes) -> None:
        self._file.write(data)
        self._hop.body_bytes += len(data)

    def on_payload(self, data: bytes) -> None:
        hop = self._hop
        self._payload.update(data)
        hop.payload_bytes += len(data)
        for step in self._decoder.feed(data):
            if self._decoded is not None:
                self._decoded.update(step)
            if len(hop.opening) < OPENING_BYTES:
                hop.opening += step[: OPENING_BYTES - len(hop.opening)]

    def close(self) -> None:
        self._decoder.finish()
        hop = self._hop
        hop.payload_sha256 = self._payload.hexdigest()
        hop.decoded_sha256 = (self._decoded or self._payload).hexdigest()
        hop.decoded_bytes = self._decoder.decoded_bytes
        hop.decode_error = self._decoder.error


def content_coding(head: Head) -> str:
    """Return the content codings as one lower-case string; more than one is never undone."""
    return ",".join(value.strip().lower() for value in head.values("content-encoding"))
