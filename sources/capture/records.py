"""From the trail of a capture to the records of its WARC file."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sources.capture.fetch import Trail
from sources.capture.hop import Hop
from sources.capture.revisit import Holder
from sources.capture.spool import Spool
from sources.capture.warc import Record, RecordKind, RecordRef, WarcWriter, warc_fields

_PAGES = frozenset({RecordKind.RESPONSE, RecordKind.REVISIT})


@dataclass(frozen=True, slots=True)
class WrittenWarc:
    """The file's records; `main` is the final response, if there was one."""

    records: tuple[RecordRef, ...]
    main: RecordRef | None


def write_capture(
    file: Spool,
    trail: Trail,
    *,
    about: Mapping[str, str],
    now: datetime,
    holder: Holder | None = None,
) -> WrittenWarc:
    """Write the whole trail into FILE, a new WARC: what was asked, what came, and how.

    HOLDER: the record that holds the final page already; that page is not written again.
    """
    writer = WarcWriter(file)
    try:
        writer.add(_warcinfo(about, now))
        answers = [
            _add_hop(writer, hop, holder if hop is trail.final else None) for hop in trail.hops
        ]
        writer.add(_metadata(trail, answers[-1], now))
    finally:
        writer.close()
    last = answers[-1]
    main = last if last and last.kind in _PAGES else None
    return WrittenWarc(tuple(writer.records), main)


def _warcinfo(about: Mapping[str, str], now: datetime) -> Record:
    fields = {
        **about,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    return Record(RecordKind.WARCINFO, "application/warc-fields", now, body=warc_fields(fields))


def _add_hop(writer: WarcWriter, hop: Hop, holder: Holder | None) -> RecordRef | None:
    """Write request and answer of one hop; return the answer's place, if there was an answer."""
    if not hop.request:
        return None
    request = writer.add(
        Record(
            RecordKind.REQUEST,
            "application/http; msgtype=request",
            hop.started_at,
            head=hop.request,
            target_uri=hop.url,
            has_payload=True,
            fields={"WARC-IP-Address": hop.ip},
        )
    )
    answer = _answer(hop, request, holder)
    return writer.add(answer) if answer else None


def _answer(hop: Hop, request: RecordRef, holder: Holder | None) -> Record | None:
    fields = {
        "WARC-IP-Address": hop.ip,
        "WARC-Concurrent-To": request.record_id,
        "WARC-Truncated": str(hop.truncated or ""),
    }
    if hop.head and holder:
        return Record(
            RecordKind.REVISIT,
            "application/http; msgtype=response",
            hop.started_at,
            head=hop.head.raw,
            target_uri=hop.url,
            payload_elsewhere=holder.payload_digest,
            fields={**fields, **holder.fields()},
        )
    if hop.head and hop.body is not None:
        return Record(
            RecordKind.RESPONSE,
            "application/http; msgtype=response",
            hop.started_at,
            head=hop.head.raw,
            body=hop.body,
            target_uri=hop.url,
            has_payload=True,
            payload_sha256=hop.payload_sha256 if hop.has_no_transfer_coding else "",
            fields=fields,
        )
    if not hop.raw:
        return None
    # What cannot be read as HTTP is kept as bytes, so that nobody reads it as a response.
    return Record(
        RecordKind.RESOURCE,
        "application/octet-stream",
        hop.started_at,
        body=hop.raw,
        target_uri=hop.url,
        has_payload=True,
        fields={**fields, "WARC-Truncated": "unspecified"},
    )


def _metadata(trail: Trail, main: RecordRef | None, now: datetime) -> Record:
    content = {
        "requested": trail.requested.url,
        "error": trail.error,
        "error_detail": trail.error_detail or None,
        "hops": [_hop_facts(hop) for hop in trail.hops],
    }
    return Record(
        RecordKind.METADATA,
        "application/json",
        now,
        body=json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"),
        target_uri=trail.final.url if main else trail.requested.url,
        fields={"WARC-Concurrent-To": main.record_id} if main else None,
    )


def _hop_facts(hop: Hop) -> dict[str, object]:
    chain = hop.tls.chain if hop.tls else ()
    return {
        **hop.as_json(),
        "started_at": hop.started_at.isoformat(),
        "payload_sha256": hop.payload_sha256 or None,
        "decoded_sha256": hop.decoded_sha256 or None,
        "interim_responses": hop.interim.decode("latin-1"),
        "certificates_der": [base64.b64encode(der).decode("ascii") for der in chain],
    }
