"""What the threads of a worker keep: their connections to the database."""

from __future__ import annotations

import sys
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections


def prepare_workers(app: Celery) -> None:
    """Let the workers of APP share as described here; what is no worker stays as it is.

    Celery closes a connection after each task, and a new one costs the server a process: more than
    the whole of a capture's statements. Ours are closed as those of requests are: when they broke,
    or are older than CONN_MAX_AGE; and each is asked whether it is alive before it is used again.
    """
    app.conf.CELERY_DB_REUSE_MAX = sys.maxsize  # after so many tasks Celery would close one
    task_prerun.connect(_tidy_up)
    task_postrun.connect(_tidy_up)


def _tidy_up(sender: Any, **_arguments: Any) -> None:
    if not sender.request.is_eager:  # else in the middle of a request or a test
        close_old_connections()
