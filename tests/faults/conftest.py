"""The corpus uses the origin, the store and the quick limits of the tests of the fetcher."""

from __future__ import annotations

from tests.sources.conftest import (
    announced,
    capture,
    open_origin,
    origin,
    queued,
    store,
)

__all__ = ["announced", "capture", "open_origin", "origin", "queued", "store"]
