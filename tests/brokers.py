"""Brokers of a test's own, to stop and start: Valkey from the wheel, or what TEST_BROKER names.

TEST_BROKER is valkey (the default), redis or rabbitmq; the latter two are Debian's servers.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from core.embedded import valkey

START_SECONDS = 90
RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"


class Broker:
    """One server process; `url` is what CELERY_BROKER_URL takes."""

    url: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise TypeError("each kind of broker has its own command")

    def environment(self) -> dict[str, str]:
        return {**os.environ}

    def answers(self) -> bool:
        raise TypeError("each kind of broker answers in its own way")

    def start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            self.command(),
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self._process.poll() is None, f"{type(self).__name__} ended at its start."
            assert time.monotonic() < end, f"{type(self).__name__} did not answer in time."
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(60)
            self._process = None


class Valkey(Broker):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.socket = folder / "broker.sock"
        self.url = valkey.broker_url(self.socket)

    def command(self) -> list[str]:
        return valkey.valkey_command(self.folder / "valkey", self.socket)

    def answers(self) -> bool:
        return valkey.answers(self.socket)

    def ask(self, command: str) -> bytes:
        """One command and its short answer."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(10)
            connection.connect(str(self.socket))
            connection.sendall(command.encode() + b"\r\n")
            return connection.recv(256).strip()

    def forget(self) -> None:
        """Remove what a stopped server saved, so that it starts empty."""
        shutil.rmtree(self.folder / "valkey", ignore_errors=True)


class Redis(Broker):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        where = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder))
        return [found("redis-server"), *where, "--save", "", "--appendonly", "no"]

    def answers(self) -> bool:
        return accepts(self.port)


class RabbitMQ(Broker):
    """Its own node, its own name service, both on loopback; keeps its queues over a restart."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port, self._cluster_port, self._names_port = (free_port() for _ in range(3))
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        folder.chmod(0o700)

    def command(self) -> list[str]:
        return [RABBITMQ]

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self._names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._cluster_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
        }

    def answers(self) -> bool:
        return accepts(self.port)

    def stop(self) -> None:
        super().stop()
        wait_for(lambda: not accepts(self.port))
        subprocess.run(  # noqa: S603 - the name service that this node started
            [found("epmd"), "-kill"], env=self.environment(), check=False, capture_output=True
        )


KINDS: dict[str, type[Broker]] = {"valkey": Valkey, "redis": Redis, "rabbitmq": RabbitMQ}


def chosen_broker(folder: Path) -> Broker:
    return KINDS[os.environ.get("TEST_BROKER", "valkey")](folder)


def found(program: str) -> str:
    path = shutil.which(program)
    assert path, f"{program} is not installed here."
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + START_SECONDS
    while not is_so():
        assert time.monotonic() < end, "It did not come to pass in time."
        time.sleep(0.1)
