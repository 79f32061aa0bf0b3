"""The child process that reads a page: input on standard input, one JSON object on standard output.

Forked by `sources.capture.warm_process`. It confines itself before it looks at the page.
"""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
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
from sources.capture.patience import TimeSpent, time_limit
from sources.capture.pdf import load_pdf_reader, read_pdf
from sources.capture.sniff import HTML, PDF, PLAIN, sniffed_type
from sources.capture.texts import (
    TOO_LONG,
    Reading,
    by_newspaper,
    by_trafilatura,
    confidence,
    within,
)

_LEAST_WORDS = 200  # a page with more visible words and no text beat the parsers
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>", re.IGNORECASE)
_OWN_PAGE = """<html lang="LANGUAGE"><head><title>A page of our own</title></head><body><article>
<p>The first paragraph was written on 12 November 2016 by nobody in particular, about a river.</p>
<p>강은 조용했다 川は静かだった كان النهر هادئا</p>
<p>The second paragraph says the same once more, so that there is enough of it to be an article.</p>
</article></body></html>"""
# Shares of the processor time; what is left is for the tree, and for comparing both texts.
_TIME_FOR_FIRST, _TIME_FOR_TEXT_ALONE = 0.3, 0.15
_TIME_FOR_SECOND, _TIME_FOR_DATES = 0.25, 0.1
_INVISIBLE = frozenset({"script", "style", "noscript", "template", "title"})


def main() -> int:
    answer = _own_answer_channel()
    header = json.loads(sys.stdin.buffer.readline())
    tempfile.tempdir = header["folder"]
    os.chdir(header["folder"])
    limits = ExtractionLimits(**header["limits"])
    fences = confine(limits)
    try:
        found = read_page(sys.stdin.buffer.read(), header["content_type"], header["url"], limits)
    except MemoryError:
        gc.collect()
        found = {"status": "oom", "reason": "The page took too much memory to read."}
    answer.write(json.dumps({**found, "fences": fences, "cpu_ms": _cpu_ms()}).encode("ascii"))
    answer.flush()
    return 0


def warm_up() -> None:
    """Read a page of our own, so that what the extractors load late is loaded before any fork."""
    for language in ("en", "ar", "ko", "ja"):
        page = _OWN_PAGE.replace("LANGUAGE", language).encode()
        read_page(page, "text/html; charset=utf-8", "http://own.invalid/", ExtractionLimits())
    load_pdf_reader()


def _cpu_ms() -> int:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return round((used.ru_utime + used.ru_stime) * 1000)


def _own_answer_channel() -> BinaryIO:
    """Keep the real standard output to ourselves: what a library prints must not be the answer."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel


def read_page(body: bytes, content_type: str, url: str, limits: ExtractionLimits) -> dict[str, Any]:
    """Return the fields of ExtractedText for the bytes of a page."""
    declared = content_type.partition(";")[0].strip().lower()
    media_type = sniffed_type(body, declared)
    if media_type == PDF:
        return {**read_pdf(body, limits), "media_type": media_type}
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
        status = _status(html, "")
        words = "no element" if status == "empty" else "more than the parser holds"
        return {"status": status, "reason": f"The page has {words}."}
    first, second = _readings(html, url, limits.cpu_seconds)
    shown = first.text or second.text
    status = _status(html, shown)
    return {
        **asdict(ExtractedText(status, _reason(status, first, second))),
        **_facts(tree, url, (first, second), limits.cpu_seconds * _TIME_FOR_DATES),
        "text": clean(shown, limits.text_characters),
        "text_tool": "trafilatura" if first.text else "newspaper4k",
        "text_newspaper": clean(second.text, limits.text_characters),
        "text_confidence": confidence(first.text, second.text) if shown else "",
        "tools": dict(_versions()),
    }


def _readings(html: str, url: str, seconds: float) -> tuple[Reading, Reading]:
    """What each extractor makes of the page; one that takes too long leaves the other its time.

    What takes longest is what a page states about itself, so the text is asked for once more alone.
    """
    first = within(seconds * _TIME_FOR_FIRST, lambda: by_trafilatura(html, url))
    if first.problem == TOO_LONG:
        alone = within(
            seconds * _TIME_FOR_TEXT_ALONE, lambda: by_trafilatura(html, url, facts=False)
        )
        first = replace(alone, problem=TOO_LONG)
    is_known = bool(first.authors)
    second = within(
        seconds * _TIME_FOR_SECOND, lambda: by_newspaper(html, url, authors=not is_known)
    )
    return first, second


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, version(name)) for name in ("trafilatura", "newspaper4k"))


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
        is_whole = TOO_LONG not in {first.problem, second.problem}
        return "" if is_whole else "Reading all of the page took too long; this was read in time."
    problems = ", ".join(reading.problem for reading in (first, second) if reading.problem)
    return f"Neither extractor found text{f' ({problems})' if problems else ''}."


def _facts(
    tree: HtmlElement, url: str, readings: tuple[Reading, Reading], seconds: float
) -> dict[str, Any]:
    first, second = readings
    titles = [first.title, second.title, *map(str, tree.xpath("//title[1]/text()"))]
    published = None
    with suppress(TimeSpent), time_limit(seconds):
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
