"""A takedown is decided once, stands for ever, and removes what nobody else needs."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from audit.selectors import chain_faults
from core.errors import Conflict, Invalid, NotAllowed
from sources.capture.store import StoreProblem
from sources.models import (
    Artifact,
    ArtifactJob,
    LegalHold,
    Snapshot,
    StoredObject,
    Takedown,
    Tombstone,
)
from sources.selectors.custody import is_removed, revisiting
from sources.services import removal, takedowns
from sources.services.brought import provide_file
from sources.services.copies import copy_objects
from sources.services.fixity import due_objects
from sources.services.installation import object_store, second_store
from sources.services.removal import remove_taken_down
from sources.services.takedowns import lift_hold, place_hold, take_down
from sources.vocabulary import JobKind, JobState, TakedownBasis
from tests.factories import DocumentFactory, SnapshotFactory, UserFactory

pytestmark = pytest.mark.django_db

WORDS = "A court ordered that this page is not shown."
Down = Callable[[Snapshot], Takedown]


@pytest.fixture(autouse=True)
def announced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(takedowns, "enqueue", lambda name, **_ids: heard.append(name))
    return heard


@pytest.fixture
def down(administrator: User) -> Down:
    return lambda snapshot: take_down(
        actor=administrator, snapshot=snapshot, basis=TakedownBasis.COURT_ORDER, words=WORDS
    )


def sealed(**columns: object) -> Snapshot:
    return SnapshotFactory.create(**columns)


def text_of(snapshot: Snapshot) -> Artifact:
    return Artifact.objects.create(
        snapshot=snapshot, kind="text", tool="trafilatura", tool_version="test", status="ok",
        content="What the page says.", sha256="0" * 64, facts={"title": "A page"},
    )  # fmt: skip


def is_there(stored: StoredObject) -> bool:
    try:
        return object_store().verify(stored.sha256)
    except StoreProblem:
        return False


def test_what_was_taken_down_is_gone_and_its_hash_stays(down: Down, announced: list[str]) -> None:
    snapshot = sealed()
    text = text_of(snapshot)
    takedown = down(snapshot)
    assert announced == ["sources.remove_taken_down", "verification.snapshot_taken_down"]
    assert remove_taken_down() == 1
    assert not is_there(snapshot.warc)
    assert Tombstone.objects.get().takedown == takedown
    assert is_removed(snapshot.warc.sha256)
    text.refresh_from_db()
    assert (text.content, text.facts, text.sha256) == ("", {}, "0" * 64)
    assert StoredObject.objects.filter(sha256=snapshot.warc.sha256).exists()
    assert remove_taken_down() == 0
    tags = AuditEvent.objects.order_by("seq").values_list("tag", flat=True)
    assert list(tags)[-2:] == ["sources:snapshot:taken_down", "sources:object:removed"]
    assert list(chain_faults()) == []


def test_bytes_go_from_the_second_store_and_from_quarantine_too(
    down: Down, settings: object, tmp_path: object
) -> None:
    settings.SECOND_STORAGE_URL = f"file://{tmp_path}/second"
    snapshot = sealed()
    copy_objects()
    first, second, key = object_store(), second_store(), snapshot.warc.sha256
    first.set_aside(key)
    second.set_aside(key)
    copy = b"".join(path.read_bytes() for path in (second._root / "quarantine").iterdir())
    first.put(copy)
    second.put(copy)
    down(snapshot)
    assert remove_taken_down() == 1
    left = [path for root in (first._root, second._root) for path in root.rglob(f"*{key}*")]
    assert left == []


def test_a_hold_stands_before_a_takedown(down: Down, administrator: User) -> None:
    snapshot = sealed()
    place_hold(actor=administrator, snapshot=snapshot, reason="A case is open at the high court.")
    with pytest.raises(Conflict, match="Lift the hold first"):
        down(snapshot)
    assert not Takedown.objects.exists()
    lift_hold(actor=administrator, snapshot=snapshot)
    down(snapshot)
    tags = list(AuditEvent.objects.order_by("seq").values_list("tag", flat=True))
    assert tags[-3:] == [f"sources:snapshot:{what}" for what in ("held", "released", "taken_down")]


def test_what_stands_already_is_not_done_twice(down: Down, administrator: User) -> None:
    snapshot = sealed()
    reason = "A case is open at the high court."
    with pytest.raises(Conflict, match="is not held"):
        lift_hold(actor=administrator, snapshot=snapshot)
    place_hold(actor=administrator, snapshot=snapshot, reason=reason)
    with pytest.raises(Conflict, match="held already"):
        place_hold(actor=administrator, snapshot=snapshot, reason=reason)
    lift_hold(actor=administrator, snapshot=snapshot)
    down(snapshot)
    with pytest.raises(Conflict, match="taken down already"):
        down(snapshot)
    with pytest.raises(Conflict, match="taken down already"):
        place_hold(actor=administrator, snapshot=snapshot, reason=reason)


def test_only_an_administrator_decides(editor: User) -> None:
    snapshot = sealed()
    reason = {"actor": editor, "snapshot": snapshot}
    for ask in (
        lambda: take_down(**reason, basis=TakedownBasis.OTHER, words=WORDS),
        lambda: place_hold(**reason, reason=WORDS),
        lambda: lift_hold(**reason),
    ):
        with pytest.raises(NotAllowed):
            ask()
    assert not LegalHold.objects.exists()


@pytest.mark.parametrize("words", ["", "too short", "x" * 401])
def test_the_public_is_told_why(administrator: User, words: str) -> None:
    with pytest.raises(Invalid, match="20 to 400 characters"):
        take_down(actor=administrator, snapshot=sealed(), basis=TakedownBasis.OTHER, words=words)


def test_what_is_not_archived_cannot_be_taken_down(down: Down) -> None:
    snapshot = sealed(state="queued")
    with pytest.raises(Conflict, match="Nothing is archived"):
        down(snapshot)


@pytest.mark.fault(80)
def test_the_bytes_stay_while_a_copy_that_stands_needs_them(down: Down) -> None:
    """A page that was the same again lies in the first copy's file."""
    first = sealed()
    again = sealed(document=first.document, revisits=first)
    assert list(revisiting(first)) == [again]
    decided_before(first)
    assert remove_taken_down() == 0
    assert is_there(first.warc)
    down(again)
    assert remove_taken_down() == 2
    assert not is_there(first.warc)
    assert not is_there(again.warc)


