"""The process that owns an embedded PostgreSQL: parent of the server, and last to leave.

    python -m core.embedded.keeper ROOT LOG OPTIONS

It makes the cluster if there is none, starts the server, lets its caller go on when the server
answers, and stays in the background. Every process that uses the server shares a lock; when the
kernel has released the last share, be it by exit or by kill -9, the keeper stops the server and
ends. If the keeper itself is killed, Linux asks the server to shut down in its place, and the next
start clears away whatever is left.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from core.embedded import leftovers, locks, logs, programs
from core.embedded.account import give, server_account
from core.embedded.cluster import Cluster, prepare
from core.embedded.errors import EmbeddedServerError
from core.embedded.runtime import make_socket_directory

READY_SECONDS = 100
_POLL_SECONDS = 0.05
_READY = "ready"
_PR_SET_PDEATHSIG = 1
# Signal and patience in seconds: orderly, at once, by force.
_STOPS = ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))


class Keeper:
    """Runs one server from its start to its end."""

    def __init__(self, cluster: Cluster, options: Mapping[str, str]) -> None:
        self.cluster = cluster
        self.options = options
        self.told_to_leave = False

    def run(self, report: Callable[[str], None]) -> None:
        """Start the server, report that it is ready, and return when it is stopped."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._leave)
        leftovers.clear(self.cluster.data)
        sockets = self._make_sockets()
        server = self._start(sockets)
        try:
            self._wait_until_ready(server)
            self._publish(sockets)
            report(_READY)
            self._wait_until_unused(server)
        finally:
            self.cluster.state.unlink(missing_ok=True)
            _stop(server)
            shutil.rmtree(sockets, ignore_errors=True)

    def _leave(self, _number: int, _frame: object) -> None:
        self.told_to_leave = True

    def _make_sockets(self) -> Path:
        sockets = make_socket_directory()
        who = server_account(self.cluster.data)
        if who is not None:
            give(sockets, who)
        return sockets

    def _start(self, sockets: Path) -> subprocess.Popen[bytes]:
        who = server_account(self.cluster.data)
        given = [part for pair in self.options.items() for part in ("-c", "=".join(pair))]
        return subprocess.Popen(  # noqa: S603  a program of the wheel, arguments of ours
            [
                *(programs.postgres_program("postgres"), "-D", str(self.cluster.data)),
                *("-k", str(sockets), "-c", "unix_socket_permissions=0700"),
                *("-c", "listen_addresses=", "-c", "log_checkpoints=off", *given),
            ],
            stdin=subprocess.DEVNULL,
            env=programs.ENVIRONMENT,
            # This process has one thread, so running Python between fork and exec is safe.
            preexec_fn=_end_with_parent(),  # noqa: PLW1509
            **(who.credentials() if who else {}),
        )

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while server.poll() is None and time.monotonic() < deadline:
            if _says_ready(self.cluster.data, server.pid):
                return
            time.sleep(_POLL_SECONDS)
        raise EmbeddedServerError(
            f"PostgreSQL did not start. The end of {self.cluster.log}:\n"
            f"{logs.tail(self.cluster.log)}"
        )

    def _publish(self, sockets: Path) -> None:
        draft = self.cluster.state.with_suffix(".new")
        draft.write_text(json.dumps({"socket_directory": str(sockets)}), encoding="utf-8")
        draft.replace(self.cluster.state)

    def _wait_until_unused(self, server: subprocess.Popen[bytes]) -> None:
        handles = os.open(self.cluster.handles, os.O_RDWR | os.O_CREAT, 0o600)
        # The exclusive lock is kept until the end, so that a newcomer waits for a clean start.
        while server.poll() is None and not self.told_to_leave and not locks.attempt(handles):
            time.sleep(_POLL_SECONDS)


def _end_with_parent() -> Callable[[], None] | None:
    """Let Linux send the server its shutdown signal when this process dies without a word."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT))


def _says_ready(data: Path, pid: int) -> bool:
    """True when postmaster.pid is of this server and its eighth line is `ready`."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == _READY  # noqa: PLR2004


def _stop(server: subprocess.Popen[bytes]) -> None:
    for number, seconds in _STOPS:
        if server.poll() is None:
            server.send_signal(number)
            try:
                server.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                continue  # The next way is harder.


def _become_daemon(log: Path) -> None:
    """Leave the caller's session and terminal; everything said from now on goes to the log."""
    os.setsid()
    with logs.open_log(log) as file, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def _serve(keeper: Keeper, writing: int) -> None:
    _become_daemon(keeper.cluster.log)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:

        def report(message: str) -> None:
            pipe.write(message)
            pipe.close()

        try:
            keeper.run(report)
        except EmbeddedServerError as error:
            report(str(error))


def main(arguments: list[str]) -> int:
    root, log, given = arguments
    cluster = Cluster(Path(root), Path(log))
    options = json.loads(given)
    # Held by this process and its child until both have ended.
    if locks.take(cluster.keeper, seconds=5) is None:
        return _fail(f"Another process keeps {root} already.")
    try:
        prepare(cluster, is_durable=options.get("fsync") != "off")
    except EmbeddedServerError as error:
        return _fail(str(error))
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(reading)
        _serve(Keeper(cluster, options), writing)
        return 0
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        message = pipe.read()
    return 0 if message == _READY else _fail(message or f"PostgreSQL did not start, see {log}.")


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
