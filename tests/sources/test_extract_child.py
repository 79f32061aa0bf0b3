"""The child that reads pages: killed in time, short of memory, and without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sources.capture.extract import PageInput, extract
from sources.capture.limits import MIB, ExtractionLimits
from sources.capture.pipeline import extract_stored
from sources.capture.store import FileStore
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
    begin = time.monotonic()
    limits = ExtractionLimits(cpu_seconds=60, wall_seconds=2.5)
    found = extract(PageInput("http://example.org/", "text/html", HOSTILE), limits)
    assert (found.status, found.text) == ("timeout", "")
    assert time.monotonic() - begin < 6


@pytest.mark.fault(45)
def test_processor_time_is_limited_too() -> None:
    limits = ExtractionLimits(cpu_seconds=2, wall_seconds=60)
    found = extract(PageInput("http://example.org/", "text/html", HOSTILE), limits)
    assert found.status == "timeout"


@pytest.mark.fault(45)
def test_memory_is_limited() -> None:
    limits = ExtractionLimits(memory_bytes=250 * MIB, input_bytes=200 * MIB)
    body = b"<p>" + b"word " * (10 * MIB)
    found = extract(PageInput("http://example.org/", "text/html", body), limits)
    assert found.status == "oom"
    assert found.text == ""


def test_a_child_that_dies_is_a_status_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.capture.extract._START", "raise SystemExit('no more')")
    found = extract(PageInput("http://example.org/", "text/html", b"x"), ExtractionLimits())
    assert (found.status, found.reason) == ("failed", "The extractor ended with 1: no more")


def test_a_child_killed_from_outside_is_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sources.capture.extract._START", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    found = extract(PageInput("http://example.org/", "text/html", b"x"), ExtractionLimits())
    assert found.status == "oom"


def test_what_the_child_started_is_killed_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    monkeypatch.setattr(
        "sources.capture.extract._START",
        "import subprocess, time\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)",
    )
    limits = ExtractionLimits(wall_seconds=2)
    assert extract(PageInput("http://a.org/", "text/html", b"x"), limits).status == "timeout"
    pid = int(note.read_text())
    for _ in range(100):
        if not _is_running(pid):
            return
        time.sleep(0.05)
    pytest.fail("A grandchild outlived the extraction.")


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
    monkeypatch.setattr(
        "sources.capture.extract._START",
        f"import json, os; json.dump(dict(os.environ), open({str(note)!r}, 'w'))",
    )
    extract(PageInput("http://a.org/", "text/html", b"x"), ExtractionLimits())
    assert "xyzzy" not in note.read_text()
    assert json.loads(note.read_text())["TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS"] == ""


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
        pid = _noted(note)
    finally:
        parent.kill()
        parent.wait()
    for _ in range(100):
        if not _is_running(pid):
            return
        time.sleep(0.05)
    pytest.fail("The child outlived its parent.")


def test_text_is_read_out_of_the_stored_copy_or_said_to_be_missing(store: FileStore) -> None:
    key = store.put(b"this is no WARC")
    for where in (key, "0" * 64):
        found = extract_stored(store, where, 0)
        assert (found.status, found.text) == ("failed", "")
        assert found.reason


def _noted(note: Path) -> int:
    for _ in range(400):
        if note.exists() and note.read_text():
            return int(note.read_text())
        time.sleep(0.05)
    raise AssertionError("The child never started.")
