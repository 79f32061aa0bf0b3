"""The embedded broker: reachable through its socket alone, and keeping what it was given."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import redis
from kombu import Connection

from core.embedded import programs, valkey
from core.embedded.errors import EmbeddedServerError
from core.embedded.runtime import make_socket_directory

pytestmark = pytest.mark.embedded


@pytest.fixture
def path() -> Iterator[Path]:
    directory = make_socket_directory()
    yield directory / "valkey.sock"
    (directory / "valkey.sock").unlink(missing_ok=True)
    directory.rmdir()


@pytest.fixture
def starts(path: Path, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = valkey.valkey_command(tmp_path / "valkey", path)
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))  # noqa: S603
        deadline = time.monotonic() + 20
        while not valkey.answers(path) and time.monotonic() < deadline:
            time.sleep(0.02)
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait()


def test_message_goes_through_the_broker_address(
    starts: Callable[[], subprocess.Popen[bytes]], path: Path
) -> None:
    starts()
    with Connection(valkey.broker_url(path)) as connection:
        queue = connection.SimpleQueue("jobs")
        queue.put({"id": 7})
        message = queue.get(timeout=5)
        message.ack()
        queue.close()
    assert message.payload == {"id": 7}


def test_cache_address_is_another_database(
    starts: Callable[[], subprocess.Popen[bytes]], path: Path
) -> None:
    starts()
    with redis.Redis.from_url(valkey.cache_url(path)) as cache:
        cache.set("key", "value")
        assert cache.get("key") == b"value"
    with redis.Redis(unix_socket_path=str(path), db=0) as broker:
        assert broker.get("key") is None


def test_messages_outlive_an_orderly_restart(
    starts: Callable[[], subprocess.Popen[bytes]], path: Path
) -> None:
    first = starts()
    with redis.Redis(unix_socket_path=str(path)) as client:
        client.rpush("jobs", "waiting")
    first.terminate()
    first.wait()
    starts()
    with redis.Redis(unix_socket_path=str(path)) as client:
        assert client.lrange("jobs", 0, -1) == [b"waiting"]


def test_only_its_owner_reaches_it(
    starts: Callable[[], subprocess.Popen[bytes]], path: Path
) -> None:
    process = starts()
    listening = psutil.Process(process.pid).net_connections(kind="inet")
    assert listening == []
    assert path.stat().st_mode & 0o077 == 0


def test_silence_is_not_an_answer(path: Path) -> None:
    assert not valkey.answers(path)


def test_missing_wheel_is_said_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda _package: None)
    with pytest.raises(EmbeddedServerError, match=r"make setup.*DATABASE_URL"):
        programs.valkey_server()
