"""Fixity: every object is read back and hashed again, and restored where it is not what it was.

Damaged bytes are never overwritten. They are put aside under a name that the record keeps, then
the right ones are put in their place.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from audit.services.record import record_event, recording
from sources.capture.store import ObjectStore, StoreAway, StoreProblem, hash_of
from sources.models import FixityCheck, SecondCopy, StoredObject, Tombstone
from sources.services.alone import SWEEPING, WALKING, alone
from sources.services.copies import copy_object, note_copy, place
from sources.services.installation import object_store, second_store

logger = logging.getLogger(__name__)

CHECK_EVERY = timedelta(days=80)  # so that none is older than 90 days
LOOK_AGAIN_AFTER = timedelta(days=1)  # at what is damaged and could not be restored
BYTES_AT_ONCE = 4 * 1024**3
MOST_AT_ONCE = 5000
ORPHAN_AFTER = timedelta(days=1)
_BATCH = 500


@dataclass(frozen=True)
class Restored:
    """How an object was mended; `aside` names what lay there before, "" if nothing did."""

    aside: str


def walk_fixity() -> int:
    """Check what is due, within a bound of bytes; returns how many were checked.

    What was never checked comes first, then the newest and the most cited.
    """
    with alone(WALKING) as is_ours:
        return _walk() if is_ours else 0


def _walk() -> int:
    checked = read = 0
    for stored in due_objects()[:MOST_AT_ONCE]:
        if read and read + stored.size > BYTES_AT_ONCE:
            break
        try:
            check_object(stored=stored)
        except StoreAway as problem:
            logger.warning("The fixity walk stops: %s", problem)
            break
        checked, read = checked + 1, read + stored.size
    return checked


def due_objects() -> QuerySet[StoredObject]:
    now = timezone.now()
    newest = FixityCheck.objects.filter(stored=OuterRef("pk")).order_by("-checked_at", "-pk")
    return (
        StoredObject.objects.annotate(
            last=Subquery(newest.values("checked_at")[:1]),
            was_ok=Subquery(newest.values("ok")[:1]),
            was_restored=Subquery(newest.values("restored")[:1]),
            # Evidence belongs to a package above this one; only its name is known here.
            cited=Count("snapshots__evidence", distinct=True)
            + Count("snapshots__revisited_by__evidence", distinct=True),
        )
        .filter(
            Q(last__isnull=True)
            | Q(last__lt=now - CHECK_EVERY)
            | Q(was_ok=False, was_restored=False, last__lt=now - LOOK_AGAIN_AFTER)
        )
        .exclude(Exists(Tombstone.objects.filter(stored=OuterRef("pk"))))
        .order_by(F("last").asc(nulls_first=True), "-cited", "-pk")
    )


def check_object(*, stored: StoredObject) -> FixityCheck:
    """Read STORED back; restore it if it is damaged. Raises StoreAway, with nothing written."""
    first, second = object_store(), second_store()
    observed = observed_hash(first, stored.sha256)
    if observed == stored.sha256:
        _mend_copy(first, second, stored)
        return _note(stored, observed=observed)
    note_damage(stored=stored, observed=observed)
    return _note(stored, observed=observed, restored=_restore(first, second, stored.sha256))


def observed_hash(store: ObjectStore, key: str) -> str:
    """What the bytes under KEY hash to; "" if there are none. Raises StoreAway."""
    try:
        with store.open(key) as file:
            return hash_of(file)
    except StoreAway:
        raise
    except StoreProblem:
        return ""
    except OSError:  # it is there and cannot be read: bad sectors
        return "unreadable"


@recording()
def note_damage(*, stored: StoredObject, observed: str) -> None:
    """One line of the record when an object is first found damaged, not one for each look."""
    newest = stored.checks.order_by("-checked_at", "-pk").first()
    if newest is not None and not newest.ok and not newest.restored:
        return
    snapshots = list(stored.snapshots.order_by("number").values_list("number", flat=True)[:50])
    record_event(
        actor=None,
        tag="sources:object:damaged",
        subject=stored,
        after={"sha256": stored.sha256, "observed": observed, "snapshots": snapshots},
    )


@recording()
def _note(stored: StoredObject, *, observed: str, restored: Restored | None = None) -> FixityCheck:
    check = FixityCheck.objects.create(
        stored=stored,
        checked_at=timezone.now(),
        ok=observed == stored.sha256,
        observed_sha256=observed,
        restored=restored is not None,
    )
    if restored is not None:
        record_event(
            actor=None,
            tag="sources:object:restored",
            subject=stored,
            after={"sha256": stored.sha256, "set_aside": restored.aside, "from": place()},
        )
    return check


def _restore(first: ObjectStore, second: ObjectStore | None, key: str) -> Restored | None:
    """Put the right bytes back; None if the second store has none either."""
    try:
        if second is None or not second.verify(key):
            return None
        aside = first.set_aside(key)
        copy_object(second, first, key)
    except StoreProblem as problem:
        logger.warning("Object %s could not be restored: %s", key, problem)
        return None
    return Restored(aside)


def _mend_copy(first: ObjectStore, second: ObjectStore | None, stored: StoredObject) -> None:
    """The second copy is checked as well, and made again from the first where it is damaged."""
    rows = SecondCopy.objects.filter(stored=stored, place=place())
    if second is None or not rows.exists():
        return
    try:
        if observed_hash(second, stored.sha256) == stored.sha256:
            return
        rows.delete()
        second.set_aside(stored.sha256)
        copy_object(first, second, stored.sha256)
    except StoreProblem as problem:
        logger.warning("The second copy of object %s waits: %s", stored.sha256, problem)
        return
    note_copy(stored)
    logger.warning("The second copy of object %s was damaged and is made anew.", stored.sha256)


def sweep_orphans() -> int:
    """Put aside objects that no row names, a day after they were stored; returns how many.

    A worker that died between storing and committing leaves one. It is shown nowhere.
    """
    with alone(SWEEPING) as is_ours:
        return _sweep(object_store()) if is_ours else 0


def _sweep(store: ObjectStore) -> int:
    oldest = timezone.now() - ORPHAN_AFTER
    found, batch = 0, []
    for held in store.held():
        if held.stored_at < oldest:
            batch.append(held.key)
        if len(batch) == _BATCH:
            found, batch = found + _put_aside(store, batch), []
    return found + _put_aside(store, batch)


def _put_aside(store: ObjectStore, keys: list[str]) -> int:
    named = set(StoredObject.objects.filter(sha256__in=keys).values_list("sha256", flat=True))
    for key in set(keys) - named:
        logger.warning("Object %s has no row and is put aside: %s", key, store.set_aside(key))
    return len(set(keys) - named)
