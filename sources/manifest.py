"""The manifest of a sealed snapshot: what was asked, what came, and what it hashes to. Pure.

Canonical JSON (sorted keys, no spaces, UTF-8, no fractions), so that its SHA-256 is the same for
whoever writes it again. The hash stands in the record; the record is chained and time-stamped.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.chain import canonical
from sources.capture.pipeline import SOFTWARE, CaptureResult

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the database knows of a snapshot that is about to be sealed, times by its clock.

    `worker`: a label that tells nothing of the machine, because manifests are published.
    """

    number: int
    document: int
    address: str
    via: str
    reason: str
    started_at: datetime
    finished_at: datetime
    worker: str
    robots: str
    flags: tuple[str, ...]


def manifest_text(subject: Subject, result: CaptureResult) -> str:
    """Return the manifest of RESULT as canonical JSON."""
    return canonical(_manifest(subject, result)).decode()


def manifest_digest(text: str) -> str:
    """SHA-256 (hex) of a manifest."""
    return hashlib.sha256(text.encode()).hexdigest()


def _manifest(subject: Subject, result: CaptureResult) -> dict[str, Any]:
    final = result.final
    return {
        "version": VERSION,
        "snapshot": subject.number,
        "document": {"number": subject.document, "address": subject.address},
        "requested": result.requested_url,
        "via": subject.via,
        "final_url": result.final_url,
        "reason": str(subject.reason),
        "outcome": str(result.outcome or ""),
        "error": str(result.error or ""),
        "http_status": final.status if final else None,
        "started_at": _moment(subject.started_at),
        "finished_at": _moment(subject.finished_at),
        "duration_ms": result.duration_ms,
        "warc": {"sha256": result.warc_sha256, "bytes": result.warc_bytes},
        "records": [record.as_json() for record in result.records],
        "payload_sha256": final.payload_sha256 if final else "",
        "hops": [
            {"url": hop.url, "ip": hop.ip, "status": hop.status, "error": str(hop.error or "")}
            for hop in result.hops
        ],
        "robots": str(subject.robots),
        "flags": list(subject.flags),
        "revisits": result.holder.as_json() if result.holder else None,
        "tool": SOFTWARE,
        "worker": subject.worker,
        "configuration_sha256": result.configuration_sha256,
    }


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()