def decided_before(snapshot: Snapshot) -> None:
    """A takedown of one copy only, as none is made any more while others show its bytes."""
    Takedown.objects.create(
        snapshot=snapshot,
        basis="other",
        words=WORDS,
        decided_by=UserFactory.create(),
        decided_at=timezone.now(),
    )


@pytest.mark.fault(80)
def test_a_copy_whose_page_others_show_is_taken_down_with_them_or_not_at_all(
    administrator: User, announced: list[str]
) -> None:
    first = sealed()
    second, third = (sealed(document=first.document, revisits=first) for _ in range(2))
    text = text_of(first)
    ask = {
        "actor": administrator,
        "snapshot": first,
        "basis": TakedownBasis.COURT_ORDER,
        "words": WORDS,
    }
    numbers = list(revisiting(first).values_list("number", flat=True))
    with pytest.raises(Conflict, match=f"copies {numbers[0]}, {numbers[1]}, which show the file"):
        take_down(**ask)
    assert (Takedown.objects.count(), announced) == (0, [])
    take_down(**ask, with_same=True)
    assert set(Takedown.objects.values_list("snapshot", flat=True)) == {
        first.pk, second.pk, third.pk,
    }  # fmt: skip
    text.refresh_from_db()
    assert text.content == ""
    events = AuditEvent.objects.filter(tag="sources:snapshot:taken_down").order_by("seq")
    assert [event.after["with"] for event in events] == [[], [], numbers]
    assert remove_taken_down() == 3


def test_a_hold_on_a_later_copy_stands_before_the_takedown_of_the_page(
    administrator: User,
) -> None:
    first = sealed()
    second = sealed(document=first.document, revisits=first)
    place_hold(actor=administrator, snapshot=second, reason="A case is open at the high court.")
    with pytest.raises(Conflict, match="Lift the hold first"):
        take_down(
            actor=administrator, snapshot=first, basis=TakedownBasis.OTHER, words=WORDS,
            with_same=True,
        )  # fmt: skip
    assert not Takedown.objects.exists()


def test_a_later_copy_alone_is_taken_down_and_the_page_stays_with_the_first(down: Down) -> None:
    first = sealed()
    second = sealed(document=first.document, revisits=first)
    down(second)
    assert remove_taken_down() == 1
    assert is_there(first.warc)


def test_two_copies_with_the_same_file_lose_it_together(down: Down) -> None:
    one = sealed()
    other = sealed(warc=one.warc)
    down(one)
    assert remove_taken_down() == 0
    down(other)
    assert remove_taken_down() == 1
    assert Tombstone.objects.count() == 1


