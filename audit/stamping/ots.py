"""OpenTimestamps proofs: a checkpoint's hash in a calendar, later in a block of Bitcoin. Pure.

A proof is kept as the content of an `.ots` file for the file whose SHA-256 is the checkpoint's
hash, so that the public `ots` client reads it. What a block says is checked against the block
itself, which is not here: `check` says which block, and what its Merkle root has to be.
"""

from __future__ import annotations

from dataclasses import dataclass

from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpSHA256
from opentimestamps.core.serialize import (
    BytesDeserializationContext,
    BytesSerializationContext,
    DeserializationError,
)
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

from audit.stamping.tokens import TokenProblem

MOST_BYTES = 10_000  # of a calendar's answer, as in the public client
_BROKEN = (DeserializationError, ValueError, TypeError, AssertionError)


@dataclass(frozen=True)
class Block:
    """The block of Bitcoin that a proof leads to, and the Merkle root that it must have."""

    height: int
    merkle_root: str  # hexadecimal, in the byte order of the proof


def begin(answer: bytes, *, imprint: bytes) -> bytes:
    """The proof out of a calendar's first ANSWER; raises TokenProblem."""
    return _written(_answer(answer, imprint))


def waiting_at(proof: bytes, *, imprint: bytes) -> tuple[str, bytes] | None:
    """Address of a calendar and what to ask it for; None if the proof waits for none."""
    for msg, said in _read(proof, imprint).all_attestations():
        if isinstance(said, PendingAttestation):
            return said.uri, msg
    return None


def extend(proof: bytes, answer: bytes, *, imprint: bytes) -> bytes:
    """PROOF with what the calendar ANSWERs about its commitment; raises TokenProblem."""
    stamp = _read(proof, imprint)
    for node in _nodes(stamp):
        if any(isinstance(said, PendingAttestation) for said in node.attestations):
            node.merge(_answer(answer, node.msg))
            return _written(stamp)
    raise TokenProblem("The proof waits for no calendar.")


def block_of(proof: bytes, *, imprint: bytes) -> Block | None:
    """The earliest block that the proof leads to; None while there is none."""
    blocks = [
        Block(said.height, msg.hex())
        for msg, said in _read(proof, imprint).all_attestations()
        if isinstance(said, BitcoinBlockHeaderAttestation)
    ]
    return min(blocks, key=lambda block: block.height, default=None)


def check(proof: bytes, *, imprint: bytes) -> Block:
    """The block that attests IMPRINT; raises TokenProblem."""
    block = block_of(proof, imprint=imprint)
    if block is None:
        raise TokenProblem("The proof leads to no block yet.")
    return block


def _nodes(stamp: Timestamp) -> list[Timestamp]:
    found, todo = [], [stamp]
    while todo:
        node = todo.pop()
        found.append(node)
        todo.extend(node.ops.values())
    return found


def _answer(answer: bytes, msg: bytes) -> Timestamp:
    if len(answer) > MOST_BYTES:
        raise TokenProblem("The calendar's answer is too long.")
    context = BytesDeserializationContext(answer)
    try:
        stamp = Timestamp.deserialize(context, msg)
        context.assert_eof()
    except _BROKEN as problem:
        raise TokenProblem("The calendar's answer is not a proof.") from problem
    return stamp


def _read(proof: bytes, imprint: bytes) -> Timestamp:
    try:
        file = DetachedTimestampFile.deserialize(BytesDeserializationContext(proof))
    except _BROKEN as problem:
        raise TokenProblem("The kept proof cannot be read.") from problem
    if file.file_digest != imprint:
        raise TokenProblem("The proof is about something else.")
    return file.timestamp


def _written(stamp: Timestamp) -> bytes:
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), stamp).serialize(context)
    written: bytes = context.getbytes()
    return written
