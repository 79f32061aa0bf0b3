from __future__ import annotations

from celery import shared_task

from verification.services import assess, proposals, snapshots


@shared_task(name="verification.evidence_changed")
def evidence_changed(claim_id: int, cause: str = "") -> None:
    proposals.evidence_changed(claim_id=claim_id, cause=cause)


@shared_task(name="verification.snapshot_sealed")
def snapshot_sealed(snapshot_id: int) -> None:
    snapshots.snapshot_sealed(snapshot_id=snapshot_id)


@shared_task(name="verification.sweep")
def sweep() -> None:
    assess.sweep_assessments()
