"""Text of a hostile page, read in a child process that can be killed and reaches nothing.

The child is `sources.capture.extract_child`, forked by a warm process of the worker's; it gets the
bytes on its standard input and answers with one JSON object. Whatever happens to it becomes a
status, never an exception.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

from sources.capture.child import Answered, ask_warm_child
from sources.capture.limits import ExtractionLimits
from sources.capture.warm import WarmReader
from sources.capture.warm import reader as warm_reader


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
    cpu_ms: int = 0

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


def extract(
    page: PageInput, limits: ExtractionLimits, reader: WarmReader = warm_reader
) -> ExtractedText:
    """Read the text of PAGE within LIMITS; never raises for what the page holds."""
    header = {"url": page.url, "content_type": page.content_type}
    return _result(ask_warm_child(reader, header, page.body, limits))


def _result(child: Answered) -> ExtractedText:
    if child.took_too_long:
        return ExtractedText(status="timeout", reason="The page took too long to read.")
    if child.took_too_much:
        return ExtractedText(status="oom", reason="The page took too much memory to read.")
    try:
        known = {item.name for item in fields(ExtractedText)}
        found = json.loads(child.answer)
        return ExtractedText(**{name: found[name] for name in known & found.keys()})
    except (ValueError, AttributeError, TypeError):
        return ExtractedText(status="failed", reason=child.last_words())
