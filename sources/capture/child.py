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
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from sources.capture.limits import ExtractionLimits

_ROOT = Path(__file__).resolve().parents[2]
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
    with (
        tempfile.TemporaryDirectory(prefix="extract-") as folder,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as complaint,
    ):
        _write_input(given, header, body, limits)
        child = subprocess.Popen(  # noqa: S603 - nothing of the page is in the command
            [sys.executable, "-P", "-c", program],
            stdin=given,
            stdout=answer,
            stderr=complaint,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        code = _wait(child, limits.wall_seconds)
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


def _environment(folder: str) -> dict[str, str]:
    """No secret of ours is in there; every library that would fetch or cache is told not to."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "HOME": folder,
        "TMPDIR": folder,
        "TLDEXTRACT_CACHE": folder,
        "TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS": "",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


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
