from __future__ import annotations

from celery import shared_task

from sources.services import artifacts, capture, copies, fixity, removal, timestamps, watch


@shared_task(name="sources.capture")
def capture_snapshot(snapshot_id: int) -> None:
    capture.capture_next(snapshot_id=snapshot_id)


@shared_task(name="sources.send_due")
def send_due() -> None:
    capture.send_due()


@shared_task(name="sources.sweep")
def sweep() -> None:
    capture.sweep_captures()


@shared_task(name="sources.make_artifact")
def make_artifact(job_id: int) -> None:
    artifacts.make_artifact(job_id=job_id)


@shared_task(name="sources.make_artifacts")
def make_artifacts(job_ids: list[int]) -> None:
    artifacts.make_artifacts(job_ids=job_ids)


@shared_task(name="sources.take_picture")
def take_picture(job_id: int) -> None:
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


@shared_task(name="sources.copy_objects")
def copy_objects() -> None:
    copies.copy_objects()


@shared_task(name="sources.walk_fixity")
def walk_fixity() -> None:
    fixity.walk_fixity()


@shared_task(name="sources.sweep_orphans")
def sweep_orphans() -> None:
    fixity.sweep_orphans()


@shared_task(name="sources.remove_taken_down")
def remove_taken_down() -> None:
    removal.remove_taken_down()


@shared_task(name="sources.recheck_due")
def recheck_due() -> None:
    watch.recheck_due()
