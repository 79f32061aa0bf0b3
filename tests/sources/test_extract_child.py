"""The child that reads pages: killed in time, short of memory, and without a network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from sources.capture.extract import PageInput, extract
from sources.capture.limits import MIB, ExtractionLimits
from sources.capture.pipeline import extract_stored
from sources.capture.store import FileStore
from sources.capture.warm import WarmReader
from tests.sources.origin import Origin

PAGES = Path(__file__).parents[1] / "pages"
ROOT = Path(__file__).parents[2]
HOSTILE = b"<html><body>" + b"<p>x" * 200_000 + b"</body></html>"


def _in_child(code: str) -> str:
    """Run a line of code in a confined process and return what it prints."""
    program = (
        "import socket, sys\n"
        "from sources.capture.jail import confine\n"
        "from sources.capture.limits import ExtractionLimits\n"
        "fences = confine(ExtractionLimits())\n"
        f"{code}\n"
    )
    done = subprocess.run(  # noqa: S603 - our own line
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return done.stdout + done.stderr


@pytest.mark.fault(47)
def test_the_child_reads_a_page_and_reaches_nothing(origin: Origin) -> None:
    body = (PAGES / "fetches-images.html").read_bytes().replace(b"PORT", str(origin.port).encode())
    found = extract(PageInput("http://example.org/", "text/html", body), ExtractionLimits())
    assert (found.status, found.text_confidence) == ("ok", "high")
    assert "The second paragraph is here" in found.text
    assert origin.connections == 0
    assert {"limits", "sockets"} <= set(found.fences)
    assert set(found.tools) == {"trafilatura", "newspaper4k"}


@pytest.mark.fault(45)
def test_a_page_of_200000_paragraphs_is_given_up_in_time() -> None:
    limits = ExtractionLimits(cpu_seconds=600, wall_seconds=2.5)
    found = extract(PageInput("http://example.org/", "text/html", HOSTILE), limits)
    assert (found.status, found.text) == ("timeout", "")


@pytest.mark.fault(45)
def test_memory_is_limited() -> None:
    limits = ExtractionLimits(memory_bytes=250 * MIB, input_bytes=200 * MIB)
    body = b"<p>" + b"word " * (20 * MIB)
    found = extract(PageInput("http://example.org/", "text/html", body), limits)
    assert (found.status, found.text) == ("oom", "")


def test_what_the_parser_had_no_memory_for_is_not_called_empty() -> None:
    limits = ExtractionLimits(memory_bytes=250 * MIB, input_bytes=200 * MIB)
    body = b"<p>" + b"word " * (10 * MIB)
    found = extract(PageInput("http://example.org/", "text/html", body), limits)
    assert found.status in {"oom", "parser_limit"}


def _reader(read: str, warm_up: str = "") -> WarmReader:
    """A warm process whose children do READ instead of reading pages."""
    lines = "\n".join(f"    {line}" for line in read.splitlines())
    return WarmReader(
        "import os, signal, subprocess, sys, time\n"
        f"def read():\n{lines}\n"
        "from sources.capture.warm_process import serve\n"
        f"{warm_up}\n"
        "serve(read, lambda: None)\n"
    )


@contextmanager
def _reading(read: str, warm_up: str = "") -> Iterator[WarmReader]:
    reader = _reader(read, warm_up)
    try:
        yield reader
    finally:
        reader.stop()


PAGE = PageInput("http://a.org/", "text/html", b"x")


def test_a_child_that_dies_is_a_status_not_an_error() -> None:
    with _reading("raise SystemExit('no more')") as reader:
        found = extract(PAGE, ExtractionLimits(), reader)
    assert (found.status, found.reason) == ("failed", "The extractor ended with 1: no more")


def test_a_child_that_breaks_says_how() -> None:
    with _reading("1 / 0") as reader:
        found = extract(PAGE, ExtractionLimits(), reader)
    assert found.reason == "The extractor ended with 1: ZeroDivisionError: division by zero"


@pytest.mark.fault(45)
def test_processor_time_is_limited_too() -> None:
    """For a reader in C, which hears no alarm of Python's."""
    read = (
        "import json\n"
        "from sources.capture.jail import confine\n"
        "from sources.capture.limits import ExtractionLimits\n"
        "confine(ExtractionLimits(**json.loads(sys.stdin.buffer.readline())['limits']))\n"
        "sum(range(10**12))"
    )
    with _reading(read) as reader:
        found = extract(PAGE, ExtractionLimits(cpu_seconds=1, wall_seconds=60), reader)
    assert found.status == "timeout"


