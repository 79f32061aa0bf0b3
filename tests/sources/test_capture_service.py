"""The row decides: claimed once, settled by the fence, swept when its worker is gone."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models.functions import Now
from django.utils import timezone

from audit.chain import canonical
from audit.models import AuditEvent
from sources import tasks
from sources.capture.guard import Refused
from sources.capture.pipeline import Capturer
from sources.models import Artifact, Document, HostPolicy, Snapshot, StoredObject
from sources.services import capture, leases
from sources.services.installation import capture_policy, capturer, object_store
from sources.vocabulary import ArtifactKind, ArtifactStatus, CaptureState
from tests.sources.conftest import ARTICLE, Queue, capture_and_read
from tests.sources.origin import Origin, page, redirect

pytestmark = pytest.mark.usefixtures("announced")


def test_a_capture_is_sealed_with_everything_known(
    queued: Queue, open_origin: Origin, announced: list[object]
) -> None:
    snapshot = queued()
    captured = capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert captured.snapshot == snapshot
    assert (snapshot.state, snapshot.outcome, snapshot.error) == (CaptureState.SEALED, "ok", "")
    assert (snapshot.fence, snapshot.attempt, snapshot.lease_until) == (1, 1, None)
    assert object_store().verify(snapshot.warc.sha256)
    assert snapshot.warc.size == object_store().size(snapshot.warc.sha256)
    assert snapshot.capture_started_at <= snapshot.capture_finished_at <= snapshot.sealed_at
    assert [record["type"] for record in snapshot.warc_records] == [
        "warcinfo", "request", "response", "metadata",
    ]  # fmt: skip
    hop = snapshot.hops.get()
    assert (hop.address, hop.port, hop.status) == ("127.0.0.1", open_origin.port, 200)
    assert announced == [("sources.make_artifact", {"job_id": snapshot.jobs.get().pk})]


def test_the_text_and_what_it_says_are_kept(queued: Queue) -> None:
    snapshot = queued()
    capture_and_read(snapshot)
    text = snapshot.artifacts.get(kind=ArtifactKind.TEXT)
    assert (text.status, text.tool, text.confidence) == (ArtifactStatus.OK, "trafilatura", "high")
    assert "the bridge over the river was opened again" in text.content
    assert snapshot.artifacts.filter(kind=ArtifactKind.TEXT_SECOND, tool="newspaper4k").exists()
    document = Document.objects.get()
    assert document.title == "The bridge is open"
    assert document.authors == ["Ann Writer"]
    assert document.language == "en"
    assert document.published_at.isoformat() == "2016-11-12T06:30:00+00:00"
    assert document.published_precision == "minute"
    assert document.published_basis == "the page: meta article:published_time"


def test_what_a_person_said_about_the_document_stays(queued: Queue) -> None:
    snapshot = queued()
    said = timezone.now() - timedelta(days=99)
    Document.objects.update(title="Our title", authors=["B"], published_at=said, language="ar")
    capture_and_read(snapshot)
    document = Document.objects.get()
    assert (document.title, document.authors, document.language) == ("Our title", ["B"], "ar")
    assert document.published_at == said


def test_the_record_tells_what_was_sealed(queued: Queue) -> None:
    snapshot = queued()
    capture.run_capture(snapshot_id=snapshot.pk)
    event = AuditEvent.objects.get(tag="sources:snapshot:sealed")
    snapshot.refresh_from_db()
    assert event.after["warc_sha256"] == snapshot.warc.sha256
    assert event.after["payload_sha256"] == snapshot.payload_sha256
    assert event.after["manifest_sha256"] == snapshot.manifest_sha256


def test_the_manifest_says_what_was_sealed_and_hashes_to_what_the_record_says(
    queued: Queue, open_origin: Origin
) -> None:
    snapshot = queued()
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert hashlib.sha256(snapshot.manifest.encode()).hexdigest() == snapshot.manifest_sha256
    said = json.loads(snapshot.manifest)
    assert canonical(said).decode() == snapshot.manifest, "anybody can write it again"
    assert said["snapshot"] == snapshot.number
    assert said["document"] == {
        "number": snapshot.document.number, "address": snapshot.document.address,
    }  # fmt: skip
    assert said["warc"] == {"sha256": snapshot.warc.sha256, "bytes": snapshot.warc.size}
    assert said["records"] == snapshot.warc_records
    assert said["payload_sha256"] == snapshot.payload_sha256
    assert [hop["status"] for hop in said["hops"]] == [200]
    assert said["finished_at"] == snapshot.sealed_at.isoformat()
    assert said["duration_ms"] >= 0


@pytest.mark.fault(66)
def test_a_second_message_for_the_same_capture_does_nothing(
    queued: Queue, open_origin: Origin
) -> None:
    snapshot = queued()
    capture.run_capture(snapshot_id=snapshot.pk)
    assert capture.run_capture(snapshot_id=snapshot.pk) is None
    assert len(open_origin.requests) == 1


class PowerCut(BaseException):
    """Ends a worker wherever it is; nothing of ours may catch it."""


@pytest.mark.parametrize("step", ["fetching", "staged", "sealing", "settling"])
def test_a_crash_at_any_step_ends_in_one_sealed_snapshot(
    queued: Queue, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    snapshot = queued()

    def cut(_lease: object, reached: str) -> None:
        if reached == step:
            raise PowerCut

    def cut_while_settling(_ended: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(leases.Lease, "note_step", cut)
        if step == "settling":
            patched.setattr(capture, "settle_together", cut_while_settling)
        with pytest.raises(PowerCut):
            capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.RUNNING
    Snapshot.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert capture.sweep_captures() == 1
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.fence) == (CaptureState.SEALED, 2)
    assert StoredObject.objects.count() == 1
    assert AuditEvent.objects.filter(tag="sources:snapshot:sealed").count() == 1


def test_passing_trouble_waits_and_is_tried_again(queued: Queue, open_origin: Origin) -> None:
    snapshot = queued("/busy")
    open_origin.answers["/busy"] = page(b"busy", "Retry-After: 30", status="503 Busy")
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.error) == (CaptureState.RETRY_WAIT, "http_503")
    wait = (snapshot.next_attempt_at - timezone.now()).total_seconds()
    assert 25 < wait <= 31
    assert capture.sweep_captures() == 0, "not due yet"
    Snapshot.objects.update(next_attempt_at=Now() - timedelta(seconds=1))
    assert capture.sweep_captures() == 0, "the host asked for a pause"
    HostPolicy.objects.update(backoff_until=Now())
    assert capture.sweep_captures() == 1
    open_origin.answers["/busy"] = page(ARTICLE)
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.attempt) == (CaptureState.SEALED, 2)
    assert [hop.fence for hop in snapshot.hops.all()] == [1, 2], "both attempts are on the record"


def test_the_last_attempt_seals_the_trouble_itself(queued: Queue, open_origin: Origin) -> None:
    snapshot = queued("/busy", max_attempts=1)
    open_origin.answers["/busy"] = page(b"busy", status="503 Busy")
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.outcome) == (CaptureState.SEALED, "http_error")
    assert not snapshot.jobs.exists(), "the text of an error page is not the document's"


def test_that_a_page_was_unreachable_is_sealed(queued: Queue, open_origin: Origin) -> None:
    snapshot = queued(max_attempts=1)
    open_origin.__exit__()
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.outcome) == (CaptureState.SEALED, "unreachable")
    assert snapshot.error == "connect_refused"
    assert object_store().verify(snapshot.warc.sha256)
    assert [record["type"] for record in snapshot.warc_records] == ["warcinfo", "metadata"]
    assert not snapshot.jobs.exists()


def test_a_redirect_inside_is_refused_in_the_row(queued: Queue, open_origin: Origin) -> None:
    open_origin.answers["/"] = redirect("http://169.254.169.254/")
    snapshot = queued()
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.error) == (CaptureState.REFUSED, "refused_by_policy")
    assert "not public" in snapshot.error_detail
    assert snapshot.hops.count() == 2


def test_a_defect_of_ours_does_not_leave_the_row_running(
    queued: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Capturer, "capture", broken)
    snapshot = queued()
    assert capture.run_capture(snapshot_id=snapshot.pk) is None
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.error) == (CaptureState.RETRY_WAIT, "internal_error")
    assert "secret" not in snapshot.error_detail
    Snapshot.objects.update(state=CaptureState.QUEUED, attempt=2)
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.FAILED


def test_two_captures_of_the_same_bytes_share_no_row_but_may_share_the_object(
    queued: Queue,
) -> None:
    first, second = queued(), queued()
    for snapshot in (first, second):
        capture.run_capture(snapshot_id=snapshot.pk)
    assert Snapshot.objects.filter(state=CaptureState.SEALED).count() == 2
    for snapshot in Snapshot.objects.all():
        assert object_store().verify(snapshot.warc.sha256)


def test_due_work_is_sent_once_a_minute_until_somebody_takes_it(
    queued: Queue, announced: list[object]
) -> None:
    snapshot = queued()
    assert (capture.sweep_captures(), capture.sweep_captures()) == (1, 0)
    assert announced == [("sources.capture", {"snapshot_id": snapshot.pk})]
    Snapshot.objects.update(next_attempt_at=Now() - timedelta(seconds=1))
    assert capture.sweep_captures() == 1, "the message may have been lost"


def test_text_that_a_database_cannot_hold_is_kept_readable(
    queued: Queue, open_origin: Origin
) -> None:
    body = ARTICLE.replace(b"The bridge is open", b"The\x00 bridge &#xD800; is open" + b"!" * 900)
    open_origin.answers["/"] = page(body)
    snapshot = queued()
    capture_and_read(snapshot)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.SEALED
    assert len(Document.objects.get().title) <= 500
    assert "\x00" not in Artifact.objects.filter(kind=ArtifactKind.TEXT).get().content


def test_stale_staging_is_removed_and_fresh_is_not(tmp_path: object) -> None:
    import_time = timezone.now().timestamp()
    for name, age in (("1-1-old", 3600), ("2-1-new", 1)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "hop-0.body").write_bytes(b"x")
        _age(folder, import_time - age)
    capture.clear_staging(tmp_path)
    assert [folder.name for folder in tmp_path.iterdir()] == ["2-1-new"]
    capture.clear_staging(tmp_path / "missing")


def _age(folder: object, moment: float) -> None:

    os.utime(folder, (moment, moment))


def test_the_tasks_do_what_the_services_do(queued: Queue, announced: list[object]) -> None:
    snapshot = queued()
    tasks.sweep()
    assert announced == [("sources.capture", {"snapshot_id": snapshot.pk})]
    tasks.capture_snapshot(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.SEALED


def test_capture_now_refuses_before_anything_is_written(db: None) -> None:
    with pytest.raises(Refused):
        capture.capture_now(address="http://127.0.0.1:6379/", policy=capture_policy())
    assert not Document.objects.exists()


def test_the_policy_of_the_installation(settings: object) -> None:
    settings.PUBLIC_URL = "https://desk.example"
    settings.CAPTURE_LOOPBACK_PORTS = [8077]
    policy = capture_policy({9000})
    assert policy.allow_loopback_ports == {8077, 9000}
    assert policy.denied_hosts == {"desk.example"}


def test_a_storage_that_is_not_known_is_refused(settings: object) -> None:
    settings.STORAGE_URL = "ftp://bucket"
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        capturer()


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() <= before + 2
