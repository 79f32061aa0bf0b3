"""Text of a hostile page, read in a child process that can be killed and reaches nothing.

The child is `sources.capture.extract_child`; it gets the bytes on its standard input and answers
with one JSON object. Whatever happens to it becomes a status, never an exception.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from sources.capture.limits import ExtractionLimits

_ROOT = Path(__file__).resolve().parents[2]
# newspaper4k loads nltk, which loads scipy if it is there: a second of start-up for nothing.
_START = """
import sys
sys.modules["scipy"] = None
from sources.capture.extract_child import main
sys.exit(main())
"""
_OUTPUT_BYTES = 64 * 1024 * 1024
_REASON_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class PageInput:
    """What is known of a page before its text is: address, declared type, decoded bytes."""

    url: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """What a page says. `status`: ok, empty, parser_limit, timeout, oom, not_html or failed."""

    status: str
    reason: str = ""
    title: str = ""
    authors: list[str] = field(default_factory=list)
    published_at: str | None = None
    published_precision: str = ""
    published_basis: str = ""
    language: str = ""
    text: str = ""
    text_tool: str = ""
    text_newspaper: str = ""
    text_confidence: str = ""
    charset: str = ""
    charset_basis: str = ""
    media_type: str = ""
    tools: dict[str, str] = field(default_factory=dict)
    fences: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return what a reader asks for first: what the page says and how sure that is."""
        return {
            "title": self.title or None,
            "authors": self.authors,
            "published_at": self.published_at,
            "published_precision": self.published_precision or None,
            "language": self.language or None,
            "text": self.text or None,
            "text_confidence": self.text_confidence or None,
            "text_status": self.status,
        }


def extract(page: PageInput, limits: ExtractionLimits) -> ExtractedText:
    """Read the text of PAGE within LIMITS; never raises for what the page holds."""
    with (
        tempfile.TemporaryDirectory(prefix="extract-") as folder,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as complaint,
    ):
        _write_input(given, page, limits)
        child = subprocess.Popen(  # noqa: S603 - nothing of the page is in the command
            [sys.executable, "-P", "-c", _START],
            stdin=given,
            stdout=answer,
            stderr=complaint,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        code = _wait(child, limits.wall_seconds)
        return _result(code, answer, complaint)


def _write_input(given: IO[bytes], page: PageInput, limits: ExtractionLimits) -> None:
    header = {"url": page.url, "content_type": page.content_type, "limits": asdict(limits)}
    given.write(json.dumps(header).encode("ascii") + b"\n")
    given.write(page.body[: limits.input_bytes])
    given.seek(0)


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


def _result(code: int | None, answer: IO[bytes], complaint: IO[bytes]) -> ExtractedText:
    if code is None or code == -signal.SIGXCPU:
        return ExtractedText(status="timeout", reason="The page took too long to read.")
    if code == -signal.SIGKILL:
        return ExtractedText(status="oom", reason="The page took too much memory to read.")
    answer.seek(0)
    try:
        known = {item.name for item in fields(ExtractedText)}
        found = json.loads(answer.read(_OUTPUT_BYTES))
        return ExtractedText(**{name: found[name] for name in known & found.keys()})
    except (ValueError, AttributeError, TypeError):
        return ExtractedText(status="failed", reason=_last_line(complaint, code))


def _last_line(complaint: IO[bytes], code: int) -> str:
    complaint.seek(0)
    lines = complaint.read(_OUTPUT_BYTES).decode("utf-8", "replace").strip().splitlines()
    words = lines[-1] if lines else "no word"
    return f"The extractor ended with {code}: {words}"[:_REASON_CHARACTERS]
