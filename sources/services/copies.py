"""A second copy of every sealed object, in another place; damaged bytes are restored from it."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from sources.capture.store import ObjectStore, StoreAway, StoreProblem, hash_of
from sources.models import SecondCopy, StoredObject, Tombstone
from sources.services.alone import COPYING, alone
from sources.services.installation import object_store, second_store

logger = logging.getLogger(__name__)

BYTES_AT_ONCE = 1024**3
MOST_AT_ONCE = 500


def copy_objects() -> int:
    """Copy what the second store lacks, the newest first; returns how many. May be called twice.

    A copy counts once it was read back there. What is away stops the run; the next one goes on.
    """
    second = second_store()
    if second is None:
        return 0
    with alone(COPYING) as is_ours:
        return _copy(object_store(), second) if is_ours else 0


def place() -> str:
    """The name of the second store in the rows: its address without options."""
    return str(settings.SECOND_STORAGE_URL).partition("?")[0][:400]


def uncopied() -> QuerySet[StoredObject]:
    there = SecondCopy.objects.filter(stored=OuterRef("pk"), place=place())
    return StoredObject.objects.exclude(Exists(there)).exclude(
        Exists(Tombstone.objects.filter(stored=OuterRef("pk")))
    )


def _copy(first: ObjectStore, second: ObjectStore) -> int:
    copied = moved = 0
    for stored in uncopied().order_by("-pk")[:MOST_AT_ONCE]:
        if moved and moved + stored.size > BYTES_AT_ONCE:
            break
        try:
            copy_object(first, second, stored.sha256)
        except StoreAway as problem:
            logger.warning("Second copies wait: %s", problem)
            break
        except StoreProblem as problem:  # the fixity walk looks into it
            logger.warning("No second copy of object %s: %s", stored.sha256, problem)
            continue
        note_copy(stored)
        copied, moved = copied + 1, moved + stored.size
    return copied


def note_copy(stored: StoredObject) -> None:
    SecondCopy.objects.get_or_create(
        stored=stored, place=place(), defaults={"copied_at": timezone.now()}
    )


def copy_object(source: ObjectStore, target: ObjectStore, key: str) -> None:
    """Copy KEY from SOURCE to TARGET and read it back; raises StoreProblem."""
    try:
        with tempfile.TemporaryDirectory(prefix="copy-") as folder:
            path = Path(folder) / key
            with source.open(key) as file, path.open("xb") as spool:
                shutil.copyfileobj(file, spool, 1024 * 1024)
            with path.open("rb") as file:
                if hash_of(file) != key:
                    raise StoreProblem(f"Object {key} is damaged where it is to be copied from.")
            target.put(path)
    except OSError as problem:  # full, read-only, or not there
        raise StoreAway(f"Object {key} cannot be copied: {problem.strerror}.") from problem
    if not target.verify(key):
        raise StoreProblem(f"Object {key} is not what it was after it was copied.")
