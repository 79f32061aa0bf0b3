"""Answers that a page and a part of it share, as the desk's views know them."""

from __future__ import annotations

from core.http import SeeOther, page_or_part

__all__ = ["SeeOther", "page_or_part"]
