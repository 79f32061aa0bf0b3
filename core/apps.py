from __future__ import annotations

from celery import current_app
from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        # Task discovery is lazy in web processes and tests; enqueue() looks tasks up by name.
        current_app.autodiscover_tasks(force=True)
