"""All visible text of an archived page, read in the jail; the extractors' texts are selections."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sources.capture.archived import read_page
from sources.capture.child import Answered, ask_child
from sources.capture.limits import ExtractionLimits, Limits
from sources.capture.store import ObjectStore, StoreProblem
from sources.capture.warc import MalformedRecord

TOOL, TOOL_VERSION = "visible text", "1"
_PROGRAM = "import sys; from sources.capture.visible_child import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class VisibleText:
    """`status`: ok, empty, timeout, oom, not_html or failed; `reason` says why not ok."""

    status: str
    text: str = ""
    reason: str = ""


def visible_text(
    store: ObjectStore, key: str, offset: int, limits: ExtractionLimits | None = None
) -> VisibleText:
    """Text of the response at OFFSET of a stored WARC; never raises for its content."""
    limits = limits or ExtractionLimits()
    try:
        with store.open(key) as warc:
            page = read_page(warc, offset, Limits(), at_most=limits.input_bytes)
    except (MalformedRecord, StoreProblem) as problem:
        return VisibleText("failed", reason=str(problem))
    header = {"content_type": page.head.value("content-type")}
    return _result(ask_child(_PROGRAM, header, page.body, limits))


def _result(child: Answered) -> VisibleText:
    if child.took_too_long:
        return VisibleText("timeout", reason="The page took too long to read.")
    if child.took_too_much:
        return VisibleText("oom", reason="The page took too much memory to read.")
    try:
        found = json.loads(child.answer)
        return VisibleText(found["status"], found.get("text", ""), found.get("reason", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return VisibleText("failed", reason=child.last_words())
