"""Whether an answer asks that no copy of it be shown: X-Robots-Tag, or its meta element. Pure."""

from __future__ import annotations

import re

from sources.capture.hop import Hop
from sources.capture.http1 import Head

_WORD = "noarchive"
_OURS = frozenset({"corroborate", "*"})
_META = re.compile(rb"<meta\s[^>]{0,500}>", re.IGNORECASE)
_META_NAME = re.compile(rb"name\s*=\s*[\"']?\s*(?:robots|corroborate)\b", re.IGNORECASE)
_META_WORD = re.compile(rb"\bnoarchive\b", re.IGNORECASE)


def asks_not_to_archive(hop: Hop) -> bool:
    """Say whether the answer asks robots not to show copies: X-Robots-Tag, or a meta element."""
    if hop.head is None:
        return False
    if any(map(_forbids, hop.head.values("x-robots-tag"))):
        return True
    return _is_html(hop.head) and any(
        _META_NAME.search(tag) and _META_WORD.search(tag) for tag in _META.findall(hop.opening)
    )


def _forbids(value: str) -> bool:
    """Read one X-Robots-Tag; a robot's name before the words makes them that robot's alone."""
    agent, colon, words = value.lower().partition(":")
    if not colon or "," in agent:
        words = value.lower()
    elif agent.strip() not in _OURS:
        return False
    return _WORD in {word.strip() for word in words.split(",")}


def _is_html(head: Head) -> bool:
    return head.media_type in {"", "text/html", "application/xhtml+xml"}
