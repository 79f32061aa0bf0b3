"""Archived pages and sheets made fit to be shown, in a child process that can be killed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sources.capture.archived import ArchivedPage
from sources.capture.child import ask_child
from sources.capture.limits import MIB, ExtractionLimits

# Part of the key under which a cleaned page is kept: a page cleaned by older rules is not shown.
RULES = 1
LIMITS = ExtractionLimits(
    memory_bytes=768 * MIB, cpu_seconds=10, wall_seconds=15, input_bytes=8 * MIB
)
_START = "import sys; from sources.capture.clean_child import main; sys.exit(main())"

Kind = Literal["page", "plain", "sheet"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`status` is ok, empty, timeout, oom or failed; `body` is UTF-8 if it is ok."""

    status: str
    body: bytes = b""
    reason: str = ""


def clean(
    page: ArchivedPage,
    kind: Kind,
    records: Mapping[str, int],
    limits: ExtractionLimits = LIMITS,
) -> Cleaned:
    """Clean PAGE; RECORDS are the addresses whose responses the same archived file holds.

    Never raises for what the page holds. References become paths relative to the page's own.
    """
    header = {
        "kind": kind,
        "url": page.url,
        "content_type": page.head.value("content-type"),
        "records": dict(records),
        "prefix": "" if kind == "sheet" else "a/",
    }
    child = ask_child(_START, header, page.body, limits)
    if child.took_too_long:
        return Cleaned("timeout")
    if child.took_too_much:
        return Cleaned("oom")
    status, line, body = child.answer.partition(b"\n")
    if child.code != 0 or not line:
        return Cleaned("failed", reason=child.last_words())
    return Cleaned(status.decode("ascii"), body)
