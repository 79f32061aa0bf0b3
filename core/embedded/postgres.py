"""The embedded PostgreSQL as a process of this project sees it: there when needed, shared, private.

The first caller starts it, later callers join, and it ends with the last of them; a caller counts
from its first use until its process ends, because it holds a lock that only the kernel releases.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from core.embedded import locks
from core.embedded.cluster import ROLE, Cluster
from core.embedded.errors import EmbeddedServerError

# A stop may take half a minute and a start after a crash a minute and a half.
_PATIENCE_SECONDS = 150
_POLL_SECONDS = 0.02
_PROJECT = Path(__file__).resolve().parents[2]

_guard = threading.Lock()
_held: dict[Path, int] = {}
_known_databases: set[tuple[Path, str]] = set()


@dataclass(frozen=True)
class Server:
    """Where a running server listens, in the words of libpq."""

    socket_directory: str
    port: str = "5432"
    user: str = ROLE

    def parameters(self) -> dict[str, str]:
        return {"host": self.socket_directory, "port": self.port, "user": self.user}

    def address(self, database: str) -> str:
        """Connection string of libpq."""
        return conninfo.make_conninfo(dbname=database, **self.parameters())


def ensure_server(cluster: Cluster, options: Mapping[str, str]) -> Server:
    """Join the server of this cluster, starting it if nobody has.

    `options` are settings of postgresql.conf and matter to the process that starts the server.
    """
    with _guard:
        if cluster.root not in _held:
            _held[cluster.root] = _take_share(cluster)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if not locks.is_held(cluster.keeper):
            _start(cluster, options)
        directory = cluster.socket_directory()
        if directory is not None:
            return Server(directory)
        time.sleep(_POLL_SECONDS)
    raise EmbeddedServerError(f"PostgreSQL is still not ready. See {cluster.log}.")


def ensure_database(cluster: Cluster, server: Server, name: str) -> None:
    """Make the database unless it exists; asked once for each name in each process."""
    if (cluster.root, name) in _known_databases:
        return
    with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            _create_database(connection, name)
    _known_databases.add((cluster.root, name))


def leave_server(cluster: Cluster, *, seconds: float) -> bool:
    """Give up this process's share; True if the server has ended, False if others go on with it."""
    with _guard:
        share = _held.pop(cluster.root, None)
    if share is not None:
        os.close(share)
    deadline = time.monotonic() + seconds
    while locks.is_held(cluster.keeper):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _take_share(cluster: Cluster) -> int:
    share = locks.take(cluster.handles, shared=True, seconds=_PATIENCE_SECONDS)
    if share is None:
        raise EmbeddedServerError(
            f"PostgreSQL has been stopping for {_PATIENCE_SECONDS} seconds. See {cluster.log}."
        )
    return share


def _start(cluster: Cluster, options: Mapping[str, str]) -> None:
    turn = locks.take(cluster.start, seconds=_PATIENCE_SECONDS)
    if turn is None:
        raise EmbeddedServerError(f"Another process has been starting {cluster.root} for too long.")
    try:
        if not locks.is_held(cluster.keeper):
            # Before the new keeper holds its lock, or others would take the old words for its.
            cluster.forget_killed_server()
            _run_keeper(cluster, options)
    finally:
        os.close(turn)


def _run_keeper(cluster: Cluster, options: Mapping[str, str]) -> None:
    arguments = [str(cluster.root), str(cluster.log), json.dumps(dict(options))]
    done = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-m", "core.embedded.keeper", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=_PROJECT,
        timeout=_PATIENCE_SECONDS,
        # Ctrl-C in the terminal is for the caller; the keeper goes when its last user goes.
        start_new_session=True,
    )
    if done.returncode != 0:
        raise EmbeddedServerError(done.stderr.strip())


def _create_database(connection: psycopg.Connection, name: str) -> None:
    try:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return  # Another process was faster, and its database is as good.
