"""Time stamping authorities and a calendar on loopback: real HTTP, honest or hostile."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import Timestamp
from rfc3161_client import _rust

from audit.stamping import own, signing
from audit.stamping.signing import Signer
from tests.sources.origin import Origin, page

REPLY = "application/timestamp-reply"


def received(connection: socket.socket, head: bytes) -> bytes:
    """The body of the request whose head (and perhaps a part of the body) was read."""
    top, _, body = head.partition(b"\r\n\r\n")
    size = int(next(
        line.partition(b":")[2] for line in top.split(b"\r\n") if line.startswith(b"Content-Length")
    ))  # fmt: skip
    while len(body) < size:
        body += connection.recv(65536)
    return body


@dataclass
class Authority:
    """Answers POSTs to /tsr of ORIGIN; MODE says how."""

    origin: Origin
    folder: Path
    mode: str = "honest"
    asked: list[bytes] = field(default_factory=list)
    signer: Signer = field(
        default_factory=lambda: own.make_signer(root_name="A real one", now=datetime.now(UTC))
    )

    def __post_init__(self) -> None:
        self.origin.answers["/tsr"] = self.answer
        self.roots = self.folder / "root.pem"
        self.roots.write_bytes(self.signer.root.public_bytes(Encoding.PEM))

    @property
    def setting(self) -> str:
        return f"{self.name}#{self.roots}"

    @property
    def name(self) -> str:
        return self.origin.url("/tsr")

    def answer(self, connection: socket.socket) -> None:
        query = received(connection, self.origin.requests[-1])
        self.asked.append(query)
        connection.sendall(self._answers(query))

    def _answers(self, query: bytes) -> bytes:
        if self.mode == "html":
            return page(b"<html>Please sign in</html>")
        if self.mode == "down":
            return page(b"away", status="503 Service Unavailable")
        if self.mode == "long":
            return page(b"0" * 200_000, kind=REPLY)
        if self.mode == "rejects":
            return page(signing.rejection(), kind=REPLY)
        token = bytearray(self._token(_rust.parse_timestamp_request(query)))
        if self.mode == "flipped bit":
            token[-5] ^= 1  # in the signature
        if self.mode == "cut":
            return page(bytes(token), kind=REPLY)[:-100]
        return page(bytes(token), kind=REPLY)

    def _token(self, request: object) -> bytes:
        imprint, nonce, signer, at = request.message_imprint.message, request.nonce, self.signer, 0
        if self.mode == "other hash":
            imprint = bytes(32)
        if self.mode == "wrong nonce":
            nonce += 1
        if self.mode == "no nonce":
            nonce = None
        if self.mode == "other root":
            signer = own.make_signer(root_name="Another", now=datetime.now(UTC))
        if self.mode in {"expired", "expired and dated back"}:
            signer = self.expired
            at = 30 if self.mode == "expired and dated back" else 0
        if self.mode == "clock an hour wrong":
            return self._grant(signer, imprint, nonce, timedelta(hours=1))
        return self._grant(signer, imprint, nonce, -timedelta(days=at))

    def _grant(self, signer: Signer, imprint: bytes, nonce: int | None, by: timedelta) -> bytes:
        at = datetime.now(UTC) + by
        return signing.grant(signer, imprint=imprint, nonce=nonce, at=at, serial=7)

    @cached_property
    def expired(self) -> Signer:
        """A signer whose certificate ended yesterday, under a root that is trusted."""
        now = datetime.now(UTC) - timedelta(days=60)
        signer = own.make_signer(root_name="Old", now=now, life=timedelta(days=59))
        self.roots.write_bytes(signer.root.public_bytes(Encoding.PEM))
        return signer


@dataclass
class Calendar:
    """An OpenTimestamps calendar; `block` is the height at which it confirms, or None."""

    origin: Origin
    block: int | None = None
    stranger: str = ""
    mode: str = "honest"

    def __post_init__(self) -> None:
        self.origin.answers["/digest"] = self.submit
        self.submitted: list[bytes] = []

    @property
    def url(self) -> str:
        return self.origin.url("").rstrip("/")

    def submit(self, connection: socket.socket) -> None:
        digest = received(connection, self.origin.requests[-1])
        self.submitted.append(digest)
        stamp = Timestamp(digest)
        salted = stamp.ops.add(OpAppend(b"salt")).ops.add(OpSHA256())
        salted.attestations.add(PendingAttestation(self.stranger or self.url))
        self.origin.answers[f"/timestamp/{salted.msg.hex()}"] = lambda connection: (
            connection.sendall(self._upgrade(salted.msg))
        )
        body = b"<html>" if self.mode == "html" else _bytes(stamp)
        connection.sendall(page(body, kind="application/octet-stream"))

    def _upgrade(self, msg: bytes) -> bytes:
        if self.block is None:
            return page(b"not yet", status="404 Not Found")
        stamp = Timestamp(msg)
        up = stamp.ops.add(OpAppend(b"other leaves")).ops.add(OpSHA256())
        up.attestations.add(BitcoinBlockHeaderAttestation(self.block))
        return page(_bytes(stamp), kind="application/octet-stream")


def _bytes(stamp: Timestamp) -> bytes:
    context = BytesSerializationContext()
    stamp.serialize(context)
    return context.getbytes()
