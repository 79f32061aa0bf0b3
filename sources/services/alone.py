"""Work that one worker does at a time, wherever it runs: a lock of the database session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

COPYING, WALKING, SWEEPING, REMOVING = 720_161_121, 720_161_122, 720_161_123, 720_161_124


@contextmanager
def alone(number: int) -> Iterator[bool]:
    """True inside the block for one worker at a time; no transaction is held open by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
