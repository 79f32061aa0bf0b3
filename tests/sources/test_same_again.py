"""A page that was the same again is kept once; the later copy refers to the earlier one."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.db.models.functions import Now
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from accounts.models import User
from audit.selectors import chain_faults
from core.errors import Conflict
from sources.capture import pipeline
from sources.capture.store import StoreProblem
from sources.models import ArtifactJob, Snapshot
from sources.selectors.custody import is_private, is_taken_down
from sources.services import capture, settle, takedowns
from sources.services.artifacts import make_artifact
from sources.services.installation import capture_policy, object_store
from sources.services.replay import main_record, read_archived
from sources.services.settle import expire_leases
from sources.services.texts import kept_text, read_text
from sources.services.visible import visible_of
from sources.vocabulary import ArtifactKind, CaptureReason, CaptureState, JobState, TakedownBasis
from tests.races.at_once import Meeting, at_once
from tests.sources.conftest import ARTICLE, Queue, capture_and_read
from tests.sources.origin import Origin, chunked, page, redirect

pytestmark = pytest.mark.usefixtures("announced")

WORDS = "A court ordered that this page is not shown."


def again(first: Snapshot, **columns: object) -> Snapshot:
    """Another capture of the same document, waiting."""
    given = {"host": first.host, "next_attempt_at": first.requested_at, **columns}
    return Snapshot.objects.create(document=first.document, **given)


def captured(snapshot: Snapshot) -> Snapshot:
    assert capture.run_capture(snapshot_id=snapshot.pk) is not None
    return Snapshot.objects.select_related("warc", "revisits__warc").get(pk=snapshot.pk)


def types(snapshot: Snapshot) -> list[str]:
    return [record["type"] for record in snapshot.warc_records]


def warc_of(snapshot: Snapshot) -> bytes:
    with object_store().open(snapshot.warc.sha256) as file:
        return file.read()


@pytest.fixture
def first(queued: Queue) -> Snapshot:
    return capture_and_read(queued())


def test_the_same_page_again_is_a_reference_to_the_first_copy(
    first: Snapshot, open_origin: Origin
) -> None:
    open_origin.answers["/"] = page(ARTICLE, "Date: Wed, 25 Nov 2026 18:00:00 GMT")
    second = captured(again(first))
    assert (second.state, second.outcome) == (CaptureState.SEALED, "ok")
    assert types(second) == ["warcinfo", "request", "revisit", "metadata"]
    assert second.revisits == first
    assert second.payload_sha256 == first.payload_sha256
    assert second.payload_size == len(ARTICLE)
    assert json.loads(second.manifest)["revisits"] == {
        "snapshot": first.number,
        "warc_sha256": first.warc.sha256,
        "payload_sha256": first.payload_sha256,
    }
    assert list(Path(settings.STAGING_DIR).iterdir()) == [], "nothing is left of the spare"


def test_the_reference_says_what_the_standard_asks_for(
    first: Snapshot, open_origin: Origin
) -> None:
    open_origin.answers["/"] = page(ARTICLE, "X-Served: later")
    second = captured(again(first))
    records = {}
    for copy in (first, second):
        for record in ArchiveIterator(io.BytesIO(warc_of(copy))):
            record.raw_stream.read()
            records[copy.pk, record.rec_type] = record
    whole, revisit = records[first.pk, "response"], records[second.pk, "revisit"]
    said, kept = revisit.rec_headers, whole.rec_headers
    assert said.protocol == "WARC/1.1"
    assert said["WARC-Profile"] == (
        "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    )
    assert said["WARC-Refers-To"] == kept["WARC-Record-ID"]
    assert said["WARC-Refers-To-Target-URI"] == kept["WARC-Target-URI"] == said["WARC-Target-URI"]
    assert said["WARC-Refers-To-Date"] == kept["WARC-Date"]
    assert said["WARC-Payload-Digest"] == kept["WARC-Payload-Digest"]
    assert revisit.http_headers["X-Served"] == "later", "the headers are its own"
    assert said["Content-Length"] == str(len(page(b"", "X-Served: later")) + 3)


def test_other_readers_accept_the_file(first: Snapshot, tmp_path: Path) -> None:
    second = captured(again(first))
    path = tmp_path / "second.warc.gz"
    path.write_bytes(warc_of(second))
    checker = Checker(type("Asked", (), {"inputs": [str(path)], "verbose": True})())
    checker.process_all()
    assert checker.exit_value == 0
    read = [
        (record.headers["WARC-Type"], record.verify_block_digest())
        for record in FastIterator(io.BytesIO(path.read_bytes()), parse_http=False)
    ]
    assert read == [("warcinfo", True), ("request", True), ("revisit", True), ("metadata", True)]


def test_a_third_copy_refers_to_the_first_not_to_the_second(first: Snapshot) -> None:
    captured(again(first))
    assert captured(again(first)).revisits == first


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (page(ARTICLE), page(ARTICLE + b" ")),
        (page(ARTICLE), page(ARTICLE, kind="text/html; charset=utf-16")),
        (page(ARTICLE), page(ARTICLE, status="404 Not Found")),
        (page(ARTICLE), page(ARTICLE)[:-10]),
        (page(b""), page(b"")),
        (page(ARTICLE, "Content-Encoding: identity"), page(ARTICLE)),
    ],
    ids=["other-bytes", "other-charset", "other-status", "cut-off", "empty", "other-coding"],
)
def test_what_is_not_the_same_answer_is_stored_whole(
    queued: Queue, open_origin: Origin, before: bytes, after: bytes
) -> None:
    open_origin.answers["/"] = before
    first = capture_and_read(queued(max_attempts=1))
    open_origin.answers["/"] = after
    second = captured(again(first, max_attempts=1))
    assert (second.revisits, types(second)[-2]) == (None, "response")


def test_a_body_in_other_chunks_is_stored_whole(queued: Queue, open_origin: Origin) -> None:
    """Its own header says how its body was cut up; the first one's body was cut up otherwise."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    open_origin.answers["/"] = head + chunked(ARTICLE)
    first = capture_and_read(queued())
    open_origin.answers["/"] = head + chunked(ARTICLE[:100], ARTICLE[100:])
    second = captured(again(first))
    assert second.payload_sha256 == first.payload_sha256
    assert second.revisits is None
    third = captured(again(first))
    assert third.revisits == second


