"""Damage that the fixity walk finds is told to those who keep the archive, once, in words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from sources.capture.store import FileStore
from sources.models import FixityCheck, StoredObject
from sources.services.fixity import walk_fixity
from sources.services.installation import object_store
from tests.conftest import signed_in
from tests.factories import EvidenceFactory, StoredObjectFactory, UserFactory
from tests.verification.page_reading import Page
from verification.models import Notification
from verification.services.damage import tell_of_damage
from verification.tasks import tell_of_damage as task

pytestmark = pytest.mark.django_db


def checked(stored: StoredObject, *, ok: bool = False, restored: bool = False) -> FixityCheck:
    return FixityCheck.objects.create(
        stored=stored, checked_at=timezone.now(), ok=ok, restored=restored
    )


def words(person: User) -> list[str]:
    rows = Notification.objects.filter(recipient=person).order_by("pk")
    return list(rows.values_list("words", flat=True))


def told(people: Collection[User]) -> list[bool]:
    return [bool(words(person)) for person in people]


def test_a_flipped_byte_reaches_who_must_act_with_the_way_to_the_copy(
    administrator: User, editor: User, checker: User
) -> None:
    copy = EvidenceFactory.create().snapshot
    copy.refresh_from_db()
    store = object_store()
    assert isinstance(store, FileStore)
    path = store.path(copy.warc.sha256)
    path.chmod(0o644)
    path.write_bytes(b"other bytes")
    walk_fixity()
    assert tell_of_damage() == 2
    assert told((administrator, editor, checker)) == [True, True, False]
    page = Page(signed_in(administrator).get("/desk/notifications"))
    assert (
        f"1 archived file was found damaged or gone and could not be restored: copy {copy.number}."
        in page.text
    )
    assert f"/desk/snap/{copy.number}" in page.links()
    there = Page(signed_in(administrator).get(f"/desk/snap/{copy.number}")).text
    assert "Its bytes are not what was sealed, or gone." in there
    page = Page(signed_in(editor).get("/desk/notifications"))
    assert "/desk/health#fixity" in page.links()
    assert f"/desk/snap/{copy.number}" not in page.links()


def test_it_is_told_once_however_often_it_is_found_and_said(administrator: User) -> None:
    stored = StoredObjectFactory.create()
    for _ in range(3):
        checked(stored)
        tell_of_damage()
    assert len(words(administrator)) == 1
    checked(stored, restored=True)
    tell_of_damage()
    assert len(words(administrator)) == 1
    checked(stored, ok=True)
    checked(stored)
    tell_of_damage()
    assert len(words(administrator)) == 2, "it was whole in between"


def test_a_lost_disk_is_one_notification(administrator: User) -> None:
    for _ in range(7):
        checked(EvidenceFactory.create().snapshot.warc)
    task()
    (said,) = words(administrator)
    assert said.startswith("7 archived files were found damaged or gone and could not be restored")
    assert "and others" in said


def test_what_was_restored_is_told_to_administrators_alone(
    administrator: User, editor: User
) -> None:
    checked(StoredObjectFactory.create(), restored=True)
    tell_of_damage()
    assert told((administrator, editor)) == [True, False]
    assert "restored from the second store" in words(administrator)[0]


def test_whole_objects_old_damage_and_people_who_left_are_left_alone(administrator: User) -> None:
    gone = UserFactory.create(role=Role.ADMIN, is_active=False)
    checked(StoredObjectFactory.create(), ok=True)
    FixityCheck.objects.create(
        stored=StoredObjectFactory.create(), checked_at=timezone.now() - timedelta(days=3), ok=False
    )
    assert tell_of_damage() == 0
    checked(StoredObjectFactory.create())
    tell_of_damage()
    assert told((administrator, gone)) == [True, False]


def test_it_is_looked_for_every_five_minutes() -> None:
    schedule = configured.CELERY_BEAT_SCHEDULE["tell of damage"]
    assert (schedule["task"], schedule["schedule"]) == (task.name, 300.0)
