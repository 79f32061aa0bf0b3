"""What the threads of a worker share: the interpreter, and connections to the database."""

from __future__ import annotations

import sys
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_init
from django.db import close_old_connections

# Whoever settles asks the database many small things, and after each waits for its turn among
# threads that compress and hash; by default Python lets those go on ten times as long.
SWITCH_SECONDS = 0.0005


def prepare_workers(app: Celery) -> None:
    """Let the workers of APP share as described here; what is no worker stays as it is.

    Celery closes a connection after each task, and a new one costs the server a process: more than
    the whole of a capture's statements. Ours are closed as those of requests are: when they broke,
    or are older than CONN_MAX_AGE; and each is asked whether it is alive before it is used again.
    """
    app.conf.CELERY_DB_REUSE_MAX = sys.maxsize  # after so many tasks Celery would close one
    task_prerun.connect(_tidy_up)
    task_postrun.connect(_tidy_up)
    worker_init.connect(take_turns_often)


def take_turns_often(**_arguments: Any) -> None:
    """Let the threads of this process take turns every SWITCH_SECONDS."""
    sys.setswitchinterval(SWITCH_SECONDS)


def _tidy_up(sender: Any, **_arguments: Any) -> None:
    if not sender.request.is_eager:  # else in the middle of a request or a test
        close_old_connections()