def test_the_same_page_at_another_address_is_stored_whole(
    first: Snapshot, open_origin: Origin
) -> None:
    open_origin.answers["/"] = redirect("/moved")
    open_origin.answers["/moved"] = page(ARTICLE)
    assert captured(again(first)).revisits is None


def test_a_file_that_somebody_gave_is_never_referred_to(first: Snapshot) -> None:
    Snapshot.objects.create(
        document=first.document, state=CaptureState.SEALED, outcome="ok", http_status=200,
        final_url=first.final_url, warc=first.warc, payload_sha256=first.payload_sha256,
        warc_records=first.warc_records, sealed_at=first.sealed_at, given=first.warc,
        reason=CaptureReason.PROVIDED,
    )  # fmt: skip
    assert captured(again(first)).revisits == first


def test_what_is_kept_private_is_not_shown_by_way_of_a_later_copy(
    queued: Queue, open_origin: Origin
) -> None:
    """A schedule's copy of a page that asks for no copies; then a person asks for one."""
    open_origin.answers["/"] = page(ARTICLE, "X-Robots-Tag: noarchive")
    private = capture_and_read(queued(reason=CaptureReason.SCHEDULE))
    assert is_private(private)
    theirs = captured(again(private))
    assert (theirs.revisits, types(theirs)[-2]) == (None, "response")
    assert captured(again(private, reason=CaptureReason.SCHEDULE)).revisits == theirs


def test_the_bytes_of_the_earlier_copy_are_read_first(first: Snapshot) -> None:
    """The row says that they are there; they are not."""
    object_store().set_aside(first.warc.sha256)
    second = captured(again(first))
    assert (second.revisits, types(second)[-2]) == (None, "response")


