"""The child process that reads a page: input on standard input, one JSON object on standard output.

Started by `sources.capture.extract`. It confines itself before it looks at the page.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, BinaryIO

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from sources.capture.charset import decode_page
from sources.capture.extract import ExtractedText
from sources.capture.facts import (
    TITLE_CHARACTERS,
    authors_of,
    clean,
    language_of,
    one_line,
    published_of,
)
from sources.capture.jail import confine
from sources.capture.limits import ExtractionLimits
from sources.capture.sniff import HTML, PLAIN, sniffed_type
from sources.capture.texts import Reading, by_newspaper, by_trafilatura, confidence

_LEAST_WORDS = 200  # a page with more visible words and no text beat the parsers
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>", re.IGNORECASE)
_INVISIBLE = frozenset({"script", "style", "noscript", "template", "title"})


def main() -> int:
    answer = _own_answer_channel()
    header = json.loads(sys.stdin.buffer.readline())
    limits = ExtractionLimits(**header["limits"])
    fences = confine(limits)
    try:
        found = read_page(sys.stdin.buffer.read(), header["content_type"], header["url"], limits)
    except MemoryError:
        gc.collect()
        found = {"status": "oom", "reason": "The page took too much memory to read."}
    answer.write(json.dumps({**found, "fences": fences}).encode("ascii"))
    answer.flush()
    return 0


def _own_answer_channel() -> BinaryIO:
    """Keep the real standard output to ourselves: what a library prints must not be the answer."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel


def read_page(body: bytes, content_type: str, url: str, limits: ExtractionLimits) -> dict[str, Any]:
    """Return the fields of ExtractedText for the bytes of a page."""
    declared = content_type.partition(";")[0].strip().lower()
    media_type = sniffed_type(body, declared)
    if media_type not in {HTML, PLAIN, "application/xhtml+xml"}:
        return {"status": "not_html", "reason": f"{media_type} holds no HTML."[:200],
                "media_type": media_type[:120]}  # fmt: skip
    page = decode_page(body, content_type)
    common = {"charset": page.charset, "charset_basis": page.basis, "media_type": media_type}
    if media_type == PLAIN:
        return {**_plain(page.text, limits), **common}
    return {**_html(_DECLARATION.sub("", page.text), url, limits), **common}


def _plain(text: str, limits: ExtractionLimits) -> dict[str, Any]:
    """A plain text is its own text; there is nothing for extractors to disagree about."""
    kept = clean(text, limits.text_characters)
    is_empty = not kept.strip()
    return {
        "status": "empty" if is_empty else "ok",
        "text": kept,
        "text_tool": "none",
        "text_confidence": "" if is_empty else "high",
    }


def _html(html: str, url: str, limits: ExtractionLimits) -> dict[str, Any]:
    tree = _tree(html)
    if tree is None:
        return {"status": "empty", "reason": "The page has no element."}
    first, second = by_trafilatura(html, url), by_newspaper(html, url)
    shown = first.text or second.text
    status = _status(html, shown)
    return {
        **asdict(ExtractedText(status, _reason(status, first, second))),
        **_facts(tree, url, first, second),
        "text": clean(shown, limits.text_characters),
        "text_tool": "trafilatura" if first.text else "newspaper4k",
        "text_newspaper": clean(second.text, limits.text_characters),
        "text_confidence": confidence(first.text, second.text) if shown else "",
        "tools": {name: version(name) for name in ("trafilatura", "newspaper4k")},
    }


def _tree(html: str) -> HtmlElement | None:
    parser = HTMLParser(no_network=True, recover=True, huge_tree=False)
    try:
        return document_fromstring(html, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _status(html: str, text: str) -> str:
    if text.strip():
        return "ok"
    return "parser_limit" if _visible_words(html) > _LEAST_WORDS else "empty"


def _visible_words(html: str) -> int:
    """Count words outside tags and scripts in one pass, where the parsers gave up or lost them."""
    hidden, count = "", 0
    for piece in html.split("<"):
        tag, _, text = piece.partition(">")
        name = tag[:12].partition(" ")[0].lower()
        if name == f"/{hidden}":
            hidden = ""
        elif not hidden and name in _INVISIBLE:
            hidden = name
        if not hidden:
            count += len(text.split())
    return count


def _reason(status: str, first: Reading, second: Reading) -> str:
    if status == "ok":
        return ""
    problems = ", ".join(reading.problem for reading in (first, second) if reading.problem)
    return f"Neither extractor found text{f' ({problems})' if problems else ''}."


def _facts(tree: HtmlElement, url: str, first: Reading, second: Reading) -> dict[str, Any]:
    titles = [first.title, second.title, *map(str, tree.xpath("//title[1]/text()"))]
    published = published_of(tree, url, datetime.now(UTC), second.published, first.published)
    return {
        "title": next(
            (line for line in (one_line(t, TITLE_CHARACTERS) for t in titles) if line), ""
        ),
        "authors": authors_of(first.authors, second.authors),
        "language": language_of(tree, first.text or second.text, second.language, first.language),
        "published_at": published.at.isoformat() if published else None,
        "published_precision": published.precision if published else "",
        "published_basis": published.basis if published else "",
    }
