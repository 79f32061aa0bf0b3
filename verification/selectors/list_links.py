"""Links that narrow a list of the desk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FilterLink:
    """See templates/components/views.html; `count` in words, None for no number."""

    href: str
    text: str
    count: str | None
    current: bool
