"""What is made of a sealed snapshot: once, by whoever holds the job, and never in its way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from audit.models import AuditEvent
from sources import tasks
from sources.models import ArtifactJob, Snapshot
from sources.services import artifacts, capture, texts
from sources.services.installation import object_store
from sources.vocabulary import ArtifactKind, CaptureState, JobKind, JobState
from tests.sources.conftest import ARTICLE, Queue, capture_and_read
from tests.sources.origin import Origin, page

Announced = list[tuple[str, dict[str, object]]]

pytestmark = pytest.mark.usefixtures("announced")


@pytest.fixture
def sealed(queued: Queue) -> Snapshot:
    snapshot = queued()
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    return snapshot


def test_the_bytes_are_sealed_before_anybody_reads_them(sealed: Snapshot) -> None:
    assert sealed.state == CaptureState.SEALED
    assert not sealed.artifacts.exists()
    assert sealed.jobs.get().state == JobState.PENDING


def test_a_job_is_done_once_and_told(sealed: Snapshot, announced: Announced) -> None:
    job = sealed.jobs.get()
    announced.clear()
    tasks.make_artifact(job_id=job.pk)
    tasks.make_artifact(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.lease_until) == (JobState.DONE, 1, None)
    assert announced == [("verification.snapshot_sealed", {"snapshot_id": sealed.pk})]
    made = AuditEvent.objects.filter(tag="sources:artifact:made")
    digests = set(sealed.artifacts.values_list("sha256", flat=True))
    assert {event.after["sha256"] for event in made} == digests
    assert made.count() == sealed.artifacts.count() == 2


def test_of_several_jobs_each_is_done_whatever_becomes_of_the_others(
    queued: Queue, open_origin: Origin
) -> None:
    sealed = []
    for path in ("/1", "/2"):
        open_origin.answers[path] = page(ARTICLE + path.encode())
        sealed.append(queued(path))
        capture.run_capture(snapshot_id=sealed[-1].pk)
    first, second = (one.jobs.get() for one in sealed)
    sealed[0].refresh_from_db()
    object_store().remove(sealed[0].warc.sha256)
    tasks.make_artifacts(job_ids=[first.pk, 0, second.pk])
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state != JobState.RUNNING
    assert second.state == JobState.DONE


def test_what_was_read_comes_back_as_it_was(queued: Queue) -> None:
    snapshot = capture_and_read(queued())
    again = texts.read_text(snapshot)
    kept = texts.kept_text(snapshot)
    assert kept is not None
    assert kept.as_json() == again.as_json()


def test_a_dead_worker_s_job_goes_to_another(sealed: Snapshot, announced: Announced) -> None:
    job = sealed.jobs.get()
    turn = artifacts._claim(job.pk)
    assert artifacts._claim(job.pk) is None
    ArtifactJob.objects.update(lease_until=Now() - timedelta(seconds=1))
    announced.clear()
    assert artifacts.sweep_artifacts() == 1
    assert announced == [("sources.make_artifact", {"job_id": job.pk})]
    artifacts.make_artifact(job_id=job.pk)
    artifacts._keep(turn, artifacts._text(sealed))  # it wakes up, too late
    job.refresh_from_db()
    assert (job.state, job.fence) == (JobState.DONE, 2)
    assert sealed.artifacts.filter(kind=ArtifactKind.TEXT).count() == 1


def test_a_lost_message_is_sent_again(sealed: Snapshot, announced: Announced) -> None:
    assert artifacts.sweep_artifacts() == 0, "the first message may still be on its way"
    ArtifactJob.objects.update(next_attempt_at=Now() - timedelta(seconds=1))
    announced.clear()
    assert artifacts.sweep_artifacts() == 1
    assert artifacts.sweep_artifacts() == 0


def test_trouble_of_ours_is_tried_three_times_and_then_told(
    sealed: Snapshot, announced: Announced, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_snapshot: Snapshot) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(artifacts, "MAKERS", {JobKind.TEXT: broken})
    job = sealed.jobs.get()
    for state in (JobState.PENDING, JobState.PENDING, JobState.FAILED):
        announced.clear()
        artifacts.make_artifact(job_id=job.pk)
        job.refresh_from_db()
        assert job.state == state
    assert "secret" not in job.reason
    assert announced == [("verification.snapshot_sealed", {"snapshot_id": sealed.pk})]
    sealed.refresh_from_db()
    assert sealed.state == CaptureState.SEALED


def test_what_is_not_made_here_says_so(sealed: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_snapshot: Snapshot) -> None:
        raise artifacts.Skipped("There is no browser here.")

    monkeypatch.setattr(artifacts, "MAKERS", {JobKind.TEXT: absent})
    artifacts.make_artifact(job_id=sealed.jobs.get().pk)
    job = sealed.jobs.get()
    assert (job.state, job.reason) == (JobState.SKIPPED, "There is no browser here.")
