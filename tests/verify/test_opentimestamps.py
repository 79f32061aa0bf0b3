"""OpenTimestamps proofs in bundles: what can be checked offline is, and the rest is said."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opentimestamps.core.notary import (
    BitcoinBlockHeaderAttestation,
    LitecoinBlockHeaderAttestation,
    PendingAttestation,
)

from tests.verify.bundle_parts import Parts, listed, pack, put_rows, rows
from tests.verify.conftest import Good
from tests.verify.ots_proofs import Proof
from verify.corroborate_verify import Report, main, read_ots, verify

HEIGHT, MADE = 800_000, datetime(2026, 3, 1, 12, tzinfo=UTC)
CALENDAR = "https://calendar.example.org"
NAME = "evidence/checkpoint-2-2.ots"


@pytest.fixture
def digest(good: Good) -> bytes:
    return bytes.fromhex(rows(good.parts, "checkpoints.jsonl")[1]["hash"])


@pytest.fixture
def proof(digest: bytes) -> Proof:
    return Proof(digest, BitcoinBlockHeaderAttestation(HEIGHT))


def header(root: bytes) -> bytes:
    """Of a block that has ROOT and says that it was made at MADE."""
    made = struct.pack("<I", int(MADE.timestamp()))
    return b"\x04\0\0\0" + b"\x11" * 32 + root + made + b"\x22" * 8


def with_proof(good: Good, proof: bytes, state: str = "granted") -> Parts:
    parts = good.parts
    row = {
        "checkpoint": 2, "kind": "opentimestamps", "authority": CALENDAR, "state": state,
        "nonce": "", "token": NAME.removeprefix("evidence/"),
    }  # fmt: skip
    put_rows(parts, "tokens.jsonl", [*rows(parts, "tokens.jsonl"), row])
    return listed({**parts, NAME: proof})


Check = Callable[..., Report]


@pytest.fixture
def check(good: Good, tmp_path: Path) -> Check:
    def run(proof: bytes, state: str = "granted", blocks: dict[int, bytes] | None = None) -> Report:
        path = pack(tmp_path / "with.wacz", with_proof(good, proof, state))
        return verify(path, [good.authority.root], blocks)

    return run


def said(report: Report) -> str:
    assert report.valid, report.reason
    time = next(one for one in report.checks if one.check == "time")
    return next(line for line in time.details if "OpenTimestamps" in line)


def test_the_operations_lead_to_the_root_of_a_block_which_is_to_be_compared(
    check: Check, proof: Proof
) -> None:
    words = said(check(proof.bytes))
    assert f"lead to Merkle root {proof.root[::-1].hex()} of Bitcoin block {HEIGHT}" in words
    assert "is the proof's word" in words
    assert "existed when" not in words


def test_with_the_blocks_header_it_is_said_when(check: Check, proof: Proof) -> None:
    words = said(check(proof.bytes, blocks={HEIGHT: header(proof.root)}))
    assert f"existed when Bitcoin block {HEIGHT} was made, which says {MADE.isoformat()}" in words
    name = hashlib.sha256(hashlib.sha256(header(proof.root)).digest()).digest()[::-1].hex()
    assert name in words


def test_a_block_with_another_root_rejects_the_proof(check: Check, proof: Proof) -> None:
    report = check(proof.bytes, blocks={HEIGHT: header(bytes(32))})
    assert (report.valid, report.failed) == (False, "time")
    assert f"The header of block {HEIGHT} that you gave has another root." in report.reason


def test_a_header_of_another_block_proves_nothing(check: Check, proof: Proof) -> None:
    words = said(check(proof.bytes, blocks={HEIGHT + 1: header(proof.root)}))
    assert "is the proof's word" in words


def test_a_promise_of_a_calendar_is_no_time(check: Check, digest: bytes) -> None:
    promise = Proof(digest, PendingAttestation(CALENDAR)).bytes
    words = said(check(promise, "pending"))
    assert words.endswith("Nothing about time yet")
    assert "pending: https://other.example.org promises a block for " in words
    report = check(promise, "granted")
    assert (report.valid, report.failed) == (False, "time")
    assert "It leads to no block" in report.reason


def test_a_proof_that_a_block_holds_is_believed_before_its_row(check: Check, proof: Proof) -> None:
    assert f"Bitcoin block {HEIGHT}" in said(check(proof.bytes, "pending"))


def test_the_proof_changes_nothing_about_the_time_of_the_bundle(
    check: Check, proof: Proof, good: Good
) -> None:
    before = verify(good.path, [good.authority.root]).time
    assert check(proof.bytes, blocks={HEIGHT: header(proof.root)}).time == before


# Tampering ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda proof, _: proof[:-1], "cut off"),
        (lambda proof, _: proof + b"\0", "Something stands behind"),
        (lambda proof, digest: proof.replace(digest, bytes(32)), "something else"),
        (lambda proof, _: proof.replace(b"OpenTimestamps", b"OpenTimestampz"), "no OpenTimestamps"),
        (lambda _proof, _: b"", "cut off"),
        (lambda proof, _: proof.replace(b"\xf0\x06behind", b"\xf7\x06behind"), "not known here"),
        (lambda proof, _: proof.replace(b"\xf0\x06behind", b"\xf0\xff\xffbehin"), "too long"),
        (lambda proof, _: proof.replace(b"other.example.org", b"other example.org"), "is none"),
        (lambda _proof, digest: Proof(digest, LitecoinBlockHeaderAttestation(1)).bytes, "no block"),
        (lambda proof, _: proof + bytes(100_000), "too long"),
    ],
    ids=["cut", "more behind", "another digest", "magic", "empty", "operation", "length", "address",
         "another chain", "large"],
)  # fmt: skip
def test_a_changed_proof_is_rejected(
    check: Check, proof: Proof, digest: bytes, change: Callable[[bytes, bytes], bytes], reason: str
) -> None:
    changed = change(proof.bytes, digest)
    assert changed != proof.bytes
    report = check(changed)
    assert (report.valid, report.failed) == (False, "time"), report
    assert "The proof of checkpoint 2 is not valid." in report.reason
    assert reason in report.reason


def test_a_changed_operation_leads_elsewhere_which_the_header_shows(
    check: Check, proof: Proof
) -> None:
    """Why the header matters: without it, any root would do."""
    changed = proof.bytes.replace(b"behind", b"beside")
    assert proof.root[::-1].hex() not in said(check(changed))
    report = check(changed, blocks={HEIGHT: header(proof.root)})
    assert (report.valid, report.failed) == (False, "time")


def test_every_byte_counts(proof: Proof, digest: bytes) -> None:
    """No byte can be flipped so that the same is said."""
    whole = read_ots(proof.bytes, digest)
    assert {one.calendar for one in whole} == {"", "https://other.example.org"}
    for place in range(len(proof.bytes)):
        flipped = bytearray(proof.bytes)
        flipped[place] ^= 1
        try:
            assert read_ots(bytes(flipped), digest) != whole, place
        except ValueError:
            continue


def test_a_proof_that_nests_for_ever_is_refused(digest: bytes, proof: Proof) -> None:
    start = proof.bytes[: proof.bytes.index(digest) + 32]
    with pytest.raises(ValueError, match="too many steps"):
        read_ots(start + b"\x08" * 10_000, digest)
    with pytest.raises(ValueError, match="A step of the proof is too long"):
        read_ots(start + b"\xf3" * 10, digest)
    with pytest.raises(ValueError, match="too large"):
        read_ots(start + b"\xf0" + b"\xff" * 20, digest)


def test_a_proof_that_no_row_names_is_rejected(good: Good, proof: Proof, tmp_path: Path) -> None:
    path = pack(tmp_path / "more.wacz", listed({**good.parts, NAME: proof.bytes}))
    report = verify(path, [good.authority.root])
    assert (report.valid, report.failed) == (False, "time")
    assert "belongs to no token" in report.reason


def test_the_command_takes_the_header(good: Good, proof: Proof, tmp_path: Path) -> None:
    path = pack(tmp_path / "with.wacz", with_proof(good, proof.bytes))
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        assert main([str(path), "--block", f"{HEIGHT}:{header(proof.root).hex()}"]) == 0
        assert main([str(path), "--block", f"{HEIGHT}:abc"]) == 2
    assert f"existed when Bitcoin block {HEIGHT} was made" in out.getvalue()
    assert "--block wants HEIGHT:HEADER" in err.getvalue()