def test_damaged_bytes_are_not_referred_to(
    first: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = type(object_store())
    whole = store.verify
    monkeypatch.setattr(
        store, "verify", lambda self, key: key != first.warc.sha256 and whole(self, key)
    )
    assert captured(again(first)).revisits is None


def test_a_copy_that_was_taken_down_is_not_referred_to(
    first: Snapshot, administrator: User
) -> None:
    _take_down(first, administrator)
    assert captured(again(first)).revisits is None


def _take_down(snapshot: Snapshot, administrator: User) -> None:
    takedowns.take_down(
        actor=administrator, snapshot=snapshot, basis=TakedownBasis.COURT_ORDER, words=WORDS
    )


@pytest.fixture
def taken_down_meanwhile(
    first: Snapshot, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier copy is taken down after it was chosen, before the seal."""
    real = capture.settle_together

    def settle(ended: object) -> Snapshot:
        _take_down(first, administrator)
        return real(ended)

    monkeypatch.setattr(capture, "settle_together", settle)


@pytest.mark.usefixtures("taken_down_meanwhile")
def test_a_takedown_between_choice_and_seal_leaves_a_whole_copy(first: Snapshot) -> None:
    second = captured(again(first))
    assert (second.state, second.revisits, types(second)[-2]) == ("sealed", None, "response")
    assert json.loads(second.manifest)["revisits"] is None
    assert json.loads(second.manifest)["warc"]["sha256"] == second.warc.sha256
    assert object_store().verify(second.warc.sha256)
    assert read_text(second).status == "ok"
    assert list(Path(settings.STAGING_DIR).iterdir()) == []
    assert list(chain_faults()) == []


@pytest.mark.usefixtures("taken_down_meanwhile")
def test_without_asking_again_it_would_refer_to_what_nobody_may_see(
    first: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.services.settle.hold_holders", lambda _results: None)
    second = captured(again(first))
    assert second.revisits == first


@pytest.mark.usefixtures("taken_down_meanwhile")
def test_a_whole_copy_that_cannot_be_stored_is_tried_again(
    first: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise StoreProblem("away")

    waiting = again(first)
    monkeypatch.setattr(pipeline.Capturer, "_whole", broken)
    assert capture.run_capture(snapshot_id=waiting.pk) is None
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (CaptureState.RETRY_WAIT, "internal_error")


def test_the_text_is_that_of_the_first_copy_and_is_not_read_again(
    first: Snapshot, announced: list[tuple[str, dict[str, object]]]
) -> None:
    announced.clear()
    second = captured(again(first))
    assert announced == [("verification.snapshot_sealed", {"snapshot_id": second.pk})]
    assert not second.artifacts.exists()
    assert "bridge over the river" in kept_text(second).text
    assert read_text(second).text == kept_text(second).text
    assert "bridge over the river" in visible_of(second)
    assert first.artifacts.filter(kind=ArtifactKind.VISIBLE).count() == 1


def test_the_page_is_shown_from_the_file_of_the_first_copy(
    first: Snapshot, open_origin: Origin
) -> None:
    open_origin.answers["/"] = page(ARTICLE, "X-Served: later")
    holder, at = main_record(captured(again(first)))
    assert holder == first
    assert read_archived(holder, at).page.body == ARTICLE


def test_while_the_first_copy_is_being_read_the_second_waits_for_it(queued: Queue) -> None:
    first = captured(queued())
    second = captured(again(first))
    job = ArtifactJob.objects.get(snapshot=second)
    make_artifact(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason) == (
        JobState.PENDING, "The same page is being read for an earlier copy.",
    )  # fmt: skip
    make_artifact(job_id=first.jobs.get().pk)
    make_artifact(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert not second.artifacts.exists()


def test_the_command_shows_the_text_of_a_page_that_was_the_same_again(
    first: Snapshot, settings: object
) -> None:
    settings.CAPTURE_HOST_INTERVAL = 0
    found = capture.capture_now(address=first.document.address, policy=capture_policy())
    assert found.snapshot.revisits == first
    assert found.text.status == "ok"


class PowerCut(BaseException):
    """Ends a worker wherever it is; nothing of ours may catch it."""


@pytest.mark.parametrize("step", ["sealing", "settling"])
def test_a_crash_in_the_middle_ends_in_one_copy_that_refers_to_the_first(
    first: Snapshot, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    waiting = again(first)

    def cut(*_arguments: object, **_named: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        where = (pipeline.Capturer, "_stored") if step == "sealing" else (settle, "hold_holders")
        patch.setattr(*where, cut)
        with pytest.raises(PowerCut):
            capture.run_capture(snapshot_id=waiting.pk)
    Snapshot.objects.filter(pk=waiting.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert expire_leases() == 1
    assert captured(waiting).revisits == first
    assert list(Path(settings.STAGING_DIR).iterdir()) == []


@pytest.mark.fault(80)
@pytest.mark.django_db(transaction=True)
def test_a_seal_and_a_takedown_cannot_pass_each_other(
    queued: Queue, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is first, nothing that stands refers to what was taken down."""
    for _ in range(4):
        first = capture_and_read(queued(f"/?{Snapshot.objects.count()}"))
        waiting = again(first)
        meeting = Meeting()
        with monkeypatch.context() as patch:
            meeting.before(patch, settle, "hold_holders")
            meeting.before(patch, takedowns, "standing_hold")
            results = at_once(
                lambda waiting=waiting: capture.run_capture(snapshot_id=waiting.pk),
                lambda first=first: _take_down(first, administrator),
            )
        second = Snapshot.objects.get(pk=waiting.pk)
        assert second.state == CaptureState.SEALED
        if second.revisits_id is None:
            assert results[1] is None, "the takedown was first"
            assert is_taken_down(Snapshot.objects.get(pk=first.pk))
        else:
            assert isinstance(results[1], Conflict), "the seal was first, and the takedown told of"
            assert not is_taken_down(Snapshot.objects.get(pk=first.pk))


def text_of(size: int) -> bytes:
    """A page of SIZE bytes that packs about as well as prose does."""
    words = Random(3)  # noqa: S311 - the same page each time
    known = ["".join(words.choices("etaoinshrdlu", k=words.randint(2, 9))) for _ in range(1500)]
    body = "".join(f"<p>{' '.join(words.choices(known, k=60))}</p>" for _ in range(size // 300))
    return f"<html><title>Prose</title><body>{body}".encode()[:size]


def test_twenty_recaptures_of_an_unchanged_page_take_a_tenth_of_the_room(
    queued: Queue, open_origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored(path: str) -> int:
        open_origin.answers[path] = page(text_of(50_000))
        first = capture_and_read(queued(path))
        return sum(captured(again(first)).warc.size for _ in range(20))

    with_references = stored("/a")
    monkeypatch.setattr(capture, "holder_for", lambda _snapshot: lambda _result: None)
    without = stored("/b")
    assert with_references * 9 < without
