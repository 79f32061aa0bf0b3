"""Background work: a message is a hint, the database row is the truth."""

from __future__ import annotations

import logging

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


Argument = str | int | list[int]


def enqueue(name: str, **arguments: Argument) -> None:
    """Send the task NAME after the present transaction commits.

    Arguments are ids and short strings, never objects. A broker that is away loses nothing: the
    row says that work is due, and the sweep sends it again.
    """
    transaction.on_commit(lambda: _send(name, arguments))


def _send(name: str, arguments: dict[str, Argument]) -> None:
    task = current_app.tasks[name]
    if settings.CELERY_TASK_ALWAYS_EAGER:
        task.apply(kwargs=arguments, throw=True)
        return
    try:
        task.apply_async(kwargs=arguments, retry=False)
    except OperationalError as error:
        logger.warning("The broker did not take %s: %s. The sweep will send it.", name, error)
