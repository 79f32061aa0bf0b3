"""Sealed bytes are copied elsewhere, looked at again and again, and mended without a trace lost."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import AuditEvent
from audit.selectors import chain_faults
from sources.capture.store import FileStore
from sources.models import FixityCheck, SecondCopy, StoredObject
from sources.selectors.fixity import damaged_now, fixity_health
from sources.services import copies, fixity
from sources.services.alone import COPYING, alone
from sources.services.copies import copy_objects
from sources.services.fixity import due_objects, sweep_orphans, walk_fixity
from sources.services.installation import object_store, second_store
from tests.factories import EvidenceFactory, StoredObjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(settings: object, tmp_path: Path) -> FileStore:
    (tmp_path / "second").mkdir()
    settings.SECOND_STORAGE_URL = f"file://{tmp_path}/second"
    store = second_store()
    assert isinstance(store, FileStore)
    return store


@pytest.fixture
def first() -> FileStore:
    store = object_store()
    assert isinstance(store, FileStore)
    return store


def damage(store: FileStore, key: str, content: bytes | None = b"other bytes") -> None:
    path = store.path(key)
    path.chmod(0o644)
    path.write_bytes(content or b"")
    if content is None:
        path.unlink()


def tags() -> list[str]:
    found = AuditEvent.objects.filter(tag__startswith="sources:object:").order_by("seq")
    return [tag.rpartition(":")[2] for tag in found.values_list("tag", flat=True)]


def aside(store: FileStore) -> list[Path]:
    return list((store._root / "quarantine").glob("*"))


def test_every_object_gets_a_second_copy(second: FileStore) -> None:
    keys = [StoredObjectFactory.create().sha256 for _ in range(3)]
    assert copy_objects() == 3
    assert all(second.verify(key) for key in keys)
    assert copy_objects() == 0


def test_copying_stops_at_its_bound_and_goes_on_later(
    second: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "BYTES_AT_ONCE", 1)
    for _ in range(2):
        StoredObjectFactory.create()
    assert [copy_objects(), copy_objects(), copy_objects()] == [1, 1, 0]


def test_a_copy_that_a_killed_worker_left_is_taken_as_it_is(second: FileStore) -> None:
    stored = StoredObjectFactory.create()
    with object_store().open(stored.sha256) as file:
        second.put(file.read())
    assert copy_objects() == 1
    assert SecondCopy.objects.filter(stored=stored).exists()


def test_damaged_bytes_are_not_copied(second: FileStore, first: FileStore) -> None:
    stored = StoredObjectFactory.create()
    damage(first, stored.sha256)
    assert copy_objects() == 0
    assert (list(second.held()), SecondCopy.objects.count()) == ([], 0)


def test_a_second_store_that_is_away_stops_the_copying(second: FileStore) -> None:
    StoredObjectFactory.create()
    second._root.rmdir()
    second._root.write_text("not a folder")
    assert copy_objects() == 0


def test_without_a_second_store_nothing_is_copied() -> None:
    StoredObjectFactory.create()
    assert copy_objects() == 0


def test_whole_objects_pass(second: FileStore) -> None:
    stored = StoredObjectFactory.create()
    assert walk_fixity() == 1
    check = FixityCheck.objects.get()
    assert (check.ok, check.observed_sha256, check.restored) == (True, stored.sha256, False)
    assert tags() == []
    assert walk_fixity() == 0  # not due


@pytest.mark.fault(75)
@pytest.mark.parametrize("content", [b"other bytes", b"", None], ids=["flipped", "empty", "gone"])
def test_a_damaged_object_is_restored_and_what_lay_there_is_kept(
    second: FileStore, first: FileStore, content: bytes | None
) -> None:
    stored = StoredObjectFactory.create()
    copy_objects()
    damage(first, stored.sha256, content)
    walk_fixity()
    assert first.verify(stored.sha256)
    assert [path.read_bytes() for path in aside(first)] == ([] if content is None else [content])
    check = FixityCheck.objects.get()
    assert (check.ok, check.restored) == (False, True)
    assert check.observed_sha256 != stored.sha256
    assert tags() == ["damaged", "restored"]
    restored = AuditEvent.objects.get(tag="sources:object:restored")
    assert restored.after["set_aside"] == ("" if content is None else aside(first)[0].name)
    assert list(chain_faults()) == []
    assert not damaged_now().exists()


@pytest.mark.fault(75)
def test_two_objects_that_were_swapped_are_both_restored(
    second: FileStore, first: FileStore
) -> None:
    one, two = StoredObjectFactory.create(), StoredObjectFactory.create()
    copy_objects()
    paths = first.path(one.sha256), first.path(two.sha256)
    spare = paths[0].with_suffix(".spare")
    paths[0].rename(spare)
    paths[1].rename(paths[0])
    spare.rename(paths[1])
    walk_fixity()
    assert first.verify(one.sha256)
    assert first.verify(two.sha256)
    assert tags() == ["damaged", "restored"] * 2


@pytest.mark.fault(75)
def test_what_cannot_be_restored_is_said_once_and_raises_an_alarm(first: FileStore) -> None:
    stored = StoredObjectFactory.create()
    damage(first, stored.sha256)
    walk_fixity()
    assert [one.sha256 for one in damaged_now()] == [stored.sha256]
    assert "damaged and could not be restored" in fixity_health(now=timezone.now()).alarm
    assert walk_fixity() == 0
    fixity.check_object(stored=stored)
    assert tags() == ["damaged"]
    assert aside(first) == []  # nothing is touched that cannot be made better


def test_a_damaged_second_copy_restores_nothing(second: FileStore, first: FileStore) -> None:
    """Without looking at the copy first, one kind of damage would replace another."""
    stored = StoredObjectFactory.create()
    copy_objects()
    damage(first, stored.sha256, b"damaged here")
    damage(second, stored.sha256, b"damaged there")
    walk_fixity()
    with first.open(stored.sha256) as file:
        assert file.read() == b"damaged here"
    assert FixityCheck.objects.get().restored is False


def test_a_damaged_second_copy_is_made_anew(second: FileStore) -> None:
    stored = StoredObjectFactory.create()
    copy_objects()
    damage(second, stored.sha256)
    walk_fixity()
    assert second.verify(stored.sha256)
    assert len(aside(second)) == 1
    assert tags() == []


def test_a_store_that_is_away_is_no_damage(first: FileStore) -> None:
    StoredObjectFactory.create()
    first._root.rename(first._root.with_name("unplugged"))
    assert walk_fixity() == 0
    assert not FixityCheck.objects.exists()
    assert tags() == []


def checked(stored: StoredObject, days: int, *, ok: bool = True) -> None:
    at = timezone.now() - timedelta(days=days)
    FixityCheck.objects.create(stored=stored, checked_at=at, ok=ok)


def test_what_was_never_checked_comes_first_then_what_is_due() -> None:
    """Among those never checked, the cited one first, then the newest."""
    old, fresh, failed = [StoredObjectFactory.create() for _ in range(3)]
    checked(old, 85)
    checked(fresh, 10)
    checked(failed, 2, ok=False)
    cited = EvidenceFactory.create().snapshot.warc
    plain, newest = StoredObjectFactory.create(), StoredObjectFactory.create()
    assert list(due_objects()) == [cited, newest, plain, old, failed]


def test_the_walk_stops_at_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixity, "BYTES_AT_ONCE", 1)
    for _ in range(2):
        StoredObjectFactory.create()
    assert [walk_fixity(), walk_fixity(), walk_fixity()] == [1, 1, 0]


def test_an_object_that_nobody_looked_at_for_90_days_raises_an_alarm() -> None:
    stored = StoredObjectFactory.create()
    checked(stored, 91)
    soon, later = timezone.now(), timezone.now() + timedelta(days=3)
    assert fixity_health(now=soon).overdue == 0  # not old enough itself
    assert fixity_health(now=later).overdue == 1
    assert "not checked for 90 days" in fixity_health(now=later).alarm


def grow_old(store: FileStore, key: str) -> None:
    then = timezone.now().timestamp() - 2 * 24 * 3600
    os.utime(store.path(key), (then, then))


def test_an_object_without_a_row_is_put_aside_after_a_day(first: FileStore) -> None:
    named = StoredObjectFactory.create().sha256
    orphan, young = first.put(b"orphan"), first.put(b"of a capture that is still settling")
    for key in (named, orphan):
        grow_old(first, key)
    assert sweep_orphans() == 1
    assert {held.key for held in first.held()} == {named, young}
    assert [path.read_bytes() for path in aside(first)] == [b"orphan"]
    assert sweep_orphans() == 0


@pytest.mark.django_db(transaction=True)
def test_one_worker_at_a_time() -> None:

    seen: list[bool] = []

    def other() -> None:
        with alone(COPYING) as is_ours:
            seen.append(is_ours)
        connection.close()

    with alone(COPYING) as is_ours:
        assert is_ours
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    with alone(COPYING) as again:
        assert again
    assert seen == [False]
