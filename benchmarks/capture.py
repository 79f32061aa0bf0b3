"""Captures a second, beside wget, pywb and warcio on the same pages in the same run.

Run: python -m benchmarks.capture [--captures 400] [--rounds 3] [--pywb PATH] [--grow 1000 50000]

A loopback origin answers every address after 100 ms with 50 kB of its own. Each round gives every
archiver as many new addresses, twenty pages at a time:

  ours, Celery   one worker with twenty threads, each page a message
  ours, batches  one process, `manage.py capture_worker`; x2: `--processes 2`
  pywb           recording, asked by twenty clients (install it elsewhere: --pywb .../bin/wayback)
  warcio         capture_http in twenty threads of one process
  wget           --warc-file, twenty processes at a time

Ours begins when rows that wait are let into the queue and ends when all are sealed: claimed,
fetched through the guard, WARC written, stored, read back and hashed, rows, record and manifest
written, and the reading of the text asked for. The text itself is another queue's work, for all,
and is not in these figures.
"cpu" is processor time of the archiver for each page, without the database's, which is named
beside; "peak" is resident memory of all its processes. --grow fills an archive to so many captures
with the batch process and prints what each costs on the way.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
django.setup()

from django.db import connection  # noqa: E402  # after the set-up
from django.db.models import QuerySet  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import capture_rivals as rivals  # noqa: E402
from benchmarks.pages import own_database  # noqa: E402
from benchmarks.usage import Usage, used_by  # noqa: E402
from config.celery import app  # noqa: E402
from sources.capture.hosts import host_of  # noqa: E402
from sources.models import Document, Snapshot  # noqa: E402
from sources.selectors.documents import address_digest  # noqa: E402
from sources.vocabulary import CaptureState  # noqa: E402
from tests.brokers import Valkey  # noqa: E402
from tests.processes import PROJECT, environment  # noqa: E402

PATIENCE_SECONDS = 600
WINDOW = 1_000
_ON_THE_WAY = (CaptureState.QUEUED, CaptureState.RUNNING, CaptureState.SEALED)
Work = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Row:
    """What one archiver did in one round; `rows` are the captures in the database before."""

    archiver: str
    captures: int
    seconds: float
    cpu_ms: float
    database_ms: float
    peak_mb: float

    @property
    def a_second(self) -> float:
        return self.captures / self.seconds


@contextmanager
def origin() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.capture_origin"],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.communicate(timeout=20)


def measured(name: str, pids: Sequence[int], work: Work, count: int) -> Row:
    """What WORK, which is COUNT captures, costs the processes PIDS."""
    with used_by(*pids) as usage, used_by(_postgres()) as database:
        began = time.monotonic()
        work()
        seconds = time.monotonic() - began
    return _row(name, count, seconds, usage, database)


def _row(name: str, count: int, seconds: float, usage: Usage, database: Usage) -> Row:
    return Row(
        name,
        count,
        round(seconds, 3),
        round(usage.cpu_seconds / count * 1000, 2),
        round(database.cpu_seconds / count * 1000, 2),
        round(usage.peak_bytes / 1e6, 1),
    )


def _postgres() -> int:
    """The process of the server that this connection's backend belongs to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return int(psutil.Process(pid).ppid())


def rows_of(addresses: Sequence[str]) -> list[int]:
    """Rows that wait, made in bulk, because asking is not measured; `release` lets them begin."""
    documents = Document.objects.bulk_create(
        Document(address=address, address_digest=address_digest(address)) for address in addresses
    )
    snapshots = Snapshot.objects.bulk_create(
        Snapshot(
            document=document,
            host=host_of(document.address or ""),
            state=CaptureState.RETRY_WAIT,
            next_attempt_at=timezone.now(),
        )
        for document in documents
    )
    return [snapshot.pk for snapshot in snapshots]


def release(keys: Sequence[int]) -> None:
    """Leave the rows of KEYS as a request leaves them: in the queue."""
    _rows(keys).update(state=CaptureState.QUEUED)


def _rows(keys: Sequence[int]) -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(pk__gte=min(keys), pk__lte=max(keys))


def wait_until_sealed(keys: Sequence[int]) -> None:
    rows = _rows(keys)
    end = time.monotonic() + PATIENCE_SECONDS
    while rows.exclude(state=CaptureState.SEALED).exists():
        others = rows.exclude(state__in=_ON_THE_WAY).values_list("state", "error", "error_detail")
        assert not others[:3], list(others[:3])
        assert time.monotonic() < end, list(rows.values_list("state").distinct())
        time.sleep(0.05)
    assert not rows.exclude(outcome="ok").exists(), "every page is a page"


def through_celery(keys: Sequence[int]) -> None:
    release(keys)
    for key in keys:
        app.send_task("sources.capture", kwargs={"snapshot_id": key}, queue="celery")
    wait_until_sealed(keys)


def in_batches(keys: Sequence[int]) -> None:
    release(keys)
    wait_until_sealed(keys)


@contextmanager
def running(*command: str, variables: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, *command], cwd=PROJECT, env=variables, stdout=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


