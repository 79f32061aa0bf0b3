"""The child process that reads all visible text of a page, beside the extractors, which select.

Started by `sources.capture.visible`. No tree is built: the parser tells what it meets, so that
depth and number of elements cost no memory.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

from lxml import etree

from sources.capture.charset import decode_page
from sources.capture.jail import confine
from sources.capture.limits import ExtractionLimits
from sources.capture.sniff import HTML, PLAIN, sniffed_type

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>", re.IGNORECASE)
_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "textarea",
     "select", "datalist", "canvas", "audio", "video"}
)  # fmt: skip
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
     "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
     "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
     "wbr"}
)  # fmt: skip


class _Reader:
    """What the parser tells, as lines of text: one for each block that a reader would see."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.unseen: list[str] = []  # the outermost element that hides what is inside, and inside

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _VOID:
            if tag not in _INLINE:
                self.pieces.append("\n")
            return
        if self.unseen or tag in _UNSEEN or _is_hidden(attributes):
            self.unseen.append(tag)
        elif tag not in _INLINE:
            self.pieces.append("\n")

    def end(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.unseen:
            self.unseen.pop()
        elif tag not in _INLINE:
            self.pieces.append("\n")

    def data(self, data: str) -> None:
        if not self.unseen:
            self.pieces.append(data if "\n" not in data else " ".join(data.split("\n")))

    def comment(self, text: str) -> None:
        """Nobody sees it."""

    def close(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.pieces).split("\n"))
        return "\n".join(line for line in lines if line)


def _is_hidden(attributes: dict[str, str]) -> bool:
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def main() -> int:
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not be the answer
    header = json.loads(sys.stdin.buffer.readline())
    limits = ExtractionLimits(**header["limits"])
    fences = confine(limits)
    try:
        found = read_visible(sys.stdin.buffer.read(), header["content_type"], limits)
    except MemoryError:
        found = {"status": "oom", "reason": "The page took too much memory to read."}
    answer.write(json.dumps({**found, "fences": fences}).encode("ascii"))
    answer.flush()
    return 0


def read_visible(body: bytes, content_type: str, limits: ExtractionLimits) -> dict[str, Any]:
    """Status and text, as fields of ExtractedText."""
    media_type = sniffed_type(body, content_type.partition(";")[0].strip().lower())
    if media_type not in {HTML, PLAIN, "application/xhtml+xml"}:
        return {"status": "not_html", "reason": f"{media_type} holds no HTML."[:200]}
    page = decode_page(body, content_type)
    text = page.text if media_type == PLAIN else _of_html(_DECLARATION.sub("", page.text))
    kept = _storable(text)[: limits.text_characters]
    return {"status": "ok" if kept.strip() else "empty", "text": kept, "media_type": media_type}


def _storable(text: str) -> str:
    """Without what a database cannot hold."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _of_html(html: str) -> str:
    reader: Any = _Reader()  # the stubs ask for bytes as well, which lxml never gives
    parser: Any = etree.HTMLParser(target=reader, no_network=True, recover=True, huge_tree=True)
    parser.feed(html)
    return str(parser.close())
