"""What a worker keeps: its threads their connections to the database, and all that is loaded."""

from __future__ import annotations

import sys
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_process_init, worker_ready
from django.db import close_old_connections

from core.collector import leave_what_is_loaded


def prepare_workers(app: Celery) -> None:
    """Let the workers of APP share as described here; what is no worker stays as it is.

    Celery closes a connection after each task, and a new one costs the server a process: more than
    the whole of a capture's statements. Ours are closed as those of requests are: when they broke,
    or are older than CONN_MAX_AGE; and each is asked whether it is alive before it is used again.
    """
    app.conf.CELERY_DB_REUSE_MAX = sys.maxsize  # after so many tasks Celery would close one
    task_prerun.connect(_tidy_up)
    task_postrun.connect(_tidy_up)
    for begun in (worker_ready, worker_process_init):  # threads have the first, processes both
        begun.connect(_settle_in)


def _tidy_up(sender: Any, **_arguments: Any) -> None:
    if not sender.request.is_eager:  # else in the middle of a request or a test
        close_old_connections()


def _settle_in(**_arguments: Any) -> None:
    leave_what_is_loaded()
