"""What is left of a server whose keeper was killed: processes, and a file that names one."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil

# Signal and patience in seconds: orderly, at once, by force.
_WAYS = ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))


def clear(data: Path) -> None:
    """End the server processes that work in `data` and the trace that would stop a new one."""
    for number, seconds in _WAYS:
        alive = _servers_in(data)
        if not alive:
            break
        for process in _heads(alive):
            _send(process, number)
        psutil.wait_procs(alive, timeout=seconds)
    _drop_stale_pid_file(data)


def _servers_in(data: Path) -> list[psutil.Process]:
    """PostgreSQL makes the data directory the working directory of all its processes."""
    return [
        process
        for process in psutil.process_iter(["name", "cwd", "ppid"])
        if process.info["name"] == "postgres" and process.info["cwd"] == str(data.resolve())
    ]


def _heads(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those without a parent among them: the postmaster, or its children if it is dead.

    By what was noted when they were listed: any of them may have ended since.
    """
    numbers = {process.pid for process in processes}
    return [process for process in processes if process.info["ppid"] not in numbers]


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # It ended by itself, which is what was wanted.


def _drop_stale_pid_file(data: Path) -> None:
    """Remove postmaster.pid if its number now belongs to some other program.

    PostgreSQL ignores the file when no process has the number, but takes any living one for a
    server. Called when no server process works in `data`, so the file can only be stale.
    """
    pid_file = data / "postmaster.pid"
    if pid_file.exists() and psutil.pid_exists(int(pid_file.read_text().split("\n", 1)[0])):
        pid_file.unlink()
