"""Writing down what a capture came to, in one short transaction, by the fence alone."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from audit.services.record import record_event, recording
from core.jobs import enqueue
from sources.capture.hop import Hop
from sources.capture.outcomes import ErrorCode
from sources.capture.pipeline import SOFTWARE, CaptureResult
from sources.capture.retry import delay_before_next, is_passing
from sources.manifest import Subject, manifest_digest, manifest_text
from sources.models import FetchHop, Snapshot, StoredObject
from sources.outcomes import holds_the_document
from sources.services.artifacts import ask_for_artifact
from sources.services.clock import database_now
from sources.services.flagging import flags_with
from sources.services.leases import Lease, LeaseLost
from sources.vocabulary import CaptureState, JobKind


@recording()
def settle_capture(*, lease: Lease, result: CaptureResult) -> Snapshot:
    """Record RESULT; raises LeaseLost, with nothing written, if the lease is another's by now."""
    snapshot = _owned(lease)
    if is_passing(result) and snapshot.attempt < snapshot.max_attempts:
        return _wait_for_retry(lease, snapshot, result)
    _end(lease, snapshot, result)
    snapshot.refresh_from_db()
    _record(snapshot, result)
    if snapshot.state == CaptureState.SEALED:
        announce_sealed(snapshot)
    return snapshot


def _end(lease: Lease, snapshot: Snapshot, result: CaptureResult) -> None:
    """Write what the capture came to; a sealed one with its manifest."""
    now = database_now()
    snapshot.flags = flags_with(snapshot.flags, result, now)
    columns = _columns(result, _stored(result), now) | {"flags": snapshot.flags}
    if result.state == CaptureState.SEALED:
        manifest = manifest_text(_subject(snapshot, now), result)
        columns |= {"manifest": manifest, "manifest_sha256": manifest_digest(manifest)}
    _write(lease, **columns)
    _add_hops(lease, result.hops)


def _subject(snapshot: Snapshot, now: datetime) -> Subject:
    document = snapshot.document
    return Subject(
        number=snapshot.number,
        document=document.number,
        address=document.address or "",
        via=snapshot.via,
        reason=snapshot.reason,
        started_at=snapshot.capture_started_at or now,
        finished_at=now,
        worker=snapshot.worker,
        robots=snapshot.robots,
        flags=tuple(snapshot.flags),
    )


def announce_sealed(snapshot: Snapshot) -> None:
    """Ask for what is made of a sealed copy; what is no copy of the document is told at once."""
    if holds_the_document(snapshot.outcome):
        ask_for_artifact(snapshot=snapshot, kind=JobKind.TEXT)
    else:
        enqueue("verification.snapshot_sealed", snapshot_id=snapshot.pk)


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
        Snapshot.objects.select_for_update(of=("self",))
        .select_related("document")
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


def _columns(result: CaptureResult, warc: StoredObject | None, now: datetime) -> dict[str, Any]:
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
        "capture_finished_at": now,
        "sealed_at": now if result.state == CaptureState.SEALED else None,
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


def _record(snapshot: Snapshot, result: CaptureResult) -> None:
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
            "manifest_sha256": snapshot.manifest_sha256,
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
