"""One good bundle, made of real parts, and the tools of somebody who wants to change it unseen."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit.chain import canonical, line_hash
from sources.capture.pipeline import CaptureResult
from sources.capture.store import FileStore
from sources.manifest import Subject, manifest_text
from sources.wacz import WaczWriter
from tests.verify.authority import Authority

Parts = dict[str, bytes]
MOMENT = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
NONCE = 123_456_789_012_345
TEXT = "The bridge is open again, three drivers told our reporter."


@dataclass(frozen=True)
class Copy:
    """One captured snapshot: its number, its WARC, its manifest."""

    number: int
    result: CaptureResult
    warc: bytes
    manifest: str


def copy_of(number: int, result: CaptureResult, store: FileStore, **about: Any) -> Copy:
    subject = Subject(
        number=number, document=number, address=result.requested_url, via="", reason="user",
        started_at=MOMENT, finished_at=MOMENT, worker="tests", robots="", flags=(), **about,
    )  # fmt: skip
    with store.open(result.warc_sha256) as file:
        return Copy(number, result, file.read(), manifest_text(subject, result))


def merkle(leaves: Sequence[bytes]) -> bytes:
    """The root by the definition of RFC 6962, 2.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    cut = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + merkle(leaves[:cut]) + merkle(leaves[cut:])).digest()


