"""Whether archived bytes are still what was sealed."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import Upstream
from sources.capture.store import ObjectStore, StoreAway, StoreProblem
from sources.services.installation import object_store


def damaged_objects(*, hashes: Iterable[str]) -> frozenset[str]:
    """Those of HASHES whose bytes are gone from the store or no longer have that SHA-256.

    Reads every byte, so it is never called inside a transaction. Upstream: the store is away, which
    says nothing of its objects.
    """
    store = object_store()
    return frozenset(key for key in set(hashes) if not _is_whole(store, key))


def _is_whole(store: ObjectStore, key: str) -> bool:
    try:
        return store.verify(key)
    except StoreAway as problem:
        raise Upstream(
            "The store of the archived copies does not answer, so they cannot be checked. "
            "Try again in a few minutes."
        ) from problem
    except StoreProblem:
        return False
