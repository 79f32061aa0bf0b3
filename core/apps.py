from __future__ import annotations

from importlib import import_module

from celery import current_app
from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        import_module("core.checks")  # which register themselves
        # Task discovery is lazy in web processes and tests; enqueue() looks tasks up by name.
        current_app.autodiscover_tasks(force=True)
