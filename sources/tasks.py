from __future__ import annotations

from celery import shared_task

from sources.services import capture


@shared_task(name="sources.capture")
def capture_snapshot(snapshot_id: int) -> None:
    capture.run_capture(snapshot_id=snapshot_id)


@shared_task(name="sources.sweep")
def sweep() -> None:
    capture.sweep_captures()