def test_a_child_killed_from_outside_is_out_of_memory() -> None:
    with _reading("os.kill(os.getpid(), signal.SIGKILL)") as reader:
        assert extract(PAGE, ExtractionLimits(), reader).status == "oom"


def test_what_the_child_started_is_killed_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    start = (
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
    )
    with _reading(f"{start}time.sleep(60)") as reader:
        limits = ExtractionLimits(wall_seconds=2)
        assert extract(PAGE, limits, reader).status == "timeout"
        _wait_until_gone(int(note.read_text()))
        note.unlink()
        assert extract(PAGE, limits, reader).status == "timeout"  # the warm process goes on
        _wait_until_gone(int(note.read_text()))
    with _reading(f"{start}return 0") as reader:
        extract(PAGE, limits, reader)
        _wait_until_gone(int(note.read_text()))


def test_pages_are_read_at_once_and_each_alone(tmp_path: Path) -> None:
    """A child waits for the other to have begun, so neither could end if they took turns."""
    read = (
        "import json, pathlib\n"
        "mine = json.loads(sys.stdin.buffer.readline())['url']\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "(folder / mine).touch()\n"
        "while len(list(folder.iterdir())) < 2: time.sleep(0.01)\n"
        "os.write(1, json.dumps({'status': 'ok', 'text': mine}).encode())\n"
        "return 0"
    )
    with _reading(read) as reader, ThreadPoolExecutor(2) as pool:
        pages = [PageInput(name, "text/html", b"") for name in ("one", "two")]
        found = pool.map(lambda page: extract(page, ExtractionLimits(), reader), pages)
        assert [text.text for text in found] == ["one", "two"]


def test_the_warm_process_outlives_its_pages_and_not_its_worker() -> None:
    with _reading("return 0") as reader:
        extract(PAGE, ExtractionLimits(), reader)
        first = reader.pid
        extract(PAGE, ExtractionLimits(), reader)
        assert first is not None
        assert reader.pid == first
    _wait_until_gone(first)


def test_a_warm_process_that_was_killed_is_replaced() -> None:
    with _reading('os.write(1, b\'{"status": "ok"}\')\nreturn 0') as reader:
        assert extract(PAGE, ExtractionLimits(), reader).status == "ok"
        first = reader.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert extract(PAGE, ExtractionLimits(), reader).status == "ok"
        assert reader.pid != first


def test_a_page_that_takes_the_warm_process_down_twice_is_given_up() -> None:
    with _reading("os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)") as reader:
        found = extract(PAGE, ExtractionLimits(), reader)
    assert found.status == "failed"
    assert found.reason.endswith("The reader of pages ended before this one was read.")


def test_a_warm_process_that_does_not_start_is_a_status_too() -> None:
    with _reading("return 0", warm_up="sys.exit(3)") as reader:
        found = extract(PAGE, ExtractionLimits(), reader)
    assert found.status == "failed"
    assert found.reason.endswith("The reader of pages did not start.")


def test_a_fork_of_the_worker_starts_its_own() -> None:
    """Celery forks its workers; the warm process belongs to the one that started it."""
    with _reading("return 0") as reader:
        extract(PAGE, ExtractionLimits(), reader)
        before = reader.pid
        assert before is not None
        reader.forget()
        assert reader.pid is None
        _wait_until_gone(before)  # nobody else holds its socket


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_no_secret_of_ours_is_in_the_childs_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = tmp_path / "environment"
    monkeypatch.setenv("SECRET_KEY", "xyzzy")
    dump = f"import json; json.dump(dict(os.environ), open({str(note)!r}, 'w')); return 0"
    with _reading(dump) as reader:
        extract(PAGE, ExtractionLimits(), reader)
    assert "xyzzy" not in note.read_text()
    assert json.loads(note.read_text())["TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS"] == ""


