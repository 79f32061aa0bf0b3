"""Captures as work: one call does one snapshot, and a sweep finds what no message announced."""

from __future__ import annotations

import logging
import shutil
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from audit.services.record import recording
from core.errors import Conflict
from core.jobs import enqueue
from sources.capture.extract import ExtractedText
from sources.capture.guard import Policy, parse_address
from sources.capture.hosts import host_of
from sources.capture.pipeline import Capturer, CaptureResult
from sources.models import Snapshot
from sources.selectors.captures import holder_of
from sources.selectors.room import has_room
from sources.services.artifacts import is_under_way, make_artifact
from sources.services.documents import add_document
from sources.services.gate import gated
from sources.services.heart import kept_alive
from sources.services.hosts import wait_for_appointment
from sources.services.installation import capturer
from sources.services.leases import Lease, LeaseLost, claim_snapshot
from sources.services.orders import Order
from sources.services.revisits import holder_for, with_earlier
from sources.services.robots import heed_robots
from sources.services.settle import Settled, expire_leases, settle_breakdown
from sources.services.texts import kept_text
from sources.services.together import settle_together, take_together, under_way
from sources.services.turns import address_of, next_in_turn, take_due, take_turn, text_of
from sources.vocabulary import CaptureReason, JobKind, RobotsVerdict

logger = logging.getLogger(__name__)

SEND_AGAIN_AFTER = timedelta(seconds=60)
MOST_SENT = 200
STALE_STAGING_SECONDS = 15 * 60
TEXT_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Captured:
    """What one run came to; the snapshot is the row as it was settled."""

    snapshot: Snapshot
    result: CaptureResult
    text: ExtractedText | None = None


def run_capture(*, snapshot_id: int, policy: Policy | None = None) -> Captured | None:
    """Capture one queued snapshot and settle it; None if it was not ours to do.

    May be called twice, or at once by two workers: the row decides who captures. A capture whose
    host may not be asked yet goes back to the queue.
    """
    lease = take_turn(snapshot_id=snapshot_id)
    return run_leased(lease, policy) if lease else None


def capture_next(*, snapshot_id: int) -> Captured | None:
    """Do what is first in turn. The snapshot named is only the occasion: there is work.

    When nothing may start now, the named one learns when to come again.
    """
    order = take_together()
    if order is not None:
        return run_leased(order.lease, order=order)
    lease = next_in_turn() or take_turn(snapshot_id=snapshot_id)
    return run_leased(lease) if lease else None


def run_leased(
    lease: Lease, policy: Policy | None = None, order: Order | None = None
) -> Captured | None:
    """Do the capture that LEASE is for, and settle it; None if it broke or was taken over.

    ORDER is what was read of it when it was claimed, if it was.
    """
    try:
        with kept_alive(lease), under_way():
            return _capture(lease, capturer(policy), order)
    except LeaseLost:
        logger.warning("Lease of snapshot %s (fence %s) was lost.", lease.snapshot_id, lease.fence)
    except Exception as problem:  # the named boundary: a row must not stay behind as running
        logger.exception("Capture of snapshot %s broke.", lease.snapshot_id)
        _settle_broken(lease, problem)
    return None


def _capture(lease: Lease, camera: Capturer, order: Order | None) -> Captured:
    snapshot = order.snapshot if order else _snapshot_of(lease)
    is_plain = order is not None and order.is_plain
    stopped = None if is_plain else heed_robots(snapshot=snapshot, camera=camera)
    result = stopped or fetched(lease, snapshot, camera)
    asked = None if stopped else address_of(snapshot)
    robots = RobotsVerdict(snapshot.robots)
    try:
        return Captured(settle_together(Settled(lease, result, robots, asked)), result)
    finally:
        result.discard()


def _snapshot_of(lease: Lease) -> Snapshot:
    return with_earlier(Snapshot.objects.select_related("document")).get(pk=lease.snapshot_id)


def fetched(lease: Lease, snapshot: Snapshot, camera: Capturer) -> CaptureResult:
    """Ask for the page of SNAPSHOT and keep what comes; what is written down follows."""
    _clear_earlier_attempts(camera.staging_dir, lease)
    return gated(camera, lease, snapshot).capture(
        text_of(snapshot),
        label=f"{lease.snapshot_id}-{lease.fence}",
        on_step=lease.note_step,
        find_holder=holder_for(snapshot),
    )


def _settle_broken(lease: Lease, problem: Exception) -> None:
    try:
        settle_breakdown(lease=lease, words=f"{type(problem).__name__} while capturing.")
    except LeaseLost:
        logger.warning("Snapshot %s had been taken over already.", lease.snapshot_id)


def capture_now(*, address: str, policy: Policy) -> Captured | None:
    """Capture ADDRESS here and now, in one attempt; raises Refused, and Invalid, beforehand.

    Waits for its host a little while; raises Conflict if that asked for a longer pause.
    """
    wait_for_appointment(parse_address(address, policy))
    captured = run_leased(_taken(address), policy)
    return replace(captured, text=_text_of(captured.snapshot)) if captured else None


def _text_of(snapshot: Snapshot) -> ExtractedText | None:
    """The text of a sealed snapshot, made here, or by the worker that was faster."""
    snapshot = holder_of(snapshot)
    job = snapshot.jobs.filter(kind=JobKind.TEXT).first()
    if job is None:
        return None
    make_artifact(job_id=job.pk)
    end = time.monotonic() + TEXT_PATIENCE_SECONDS
    while is_under_way(job_id=job.pk) and time.monotonic() < end:
        time.sleep(0.1)
    return kept_text(snapshot)


@recording()
def _taken(address: str) -> Lease:
    """Add a snapshot and claim it at once, so that no worker ever sees it waiting."""
    document = add_document(actor=None, address=address)
    snapshot = Snapshot.objects.create(
        document=document,
        reason=CaptureReason.USER,
        host=host_of(document.address or ""),
        max_attempts=1,
        next_attempt_at=Now(),
    )
    lease = claim_snapshot(snapshot.pk)
    if lease is None:
        raise Conflict(
            "There is too little room on the disk of the archive. Nothing was captured. "
            "Make room, then try again.",
            code="no_room",
        )
    return lease


def sweep_captures() -> int:
    """Take work back from dead workers and send what is due; returns how many were sent."""
    expire_leases()
    clear_staging(Path(settings.STAGING_DIR))
    return send_due()


@transaction.atomic
def send_due() -> int:
    """Send due snapshots; each is due again after a minute if no worker has taken it by then."""
    if not has_room():
        return 0
    due = take_due(at_most=MOST_SENT, again=SEND_AGAIN_AFTER)
    for snapshot_id in due:
        enqueue("sources.capture", snapshot_id=snapshot_id)
    return len(due)


def _clear_earlier_attempts(folder: Path, lease: Lease) -> None:
    """Remove what killed workers of this machine left of the same snapshot; we hold its lease."""
    if lease.fence == 1:
        return
    for left in folder.glob(f"{lease.snapshot_id}-*"):
        shutil.rmtree(left, ignore_errors=True)


def clear_staging(folder: Path) -> None:
    """Remove what killed captures left; no living one is as old as that."""
    if not folder.is_dir():
        return
    oldest = time.time() - STALE_STAGING_SECONDS
    for left in folder.iterdir():
        try:
            is_stale = left.stat().st_mtime < oldest
        except FileNotFoundError:
            continue  # its capture has just ended and cleaned up
        if is_stale:
            shutil.rmtree(left, ignore_errors=True)
