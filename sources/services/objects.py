"""Archived bytes by their hash."""

from __future__ import annotations

from typing import BinaryIO

from core.errors import Upstream
from sources.capture.store import StoreProblem
from sources.services.installation import object_store


def open_object(sha256: str) -> BinaryIO:
    """The bytes whose hash is SHA256, open for reading. Upstream: the store does not have them."""
    try:
        return object_store().open(sha256)
    except StoreProblem as problem:
        raise Upstream(
            "The archive cannot find this file. We know of it; try again later."
        ) from problem
