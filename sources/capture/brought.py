"""What somebody brought instead of us fetching it, written into a WARC file of our own.

The bytes are kept as they were given. Where and when they were fetched is the word of whoever gave
them, and the metadata record says so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sources.capture.fetch import Trail
from sources.capture.foreign import BadArchive, ForeignRecord, split
from sources.capture.guard import Address, Refused, read_address
from sources.capture.hop import OPENING_BYTES, BodySink, Hop
from sources.capture.http1 import (
    Feed,
    Framing,
    Head,
    Incomplete,
    ProtocolProblem,
    framing,
    parse_head,
    read_body,
)  # fmt: skip
from sources.capture.judge import outcome_of
from sources.capture.limits import Limits
from sources.capture.outcomes import Outcome, Truncation
from sources.capture.pipeline import SOFTWARE
from sources.capture.sniff import sniffed_type
from sources.capture.warc import Record, RecordKind, RecordRef, WarcWriter, warc_fields

_STEP = 64 * 1024
_YEARS = range(1990, 2200)
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_UNUSABLE = re.compile(r"[\x00-\x20\x7f-\x9f]")
_LONGEST = 8192


@dataclass(frozen=True, slots=True)
class Given:
    """The file that somebody gave us."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Brought:
    """One page of it: what is sealed, and what of it has to be said."""

    target: str
    hop: Hop
    record: Record
    outcome: Outcome
    media_type: str
    stated: Mapping[str, str]  # the header of the foreign record; empty for a plain file
    wrong: tuple[str, ...] = ()  # digests that its header stated wrongly

    @property
    def stated_at(self) -> datetime | None:
        return _date(self.stated.get("warc-date", ""))


def from_record(record: ForeignRecord, now: datetime) -> Brought:
    """Take over a response or resource of a foreign WARC; raises BadArchive."""
    if not record.target or len(record.target) > _LONGEST or _UNUSABLE.search(record.target):
        raise BadArchive("A record has no address, or one that we cannot use.")
    parts = split(record)
    at = _date(record.fields.get("warc-date", "")) or now
    hop = Hop(0, record.target, at)
    if not parts.head:
        return _plain(hop, parts.body, record.fields, tuple(parts.wrong))
    try:
        address = read_address(record.target)
        hop.head, hop.host = parse_head(parts.head), address.host
    except Refused as refused:
        raise BadArchive(
            f"A record has an address that we cannot use. {refused.words}"
        ) from refused
    except ProtocolProblem as problem:
        raise BadArchive(f"The answer of {record.target} cannot be read: {problem}") from problem
    hop.truncated = _truncation(record.fields.get("warc-truncated", ""))
    _measure(hop, hop.head, parts.body)
    return Brought(
        record.target, hop, _response(hop, parts.head, parts.body), _judged(hop, address),
        hop.head.media_type, record.fields, tuple(parts.wrong),
    )  # fmt: skip


def from_file(path: Path, target: str, now: datetime) -> Brought:
    """Take over a plain file, as what TARGET is said to have shown."""
    return _plain(Hop(0, target, now), path, {}, ())


def _plain(hop: Hop, body: Path, stated: Mapping[str, str], wrong: tuple[str, ...]) -> Brought:
    digest = hashlib.sha256()
    with body.open("rb") as file:
        for piece in _pieces(file):
            digest.update(piece)
            hop.payload_bytes += len(piece)
            hop.opening += piece[: OPENING_BYTES - len(hop.opening)]
    hop.payload_sha256, hop.body_bytes = digest.hexdigest(), hop.payload_bytes
    declared = stated.get("content-type", "").partition(";")[0].strip().lower()
    known = declared if _MEDIA_TYPE.fullmatch(declared) else ""
    media_type = sniffed_type(hop.opening, known)
    record = Record(
        RecordKind.RESOURCE, media_type, hop.started_at, body=body, target_uri=hop.url,
        has_payload=True,
    )  # fmt: skip
    outcome = Outcome.OK if hop.payload_bytes else Outcome.EMPTY
    return Brought(hop.url, hop, record, outcome, media_type, stated, wrong)


def _response(hop: Hop, head: bytes, body: Path) -> Record:
    return Record(
        RecordKind.RESPONSE, "application/http; msgtype=response", hop.started_at, head=head,
        body=body, target_uri=hop.url, has_payload=True,
        fields={"WARC-Truncated": str(hop.truncated or "")},
    )  # fmt: skip


def _measure(hop: Hop, head: Head, body: Path) -> None:
    """Fill in sizes and digests of the body, transfer coding and content coding undone."""
    scratch = body.with_suffix(".measured")
    with body.open("rb") as source, scratch.open("wb") as out:
        sink = BodySink(hop, head, out, Limits())
        try:
            for piece in _payload(source, head, sink):
                sink.on_payload(piece)
        except (Incomplete, ProtocolProblem):
            hop.truncated = hop.truncated or Truncation.UNSPECIFIED
        sink.close()
    hop.body_bytes = body.stat().st_size


def _payload(source: BinaryIO, head: Head, sink: BodySink) -> Iterator[bytes]:
    """The body without its transfer coding; no more is believed of a foreign header than that."""
    if framing(head)[0] == Framing.CHUNKED:
        return read_body(Feed(source.read), head, sink.on_wire)
    return _pieces(source)


def _judged(hop: Hop, address: Address) -> Outcome:
    return outcome_of(Trail(address, [hop]))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_STEP):
        yield piece


def _date(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if found.year not in _YEARS:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _truncation(text: str) -> Truncation | None:
    if not text:
        return None
    known = [one for one in Truncation if one == text.lower()]
    return known[0] if known else Truncation.UNSPECIFIED


def write_brought(
    path: Path, brought: Brought, given: Given, *, operator: str, now: datetime
) -> tuple[RecordRef, ...]:
    """Write a WARC file about one page that was brought: the page, and what is known of it."""
    about = {
        "software": SOFTWARE,
        "operator": operator,
        "description": "Given to us as a file by somebody; nobody here fetched it",
        "format": "WARC File Format 1.1",
    }
    writer = WarcWriter(path)
    try:
        writer.add(
            Record(RecordKind.WARCINFO, "application/warc-fields", now, body=warc_fields(about))
        )
        main = writer.add(brought.record)
        metadata = Record(
            RecordKind.METADATA, "application/json", now, body=_known(brought, given),
            target_uri=brought.target, fields={"WARC-Concurrent-To": main.record_id},
        )  # fmt: skip
        writer.add(metadata)
    finally:
        writer.close()
    return tuple(writer.records)


def _known(brought: Brought, given: Given) -> bytes:
    content = {
        "note": "Where and when this was fetched is the word of whoever gave the file.",
        "given": {"sha256": given.sha256, "bytes": given.size},
        "stated": dict(brought.stated),
        "digests_stated_wrongly": list(brought.wrong),
        "payload_sha256": brought.hop.payload_sha256,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace")
