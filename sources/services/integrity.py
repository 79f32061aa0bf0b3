"""Whether archived bytes are still what was sealed."""

from __future__ import annotations

from collections.abc import Iterable

from sources.capture.store import ObjectStore, StoreProblem
from sources.services.installation import object_store


def damaged_objects(*, hashes: Iterable[str]) -> frozenset[str]:
    """Those of HASHES whose bytes are gone from the store or no longer have that SHA-256.

    Reads every byte, so it is never called inside a transaction.
    """
    store = object_store()
    return frozenset(key for key in set(hashes) if not _is_whole(store, key))


def _is_whole(store: ObjectStore, key: str) -> bool:
    try:
        return store.verify(key)
    except StoreProblem:
        return False