@pytest.mark.fault(80)
def test_without_counting_who_needs_it_another_copy_would_lose_its_bytes(
    down: Down, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sealed()
    sealed(document=first.document, revisits=first)
    decided_before(first)
    monkeypatch.setattr(
        removal, "removable_objects", lambda: StoredObject.objects.filter(pk=first.warc.pk)
    )
    remove_taken_down()
    assert not is_there(first.warc)


def test_a_picture_goes_with_its_copy(down: Down) -> None:
    snapshot = sealed()
    key = object_store().put(b"a picture")
    picture = StoredObject.objects.create(sha256=key, size=9, media_type="image/png")
    Artifact.objects.create(
        snapshot=snapshot, kind="picture", tool="chromium", tool_version="test", status="ok",
        stored=picture,
    )  # fmt: skip
    down(snapshot)
    assert remove_taken_down() == 2
    assert not is_there(picture)


def test_a_store_that_is_away_is_asked_again(down: Down, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = sealed()
    down(snapshot)

    class Away:
        def remove(self, _key: str) -> None:
            raise StoreProblem("away")

    with monkeypatch.context() as patch:
        patch.setattr(removal, "object_store", Away)
        assert remove_taken_down() == 0
    assert not Tombstone.objects.exists()
    assert remove_taken_down() == 1


def test_removed_bytes_are_no_damage(down: Down) -> None:
    snapshot = sealed()
    down(snapshot)
    remove_taken_down()
    assert not due_objects().filter(pk=snapshot.warc.pk).exists()


def test_nothing_more_is_read_out_of_it(down: Down) -> None:
    snapshot = sealed()
    job = ArtifactJob.objects.create(snapshot=snapshot, kind=JobKind.TEXT)
    down(snapshot)
    job.refresh_from_db()
    assert job.state == JobState.SKIPPED


@pytest.mark.parametrize(
    "change",
    [
        "content = 'forged'",
        "content = '', facts = '{}', sha256 = repeat('1', 64)",
        "content = '', facts = '{}', status = 'empty'",
        "content = ''",
    ],
)
def test_the_database_lets_a_takedown_empty_a_text_and_nothing_else(
    administrator: User, change: str
) -> None:
    snapshot = sealed()
    text_of(snapshot)
    Takedown.objects.create(
        snapshot=snapshot, basis="other", words=WORDS,
        decided_by=administrator,
        decided_at=snapshot.sealed_at,
    )  # fmt: skip
    with (
        pytest.raises(Exception, match="only a takedown empties"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE sources_artifact SET {change} WHERE content <> ''")


def test_without_a_takedown_no_text_can_be_emptied() -> None:
    text = text_of(sealed())
    with pytest.raises(Exception, match="only a takedown empties"), transaction.atomic():
        Artifact.objects.filter(pk=text.pk).update(content="", facts={})


def test_a_file_that_somebody_gave_goes_with_the_last_copy_out_of_it(down: Down) -> None:
    key = object_store().put(b"a given file")
    given = StoredObject.objects.create(sha256=key, size=12, media_type="application/warc")
    one, other = sealed(given=given), sealed(given=given)
    down(one)
    assert remove_taken_down() == 1
    assert is_there(given)
    down(other)
    assert is_removed(key)  # from the decision on
    assert remove_taken_down() == 2
    assert not is_there(given)


def test_what_was_removed_cannot_be_given_again(down: Down, checker: User) -> None:
    document = DocumentFactory.create()

    def give() -> list[Snapshot]:
        return provide_file(actor=checker, document=document, file=io.BytesIO(b"<p>A page.</p>"))

    (snapshot,) = give()
    down(snapshot)
    remove_taken_down()
    with pytest.raises(Conflict, match="taken down"):
        give()
    assert list(object_store().held()) == []


@pytest.mark.django_db(transaction=True)
def test_a_hold_and_a_takedown_cannot_pass_each_other(administrator: User) -> None:
    for _ in range(5):
        snapshot = sealed()
        outcomes: list[str] = []
        start = threading.Barrier(2)

        def run(ask: Callable[[], object], start: threading.Barrier, out: list[str]) -> None:
            try:
                start.wait()
                ask()
                out.append("done")
            except Conflict:
                out.append("refused")
            finally:
                connections.close_all()

        given = {"actor": administrator, "snapshot": snapshot}
        asks = (
            lambda given=given: take_down(**given, basis=TakedownBasis.OTHER, words=WORDS),
            lambda given=given: place_hold(**given, reason=WORDS),
        )
        threads = [threading.Thread(target=run, args=(ask, start, outcomes)) for ask in asks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["done", "refused"]
