"""One warm process a worker, in which the extractors are loaded once; asked from any thread.

Loading them takes a second of processor time, forking a child that has them takes milliseconds.
The warm process (`sources.capture.warm_process`) is started when the first page comes and ends
with the worker, however that ends.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sources.capture.warm_process import READY

_ROOT = Path(__file__).resolve().parents[2]
# newspaper4k loads nltk, which loads these if they are there: half a second for nothing.
_START = """
import sys
sys.modules["scipy"] = sys.modules["numpy"] = None
from sources.capture.extract_child import main, warm_up
from sources.capture.warm_process import serve
serve(main, warm_up)
"""
_START_SECONDS = 60.0
_KILL_SECONDS = 5.0


class ReaderProblem(Exception):
    """The warm process did not start, or ended while it was asked."""


@dataclass(frozen=True, slots=True)
class _Running:
    """A warm process and the socket on which it hears of pages."""

    process: subprocess.Popen[bytes]
    control: socket.socket


class WarmReader:
    """The worker's side: starts the warm process, hands it pages, kills what takes too long."""

    def __init__(self, start: str = _START) -> None:
        self._start_code = start
        self._lock = threading.Lock()
        self._running: _Running | None = None

    def read(
        self, given: IO[bytes], answer: IO[bytes], complaint: IO[bytes], seconds: float
    ) -> int | None:
        """Return the exit code of the child that read the page, or None if it was killed for time.

        Raises ReaderProblem; a warm process that had ended in the meantime is replaced once.
        """
        files = [given.fileno(), answer.fileno(), complaint.fileno()]
        running = self._started()
        try:
            return self._ask(running, files, seconds)
        except ReaderProblem:
            self._end(running)
        return self._ask(self._started(), files, seconds)

    def stop(self) -> None:
        """End the warm process and all its children. The next page starts another."""
        if self._running:
            self._end(self._running)

    def forget(self) -> None:
        """In a fork of the worker: the warm process is the worker's, not ours."""
        if self._running:
            self._running.control.close()
            self._running.process.returncode = 0  # or Popen complains of a child it does not have
        self._running = None
        self._lock = threading.Lock()  # whoever held it is not in this fork

    @property
    def pid(self) -> int | None:
        """The warm process, for those who look after it."""
        return self._running.process.pid if self._running else None

    def _started(self) -> _Running:
        with self._lock:
            if self._running is None:
                self._running = _start(self._start_code)
            return self._running

    def _end(self, running: _Running) -> None:
        """End RUNNING, unless another thread has done so and started the next already."""
        with self._lock:
            if self._running is not running:
                return
            self._running = None
            running.control.close()
            _wait(running.process)

    def _ask(self, running: _Running, files: list[int], seconds: float) -> int | None:
        line, theirs = socket.socketpair()
        with line:
            with theirs:
                _send(running.control, [*files, theirs.fileno()])
            return self._end_of_child(running, line, seconds)

    def _end_of_child(self, running: _Running, line: socket.socket, seconds: float) -> int | None:
        code = _heard(line, seconds)
        if code is not None:
            return code
        line.shutdown(socket.SHUT_WR)  # the order to kill it
        if _heard(line, _KILL_SECONDS) is None:
            self._end(running)
        return None


def _start(code: str) -> _Running:
    control, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - nothing of a page is in the command
            [sys.executable, "-P", "-W", "ignore", "-c", code],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            cwd="/",
            env=environment("/nonexistent"),
            start_new_session=True,
        )
    control.settimeout(_START_SECONDS)
    try:
        is_ready = control.recv(1) == READY
    except OSError:
        is_ready = False
    if not is_ready:
        control.close()
        _wait(process)
        raise ReaderProblem("The reader of pages did not start.")
    return _Running(process, control)


def _send(control: socket.socket, files: list[int]) -> None:
    try:
        socket.send_fds(control, [b"p"], files)
    except OSError as problem:
        raise ReaderProblem("The reader of pages has ended.") from problem


def _heard(line: socket.socket, seconds: float) -> int | None:
    """Return the exit code that LINE tells; None if nothing is told in time."""
    line.settimeout(seconds)
    try:
        told = line.recv(16)
    except TimeoutError:
        return None
    except OSError as problem:
        raise ReaderProblem("The reader of pages has ended.") from problem
    if not told:
        raise ReaderProblem("The reader of pages ended before this one was read.")
    return int(told)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=_KILL_SECONDS)  # its socket is closed, so it is ending
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def environment(folder: str) -> dict[str, str]:
    """No secret of ours is in there; every library that would fetch or cache is told not to."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "HOME": folder,
        "TMPDIR": folder,
        "TLDEXTRACT_CACHE": folder,
        "TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS": "",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


reader = WarmReader()
atexit.register(reader.stop)
os.register_at_fork(after_in_child=reader.forget)
