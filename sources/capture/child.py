"""A child process for hostile input: it gets bytes, answers with bytes, and can always be killed.

What the child gives up before it looks at them is in `sources.capture.jail`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO, Any

from sources.capture.limits import ExtractionLimits
from sources.capture.warm import ReaderProblem, WarmReader, environment

_OUTPUT_BYTES = 64 * 1024 * 1024
_REASON_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Answered:
    """How a child ended: its exit code, or None if it was killed for its time; what it wrote."""

    code: int | None
    answer: bytes
    complaint: str

    @property
    def took_too_long(self) -> bool:
        return self.code is None or self.code == -signal.SIGXCPU

    @property
    def took_too_much(self) -> bool:
        return self.code == -signal.SIGKILL

    def last_words(self) -> str:
        """What it complained of last, for the row that says why."""
        lines = self.complaint.strip().splitlines()
        words = lines[-1] if lines else "no word"
        return f"The extractor ended with {self.code}: {words}"[:_REASON_CHARACTERS]


def ask_child(
    program: str, header: Mapping[str, Any], body: bytes, limits: ExtractionLimits
) -> Answered:
    """Run PROGRAM with one line of JSON and BODY on its standard input; never raises for them."""

    def run(files: Files, folder: str) -> int | None:
        child = subprocess.Popen(  # noqa: S603 - nothing of the page is in the command
            [sys.executable, "-P", "-c", program],
            stdin=files.given,
            stdout=files.answer,
            stderr=files.complaint,
            cwd=folder,
            env=environment(folder),
            start_new_session=True,
        )
        return _wait(child, limits.wall_seconds)

    return _asked(header, body, limits, run)


def ask_warm_child(
    reader: WarmReader, header: Mapping[str, Any], body: bytes, limits: ExtractionLimits
) -> Answered:
    """Ask a child that READER forks, which has everything loaded; else like `ask_child`.

    The line of JSON names the child's `folder` too: it has to go there itself.
    """

    def run(files: Files, _folder: str) -> int | None:
        return reader.read(files.given, files.answer, files.complaint, limits.wall_seconds)

    try:
        return _asked(header, body, limits, run)
    except ReaderProblem as problem:
        return Answered(1, b"", str(problem))


@dataclass(frozen=True, slots=True)
class Files:
    """What a child reads from and writes to."""

    given: IO[bytes]
    answer: IO[bytes]
    complaint: IO[bytes]


def _asked(
    header: Mapping[str, Any],
    body: bytes,
    limits: ExtractionLimits,
    run: Callable[[Files, str], int | None],
) -> Answered:
    with (
        tempfile.TemporaryDirectory(prefix="extract-") as folder,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as complaint,
    ):
        _write_input(given, {**header, "folder": folder}, body, limits)
        code = run(Files(given, answer, complaint), folder)
        return Answered(code, _written(answer), _written(complaint).decode("utf-8", "replace"))


def _write_input(
    given: IO[bytes], header: Mapping[str, Any], body: bytes, limits: ExtractionLimits
) -> None:
    given.write(json.dumps({**header, "limits": asdict(limits)}).encode("ascii") + b"\n")
    given.write(body[: limits.input_bytes])
    given.seek(0)


def _written(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(_OUTPUT_BYTES)


def _wait(child: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Return the exit code, or None if the child had to be killed with all it started."""
    try:
        return child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with suppress(ProcessLookupError):  # the usual case: the whole group is gone already
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
