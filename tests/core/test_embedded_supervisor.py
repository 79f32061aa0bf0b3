"""Children of `up`: watched, stopped in order, and ended even if `up` is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.embedded import locks, supervisor
from core.embedded.errors import EmbeddedServerError
from core.embedded.supervisor import Supervisor

pytestmark = pytest.mark.embedded
PROJECT = Path(__file__).resolve().parents[2]
SLEEP = ["/bin/sleep", "600"]
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
# Stands for `up`: starts a child that has a child, says their numbers, and waits to be killed.
KILLED = """
import sys, time
from pathlib import Path
from core.embedded import locks
from core.embedded.supervisor import Supervisor

folder = Path(sys.argv[1])
runtime = folder / "runtime"
runtime.mkdir()
lock = locks.take(folder / "up.lock")
running = Supervisor(
    directory=Path.cwd(), log_directory=folder / "log", runtime=runtime, up_lock=lock
)
child = running.start("Parent", ["/bin/sh", "-c", "sleep 600 & echo $!; wait"])
while not child.log.read_bytes():
    time.sleep(0.02)
print(running.reaper.pid, child.process.pid, child.log.read_text().strip(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Supervisor]:
    (tmp_path / "runtime").mkdir()
    lock = locks.take(tmp_path / "up.lock")
    running = Supervisor(
        directory=PROJECT,
        log_directory=tmp_path / "log",
        runtime=tmp_path / "runtime",
        up_lock=lock,
    )
    yield running
    running.stop()
    os.close(lock)
    assert not (tmp_path / "runtime").exists()


def becomes_true(fact: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.02)
    return fact()


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_dead_child_is_named_with_its_last_words(running: Supervisor) -> None:
    running.start("Worker", ["/bin/sh", "-c", "echo no broker; exit 3"])
    running.start("Web", SLEEP)
    with pytest.raises(EmbeddedServerError, match=r"Worker ended with exit code 3(.|\n)*no broker"):
        running.watch()


def test_a_killed_child_is_named_with_the_signal(running: Supervisor) -> None:
    child = running.start("Beat", SLEEP)
    child.process.send_signal(signal.SIGKILL)
    with pytest.raises(EmbeddedServerError, match="Beat was ended by SIGKILL"):
        running.watch()


def test_a_killed_reaper_is_noticed(running: Supervisor) -> None:
    running.reaper.kill()
    with pytest.raises(EmbeddedServerError, match="cleans up was ended"):
        running.watch()


def test_grandchildren_are_ended_even_without_the_reaper(running: Supervisor) -> None:
    child = running.start("Web", ["/bin/sh", "-c", "sleep 600 & echo $!; exec sleep 600"])
    running.wait_until(lambda: bool(child.log.read_bytes().strip()), child, seconds=20)
    running.reaper.kill()
    running.stop()
    assert becomes_true(lambda: not lives(int(child.log.read_text())))


def test_waiting_ends_when_the_child_does(running: Supervisor) -> None:
    child = running.start("Web", ["/bin/false"])
    with pytest.raises(EmbeddedServerError, match="Web ended with exit code 1"):
        running.wait_until(lambda: False, child, seconds=20)


def test_waiting_has_an_end(running: Supervisor) -> None:
    child = running.start("Web", SLEEP)
    with pytest.raises(EmbeddedServerError, match="does not answer after 0 s"):
        running.wait_until(lambda: False, child, seconds=0.1)


def test_users_of_a_service_are_stopped_before_it(running: Supervisor, tmp_path: Path) -> None:
    note = f"trap 'echo %s >> {tmp_path}/order; exit' TERM; echo up; while :; do sleep 0.02; done"
    service = running.start("Valkey", ["/bin/sh", "-c", note % "service"], is_service=True)
    user = running.start("Web", ["/bin/sh", "-c", note % "user"])
    for child in (service, user):
        running.wait_until(lambda log=child.log: b"up" in log.read_bytes(), child, seconds=20)
    running.stop()
    assert (tmp_path / "order").read_text().split() == ["user", "service"]


def test_a_deaf_child_is_stopped_within_the_grace(
    running: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.2)
    child = running.start("Worker", [sys.executable, "-c", STUBBORN])
    running.wait_until(lambda: b"deaf" in child.log.read_bytes(), child, seconds=20)
    running.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_grandchildren_are_ended_too(running: Supervisor) -> None:
    child = running.start("Web", ["/bin/sh", "-c", "sleep 600 & echo $!; exec sleep 600"])
    running.wait_until(lambda: bool(child.log.read_bytes().strip()), child, seconds=20)
    grandchild = int(child.log.read_text())
    running.stop()
    assert not lives(grandchild)


def test_environment_is_passed_on(running: Supervisor) -> None:
    running.environment = {"CELERY_BROKER_URL": "redis+socket:///x"}
    said: list[str] = []
    running.run("Demo", ["/bin/sh", "-c", "echo $CELERY_BROKER_URL; printf unended"], said.append)
    assert said == ["redis+socket:///x", "unended"]


def test_a_failing_command_is_named(running: Supervisor) -> None:
    with pytest.raises(EmbeddedServerError, match=r"Demo ended with exit code 4(.|\n)*why"):
        running.run("Demo", ["/bin/sh", "-c", "echo why >&2; exit 4"], print)


def test_a_child_that_dies_during_a_command_ends_the_command(running: Supervisor) -> None:
    running.start("Worker", ["/bin/false"])
    with pytest.raises(EmbeddedServerError, match="Worker ended"):
        running.run("Demo", SLEEP, print)


def test_a_large_log_is_put_aside(running: Supervisor) -> None:
    log = running.log_directory / "web.log"
    log.write_bytes(b"x" * 5_000_001)
    running.start("Web", SLEEP)
    assert log.stat().st_size == 0
    assert (log.parent / "web.log.1").stat().st_size == 5_000_001


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603  our own words
        [sys.executable, "-c", KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as process:
        yield process
        process.kill()


def test_kill_of_up_ends_children_and_grandchildren(
    stand_in: subprocess.Popen[str], tmp_path: Path
) -> None:
    numbers = [int(word) for word in stand_in.stdout.readline().split()]
    assert all(lives(pid) for pid in numbers)
    stand_in.kill()
    stand_in.wait()
    assert becomes_true(lambda: not any(lives(pid) for pid in numbers))
    assert not (tmp_path / "runtime").exists()
    assert not locks.is_held(tmp_path / "up.lock")


def test_without_the_reaper_they_would_live_on(stand_in: subprocess.Popen[str]) -> None:
    reaper, child, grandchild = (int(word) for word in stand_in.stdout.readline().split())
    os.kill(reaper, signal.SIGKILL)
    stand_in.kill()
    stand_in.wait()
    assert not becomes_true(lambda: not lives(child), seconds=0.5)
    assert lives(grandchild)
    for pid in (child, grandchild):
        os.kill(pid, signal.SIGKILL)


def test_a_reaper_in_a_foreign_group_refuses(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-m", "core.embedded.reaper", str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )
    assert done.returncode == 2
    assert "its own" in done.stderr
