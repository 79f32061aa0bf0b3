"""Pictures as work: who gets one, what is kept of it, and that a failure changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.models import AuditEvent
from sources import tasks
from sources.capture.picture import Picture
from sources.capture.proxy import Asked
from sources.models import ArtifactJob, Snapshot
from sources.services import capture, pictures
from sources.services.installation import object_store
from sources.vocabulary import ArtifactKind, ArtifactStatus, CaptureReason, JobKind, JobState
from tests.factories import UserFactory
from tests.sources.conftest import Queue

pytestmark = pytest.mark.usefixtures("announced")
TAKEN = Picture(
    png=b"\x89PNG not really",
    width=1280,
    height=900,
    tool_version="1.2",
    asked=(Asked("http://a.org/"), Asked("http://10.0.0.1/", "not public")),
)


@pytest.fixture
def pictured(queued: Queue, settings: object, tmp_path: Path) -> Snapshot:
    """A copy that a person asked for, in an installation with a browser."""
    browser = tmp_path / "browser"
    browser.write_text("")
    browser.chmod(0o755)
    settings.CHROMIUM = str(browser)
    snapshot = queued(requested_by=UserFactory.create())
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    return snapshot


def _job(snapshot: Snapshot) -> ArtifactJob:
    found: ArtifactJob = snapshot.jobs.get(kind=JobKind.PICTURE)
    return found


def test_a_picture_is_kept_in_the_store_and_is_a_line_of_the_record(
    pictured: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(
        pictures, "take_picture", lambda url, **_options: asked.append(url) or TAKEN
    )
    tasks.take_picture(job_id=_job(pictured).pk)
    tasks.take_picture(job_id=_job(pictured).pk)
    picture = pictured.artifacts.get()
    assert asked == [pictured.document.address]
    assert (picture.kind, picture.status) == (ArtifactKind.PICTURE, ArtifactStatus.OK)
    assert (picture.tool, picture.tool_version) == ("chromium", "1.2")
    with object_store().open(picture.sha256) as kept:
        assert kept.read() == TAKEN.png
    assert (picture.stored.sha256, picture.stored.media_type) == (picture.sha256, "image/png")
    assert picture.facts["refused"] == [{"url": "http://10.0.0.1/", "refused": "not public"}]
    event = AuditEvent.objects.get(tag="sources:artifact:made")
    assert event.after["sha256"] == picture.sha256
    assert _job(pictured).state == JobState.DONE


def test_a_failed_picture_is_a_row_with_its_reason_and_changes_no_copy(
    pictured: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Snapshot.objects.values().get(pk=pictured.pk)
    failed = Picture(reason="The browser could not open the page.")
    monkeypatch.setattr(pictures, "take_picture", lambda _url, **_options: failed)
    tasks.take_picture(job_id=_job(pictured).pk)
    picture = pictured.artifacts.get()
    assert (picture.status, picture.reason) == (ArtifactStatus.FAILED, failed.reason)
    assert (picture.stored, picture.sha256) == (None, "")
    assert Snapshot.objects.values().get(pk=pictured.pk) == before


def test_without_a_browser_the_job_is_skipped_in_words(
    pictured: Snapshot, settings: object
) -> None:
    settings.CHROMIUM = "/no/such/browser"
    tasks.take_picture(job_id=_job(pictured).pk)
    job = _job(pictured)
    assert job.state == JobState.SKIPPED
    assert job.reason == (
        "This installation has no browser for pictures. Set CHROMIUM to its path."
    )
    assert not pictured.artifacts.exists()


def test_no_picture_is_asked_for_where_pictures_are_off(queued: Queue) -> None:
    snapshot = queued(requested_by=UserFactory.create())
    capture.run_capture(snapshot_id=snapshot.pk)
    assert not snapshot.jobs.filter(kind=JobKind.PICTURE).exists()


@pytest.mark.parametrize(
    "columns",
    [
        {"requested_by_id": None},
        {"reason": CaptureReason.SCHEDULE},
        {"media_type": "application/pdf"},
    ],
)
def test_pictures_are_for_pages_that_a_person_asked_for(
    columns: dict[str, object], settings: object
) -> None:
    settings.CHROMIUM = ""
    given = {"requested_by_id": 1, "reason": CaptureReason.USER, "media_type": "text/html"}
    assert pictures.to_be_pictured([Snapshot(**given)])
    assert not pictures.to_be_pictured([Snapshot(**given | columns)])


def test_the_picture_is_announced_to_a_queue_of_its_own(
    pictured: Snapshot, announced: list[tuple[str, dict[str, object]]]
) -> None:
    assert ("sources.take_picture", {"job_id": _job(pictured).pk}) in announced


def test_a_worker_has_two_browsers_at_once_at_most(
    pictured: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_WAIT_SECONDS", 0.01)
    with pictures._seat(), pictures._seat():
        tasks.take_picture(job_id=_job(pictured).pk)
    assert _job(pictured).state == JobState.PENDING  # it is tried again
