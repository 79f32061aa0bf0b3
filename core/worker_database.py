"""A worker's thread keeps its connection to the database from one task to the next.

Celery closes it after each task, and a new one costs the server a process: more than the whole of a
capture's statements. Ours are closed as those of requests are: when they broke, or are older than
CONN_MAX_AGE; and each is asked whether it is alive before it is used again.
"""

from __future__ import annotations

import sys
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections


def keep_connections(app: Celery) -> None:
    """Let the workers of APP treat connections as the web server does."""
    app.conf.CELERY_DB_REUSE_MAX = sys.maxsize  # after so many tasks Celery would close one
    task_prerun.connect(_tidy_up)
    task_postrun.connect(_tidy_up)


def _tidy_up(sender: Any, **_arguments: Any) -> None:
    if not sender.request.is_eager:  # else in the middle of a request or a test
        close_old_connections()
