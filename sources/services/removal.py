"""Removing the bytes of what was taken down, from every store, once nobody else needs them."""

from __future__ import annotations

import logging

from django.db.models import Q
from django.utils import timezone

from audit.services.record import record_event, recording
from sources.capture.store import ObjectStore, StoreProblem
from sources.models import SecondCopy, StoredObject, Takedown, Tombstone
from sources.selectors.custody import removable_objects
from sources.services.alone import REMOVING, alone
from sources.services.installation import object_store, second_store

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200


def remove_taken_down() -> int:
    """Remove every object that only taken-down copies named; returns how many. May run twice.

    The tombstone is written after the bytes are gone, so it never says what is not so yet.
    """
    with alone(REMOVING) as is_ours:
        if not is_ours:
            return 0
        return sum(_remove(stored) for stored in removable_objects()[:MOST_AT_ONCE])


def _remove(stored: StoredObject) -> bool:
    stores: list[ObjectStore] = [object_store()]
    if (second := second_store()) is not None:
        stores.append(second)
    try:
        for store in stores:
            store.remove(stored.sha256)
    except (StoreProblem, OSError) as problem:
        logger.warning("Object %s is still to be removed: %s", stored.sha256, problem)
        return False
    _bury(stored)
    return True


@recording()
def _bury(stored: StoredObject) -> None:
    taken = Takedown.objects.filter(
        Q(snapshot__warc=stored) | Q(snapshot__given=stored) | Q(snapshot__artifacts__stored=stored)
    )
    takedown = taken.latest("decided_at")
    SecondCopy.objects.filter(stored=stored).delete()
    Tombstone.objects.create(stored=stored, takedown=takedown, removed_at=timezone.now())
    record_event(
        actor=None, tag="sources:object:removed", subject=stored, after={"sha256": stored.sha256}
    )
