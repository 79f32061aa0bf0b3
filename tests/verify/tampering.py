"""What somebody may do to a good bundle.

Whoever tampers here knows the format: every list and hash that can be made anew is made anew.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cryptography.x509.oid import ExtendedKeyUsageOID

from audit.chain import canonical, line_hash
from tests.verify.authority import NOW, Authority
from tests.verify.bundle_parts import (
    MOMENT,
    NONCE,
    History,
    Parts,
    listed,
    members,
    pack,
    put_rows,
    rows,
    with_warc,
)  # fmt: skip
from tests.verify.conftest import FIRST, SECOND, Good

WARC = f"archive/snapshot-{SECOND}.warc.gz"
MANIFEST = f"evidence/snapshot-{SECOND}.manifest.json"
TEXT = re.compile(rf"evidence/snapshot-{SECOND}\.text\.[0-9a-f]+\.txt")

Change = Callable[[Parts, Good], None]
CHANGES: dict[str, tuple[Change, str, str]] = {}


def rejected(check: str, reason: str) -> Callable[[Change], Change]:
    """A change that the verifier has to reject at CHECK, for a REASON with these words."""

    def keep(change: Change) -> Change:
        CHANGES[change.__name__] = (change, check, reason)
        return change

    return keep


def edited(member: bytes, old: bytes, new: bytes) -> bytes:
    """A gzip member with OLD replaced and its length and digests made anew."""
    head, _, rest = gzip.decompress(member).partition(b"\r\n\r\n")
    block = rest[:-4].replace(old, new)
    assert block != rest[:-4]
    http, _, body = block.partition(b"\r\n\r\n")
    http = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), http)
    block = http + b"\r\n\r\n" + body
    for name, data in ((b"Block", block), (b"Payload", body)):
        digest = b"sha256:" + hashlib.sha256(data).hexdigest().encode()
        head = re.sub(rb"WARC-%s-Digest: \S+" % name, b"WARC-%s-Digest: %s" % (name, digest), head)
    head = re.sub(rb"\r\nContent-Length: \d+", b"\r\nContent-Length: %d" % len(block), head)
    return gzip.compress(head + b"\r\n\r\n" + block + b"\r\n\r\n")


def with_edited_headline(parts: Parts) -> None:
    """The headline reworded, and everything about it but the record and its proofs made anew."""
    records = [
        edited(one, b"The bridge is open", b"The bridge is shut")
        if b"WARC-Type: response" in gzip.decompress(one) else one
        for one in members(parts[WARC])
    ]  # fmt: skip
    with_warc(parts, SECOND, records)
    response = next(one for one in records if b"WARC-Type: response" in gzip.decompress(one))
    body = gzip.decompress(response).partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[2][:-4]
    manifest = json.loads(parts[MANIFEST])
    manifest["payload_sha256"] = hashlib.sha256(body).hexdigest()
    parts[MANIFEST] = canonical(manifest)


@rejected("records", "cannot be unpacked|does not hash|is cut off|another digest")
def a_byte_of_a_warc_is_flipped(parts: Parts, _good: Good) -> None:
    warc = bytearray(parts[WARC])
    warc[len(warc) // 2] ^= 0x10
    parts[WARC] = bytes(warc)


@rejected("package", "does not hash to what datapackage.json says")
def a_byte_is_flipped_and_no_list_made_anew(parts: Parts, _good: Good) -> None:
    parts[WARC] = parts[WARC][:-9] + bytes([parts[WARC][-9] ^ 1]) + parts[WARC][-8:]


@rejected("record", "with another manifest")
def the_headline_is_edited_and_every_digest_made_anew(parts: Parts, _good: Good) -> None:
    with_edited_headline(parts)


@rejected("manifest", "is not the file that the manifest")
def the_headline_is_edited_and_the_manifest_kept(parts: Parts, _good: Good) -> None:
    kept = parts[MANIFEST]
    with_edited_headline(parts)
    parts[MANIFEST] = kept


@rejected("record", "with another manifest")
def a_record_is_dropped(parts: Parts, _good: Good) -> None:
    with_warc(
        parts,
        SECOND,
        [one for one in members(parts[WARC]) if b"metadata" not in gzip.decompress(one)[:40]],
    )


@rejected("record", "with another manifest")
def records_change_places(parts: Parts, _good: Good) -> None:
    first, *rest = members(parts[WARC])
    with_warc(parts, SECOND, [first, *reversed(rest)])


@rejected("records", "holds a record twice")
def a_record_is_there_twice(parts: Parts, _good: Good) -> None:
    records = list(members(parts[WARC]))
    parts[WARC] = b"".join([*records, records[-1]])


@rejected("records", "cannot be unpacked")
def bytes_follow_the_last_record(parts: Parts, _good: Good) -> None:
    parts[WARC] += b"and more"


@rejected("manifest", "is not the file that the manifest")
def one_snapshot_stands_in_the_place_of_another(parts: Parts, _good: Good) -> None:
    parts[WARC] = parts[f"archive/snapshot-{FIRST}.warc.gz"]
    lines = [
        line for line in parts["indexes/index.cdxj"].decode().splitlines()
        if f"snapshot-{SECOND}." not in line
    ]  # fmt: skip
    lines += [line.replace(f"-{FIRST}.", f"-{SECOND}.") for line in lines]
    parts["indexes/index.cdxj"] = "".join(f"{line}\n" for line in sorted(lines)).encode()
    pages = parts["pages/pages.jsonl"].decode().splitlines()
    pages = [line for line in pages if f"snapshot-{SECOND}" not in line]
    parts["pages/pages.jsonl"] = "\n".join(pages).encode()


@rejected("manifest", "is not the manifest of snapshot")
def a_manifest_is_given_to_another_snapshot(parts: Parts, _good: Good) -> None:
    parts[MANIFEST] = parts[f"evidence/snapshot-{FIRST}.manifest.json"]


@rejected("manifest", "No manifest describes")
def a_manifest_is_missing(parts: Parts, _good: Good) -> None:
    del parts[MANIFEST]


@rejected("record", "with another manifest")
def the_manifest_says_another_address(parts: Parts, _good: Good) -> None:
    manifest = json.loads(parts[MANIFEST])
    manifest["document"]["address"] = "https://outlet.example.org/another"
    parts[MANIFEST] = canonical(manifest)


@rejected("manifest", "not in the one form")
def the_manifest_is_written_in_another_form(parts: Parts, _good: Good) -> None:
    parts[MANIFEST] = json.dumps(json.loads(parts[MANIFEST]), indent=1).encode()


@rejected("record", "does not have the hash of its content")
def a_line_of_the_record_is_edited(parts: Parts, _good: Good) -> None:
    lines = rows(parts, "ledger.jsonl")
    lines[-1]["content"]["at"] = "2020-01-01T00:00:00+00:00"
    put_rows(parts, "ledger.jsonl", lines)


@rejected("inclusion", "does not lead to checkpoint")
def a_line_of_the_record_is_edited_and_hashed_anew(parts: Parts, _good: Good) -> None:
    lines = rows(parts, "ledger.jsonl")
    lines[-1]["content"]["at"] = "2020-01-01T00:00:00+00:00"
    lines[-1]["hash"] = line_hash(lines[-1]["previous_hash"], lines[-1]["content"])
    put_rows(parts, "ledger.jsonl", lines)


@rejected("inclusion", "does not lead to checkpoint")
def headline_manifest_and_line_are_all_made_anew(parts: Parts, _good: Good) -> None:
    """All but the Merkle tree: the edit of whoever owns the bundle and not the time stamp."""
    with_edited_headline(parts)
    lines = rows(parts, "ledger.jsonl")
    for line in lines:
        after = line["content"]["after"]
        if line["content"]["subject_id"] == str(SECOND) and "manifest_sha256" in after:
            after["manifest_sha256"] = hashlib.sha256(parts[MANIFEST]).hexdigest()
            after["warc_sha256"] = hashlib.sha256(parts[WARC]).hexdigest()
            line["hash"] = line_hash(line["previous_hash"], line["content"])
    lines[-1]["previous_hash"] = lines[-2]["hash"]
    lines[-1]["hash"] = line_hash(lines[-1]["previous_hash"], lines[-1]["content"])
    put_rows(parts, "ledger.jsonl", lines)


@rejected("record", "No line of the record seals")
def the_line_that_sealed_it_is_left_out(parts: Parts, _good: Good) -> None:
    lines = rows(parts, "ledger.jsonl")
    put_rows(parts, "ledger.jsonl", [one for one in lines if not _seals(one)])


def _seals(line: dict[str, dict[str, object]]) -> bool:
    content = line["content"]
    return content["tag"] == "sources:snapshot:sealed" and content["subject_id"] == str(SECOND)


@rejected("inclusion", "has no proof")
def a_proof_is_missing(parts: Parts, _good: Good) -> None:
    put_rows(parts, "proofs.jsonl", rows(parts, "proofs.jsonl")[:-1])


@rejected("inclusion", "does not lead to checkpoint")
def the_proof_is_that_of_another_leaf(parts: Parts, _good: Good) -> None:
    proofs = rows(parts, "proofs.jsonl")
    proofs[-1]["path"], proofs[-2]["path"] = proofs[-2]["path"], proofs[-1]["path"]
    put_rows(parts, "proofs.jsonl", proofs)


@rejected("inclusion", "does not have the hash of its content")
def the_root_of_a_checkpoint_is_another(parts: Parts, _good: Good) -> None:
    checkpoints = rows(parts, "checkpoints.jsonl")
    checkpoints[0]["root"] = checkpoints[1]["root"]
    put_rows(parts, "checkpoints.jsonl", checkpoints)


def history_anew(parts: Parts) -> None:
    """Record, tree and checkpoints written anew over an edited page: all but a token."""
    with_edited_headline(parts)
    copies = []
    for number in (FIRST, SECOND):
        warc = hashlib.sha256(parts[f"archive/snapshot-{number}.warc.gz"]).hexdigest()
        manifest = parts[f"evidence/snapshot-{number}.manifest.json"].decode()
        copies.append(_Rewritten(number, manifest, _Result(warc)))
    history = History(copies)  # type: ignore[arg-type]  # as much of a Copy as it reads
    checkpoints = history.checkpoints(2, len(history.rows) - 2)
    put_rows(parts, "ledger.jsonl", history.published)
    put_rows(parts, "checkpoints.jsonl", checkpoints)
    put_rows(parts, "proofs.jsonl", history.proofs(checkpoints))


class _Result(NamedTuple):
    warc_sha256: str


class _Rewritten(NamedTuple):
    number: int
    manifest: str
    result: _Result


@rejected("time", "about something else than this checkpoint")
def all_history_is_written_anew_under_the_old_token(parts: Parts, _good: Good) -> None:
    history_anew(parts)


@rejected("time", "does not lead to a root that is trusted")
def all_history_is_written_anew_with_an_authority_of_ones_own(parts: Parts, _good: Good) -> None:
    history_anew(parts)
    _stamp(parts, Authority())


def _stamp(
    parts: Parts, authority: Authority, nonce: int | None = NONCE, **options: object
) -> None:
    imprint = bytes.fromhex(rows(parts, "checkpoints.jsonl")[-1]["hash"])
    parts["evidence/checkpoint-2-1.tsr"] = authority.stamp(imprint, nonce=nonce, **options)
    parts["evidence/checkpoint-2-1.pem"] = authority.pem


@rejected("time", "does not lead to a root that is trusted")
def the_token_is_that_of_a_foreign_authority(parts: Parts, _good: Good) -> None:
    _stamp(parts, Authority())


@rejected("time", "about something else than this checkpoint")
def the_token_is_that_of_another_checkpoint(parts: Parts, good: Good) -> None:
    imprint = bytes.fromhex(rows(parts, "checkpoints.jsonl")[0]["hash"])
    parts["evidence/checkpoint-2-1.tsr"] = good.authority.stamp(imprint, nonce=NONCE)


@rejected("time", "its nonce")
def the_token_has_no_nonce(parts: Parts, good: Good) -> None:
    _stamp(parts, good.authority, nonce=None)


@rejected("time", "its nonce")
def the_token_answers_another_question(parts: Parts, good: Good) -> None:
    _stamp(parts, good.authority, nonce=NONCE + 1)


@rejected("time", "signature of the token is wrong|over another time stamp")
def the_time_in_the_token_is_edited(parts: Parts, _good: Good) -> None:
    name = "evidence/checkpoint-2-1.tsr"
    parts[name] = parts[name].replace(b"20260301120000Z", b"20200301120000Z")


@rejected("time", "not made for time stamps")
def the_signer_may_not_stamp_time(parts: Parts, good: Good) -> None:
    _stamp(parts, Authority(purpose=ExtendedKeyUsageOID.SERVER_AUTH))


@rejected("time", "was not valid at the time")
def the_certificate_had_ended_by_then(parts: Parts, _good: Good) -> None:
    _stamp(parts, Authority(ends=NOW - (NOW - MOMENT)))


@rejected("time", "It cannot be read|ends too early")
def the_token_is_cut_off(parts: Parts, _good: Good) -> None:
    parts["evidence/checkpoint-2-1.tsr"] = parts["evidence/checkpoint-2-1.tsr"][:-40]


@rejected("time", "belongs to no token")
def a_token_is_called_pending_that_is_there(parts: Parts, _good: Good) -> None:
    put_rows(parts, "tokens.jsonl", [])


@rejected("artifacts", "is not what was made from snapshot")
def the_text_is_edited(parts: Parts, _good: Good) -> None:
    name = next(name for name in parts if TEXT.fullmatch(name))
    parts[name] = parts[name].replace(b"open", b"shut")


@rejected("artifacts", "Nothing explains")
def a_file_is_added_and_listed(parts: Parts, _good: Good) -> None:
    parts["evidence/expert-opinion.txt"] = b"All of this is true."


@rejected("package", "is not listed in datapackage.json")
def a_file_is_added_and_not_listed(parts: Parts, _good: Good) -> None:
    parts["evidence/expert-opinion.txt"] = b"All of this is true."


@rejected("package", "has 58 bytes, and datapackage.json says 59")
def a_size_in_the_package_is_wrong(parts: Parts, _good: Good) -> None:
    name = next(name for name in parts if TEXT.fullmatch(name))
    package = json.loads(parts["datapackage.json"])
    next(row for row in package["resources"] if row["path"] == name)["bytes"] += 1
    _put_package(parts, package)


@rejected("package", "datapackage-digest.json does not fit")
def the_package_is_edited_and_its_digest_kept(parts: Parts, _good: Good) -> None:
    parts["datapackage.json"] = parts["datapackage.json"].replace(b"Tests", b"Truth")


@rejected("package", "lists a file twice")
def a_file_is_listed_twice(parts: Parts, _good: Good) -> None:
    package = json.loads(parts["datapackage.json"])
    package["resources"].append(package["resources"][0])
    _put_package(parts, package)


def _put_package(parts: Parts, package: dict[str, object]) -> None:
    raw = json.dumps(package).encode()
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}"}
    parts["datapackage.json"] = raw
    parts["datapackage-digest.json"] = json.dumps(digest).encode()


@rejected("package", "pages/pages.jsonl is missing")
def the_list_of_pages_is_missing(parts: Parts, _good: Good) -> None:
    del parts["pages/pages.jsonl"]


@rejected("pages", "names a page that is not there")
def the_list_of_pages_has_a_headline_of_its_own(parts: Parts, _good: Good) -> None:
    name = "pages/pages.jsonl"
    parts[name] = parts[name].replace(b"Snapshot 91:", b"The bridge is shut:")


@rejected("index", "says other things")
def the_index_leads_to_another_record(parts: Parts, _good: Good) -> None:
    name = "indexes/index.cdxj"
    parts[name] = parts[name].replace(b'"status": "302"', b'"status": "200"')


@rejected("index", "leaves out a record")
def the_index_leaves_out_a_record(parts: Parts, _good: Good) -> None:
    name = "indexes/index.cdxj"
    parts[name] = b"".join(parts[name].splitlines(keepends=True)[:-1])


# Changes that only make sense with the old lists
KEEPING_LISTS = frozenset(
    {
        "a_byte_is_flipped_and_no_list_made_anew", "a_file_is_added_and_not_listed",
        "a_size_in_the_package_is_wrong", "the_package_is_edited_and_its_digest_kept",
        "a_file_is_listed_twice",
    }
)  # fmt: skip


def changed(name: str, good: Good, path: Path) -> Path:
    """The good bundle with the change NAME, packed again."""
    parts = good.parts
    CHANGES[name][0](parts, good)
    return pack(path, parts if name in KEEPING_LISTS else listed(parts))
