"""Real Celery workers as processes, to ask to end or to kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.processes import PROJECT

PATIENCE_SECONDS = 90


class Worker:
    """`celery worker` with its scheduler, on the test's database, store and broker."""

    def __init__(self, environment: dict[str, str], log: Path, program: str = "celery") -> None:
        self._log = log.open("ab")
        command = [
            *(sys.executable, "-m", program, "-A", "config", "worker", "--beat"),
            *("--pool", "threads", "--concurrency", "4", "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle", "--schedule", str(log.with_suffix(".beat"))),
        ]
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=PROJECT, env=environment, stdout=self._log, stderr=self._log,
            start_new_session=True,
        )  # fmt: skip

    def stop(self) -> None:
        """Ask it to end, as a deployment does, and wait until it has."""
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """End it as a power cut would, with everything that it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        self._log.close()
