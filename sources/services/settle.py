"""Writing down what a capture came to, in one short transaction, by the fence alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from audit.services.record import Entry, record_event, record_events, recording
from core.jobs import enqueue
from core.retrying import again_if_undone
from core.rows import insert_rows
from sources.capture.guard import Address
from sources.capture.outcomes import ErrorCode
from sources.capture.pipeline import CaptureResult
from sources.capture.retry import delay_before_next, is_passing
from sources.manifest import Subject, manifest_digest, manifest_text
from sources.models import Snapshot, StoredObject
from sources.outcomes import holds_the_document
from sources.selectors.workers import worker_label
from sources.services.artifacts import ask_for_artifacts
from sources.services.clock import database_now
from sources.services.flagging import flags_with
from sources.services.leases import Lease, LeaseLost
from sources.services.pictures import to_be_pictured
from sources.services.revisits import HolderGone, hold_holders, stored_whole, unread
from sources.services.settled_rows import columns_of, hop_row, stored_objects, write_ended
from sources.vocabulary import CaptureState, JobKind, RobotsVerdict

_ENDED_COLUMNS = (
    "state", "next_attempt_at", "capture_finished_at", "lease_until", "step", "error",
    "error_detail", "contact", "network",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settled:
    """A capture that has ended, and the right to say so; `asked` if its host was turned to."""

    lease: Lease
    result: CaptureResult
    robots: RobotsVerdict = RobotsVerdict.NOT_ASKED
    asked: Address | None = None


def settle_captures(*, ended: Sequence[Settled]) -> list[Snapshot]:
    """Record captures in one transaction, which costs little more than recording one.

    Returns the snapshots as they were settled; those whose lease is another's by now are left out.
    A page whose earlier copy was taken down meanwhile is stored after all, in its own file.
    """
    while True:
        try:
            return _settle(ended=ended)
        except HolderGone as gone:
            ended = [replace(one, result=stored_whole(one.result, gone.keys)) for one in ended]


@again_if_undone
@recording()
def _settle(*, ended: Sequence[Settled]) -> list[Snapshot]:
    rows = _owned([one.lease for one in ended])
    mine = [one for one in ended if one.lease.snapshot_id in rows]
    hold_holders([one.result for one in mine])
    now = database_now()
    stored = stored_objects([one.result for one in mine])
    final = [one for one in mine if not _waits(rows[one.lease.snapshot_id], one)]
    for one in final:
        _end(rows[one.lease.snapshot_id], one, stored.get(one.result.warc_sha256), now)
    write_ended([rows[one.lease.snapshot_id] for one in final])
    insert_rows(
        [
            hop_row(one.lease.snapshot_id, one.lease.fence, hop)
            for one in mine
            for hop in one.result.hops
        ]
    )
    snapshots = [rows[one.lease.snapshot_id] for one in final]
    entries = [sealing_entry(rows[one.lease.snapshot_id], one.result) for one in final]
    record_events(actor=None, entries=entries)
    announce_sealed([row for row in snapshots if row.state == CaptureState.SEALED])
    return [rows[one.lease.snapshot_id] for one in mine]


def _waits(snapshot: Snapshot, one: Settled) -> bool:
    """Put off what may well succeed later, while attempts are left; true if it was."""
    result = one.result
    if result.state == CaptureState.RETRY_WAIT:
        _put_off(snapshot, result)
        return True
    if not is_passing(result) or snapshot.attempt >= snapshot.max_attempts:
        return False
    delay = delay_before_next(snapshot.attempt, result, timezone.now(), jitter=_jitter())
    _write(
        snapshot,
        state=CaptureState.RETRY_WAIT,
        next_attempt_at=Now() + delay,
        error=result.error or _status_code(result),
        error_detail=result.error_detail[:500],
    )
    snapshot.refresh_from_db()
    return True


def _put_off(snapshot: Snapshot, result: CaptureResult) -> None:
    """Let a capture come back when its host may be asked; that is no attempt."""
    again_in = result.final.again_in if result.final else None
    _write(
        snapshot,
        state=CaptureState.RETRY_WAIT,
        attempt=max(snapshot.attempt - 1, 0),
        next_attempt_at=Now() + timedelta(seconds=again_in or 0),
        error=result.error or "",
        error_detail=result.error_detail[:500],
    )
    snapshot.refresh_from_db()


def _end(snapshot: Snapshot, one: Settled, warc: StoredObject | None, now: datetime) -> None:
    """Set what the capture came to; a sealed one gets its manifest."""
    snapshot.flags = flags_with(snapshot.flags, one.result, now)
    snapshot.robots = one.robots
    columns = columns_of(one.result, warc, now)
    columns |= {"flags": snapshot.flags, "robots": snapshot.robots}
    if one.result.state == CaptureState.SEALED:
        manifest = manifest_text(subject_of(snapshot, now), one.result)
        columns |= {"manifest": manifest, "manifest_sha256": manifest_digest(manifest)}
    for name, value in columns.items():
        setattr(snapshot, name, value)


def subject_of(snapshot: Snapshot, now: datetime) -> Subject:
    document = snapshot.document
    return Subject(
        number=snapshot.number,
        document=document.number,
        address=document.address or "",
        via=snapshot.via,
        reason=snapshot.reason,
        started_at=snapshot.capture_started_at or now,
        finished_at=now,
        worker=worker_label(snapshot.worker),
        robots=snapshot.robots,
        flags=tuple(snapshot.flags),
    )


def announce_sealed(snapshots: Sequence[Snapshot]) -> None:
    """Ask for what is made of sealed copies; what is no copy of its document is told at once."""
    copies = [row for row in snapshots if holds_the_document(row.outcome)]
    to_be_read = unread(copies)
    ask_for_artifacts(snapshots=to_be_read, kind=JobKind.TEXT)
    ask_for_artifacts(snapshots=to_be_pictured(copies), kind=JobKind.PICTURE)
    is_told_later = {row.pk for row in to_be_read}
    for row in snapshots:
        if row.pk not in is_told_later:
            enqueue("verification.snapshot_sealed", snapshot_id=row.pk)


@again_if_undone
@recording()
def settle_breakdown(*, lease: Lease, words: str) -> None:
    """Record that the capture broke on our side: tried again while attempts are left."""
    snapshot = _owned([lease]).get(lease.snapshot_id)
    if snapshot is None:
        raise LeaseLost
    is_last = snapshot.attempt >= snapshot.max_attempts
    delay = delay_before_next(snapshot.attempt, None, timezone.now(), jitter=_jitter())
    _write(
        snapshot,
        state=CaptureState.FAILED if is_last else CaptureState.RETRY_WAIT,
        next_attempt_at=None if is_last else Now() + delay,
        capture_finished_at=Now() if is_last else None,
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


def _owned(leases: Sequence[Lease]) -> dict[int, Snapshot]:
    """Lock the rows of LEASES that are still theirs, in one order for all workers."""
    fences = {lease.snapshot_id: lease.fence for lease in leases}
    rows = (
        Snapshot.objects.select_for_update(of=("self",))
        .select_related("document")
        .filter(pk__in=fences, state=CaptureState.RUNNING)
        .order_by("pk")
    )
    return {row.pk: row for row in rows if row.fence == fences[row.pk]}


def _write(snapshot: Snapshot, **columns: Any) -> None:
    """Change a row that `_owned` has locked; the fence is asked for again where it is made."""
    columns |= {"lease_until": None, "step": "", "contact": "", "network": ""}
    rows = Snapshot.objects.filter(pk=snapshot.pk, fence=snapshot.fence, state=CaptureState.RUNNING)
    if rows.update(**columns) != 1:
        raise LeaseLost
    for name, value in columns.items():
        setattr(snapshot, name, value)


def _status_code(result: CaptureResult) -> str:
    return f"http_{result.final.status}" if result.final else ""


def _jitter() -> float:
    return random.uniform(-0.2, 0.2)  # noqa: S311 - spreads load, guards nothing


def sealing_entry(snapshot: Snapshot, result: CaptureResult) -> Entry:
    return Entry(
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


@again_if_undone
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
    snapshot.capture_finished_at = Now() if is_spent else None
    snapshot.lease_until, snapshot.step, snapshot.error = None, "", ErrorCode.LEASE_LOST
    snapshot.contact = snapshot.network = ""
    snapshot.error_detail = "The worker stopped before the capture was done."
    snapshot.save(update_fields=_ENDED_COLUMNS)
    if is_spent:
        record_event(
            actor=None,
            tag="sources:snapshot:failed",
            subject=snapshot,
            after={"error": snapshot.error, "attempt": snapshot.attempt},
        )
