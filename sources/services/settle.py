"""Writing down what a capture came to, in one short transaction, by the fence alone."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime
from importlib.metadata import version
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from audit.services.record import record_event, recording
from core.jobs import enqueue
from sources.capture.extract import ExtractedText
from sources.capture.hop import Hop
from sources.capture.outcomes import ErrorCode
from sources.capture.pipeline import SOFTWARE, CaptureResult
from sources.capture.retry import delay_before_next, is_passing
from sources.models import Artifact, Document, FetchHop, Snapshot, StoredObject
from sources.services.leases import Lease, LeaseLost
from sources.vocabulary import ArtifactKind, ArtifactStatus, CaptureState

_EMPTY = frozenset({"empty", "not_html"})
_DESCRIBED = (
    "title", "authors", "language", "published_at", "published_precision", "published_basis",
)  # fmt: skip


@recording()
def settle_capture(*, lease: Lease, result: CaptureResult, text: ExtractedText | None) -> Snapshot:
    """Record RESULT; raises LeaseLost, with nothing written, if the lease is another's by now."""
    snapshot = _owned(lease)
    if is_passing(result) and snapshot.attempt < snapshot.max_attempts:
        return _wait_for_retry(lease, snapshot, result)
    warc = _stored(result)
    _write(lease, **_columns(result, warc))
    _add_hops(lease, result.hops)
    snapshot.refresh_from_db()
    if snapshot.state == CaptureState.SEALED and text is not None:
        _add_artifacts(snapshot, text)
        _describe(snapshot.document_id, text)
    _record(snapshot, result, text)
    if snapshot.state == CaptureState.SEALED:
        enqueue("verification.snapshot_sealed", snapshot_id=snapshot.pk)
    return snapshot


@recording()
def settle_breakdown(*, lease: Lease, words: str) -> None:
    """Record that the capture broke on our side: tried again while attempts are left."""
    snapshot = _owned(lease)
    is_last = snapshot.attempt >= snapshot.max_attempts
    delay = delay_before_next(snapshot.attempt, None, timezone.now(), jitter=_jitter())
    _write(
        lease,
        state=CaptureState.FAILED if is_last else CaptureState.RETRY_WAIT,
        next_attempt_at=None if is_last else Now() + delay,
        error=ErrorCode.INTERNAL,
        error_detail=words[:500],
    )
    if is_last:
        record_event(
            actor=None,
            tag="sources:snapshot:failed",
            subject=snapshot,
            after={"error": str(ErrorCode.INTERNAL), "attempt": snapshot.attempt},
        )


def _owned(lease: Lease) -> Snapshot:
    snapshot = (
        Snapshot.objects.select_for_update()
        .filter(pk=lease.snapshot_id, fence=lease.fence, state=CaptureState.RUNNING)
        .first()
    )
    if snapshot is None:
        raise LeaseLost
    return snapshot


def _write(lease: Lease, **columns: Any) -> None:
    """One conditional update; the fence is asked for again where the change is made."""
    rows = Snapshot.objects.filter(
        pk=lease.snapshot_id, fence=lease.fence, state=CaptureState.RUNNING
    )
    if rows.update(lease_until=None, step="", **columns) != 1:
        raise LeaseLost


def _wait_for_retry(lease: Lease, snapshot: Snapshot, result: CaptureResult) -> Snapshot:
    delay = delay_before_next(snapshot.attempt, result, timezone.now(), jitter=_jitter())
    _write(
        lease,
        state=CaptureState.RETRY_WAIT,
        next_attempt_at=Now() + delay,
        error=result.error or _status_code(result),
        error_detail=result.error_detail[:500],
    )
    _add_hops(lease, result.hops)
    snapshot.refresh_from_db()
    return snapshot


def _status_code(result: CaptureResult) -> str:
    return f"http_{result.final.status}" if result.final else ""


def _jitter() -> float:
    return random.uniform(-0.2, 0.2)  # noqa: S311 - spreads load, guards nothing


def _stored(result: CaptureResult) -> StoredObject | None:
    if not result.warc_sha256:
        return None
    StoredObject.objects.bulk_create(
        [
            StoredObject(
                sha256=result.warc_sha256, size=result.warc_bytes, media_type="application/warc"
            )
        ],
        ignore_conflicts=True,
    )
    return StoredObject.objects.get(sha256=result.warc_sha256)


def _columns(result: CaptureResult, warc: StoredObject | None) -> dict[str, Any]:
    final = result.final
    return {
        "state": result.state,
        "outcome": result.outcome or "",
        "error": result.error or "",
        "error_detail": result.error_detail[:500],
        "final_url": result.final_url,
        "http_status": final.status if final else None,
        "media_type": final.head.media_type[:120] if final and final.head else "",
        "warc": warc,
        "payload_sha256": final.payload_sha256 if final else "",
        "payload_size": final.payload_bytes if final else None,
        "warc_records": [record.as_json() for record in result.records],
        "capture_finished_at": Now(),
        "sealed_at": Now() if result.state == CaptureState.SEALED else None,
        "next_attempt_at": None,
        "tool": SOFTWARE,
    }