def path_to(leaves: Sequence[bytes], index: int) -> list[str]:
    """The audit path by the definition of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    cut = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < cut:
        return [*path_to(leaves[:cut], index), merkle(leaves[cut:]).hex()]
    return [*path_to(leaves[cut:], index - cut), merkle(leaves[:cut]).hex()]


class History:
    """A record like ours: lines about many things, those about the copies among them."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        self.rows: list[dict[str, Any]] = []
        for copy in copies:
            self._add("claims.claim", copy.number, "claims:claim:reworded", {}, actor=7)
            sealed = {
                "manifest_sha256": hashlib.sha256(copy.manifest.encode()).hexdigest(),
                "warc_sha256": copy.result.warc_sha256,
                "outcome": "ok",
            }
            self._add("sources.snapshot", copy.number, "sources:snapshot:sealed", sealed)
            made = {"kind": "text", "sha256": hashlib.sha256(TEXT.encode()).hexdigest()}
            self._add("sources.snapshot", copy.number, "sources:artifact:made", made)

    def _add(
        self, kind: str, number: int, tag: str, after: Mapping[str, Any], actor: int | None = None
    ) -> None:
        previous = self.rows[-1]["hash"] if self.rows else ""
        content = {
            "seq": len(self.rows) + 1, "at": MOMENT.isoformat(), "actor": actor,
            "actor_name": "Corroborate", "origin": "task", "request_id": None,
            "subject_type": kind, "subject_id": str(number), "tag": tag, "before": {},
            "after": dict(after), "reason": "",
        }  # fmt: skip
        digest = line_hash(previous, content)
        self.rows.append({"content": content, "previous_hash": previous, "hash": digest})

    @property
    def leaves(self) -> list[bytes]:
        return [bytes.fromhex(row["hash"]) for row in self.rows]

    @property
    def published(self) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["content"]["actor"] is None]

    def checkpoints(self, *lengths: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        first = 1
        for number, length in enumerate(lengths, start=1):
            content = {
                "number": number, "first_seq": first, "last_seq": first + length - 1,
                "root": merkle(self.leaves[first - 1 : first - 1 + length]).hex(),
                "previous_hash": rows[-1]["hash"] if rows else "", "made_at": MOMENT.isoformat(),
            }  # fmt: skip
            rows.append({**content, "hash": line_hash(content["previous_hash"], content)})
            first += length
        return rows

    def proofs(self, checkpoints: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for row in self.published:
            seq = row["content"]["seq"]
            over = next(one for one in checkpoints if one["first_seq"] <= seq <= one["last_seq"])
            leaves = self.leaves[over["first_seq"] - 1 : over["last_seq"]]
            path = path_to(leaves, seq - over["first_seq"])
            found.append({"seq": seq, "checkpoint": over["number"], "path": path})
        return found


def write_good(path: Path, copies: Sequence[Copy], authority: Authority, cut: int) -> None:
    """The bundle of COPIES: two checkpoints, of which the second is stamped."""
    history = History(copies)
    checkpoints = history.checkpoints(cut, len(history.rows) - cut)
    with WaczWriter(path, MOMENT) as writer:
        for copy in copies:
            records = [record.as_json() for record in copy.result.records]
            writer.add_warc(copy.number, io.BytesIO(copy.warc), records, is_page=True)
            stem = f"evidence/snapshot-{copy.number}"
            writer.add(f"{stem}.manifest.json", copy.manifest.encode())
            digest = hashlib.sha256(TEXT.encode()).hexdigest()
            writer.add(f"{stem}.text.{digest[:8]}.txt", TEXT.encode())
        writer.add_lines("evidence/ledger.jsonl", history.published)
        writer.add_lines("evidence/proofs.jsonl", history.proofs(checkpoints))
        writer.add_lines("evidence/checkpoints.jsonl", checkpoints)
        imprint = bytes.fromhex(checkpoints[-1]["hash"])
        writer.add("evidence/checkpoint-2-1.tsr", authority.stamp(imprint, nonce=NONCE))
        writer.add("evidence/checkpoint-2-1.pem", authority.pem)
        token = {
            "checkpoint": 2, "kind": "rfc3161", "authority": "tests", "state": "granted",
            "nonce": str(NONCE), "token": "checkpoint-2-1.tsr",
            "certificates": "checkpoint-2-1.pem",
        }  # fmt: skip
        writer.add_lines("evidence/tokens.jsonl", [token])
        writer.add("evidence/README.txt", b"Words.")
        writer.finish(title="Tests", description="Tests", software="tests")


# What somebody does who wants to change a bundle ------------------------------------------------


def unpack(path: Path) -> Parts:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def listed(parts: Parts) -> Parts:
    """PARTS with datapackage.json and its digest made anew."""
    package = json.loads(parts["datapackage.json"])
    package["resources"] = [
        {
            "name": name.rpartition("/")[2].lower(), "path": name, "bytes": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        }
        for name, content in parts.items() if not name.startswith("datapackage")
    ]  # fmt: skip
    raw = json.dumps(package).encode()
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}"}
    rest = {name: one for name, one in parts.items() if not name.startswith("datapackage")}
    return {**rest, "datapackage.json": raw, "datapackage-digest.json": json.dumps(digest).encode()}


def pack(path: Path, parts: Parts, extra: Callable[[zipfile.ZipFile], None] | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in parts.items():
            bundle.writestr(zipfile.ZipInfo(name, MOMENT.timetuple()[:6]), content)
        if extra:
            extra(bundle)
    return path


def rows(parts: Parts, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in parts[f"evidence/{name}"].splitlines()]


def put_rows(parts: Parts, name: str, given: Sequence[Mapping[str, Any]]) -> None:
    parts[f"evidence/{name}"] = b"".join(json.dumps(row).encode() + b"\n" for row in given)


def with_warc(parts: Parts, number: int, records: Sequence[bytes]) -> None:
    """Put gzip members into the WARC of a snapshot, and make index and manifest fit them."""
    name = f"snapshot-{number}.warc.gz"
    parts[f"archive/{name}"] = b"".join(records)
    folder = json.loads(parts[f"evidence/snapshot-{number}.manifest.json"])
    folder["records"], lines = [], []
    place = 0
    for member in records:
        folder["records"].append(_described(member, place))
        place += len(member)
    warc = parts[f"archive/{name}"]
    folder["warc"] = {"sha256": hashlib.sha256(warc).hexdigest(), "bytes": len(warc)}
    parts[f"evidence/snapshot-{number}.manifest.json"] = canonical(folder)
    by_offset = {row["target"]: row for row in folder["records"] if row["type"] == "response"}
    for line in parts["indexes/index.cdxj"].decode().splitlines():
        key, stamp, text = line.split(" ", 2)
        entry = json.loads(text)
        if entry["filename"] == name:
            if entry["url"] not in by_offset:
                continue
            row = by_offset[entry["url"]]
            entry["digest"] = row["payload_digest"]
            entry["offset"], entry["length"] = str(row["offset"]), str(row["length"])
        lines.append(f"{key} {stamp} {json.dumps(entry)}\n")
    parts["indexes/index.cdxj"] = "".join(lines).encode()


def members(warc: bytes) -> Iterator[bytes]:
    """The gzip members of a WARC file."""
    while warc:
        unpacking = zlib.decompressobj(31)
        unpacking.decompress(warc)
        size = len(warc) - len(unpacking.unused_data)
        yield warc[:size]
        warc = warc[size:]


def _described(member: bytes, offset: int) -> dict[str, Any]:
    head = gzip.decompress(member).partition(b"\r\n\r\n")[0].decode()
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    return {
        "id": fields["WARC-Record-ID"], "type": fields["WARC-Type"],
        "target": fields.get("WARC-Target-URI", ""), "offset": offset, "length": len(member),
        "block_digest": fields["WARC-Block-Digest"],
        "payload_digest": fields.get("WARC-Payload-Digest", ""),
    }  # fmt: skip


def others_say(path: Path) -> str:
    """What py-wacz says of a bundle; in a process of its own, because it leaves files open."""
    command = [sys.executable, "-m", "wacz", "validate", "-f", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
