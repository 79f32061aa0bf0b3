"""The children of `manage.py up`: started into one process group, watched, and stopped in order."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from core.embedded import logs
from core.embedded.errors import EmbeddedServerError

GRACE_SECONDS = 10
_POLL_SECONDS = 0.1
_CHUNK_BYTES = 65536

Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Child:
    name: str
    process: Process
    log: Path
    is_service: bool

    def check(self) -> None:
        """Raise if it has ended."""
        if self.process.poll() is not None:
            raise EmbeddedServerError(
                f"{self.name} {_ending(self.process.returncode)}. The end of {self.log}:\n"
                f"{logs.tail(self.log)}"
            )


class Supervisor:
    """Runs processes until one ends by itself or `stop` is called.

    `environment` is given to every child, `directory` is their working directory, `runtime` is
    removed at the end, and `up_lock` is shared with the reaper, so that the next run can wait for
    the cleaning up after a killed one.
    """

    def __init__(
        self, *, directory: Path, log_directory: Path, runtime: Path, up_lock: int
    ) -> None:
        self.directory = directory
        self.runtime = runtime
        self.log_directory = log_directory
        self.environment: dict[str, str] = {}
        self.children: list[Child] = []
        self.reaper = self._start_reaper(up_lock)

    def start(self, name: str, command: Sequence[str], *, is_service: bool = False) -> Child:
        """Start a child; services are stopped after those that use them."""
        log = self.log_directory / f"{name.lower().replace(' ', '-')}.log"
        with logs.open_log(log) as output:
            process = self._spawn(command, stdout=output.fileno(), stderr=output.fileno())
        child = Child(name, process, log, is_service)
        self.children.append(child)
        return child

    def run(self, name: str, command: Sequence[str], say: Callable[[str], None]) -> None:
        """Run a command to its end and pass its lines on, watching the children meanwhile."""
        log = self.log_directory / f"{name.lower().replace(' ', '-')}.log"
        with logs.open_log(log) as output:
            process = self._spawn(command, stdout=subprocess.PIPE, stderr=output.fileno())
        try:
            self._relay(process, say)
            process.wait()
        finally:
            _end([process])
        if process.returncode != 0:
            raise EmbeddedServerError(
                f"{name} {_ending(process.returncode)}. The end of {log}:\n{logs.tail(log)}"
            )

    def wait_until(self, is_ready: Callable[[], bool], child: Child, *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_ready():
            child.check()
            if time.monotonic() >= deadline:
                raise EmbeddedServerError(
                    f"{child.name} does not answer after {seconds:.0f} s. See {child.log}."
                )
            time.sleep(_POLL_SECONDS)

    def watch(self) -> NoReturn:
        """Stay until a child ends by itself, which is an error."""
        while True:
            self.check()
            time.sleep(_POLL_SECONDS)

    def check(self) -> None:
        for child in self.children:
            child.check()
        if self.reaper.poll() is not None:
            raise EmbeddedServerError("The process that cleans up was ended from outside.")

    def stop(self) -> None:
        """End the users of the services, then the services, then whatever is left of the group."""
        for are_services in (False, True):
            _end([child.process for child in self.children if child.is_service is are_services])
        self.reaper.communicate()
        # Nothing is left to do, unless the reaper was killed.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.reaper.pid, signal.SIGKILL)
        shutil.rmtree(self.runtime, ignore_errors=True)

    def _start_reaper(self, up_lock: int) -> Process:
        with logs.open_log(self.log_directory / "up.log") as output:
            return subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-m", "core.embedded.reaper", str(self.runtime)],
                stdin=subprocess.PIPE,
                stdout=output.fileno(),
                stderr=output.fileno(),
                cwd=self.directory,
                pass_fds=(up_lock,),
                process_group=0,
            )

    def _spawn(self, command: Sequence[str], *, stdout: int, stderr: int) -> Process:
        return subprocess.Popen(  # noqa: S603  commands of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            cwd=self.directory,
            env=self.environment,
            process_group=self.reaper.pid,
        )

    def _relay(self, process: Process, say: Callable[[str], None]) -> None:
        rest = b""
        for chunk in self._chunks(process):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                say(line.decode("utf-8", "replace"))
        if rest:
            say(rest.decode("utf-8", "replace"))

    def _chunks(self, process: Process) -> Iterator[bytes]:
        if process.stdout is None:
            return
        with process.stdout as output:
            while True:
                self.check()
                if select.select([output], [], [], _POLL_SECONDS)[0]:
                    chunk = os.read(output.fileno(), _CHUNK_BYTES)
                    if not chunk:
                        return
                    yield chunk


def _end(processes: list[Process]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ending(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
