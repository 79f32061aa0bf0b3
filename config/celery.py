"""The Celery application. Tasks are found in each package's tasks.py."""

from __future__ import annotations

import os

from celery import Celery

from core.broker import survive_lost_connections
from core.workers import prepare_workers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

survive_lost_connections()
app = Celery("corroborate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
prepare_workers(app)
