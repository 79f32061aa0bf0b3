"""`manage.py up` as a person meets it: real processes and signals, and nothing left afterwards."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.embedded
PROJECT = Path(__file__).resolve().parents[2]
# The project with nothing in it but what `up` needs, because importing the rest five times at each
# start takes longer than what is tested here. One test below runs the whole.
SMALL_SETTINGS = """
from config.settings import *
INSTALLED_APPS = ["django.contrib.contenttypes", "core.served_files.ServedFilesConfig", "core"]
MIDDLEWARE = []
AUTHENTICATION_BACKENDS = []
STATICFILES_DIRS = []
ROOT_URLCONF = "small_site"
CELERY_BEAT_SCHEDULE = {}
EMBEDDED_POSTGRES_OPTIONS = {"fsync": "off"}
"""
SMALL_SITE = """
from django.conf import settings
from django.db import connection
from django.http import JsonResponse
from django.urls import path


def facts(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return JsonResponse({
            "database": cursor.fetchone()[0],
            "broker": settings.CELERY_BROKER_URL.split(":")[0],
            "cache": settings.CACHE_URL.split(":")[0],
            "address": settings.PUBLIC_URL,
            "replay": settings.SNAPSHOT_HOST,
            "loopback": settings.CAPTURE_LOOPBACK_PORTS,
        })

urlpatterns = [path("", facts)]
"""


NOT_INHERITED = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "PUBLIC_URL", "SNAPSHOT_HOST"}


class Run:
    """One `manage.py up` in a session of its own."""

    def __init__(self, var: Path, *options: str, **variables: str) -> None:
        self.port = free_port()
        self.before = {process.pid for process in psutil.process_iter()}
        self.var = var
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        self.process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "manage.py", "up", "--port", str(self.port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PROJECT,
            start_new_session=True,
            env={**inherited, "CORROBORATE_VAR": str(var), "PYTHONWARNINGS": "", **variables},
        )
        self.said = ""

    def says(self, words: str) -> bool:
        """Read on until the words or the end."""
        while words not in self.said:
            line = self.process.stdout.readline()
            self.said += line
            if not line:
                return False
        return True

    def ends(self) -> int:
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode

    def ends_by(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.ends()

    def family(self) -> list[psutil.Process]:
        """Every process that has to do with this run's directory, wherever it sits in the tree."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def child(self, words: str) -> psutil.Process:
        return next(process for process in self.family() if words in " ".join(process.cmdline()))

    def _is_ours(self, process: psutil.Process) -> bool:
        if process.pid in self.before or process.pid == self.process.pid:
            return False
        try:
            return process.status() != psutil.STATUS_ZOMBIE and (
                os.getsid(process.pid) == self.process.pid
                or str(self.var) in " ".join(process.cmdline())
            )
        except (psutil.NoSuchProcess, ProcessLookupError):
            return False


@pytest.fixture(scope="module")
def small() -> Iterator[dict[str, str]]:
    folder = Path(tempfile.mkdtemp(prefix="tests-"))
    (folder / "small_settings.py").write_text(SMALL_SETTINGS)
    (folder / "small_site.py").write_text(SMALL_SITE)
    yield {"DJANGO_SETTINGS_MODULE": "small_settings", "PYTHONPATH": str(folder)}
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def shared(small: dict[str, str]) -> Iterator[Run]:
    """A run for the tests that do not end it."""
    folder = Path(tempfile.mkdtemp(prefix="tests-"))
    run = Run(folder / "var", **small)
    assert run.says("Serving"), run.said
    yield run
    assert run.ends_by(signal.SIGTERM) == 0
    assert run.family() == []
    shutil.rmtree(folder)


@pytest.fixture
def starts(folder: Path, small: dict[str, str]) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(*options: str, **variables: str) -> Run:
        runs.append(Run(folder / "var", *options, **{**small, **variables}))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
        run.ends()


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def page(run: Run) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/", timeout=30) as answer:
        return answer.read().decode()


def replayed(run: Run) -> int:
    """What the replay host answers to an address that is none of its own."""
    address = re.search(r"replayed at (http:[^ ,]+)", run.said)
    assert address is not None
    try:
        urllib.request.urlopen(f"{address[1]}desk/", timeout=30).close()  # noqa: S310  our own host
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    return 200


def test_children_are_told_where_everything_is(shared: Run) -> None:
    assert f"http://127.0.0.1:{shared.port}/" in shared.said
    said = re.search(r"Archived pages are replayed at (http://127\.0\.0\.1:(\d+))/", shared.said)
    assert said is not None
    replay, port = said[1], int(said[2])
    assert port > shared.port
    assert page(shared) == (
        '{"database": "corroborate", "broker": "redis+socket", "cache": "unix", '
        f'"address": "http://127.0.0.1:{shared.port}", "replay": "{replay}", "loopback": []}}'
    )
    assert {path.name for path in (shared.var / "log").iterdir()} == {
        *("beat.log", "postgres.log", "replay.log", "up.log", "valkey.log", "web.log"),
        "worker.log",
    }


def test_second_run_on_the_same_directory_is_refused(shared: Run, small: dict[str, str]) -> None:
    second = Run(shared.var, **small)
    assert second.ends() == 1
    assert f"(process {shared.process.pid})" in second.said
    assert "CORROBORATE_VAR" in second.said
    assert "corroborate" in page(shared)


@pytest.mark.long
def test_killed_run_takes_its_children_along_and_the_next_starts_at_once(
    starts: Callable[..., Run],
) -> None:
    killed = starts()
    assert killed.says("Serving"), killed.said
    killed.process.kill()
    killed.ends()
    after = starts()
    assert after.says("Serving"), after.said
    assert "corroborate" in page(after)
    assert after.ends_by(signal.SIGHUP) == 0
    assert after.family() == []


def test_a_child_that_dies_is_named_and_ends_everything(starts: Callable[..., Run]) -> None:
    run = starts()
    assert run.says("Serving"), run.said
    run.child("celery -A config worker").kill()
    assert run.ends() == 1
    assert "Worker was ended by SIGKILL" in run.said
    assert run.family() == []


def test_busy_port_is_refused_with_a_way_out(starts: Callable[..., Run]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = starts("--port", str(port))
        assert run.ends() == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in run.said
    assert "make run PORT=" in run.said
    assert run.family() == []


def test_busy_replay_port_is_refused_with_a_way_out(starts: Callable[..., Run]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = starts("--replay-port", str(port))
        assert run.ends() == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in run.said
    assert "--replay-port" in run.said


@pytest.mark.parametrize(
    ("options", "variables", "words"),
    [
        (["--demo"], {"DEMO_WEB_PORT": "PORT"}, "--port (make run PORT=…) and of DEMO_WEB_PORT"),
        (["--replay-port", "PORT"], {}, "--port (make run PORT=…) and of --replay-port"),
    ],
    ids=["demonstration web", "archived pages"],
)
def test_a_port_for_two_servers_is_refused(
    tmp_path: Path, options: list[str], variables: dict[str, str], words: str
) -> None:
    port = str(free_port())
    run = Run(
        tmp_path / "var",
        *("--port", port, *(option.replace("PORT", port) for option in options)),
        **dict.fromkeys(variables, port),
    )
    assert run.ends() == 1
    assert f"Port {port} is that of {words}. Change one." in run.said
    assert run.family() == []


def test_broken_site_is_reported_with_its_last_words(starts: Callable[..., Run]) -> None:
    run = starts("--workers", "1", ROOT_URLCONF="unused", DJANGO_SETTINGS_MODULE="missing_settings")
    assert run.ends() == 1
    assert "missing_settings" in run.said
    assert run.family() == []


def test_configured_broker_is_used_instead_of_valkey(starts: Callable[..., Run]) -> None:
    run = starts(CELERY_BROKER_URL="memory://", CACHE_URL="")
    assert run.says("Serving"), run.said
    assert '"broker": "memory"' in page(run)
    assert not any("valkey-server" in " ".join(process.cmdline()) for process in run.family())
    assert run.ends_by(signal.SIGINT) == 0
    assert run.family() == []


@pytest.mark.long
def test_the_whole_project_serves_and_stops(folder: Path) -> None:
    run = Run(folder / "var", CORROBORATE_FAST_DISK="1", DJANGO_SETTINGS_MODULE="config.settings")
    try:
        assert run.says("Serving"), run.said
        assert "<html" in page(run)
        assert replayed(run) == 404
        assert len(run.family()) >= 9
    finally:
        assert run.ends_by(signal.SIGTERM) == 0
    assert run.family() == []
