"""`manage.py up`: everything on one machine, in one terminal, until Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import psutil
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from core.embedded import locks, valkey
from core.embedded.backend.base import embedded_cluster
from core.embedded.errors import EmbeddedServerError
from core.embedded.postgres import leave_server
from core.embedded.runtime import make_socket_directory
from core.embedded.supervisor import Supervisor

START_SECONDS = 120
# After a kill -9 the former run's reaper needs its ten seconds of grace, at most.
REAPER_SECONDS = 20
POSTGRES_STOP_SECONDS = 35
TASK_THREADS = 4
WEB_THREADS = 4
REPLAY_PORTS = 20  # how many ports after that of the site are tried


class StopRequested(BaseException):
    """Somebody asked for the end, by Ctrl-C or a signal."""


class Command(BaseCommand):
    help = (
        "Run the web server, a worker and its scheduler, with embedded PostgreSQL and Valkey where "
        "DATABASE_URL and CELERY_BROKER_URL are not set. Ctrl-C stops everything."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="web server processes")
        parser.add_argument(
            "--replay-port",
            type=int,
            help="port of the host that replays archived pages; the first free one after --port",
        )
        parser.add_argument("--demo", action="store_true", help="load and serve the demonstration")

    def handle(self, *_args: Any, **options: Any) -> None:
        with taken_place(settings.VAR_DIR / "up.lock") as place:
            refuse_shared_ports(options)
            refuse_busy_port(options["host"], options["port"], "--port (make run PORT=…)")
            if options["demo"]:
                refuse_busy_port("127.0.0.1", settings.DEMO_WEB_PORT, "DEMO_WEB_PORT")
            options["replay_port"] = replay_port(options)
            runtime = make_socket_directory()
            supervisor = Supervisor(
                directory=settings.BASE_DIR,
                log_directory=settings.VAR_DIR / "log",
                runtime=runtime,
                up_lock=place,
            )
            self.run_until_stopped(supervisor, runtime, options)

    def run_until_stopped(
        self, supervisor: Supervisor, runtime: Path, options: dict[str, Any]
    ) -> None:
        try:
            with stopping_on_signals():
                self.start_all(supervisor, runtime, options)
                supervisor.watch()
        except StopRequested:
            self.say("Stopping.")
        except EmbeddedServerError as error:
            raise CommandError(str(error)) from error
        finally:
            supervisor.stop()
            self.leave_database()

    def start_all(self, supervisor: Supervisor, runtime: Path, options: dict[str, Any]) -> None:
        host = bracketed(options["host"])
        address = f"http://{host}:{options['port']}"
        replay = settings.SNAPSHOT_HOST or f"http://{host}:{options['replay_port']}"
        # The caller's environment is passed on, not read; ours only fills its gaps.
        own = {**self.own_settings(options), "SNAPSHOT_HOST": replay}
        # The demonstration is to be there soon, so it takes pictures only where a browser is named.
        quick = {"CHROMIUM": "none"} if options["demo"] else {}
        supervisor.environment = {"PUBLIC_URL": address, **quick, **os.environ, **own}
        if not settings.CELERY_BROKER_URL:
            self.start_valkey(supervisor, runtime / "valkey.sock")
        self.prepare_database()
        if options["demo"]:
            supervisor.start("Demo web", manage("demo_web"))
        supervisor.start("Worker", worker_command())
        supervisor.start("Beat", celery("beat", "--loglevel", "WARNING"))
        self.start_web(supervisor, options)
        if options["demo"]:
            supervisor.run("Demo", manage("demo"), self.say)
        self.say(f"Archived pages are replayed at {replay}/, and nowhere else.")
        self.say(f"Serving {address}/  Ctrl-C stops everything.")

    def own_settings(self, options: dict[str, Any]) -> dict[str, str]:
        variables = {"CORROBORATE_VAR": str(settings.VAR_DIR)}
        if options["demo"]:
            ports = {*settings.CAPTURE_LOOPBACK_PORTS, settings.DEMO_WEB_PORT}
            variables["DEMO_WEB_PORT"] = str(settings.DEMO_WEB_PORT)
            variables["CAPTURE_LOOPBACK_PORTS"] = ",".join(str(port) for port in sorted(ports))
        return variables

    def start_valkey(self, supervisor: Supervisor, path: Path) -> None:
        command = valkey.valkey_command(settings.EMBEDDED_VALKEY_DIR, path)
        child = supervisor.start("Valkey", command, is_service=True)
        supervisor.wait_until(lambda: valkey.answers(path), child, seconds=START_SECONDS)
        supervisor.environment["CELERY_BROKER_URL"] = valkey.broker_url(path)
        if not settings.CACHE_URL:
            supervisor.environment["CACHE_URL"] = valkey.cache_url(path)
        self.say(f"Valkey: {shown(settings.EMBEDDED_VALKEY_DIR)}")

    def prepare_database(self) -> None:
        if not settings.DATABASE_URL:
            self.say(f"PostgreSQL: {shown(settings.EMBEDDED_POSTGRES_DIR)}")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()
        self.say(f"Logs: {shown(settings.VAR_DIR / 'log')}")

    def start_web(self, supervisor: Supervisor, options: dict[str, Any]) -> None:
        host, port = options["host"], options["port"]
        child = supervisor.start("Web", web_command("wsgi", host, port, options["workers"]))
        replay = options["replay_port"]
        other = supervisor.start("Replay", web_command("replay", host, replay, 1))
        supervisor.wait_until(lambda: web_answers(host, port), child, seconds=START_SECONDS)
        supervisor.wait_until(lambda: web_answers(host, replay), other, seconds=START_SECONDS)

    def leave_database(self) -> None:
        if settings.DATABASE_URL:
            return
        connections.close_all()
        if not leave_server(embedded_cluster(), seconds=POSTGRES_STOP_SECONDS):
            self.say("PostgreSQL stays: another command is using it and will stop it.")

    def say(self, line: str) -> None:
        # The terminal may be gone, and stopping has to go on without it.
        with contextlib.suppress(OSError):
            self.stdout.write(line)
            self.stdout.flush()


def shown(path: Path) -> Path:
    """Short form of paths inside the project."""
    return path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path


def manage(command: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), command]


def celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "config", *arguments]


def worker_command() -> list[str]:
    return celery(
        *("worker", "--pool", "threads", "--concurrency", str(TASK_THREADS)),
        # One worker has no others to greet, which costs a second at each start.
        *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    )


def web_command(application: str, host: str, port: int, workers: int) -> list[str]:
    """Serve one of the applications of config/: wsgi is the site, replay the archived pages."""
    return [
        *(sys.executable, "-m", "gunicorn", f"config.{application}:application"),
        *("--bind", f"{bracketed(host)}:{port}", "--workers", str(workers)),
        *("--worker-class", "gthread", "--threads", str(WEB_THREADS)),
        # Imported once and forked: half the time and memory of a worker each.
        *("--preload", "--graceful-timeout", "5", "--no-control-socket"),
    ]


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def web_answers(host: str, port: int) -> bool:
    """True when the web server answers a request, whatever it says."""
    own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  compared, not bound
    connection = http.client.HTTPConnection(own, port, timeout=START_SECONDS)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def refuse_shared_ports(options: dict[str, Any]) -> None:
    """The site, the host of archived pages and the demonstration web have a port each."""
    taken = {options["port"]: "--port (make run PORT=…)"}
    others = [(options["replay_port"], "--replay-port")]
    if options["demo"]:
        others.append((settings.DEMO_WEB_PORT, "DEMO_WEB_PORT"))
    for port, setting in others:
        if port in taken:
            raise CommandError(
                f"Port {port} is that of {taken[port]} and of {setting}. Change one."
            )
        taken[port] = setting


def refuse_busy_port(host: str, port: int, setting: str) -> None:
    try:
        try_port(host, port)
    except OSError as error:
        raise CommandError(
            f"Port {port} of {host} cannot be used ({error.strerror}). Stop the program that "
            f"has it, or choose another port with {setting}."
        ) from error


def try_port(host: str, port: int) -> None:
    """Take the port for a moment; OSError if another program has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((host, port))


