"""Several processes of one command: they begin together and end together."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from core.several import run_several
from tests.processes import PROJECT

PATIENCE_SECONDS = 60
# Says that it is there, and ends well when it is asked to, or by itself when the file "end" is.
WORKER = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
open(f"{sys.argv[1]}/{os.getpid()}", "w").close()
while not os.path.exists(f"{sys.argv[1]}/end"):
    time.sleep(0.02)
os.unlink(f"{sys.argv[1]}/end")
"""
WATCHER = """
from threading import Event
from core.several import stop_with_input
stop = Event()
stop_with_input(stop)
print("ready", flush=True)
stop.wait()
"""


def ran(folder: Path, then: object) -> tuple[bool, list[int]]:
    """Run two; once both are there, call THEN. How it ended, and their process ids."""
    stop = threading.Event()

    def watch() -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while len(list(folder.iterdir())) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        then(stop)

    watcher = threading.Thread(target=watch)
    watcher.start()
    ended_well = run_several([sys.executable, "-c", WORKER, str(folder)], 2, stop)
    watcher.join()
    return ended_well, [int(path.name) for path in folder.iterdir()]


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_all_end_when_they_are_told_to(tmp_path: Path) -> None:
    ended_well, pids = ran(tmp_path, lambda stop: stop.set())
    assert ended_well
    assert len(pids) == 2
    assert all(map(is_gone, pids))


def test_where_one_ends_by_itself_the_other_is_ended_and_it_is_said(tmp_path: Path) -> None:
    ended_well, pids = ran(tmp_path, lambda _stop: (tmp_path / "end").touch())
    assert not ended_well
    assert len(pids) == 2
    assert all(map(is_gone, pids))


def test_a_process_stops_when_its_input_ends() -> None:
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", WATCHER],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    assert process.poll() is None
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
