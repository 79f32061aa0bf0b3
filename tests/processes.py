"""Processes of ours beside the tests: the same database, store and broker, in another process."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection

PROJECT = Path(__file__).resolve().parents[1]


def environment(folder: Path, *, loopback_port: int, **extra: str) -> dict[str, str]:
    """Variables of a process that works for this test; what it keeps is in FOLDER."""
    return {
        **os.environ,
        "DATABASE_URL": _database_url(),
        "SECRET_KEY": "of this test alone, and long enough to be taken for one by the checks",
        "STORAGE_URL": f"file://{folder}/objects",
        "CORROBORATE_VAR": str(folder / "var"),
        "CAPTURE_LOOPBACK_PORTS": str(loopback_port),
        "CAPTURE_LEASE_SECONDS": "3",
        **extra,
    }


def _database_url() -> str:
    given = connection.get_connection_params()
    options = {
        "host": given.get("host", ""),
        "port": str(given.get("port") or 5432),
        "password": given.get("password", ""),
    }
    query = urlencode({name: value for name, value in options.items() if value})
    return f"postgres://{given.get('user', '')}@/{given['dbname']}?{query}"