class Bench:
    """The archivers on one origin, each started for its own rounds alone."""

    def __init__(self, folder: Path, port: int, broker: Valkey, wayback: str) -> None:
        self._folder, self._port, self._wayback = folder, port, wayback
        self._next = 0
        self._variables = environment(
            folder,
            loopback_port=port,
            CELERY_BROKER_URL=broker.url,
            CAPTURE_LEASE_SECONDS="90",
            LOG_LEVEL="ERROR",
        )

    def addresses(self, count: int) -> list[str]:
        first, self._next = self._next, self._next + count
        return [f"http://127.0.0.1:{self._port}/{n}" for n in range(first, self._next)]

    def rows(self, count: int) -> list[int]:
        return rows_of(self.addresses(count))

    def _ours(
        self, name: str, pids: Sequence[int], work: Callable[[Sequence[int]], None], count: int
    ) -> Row:
        keys = self.rows(count)
        return measured(name, pids, lambda: work(keys), count)

    def archivers(self) -> Sequence[Callable[[int], Row]]:
        return (
            self.celery,
            self.batches,
            self.batches_twice,
            self.pywb,
            self.warcio,
            self.wget,
        )

    def celery(self, count: int) -> Row:
        command = (
            *("-m", "celery", "--quiet", "-A", "config", "worker", "--pool", "threads", "-c", "20"),
            *("--loglevel", "ERROR", "--without-gossip", "--without-mingle", "-Q", "celery"),
        )
        with running(*command, variables=self._variables) as pid:
            through_celery(self.rows(40))  # warm
            return self._ours("ours, Celery", [pid], through_celery, count)

    @contextmanager
    def batch_processes(self, count: int) -> Iterator[list[int]]:
        command = ("manage.py", "capture_worker", "--processes", str(count))
        with running(*command, variables=self._variables) as pid:
            in_batches(self.rows(120 * count))  # warm: two for each of its threads
            yield [pid]

    def batches(self, count: int) -> Row:
        with self.batch_processes(1) as pids:
            return self._ours("ours, batches", pids, in_batches, count)

    def batches_twice(self, count: int) -> Row:
        with self.batch_processes(2) as pids:
            return self._ours("ours, batches x2", pids, in_batches, count)

    def pywb(self, count: int) -> Row:
        with self._scratch() as folder, rivals.pywb(self._wayback, folder) as (pid, work):
            work(self.addresses(40))
            addresses = self.addresses(count)
            return measured("pywb", [pid], lambda: work(addresses), count)

    def warcio(self, count: int) -> Row:
        return self._own_process("warcio", rivals.warcio, count)

    def wget(self, count: int) -> Row:
        return self._own_process("wget", rivals.wget, count)

    def _own_process(self, name: str, work: Callable[..., None], count: int) -> Row:
        with self._scratch() as folder:
            addresses = self.addresses(count)
            before = os.times()
            row = measured(name, [os.getpid()], lambda: work(addresses, folder), count)
            after = os.times()
        spent = sum(after[2:4]) - sum(before[2:4])  # of the processes that have ended
        return Row(name, count, row.seconds, round(spent / count * 1000, 2), 0.0, row.peak_mb)

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    def grow(self, sizes: Sequence[int]) -> list[tuple[int, Row]]:
        """Fill the archive; give what WINDOW captures cost around each of SIZES."""
        rows = []
        with self.batch_processes(1) as pids:
            for size in sorted(sizes):
                while (kept := Snapshot.objects.count()) < size - WINDOW:
                    in_batches(self.rows(min(WINDOW, size - WINDOW - kept)))
                row = self._ours("ours, batches", pids, in_batches, WINDOW)
                rows.append((Snapshot.objects.count(), row))
        return rows


def compared(bench: Bench, captures: int, rounds: int) -> list[Row]:
    done: list[Row] = []
    absent: set[str] = set()
    for _ in range(rounds):
        for archiver in bench.archivers():
            try:
                done.append(archiver(captures))
                print(f"{done[-1].archiver}: {done[-1].a_second:.1f} captures/s", flush=True)
            except rivals.Missing as missing:
                absent.add(str(missing))
    for words in sorted(absent):
        print(f"Left out: {words}")
    return done


def show(done: Sequence[Row]) -> None:
    names = list(dict.fromkeys(row.archiver for row in done))
    base = _median(done, "pywb", "a_second") if "pywb" in names else None
    titles = ("captures/s", "x pywb", "cpu ms", "db cpu ms", "peak MB")
    print(f"{'median of the rounds':22}" + "".join(f"{title:>12}" for title in titles))
    for name in names:
        rate = _median(done, name, "a_second")
        times = f"{rate / base:.2f}" if base else "-"
        rest = (_median(done, name, one) for one in ("cpu_ms", "database_ms", "peak_mb"))
        print(f"{name:22}{rate:>12.1f}{times:>12}" + "".join(f"{value:>12.1f}" for value in rest))


def _median(done: Sequence[Row], name: str, what: str) -> float:
    return float(median(getattr(row, what) for row in done if row.archiver == name))


def show_growth(rows: Sequence[tuple[int, Row]]) -> None:
    print(f"{'captures kept':>14}{'captures/s':>12}{'cpu ms':>12}{'db cpu ms':>12}{'peak MB':>12}")
    for kept, row in rows:
        figures = (row.a_second, row.cpu_ms, row.database_ms, row.peak_mb)
        print(f"{kept:>14,}" + "".join(f"{figure:>12.1f}" for figure in figures))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=400, help="in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pywb", default="wayback", help="path of pywb's program `wayback`")
    parser.add_argument("--grow", type=int, nargs="*", default=[], help="sizes of the archive")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cap-")))
        stack.enter_context(own_database())
        broker = Valkey(folder)
        broker.start()
        stack.callback(broker.stop)
        app.conf.broker_url = broker.url
        bench = Bench(folder, stack.enter_context(origin()), broker, options.pywb)
        done = compared(bench, options.captures, options.rounds)
        grown = bench.grow(options.grow) if options.grow else []
    if done:
        show(done)
    if grown:
        show_growth(grown)
    if options.json:
        kept = [{"kept": size, **asdict(row)} for size, row in grown]
        options.json.write_text(json.dumps({"rounds": [*map(asdict, done)], "growth": kept}))


if __name__ == "__main__":
    main()
