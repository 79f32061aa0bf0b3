"""The embedded PostgreSQL as several processes see it: started, shared, ended, recovered."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from core.embedded import leftovers, locks, postgres, programs
from core.embedded.account import server_account
from core.embedded.cluster import Cluster, prepare
from core.embedded.errors import EmbeddedServerError

pytestmark = pytest.mark.embedded
PROJECT = Path(__file__).resolve().parents[2]
FAST = {"fsync": "off"}
# Joins the server, says where it is, and answers each line with the result of that statement.
USER_OF_THE_SERVER = """
import sys
from pathlib import Path
import psycopg
from core.embedded.cluster import Cluster
from core.embedded.postgres import ensure_database, ensure_server

cluster = Cluster(Path(sys.argv[1]), Path(sys.argv[2]))
server = ensure_server(cluster, {"fsync": "off"})
ensure_database(cluster, server, "shared")
print(server.socket_directory, flush=True)
for line in sys.stdin:
    with psycopg.connect(server.address("shared"), autocommit=True) as connection:
        result = connection.execute(line)
        print(result.fetchone()[0] if result.description else "done", flush=True)
"""


class User:
    """Another process that uses the server."""

    def __init__(self, cluster: Cluster) -> None:
        self.process = subprocess.Popen(  # noqa: S603  our own words
            [sys.executable, "-c", USER_OF_THE_SERVER, str(cluster.root), str(cluster.log)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )

    def line(self) -> str:
        return self.process.stdout.readline().strip()

    def asks(self, statement: str) -> str:
        self.process.stdin.write(f"{statement}\n")
        self.process.stdin.flush()
        return self.line()

    def ends(self) -> None:
        self.process.communicate()

    def is_killed(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def made_once() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="tests-"))
    cluster = cluster_in(folder / "postgres")
    postgres.ensure_server(cluster, FAST)
    assert postgres.leave_server(cluster, seconds=30)
    yield cluster
    shutil.rmtree(folder)


def cluster_in(root: Path) -> Cluster:
    return Cluster(root, root.parent / "log" / "postgres.log")


def copy(made: Cluster, cluster: Cluster) -> None:
    """Copy with owners, which PostgreSQL insists on."""
    subprocess.run(["/bin/cp", "-a", made.root, cluster.root], check=True)  # noqa: S603


@pytest.fixture
def cluster(made_once: Cluster, folder: Path) -> Iterator[Cluster]:
    """A cluster of its own for each test, copied because making one takes a second."""
    cluster = cluster_in(folder / "postgres")
    copy(made_once, cluster)
    yield cluster
    assert postgres.leave_server(cluster, seconds=30)
    assert working_in(cluster) == []


@pytest.fixture(scope="module")
def shared(made_once: Cluster) -> Iterator[Cluster]:
    """A cluster for the tests that do it no harm."""
    folder = Path(tempfile.mkdtemp(prefix="tests-"))
    cluster = cluster_in(folder / "postgres")
    copy(made_once, cluster)
    yield cluster
    assert postgres.leave_server(cluster, seconds=30)
    shutil.rmtree(folder)


@pytest.fixture
def joins(cluster: Cluster) -> Iterator[Callable[[], User]]:
    users: list[User] = []

    def join() -> User:
        users.append(User(cluster))
        return users[-1]

    yield join
    for user in users:
        if user.process.poll() is None:
            user.is_killed()


def working_in(cluster: Cluster) -> list[psutil.Process]:
    return leftovers._servers_in(cluster.data)


def keeper_of(cluster: Cluster) -> psutil.Process:
    return leftovers._heads(working_in(cluster))[0].parent()


def becomes_true(fact: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.02)
    return fact()


def value(server: postgres.Server, statement: str, database: str = "postgres") -> object:
    with psycopg.connect(server.address(database), autocommit=True) as connection:
        return connection.execute(statement).fetchone()[0]


def test_server_ends_with_its_only_user(cluster: Cluster, joins: Callable[[], User]) -> None:
    user = joins()
    directory = Path(user.line())
    assert user.asks("SELECT 41 + 1") == "42"
    user.ends()
    assert becomes_true(lambda: not working_in(cluster))
    assert becomes_true(lambda: not directory.exists())
    assert not cluster.state.exists()


def test_second_user_goes_on_when_the_first_ends(
    cluster: Cluster, joins: Callable[[], User]
) -> None:
    first = joins()
    directory = first.line()
    second = joins()
    assert second.line() == directory
    first.ends()
    assert not becomes_true(lambda: not working_in(cluster), seconds=0.5)
    assert second.asks("SELECT 1") == "1"
    second.ends()
    assert becomes_true(lambda: not working_in(cluster))


def test_server_ends_when_its_only_user_is_killed(
    cluster: Cluster, joins: Callable[[], User]
) -> None:
    user = joins()
    user.line()
    user.is_killed()
    assert becomes_true(lambda: not working_in(cluster))


def test_newcomer_waits_for_a_server_that_is_stopping(
    cluster: Cluster, joins: Callable[[], User]
) -> None:
    for _ in range(4):
        user = joins()
        user.line()
        user.is_killed()
    last = joins()
    last.line()
    assert last.asks("SELECT 1") == "1"


def test_many_processes_start_one_server(cluster: Cluster, joins: Callable[[], User]) -> None:
    users = [joins() for _ in range(6)]
    assert len({user.line() for user in users}) == 1
    assert len(leftovers._heads(working_in(cluster))) == 1
    assert {user.asks("SELECT 7") for user in users} == {"7"}


def test_a_process_that_ends_while_it_is_looked_at_stops_nothing(
    cluster: Cluster, joins: Callable[[], User]
) -> None:
    joins().line()
    seen = working_in(cluster)
    leftovers.clear(cluster.data)
    assert not any(process.is_running() for process in seen)
    heads = leftovers._heads(seen)
    assert len(heads) == 1
    for process in heads:
        leftovers._send(process, signal.SIGINT)


def test_everything_killed_at_once_is_recovered(
    cluster: Cluster, joins: Callable[[], User]
) -> None:
    user = joins()
    former = Path(user.line())
    user.asks("CREATE TABLE kept AS SELECT 'written before' AS what")
    dying = [keeper_of(cluster), *working_in(cluster)]
    for stop in (psutil.Process.suspend, psutil.Process.kill):
        for process in dying:
            with suppress(psutil.NoSuchProcess):  # one of the server's may have ended by itself
                stop(process)
    psutil.wait_procs(dying, timeout=10)
    user.is_killed()
    assert (cluster.data / "postmaster.pid").exists()
    assert cluster.state.exists()

    server = postgres.ensure_server(cluster, FAST)
    assert value(server, "SELECT what FROM kept", "shared") == "written before"
    assert not former.exists()


def test_killed_keeper_takes_the_server_along_or_the_next_start_does(
    cluster: Cluster, joins: Callable[[], User]
) -> None:
    user = joins()
    former = user.line()
    keeper = keeper_of(cluster)
    keeper.kill()
    keeper.wait(timeout=10)
    server = postgres.ensure_server(cluster, FAST)
    assert server.socket_directory != former
    assert value(server, "SELECT 1") == 1
    assert len(leftovers._heads(working_in(cluster))) == 1


def test_killed_server_is_started_again_for_a_process_that_used_it(cluster: Cluster) -> None:
    server = postgres.ensure_server(cluster, FAST)
    leftovers._heads(working_in(cluster))[0].kill()
    assert becomes_true(lambda: not locks.is_held(cluster.keeper))
    again = postgres.ensure_server(cluster, FAST)
    assert again.socket_directory != server.socket_directory
    assert value(again, "SELECT 1") == 1


@pytest.fixture
def stranger(cluster: Cluster) -> Iterator[subprocess.Popen[bytes]]:
    """A program that has the number which a killed server left in postmaster.pid."""
    account = server_account(cluster.data)
    credentials = account.credentials() if account else {}
    process = subprocess.Popen(["/bin/sleep", "600"], cwd="/", **credentials)
    lines = f"{process.pid}\n{cluster.data}\n1479924000\n5432\n/tmp\n\n\nready\n"
    (cluster.data / "postmaster.pid").write_text(lines)
    yield process
    process.kill()
    process.wait()


def test_a_reused_process_number_does_not_stop_the_start(
    cluster: Cluster, stranger: subprocess.Popen[bytes]
) -> None:
    server = postgres.ensure_server(cluster, FAST)
    assert value(server, "SELECT 1") == 1
    assert stranger.poll() is None


def test_without_clearing_a_reused_process_number_stops_the_start(
    cluster: Cluster, stranger: subprocess.Popen[bytes]
) -> None:
    prepare(cluster)
    with pytest.raises(EmbeddedServerError, match=r"postmaster\.pid.*already exists"):
        programs.run("postgres", "-D", str(cluster.data), who=server_account(cluster.data))


def test_interrupted_first_start_leaves_nothing_in_the_way(folder: Path) -> None:
    cluster = cluster_in(folder / "postgres")
    half = cluster.root / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = postgres.ensure_server(cluster, FAST)
    assert value(server, "SELECT 1") == 1
    assert not half.exists()
    assert postgres.leave_server(cluster, seconds=30)


def test_deep_path_with_spaces_and_quotes_works(made_once: Cluster, folder: Path) -> None:
    root = folder / ('it\'s a "deep" path, ' * 4) / ("x" * 80) / "postgres"
    root.parent.mkdir(parents=True)
    cluster = cluster_in(root)
    copy(made_once, cluster)
    server = postgres.ensure_server(cluster, FAST)
    assert value(server, "SELECT 1") == 1
    assert len(os.fsencode(Path(server.socket_directory, ".s.PGSQL.5432.lock"))) < 104
    assert postgres.leave_server(cluster, seconds=30)


def test_without_a_short_directory_the_deep_path_is_refused_by_the_system(folder: Path) -> None:
    deep = folder / ("x" * 100)
    deep.mkdir()
    with (
        socket.socket(socket.AF_UNIX) as trial,
        pytest.raises(OSError, match="AF_UNIX path too long"),
    ):
        trial.bind(str(deep / ".s.PGSQL.5432"))


def test_server_is_private(shared: Cluster) -> None:
    server = postgres.ensure_server(shared, FAST)
    directory = Path(server.socket_directory)
    assert directory.stat().st_mode & 0o777 == 0o700
    assert (directory / ".s.PGSQL.5432").stat().st_mode & 0o777 == 0o700
    assert value(server, "SHOW listen_addresses") == ""
    head = leftovers._heads(working_in(shared))[0]
    assert [c for c in head.net_connections() if c.status == psutil.CONN_LISTEN] == []


def test_application_is_no_superuser_and_is_refused_what_was_revoked(shared: Cluster) -> None:
    server = postgres.ensure_server(shared, FAST)
    assert value(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    postgres.ensure_database(shared, server, "own")
    with psycopg.connect(server.address("own"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (what text)")
        connection.execute("REVOKE TRUNCATE ON kept FROM CURRENT_USER")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("TRUNCATE kept")


def test_options_reach_the_server(cluster: Cluster) -> None:
    server = postgres.ensure_server(cluster, {"fsync": "off", "work_mem": "7MB"})
    assert value(server, "SHOW fsync") == "off"
    assert value(server, "SHOW work_mem") == "7MB"


def test_text_search_knows_arabic_punctuation(shared: Cluster) -> None:
    server = postgres.ensure_server(shared, FAST)
    found = value(server, "SELECT to_tsvector('simple', '«قوات» الحكومة، الأسد؟')::text")
    assert found == "'الأسد':3 'الحكومة':2 'قوات':1"


def test_callers_variables_do_not_steer_the_server(
    shared: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGHOST", "192.0.2.1")
    monkeypatch.setenv("PGDATABASE", "nowhere")
    assert value(postgres.ensure_server(shared, FAST), "SELECT 1") == 1


def test_a_setting_that_postgresql_refuses_is_reported_in_its_words(cluster: Cluster) -> None:
    with pytest.raises(EmbeddedServerError, match="requires a Boolean value"):
        postgres.ensure_server(cluster, {"fsync": "perhaps"})


def test_data_of_another_version_is_refused(cluster: Cluster) -> None:
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(
        EmbeddedServerError, match=r"made by PostgreSQL 17; the installed one is 18"
    ):
        postgres.ensure_server(cluster, FAST)


def test_directory_of_another_user_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> int:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(EmbeddedServerError, match="belongs to another user of this machine"):
            postgres.ensure_server(cluster_in(folder / "postgres"), FAST)


def test_database_is_made_once_by_racing_processes(shared: Cluster) -> None:
    server = postgres.ensure_server(shared, FAST)
    postgres.ensure_database(shared, server, "raced")
    with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
        postgres._create_database(connection, "raced")
    assert value(server, "SELECT count(*) FROM pg_database WHERE datname = 'raced'") == 1


def test_interrupt_in_the_terminal_does_not_reach_the_server(
    cluster: Cluster, joins: Callable[[], User]
) -> None:
    user = joins()
    user.line()
    assert os.getsid(keeper_of(cluster).pid) != os.getsid(user.process.pid)
    keeper_of(cluster).send_signal(signal.SIGINT)
    assert becomes_true(lambda: not working_in(cluster))
