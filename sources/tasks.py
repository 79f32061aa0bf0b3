from __future__ import annotations

from celery import shared_task

from sources.services import artifacts, capture, timestamps


@shared_task(name="sources.capture")
def capture_snapshot(snapshot_id: int) -> None:
    capture.run_capture(snapshot_id=snapshot_id)


@shared_task(name="sources.sweep")
def sweep() -> None:
    capture.sweep_captures()


@shared_task(name="sources.make_artifact")
def make_artifact(job_id: int) -> None:
    artifacts.make_artifact(job_id=job_id)


@shared_task(name="sources.sweep_artifacts")
def sweep_artifacts() -> None:
    artifacts.sweep_artifacts()


@shared_task(name="sources.stamp")
def stamp(checkpoint: int) -> None:
    timestamps.stamp_checkpoint(number=checkpoint)


@shared_task(name="sources.sweep_stamps")
def sweep_stamps() -> None:
    timestamps.sweep_stamps()
