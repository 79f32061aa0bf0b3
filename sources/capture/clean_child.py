"""The child process that writes an archived page anew: bytes in; a status and the new page out.

Started by `sources.capture.clean`. It confines itself before it looks at the page.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

from sources.capture.charset import decode_page
from sources.capture.clean_css import clean_css
from sources.capture.clean_html import References, clean_page, plain_page
from sources.capture.jail import confine
from sources.capture.limits import ExtractionLimits


def main() -> int:
    answer = _own_answer_channel()
    header = json.loads(sys.stdin.buffer.readline())
    confine(ExtractionLimits(**header["limits"]))
    try:
        cleaned = clean(sys.stdin.buffer.read(), header)
    except MemoryError:
        answer.write(b"oom\n")
    else:
        if cleaned is None:
            answer.write(b"empty\n")
        else:
            answer.write(b"ok\n" + cleaned.encode("utf-8", "replace"))
    answer.flush()
    return 0


def _own_answer_channel() -> BinaryIO:
    """Keep the real standard output to ourselves: what a library prints must not be the answer."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel


def clean(body: bytes, header: Mapping[str, Any]) -> str | None:
    """Return what to show for BODY: a page, a plain text or a sheet, as the header says."""
    text = decode_page(body, header["content_type"]).text
    references = References(header["url"], header["records"], header["prefix"])
    if header["kind"] == "sheet":
        return clean_css(text, references.resolve)
    return plain_page(text) if header["kind"] == "plain" else clean_page(text, references)
