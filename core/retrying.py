"""What the database may do to us: undo a transaction for reasons of its own, or be away."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection
from psycopg import errors

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

MOST_TRIES = 3
DATABASE_AWAY = (OperationalError, InterfaceError)
RETRY_AFTER_SECONDS = "60"
_UNDONE = (errors.DeadlockDetected, errors.SerializationFailure)


def again_if_undone(service: Callable[P, R]) -> Callable[P, R]:
    """Call SERVICE, which is one transaction, at most three times if the database undoes it.

    Only deadlocks and serialization failures count. Inside another transaction nothing is tried
    again, because the whole of that one is lost.
    """

    @wraps(service)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        for left in range(MOST_TRIES - 1, -1, -1):
            try:
                return service(*args, **kwargs)
            except OperationalError as problem:
                is_undone = isinstance(problem.__cause__, _UNDONE)
                if not (is_undone and left) or connection.in_atomic_block:
                    raise
                logger.warning("%s was undone by the database: %s", service.__qualname__, problem)
        raise AssertionError  # the last try returned or raised

    return tried
