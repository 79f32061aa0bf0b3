from __future__ import annotations

from celery import shared_task

from claims.services import quotes


@shared_task(name="claims.quotes")
def check_quotes(snapshot_id: int) -> None:
    quotes.check_quotes(snapshot_id=snapshot_id)


@shared_task(name="claims.sweep_quotes")
def sweep_quotes() -> None:
    quotes.sweep_quotes()
