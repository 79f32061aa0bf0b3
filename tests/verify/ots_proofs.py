"""Proofs of the public OpenTimestamps library, over whatever a test says."""

from __future__ import annotations

from opentimestamps.core.notary import PendingAttestation, TimeAttestation
from opentimestamps.core.op import OpAppend, OpHexlify, OpPrepend, OpSHA1, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp


class Proof:
    """A proof of the public library over DIGEST, through some operations to one leaf."""

    def __init__(self, digest: bytes, leaf: TimeAttestation) -> None:
        stamp = Timestamp(digest)
        end = stamp.ops.add(OpPrepend(b"before")).ops.add(OpAppend(b"behind")).ops.add(OpSHA256())
        end = end.ops.add(OpAppend(b"\x01" * 32)).ops.add(OpSHA256())
        end.attestations.add(leaf)
        aside = stamp.ops.add(OpSHA1()).ops.add(OpHexlify())
        aside.attestations.add(PendingAttestation("https://other.example.org"))
        self.root: bytes = end.msg
        context = BytesSerializationContext()
        DetachedTimestampFile(OpSHA256(), stamp).serialize(context)
        self.bytes: bytes = context.getbytes()