def replay_port(options: dict[str, Any]) -> int:
    """The port that was asked for, or the first free one after that of the site."""
    host, given = options["host"], options["replay_port"]
    if given:
        refuse_busy_port(host, given, "--replay-port")
        return int(given)
    demo_web = settings.DEMO_WEB_PORT if options["demo"] else None
    for port in range(options["port"] + 1, options["port"] + 1 + REPLAY_PORTS):
        if port == demo_web:
            continue
        with contextlib.suppress(OSError, OverflowError):
            try_port(host, port)
            return int(port)
    raise CommandError("No port after --port is free. Choose one with --replay-port.")


@contextlib.contextmanager
def taken_place(path: Path) -> Iterator[int]:
    """Hold the lock that makes this the only `up` on its directory; yields the descriptor."""
    place = locks.take(path) or wait_for_reaper(path)
    os.ftruncate(place, 0)
    os.pwrite(place, str(os.getpid()).encode(), 0)
    try:
        yield place
    finally:
        os.close(place)


def wait_for_reaper(path: Path) -> int:
    """After a kill -9 the former run's reaper still holds the lock, for a short time."""
    holder = int(path.read_text(encoding="ascii") or "0")
    if not is_alive(holder):
        place = locks.take(path, seconds=REAPER_SECONDS)
        if place is not None:
            return place
    raise CommandError(
        f"`up` runs already in {path.parent} (process {holder}). Use that one, stop it with "
        f"Ctrl-C or `kill {holder}`, or set CORROBORATE_VAR to another directory."
    )


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextlib.contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Raise StopRequested at the first signal; later ones do not disturb the stopping."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    # nohup asks that the end of the terminal be ignored.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)

    def ignore_all() -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)

    def stop(_number: int, _frame: object) -> NoReturn:
        ignore_all()
        raise StopRequested

    for number in numbers:
        signal.signal(number, stop)
    try:
        yield
    finally:
        ignore_all()
