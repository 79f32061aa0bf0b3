from __future__ import annotations

from celery import shared_task

from audit.services import checkpoints


@shared_task(name="audit.checkpoint")
def make_checkpoint() -> None:
    checkpoints.make_checkpoint()
