"""A copy whose page was the same again refers to the copy that holds it; a bundle has both."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from audit.chain import canonical
from sources.capture.warc import RecordRef
from tests.verify.bundle_parts import Copy, members, others_say, write_good
from tests.verify.conftest import SECOND, Good
from verify.corroborate_verify import verify

PAGES = ("response", "revisit")


def revisiting(holder: Copy, number: int, payload_digest: str = "", refers_to: str = "") -> Copy:
    """A copy of one record, which says that the page was that of HOLDER again."""
    place, main = next(
        (at, one) for at, one in enumerate(holder.result.records) if one.kind in PAGES
    )
    date = re.search(rb"WARC-Date: (\S+)", gzip.decompress(list(members(holder.warc))[place]))
    assert date is not None
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    block = f"sha256:{hashlib.sha256(head).hexdigest()}"
    digest = payload_digest or main.payload_digest
    fields = (
        f"WARC/1.1\r\nWARC-Type: revisit\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Date: 2026-03-01T11:00:00Z\r\nWARC-Target-URI: {main.target_uri}\r\n"
        "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n"
        f"WARC-Refers-To: {refers_to or main.record_id}\r\n"
        f"WARC-Refers-To-Target-URI: {main.target_uri}\r\n"
        f"WARC-Refers-To-Date: {date[1].decode()}\r\n"
        f"WARC-Block-Digest: {block}\r\nWARC-Payload-Digest: {digest}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(head)}\r\n\r\n"
    )
    warc = gzip.compress(fields.encode() + head + b"\r\n\r\n")
    ref = RecordRef(f"<urn:uuid:{number}>", "revisit", main.target_uri, 0, len(warc), block, digest)
    sha256 = hashlib.sha256(warc).hexdigest()
    manifest = json.loads(holder.manifest)
    manifest["revisits"] = {
        "snapshot": holder.number,
        "warc_sha256": holder.result.warc_sha256,
        "payload_sha256": manifest["payload_sha256"],
    }
    manifest["snapshot"], manifest["records"] = number, [ref.as_json()]
    manifest["warc"] = {"sha256": sha256, "bytes": len(warc)}
    result = replace(holder.result, warc_sha256=sha256, warc_bytes=len(warc), records=(ref,))
    return Copy(number, result, warc, canonical(manifest).decode())


@pytest.fixture
def holder(good: Good) -> Copy:
    found = good.copies[1]
    assert found.number == SECOND
    assert len(list(members(found.warc))) == 4
    return found


def test_a_bundle_with_the_copy_that_is_referred_to_is_valid(
    good: Good, holder: Copy, tmp_path: Path
) -> None:
    path = tmp_path / "both.wacz"
    write_good(path, [holder, revisiting(holder, 95)], good.authority, 2)
    assert verify(path, [good.authority.root]).reason == ""
    assert "Validation succeeded" in others_say(path)


def test_without_the_copy_that_is_referred_to_it_is_rejected(
    good: Good, holder: Copy, tmp_path: Path
) -> None:
    path = tmp_path / "alone.wacz"
    write_good(path, [revisiting(holder, 95)], good.authority, 1)
    report = verify(path)
    assert (report.valid, report.failed) == (False, "manifest")
    assert "that holds the payload of snapshot 95 is not in the bundle" in report.reason


def test_a_copy_that_refers_to_another_payload_is_rejected(
    good: Good, holder: Copy, tmp_path: Path
) -> None:
    path = tmp_path / "other.wacz"
    other = revisiting(holder, 95, f"sha256:{'0' * 64}")
    write_good(path, [holder, other], good.authority, 2)
    report = verify(path)
    assert (report.valid, report.failed) == (False, "manifest")
    assert "does not hold the same payload" in report.reason


def test_a_copy_that_refers_to_a_record_of_another_name_is_rejected(
    good: Good, holder: Copy, tmp_path: Path
) -> None:
    path = tmp_path / "other.wacz"
    other = revisiting(holder, 95, refers_to="<urn:uuid:another>")
    write_good(path, [holder, other], good.authority, 2)
    report = verify(path)
    assert (report.valid, report.failed) == (False, "manifest")
    assert "that snapshot 95 refers to is not the page of that copy" in report.reason


def test_a_copy_that_refers_to_one_that_only_refers_itself_is_rejected(
    good: Good, holder: Copy, tmp_path: Path
) -> None:
    """Otherwise two copies that hold nothing could vouch for each other."""
    path = tmp_path / "chain.wacz"
    second = revisiting(holder, 95)
    third = revisiting(second, 96)
    write_good(path, [holder, second, third], good.authority, 2)
    report = verify(path)
    assert (report.valid, report.failed) == (False, "manifest")
    assert "that snapshot 96 refers to is not the page of that copy" in report.reason