def test_a_child_holds_no_file_but_its_own(tmp_path: Path) -> None:
    """Not the socket of the warm process, and nothing of a page that is read beside it."""
    note = tmp_path / "files"
    with _reading(
        f"open({str(note)!r}, 'w').write(' '.join(os.listdir('/proc/self/fd')))"
    ) as reader:
        extract(PAGE, ExtractionLimits(), reader)
    assert {int(name) for name in note.read_text().split()} <= {0, 1, 2, 3, 4}  # two are the note's


def test_sockets_are_denied_in_words() -> None:
    for attempt in ("socket.socket()", "socket.create_connection(('127.0.0.1', 1))",
                    "socket.getaddrinfo('example.org', 80)"):  # fmt: skip
        assert "There is no network in here." in _in_child(attempt)


def test_the_kernel_denies_what_python_would_allow(origin: Origin) -> None:
    """Past our own denial, a fence of the kernel holds: its filter, or an empty network."""
    attempt = (
        "import _socket\n"
        "try:\n"
        "    raw = _socket.socket()\n"
        f"    raw.connect(('127.0.0.1', {origin.port}))\n"
        "except OSError as problem:\n"
        "    print('denied', fences)\n"
    )
    said = _in_child(attempt)
    if "filter" not in said and "namespace" not in said:
        assert origin.connections == 1, "this machine has neither fence, and then it shows"
        return
    assert said.startswith("denied")
    assert origin.connections == 0


def test_the_confined_start_no_process() -> None:
    said = _in_child(
        "import os, _posixsubprocess\n"
        "try:\n"
        "    os.fork()\n"
        "    print('forked')\n"
        "except OSError:\n"
        "    print('denied', fences)\n"
    )
    assert said.startswith("denied") or "filter" not in said


def test_without_the_jail_the_connection_is_made(origin: Origin) -> None:
    """The guard of the guard: the same attempt in an ordinary process."""
    attempt = f"import _socket; _socket.socket().connect(('127.0.0.1', {origin.port}))"
    subprocess.run([sys.executable, "-c", attempt], check=True)  # noqa: S603 - our own line
    for _ in range(100):
        if origin.connections:
            return
        time.sleep(0.02)
    pytest.fail("Nobody connected.")


def test_the_child_ends_with_its_parent(tmp_path: Path) -> None:
    """A worker killed with -9 leaves no reader behind."""
    if sys.platform != "linux":
        return
    note = tmp_path / "pid"
    child = (
        "import os, time\n"
        "from sources.capture.jail import confine\n"
        "from sources.capture.limits import ExtractionLimits\n"
        "confine(ExtractionLimits())\n"
        f"open({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(60)"
    )
    starter = (
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', sys.argv[1]])\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen(  # noqa: S603 - our own lines
        [sys.executable, "-c", starter, child], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    try:
        (pid,) = _noted(note)
    finally:
        parent.kill()
        parent.wait()
    _wait_until_gone(pid)


def test_nothing_is_left_of_a_worker_that_was_killed(tmp_path: Path) -> None:
    """A worker that dies of kill -9: its warm process and the child that reads a page end too."""
    note = tmp_path / "pids"
    read = f"open({str(note)!r}, 'w').write(f'{{os.getppid()}} {{os.getpid()}}')\ntime.sleep(60)"
    worker = (
        "from tests.sources.test_extract_child import PAGE, _reader\n"
        "from sources.capture.extract import extract\n"
        "from sources.capture.limits import ExtractionLimits\n"
        f"extract(PAGE, ExtractionLimits(), _reader({read!r}))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", worker], cwd=ROOT)  # noqa: S603 - our lines
    try:
        pids = _noted(note)
    finally:
        process.kill()
        process.wait()
    for pid in pids:
        _wait_until_gone(pid)


def test_text_is_read_out_of_the_stored_copy_or_said_to_be_missing(store: FileStore) -> None:
    key = store.put(b"this is no WARC")
    for where in (key, "0" * 64):
        found = extract_stored(store, where, 0)
        assert (found.status, found.text) == ("failed", "")
        assert found.reason


def _noted(note: Path) -> list[int]:
    for _ in range(400):
        if note.exists() and note.read_text():
            return [int(pid) for pid in note.read_text().split()]
        time.sleep(0.05)
    raise AssertionError("The child never started.")


def _wait_until_gone(pid: int) -> None:
    for _ in range(100):
        if not _is_running(pid):
            return
        time.sleep(0.05)
    pytest.fail(f"Process {pid} was left behind.")