def _add_hops(lease: Lease, hops: tuple[Hop, ...]) -> None:
    FetchHop.objects.bulk_create(_hop_row(lease, hop) for hop in hops)


def _hop_row(lease: Lease, hop: Hop) -> FetchHop:
    facts = hop.as_json()
    return FetchHop(
        snapshot_id=lease.snapshot_id,
        fence=lease.fence,
        position=hop.position,
        url=hop.url,
        resolved=facts["resolved"],
        address=facts["ip"],
        port=facts["port"],
        tls=facts["tls"] or {},
        status=facts["status"],
        header_bytes=facts["header_bytes"],
        body_bytes=facts["body_bytes"],
        decoded_bytes=facts["decoded_bytes"],
        error=facts["error"] or "",
        timings=facts["timings"],
    )


def _add_artifacts(snapshot: Snapshot, text: ExtractedText) -> None:
    first = "newspaper4k" if text.text_tool == "newspaper4k" else "trafilatura"
    artifacts = [_artifact(snapshot, ArtifactKind.TEXT, first, text.text, text)]
    if text.text_newspaper:
        second = text.text_newspaper
        artifacts.append(_artifact(snapshot, ArtifactKind.TEXT_SECOND, "newspaper4k", second, text))
    Artifact.objects.bulk_create(artifacts)


def _artifact(
    snapshot: Snapshot, kind: ArtifactKind, tool: str, content: str, text: ExtractedText
) -> Artifact:
    return Artifact(
        snapshot=snapshot,
        kind=kind,
        tool=tool,
        tool_version=version(tool),
        status=_artifact_status(text),
        reason=(f"{text.status}: {text.reason}" if text.reason else "")[:200],
        confidence=text.text_confidence,
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        facts=_facts(text),
    )


def _artifact_status(text: ExtractedText) -> ArtifactStatus:
    if text.status == "ok":
        return ArtifactStatus.OK
    return ArtifactStatus.EMPTY if text.status in _EMPTY else ArtifactStatus.FAILED


def _facts(text: ExtractedText) -> dict[str, Any]:
    return {
        "title": text.title,
        "authors": text.authors,
        "published_at": text.published_at,
        "published_precision": text.published_precision,
        "published_basis": text.published_basis,
        "language": text.language,
        "charset": text.charset,
        "charset_basis": text.charset_basis,
        "media_type": text.media_type,
        "fences": text.fences,
    }


def _describe(document_id: int, text: ExtractedText) -> None:
    """Fill in what nobody has said about the document yet; what a person said stays."""
    document = Document.objects.select_for_update().get(pk=document_id)
    document.title = document.title or text.title[:500]
    document.authors = document.authors or text.authors
    document.language = document.language or text.language[:12]
    if document.published_at is None and text.published_at:
        document.published_at = datetime.fromisoformat(text.published_at)
        document.published_precision = text.published_precision
        document.published_basis = f"the page: {text.published_basis}"[:60]
    document.save(update_fields=_DESCRIBED)


def _record(snapshot: Snapshot, result: CaptureResult, text: ExtractedText | None) -> None:
    record_event(
        actor=None,
        tag=f"sources:snapshot:{snapshot.state}",
        subject=snapshot,
        after={
            "outcome": snapshot.outcome,
            "error": snapshot.error,
            "final_url": snapshot.final_url,
            "http_status": snapshot.http_status,
            "warc_sha256": result.warc_sha256,
            "payload_sha256": snapshot.payload_sha256,
            "text_sha256": hashlib.sha256(text.text.encode()).hexdigest() if text else "",
            "attempt": snapshot.attempt,
        },
    )


@recording()
def expire_leases() -> int:
    """Queue again what a dead worker held; give up after the last attempt. Returns the count."""
    expired = list(
        Snapshot.objects.select_for_update(skip_locked=True)
        .filter(state=CaptureState.RUNNING, lease_until__lt=Now())
        .order_by("pk")
    )
    for snapshot in expired:
        _expire(snapshot)
    return len(expired)


def _expire(snapshot: Snapshot) -> None:
    is_spent = snapshot.attempt >= snapshot.max_attempts
    snapshot.state = CaptureState.FAILED if is_spent else CaptureState.QUEUED
    snapshot.next_attempt_at = None if is_spent else Now()
    snapshot.lease_until, snapshot.step, snapshot.error = None, "", ErrorCode.LEASE_LOST
    snapshot.error_detail = "The worker stopped before the capture was done."
    snapshot.save(
        update_fields=["state", "next_attempt_at", "lease_until", "step", "error", "error_detail"]
    )
    if is_spent:
        record_event(
            actor=None,
            tag="sources:snapshot:failed",
            subject=snapshot,
            after={"error": snapshot.error, "attempt": snapshot.attempt},
        )
