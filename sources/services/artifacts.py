"""What is made of sealed snapshots: one job for each kind, so that one failing stops no other.

A job's row is the queue. It is owned by lease and fence like a capture, and done once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.db.models.functions import Now

from audit.services.record import record_event, recording
from core.jobs import enqueue
from sources.models import Artifact, ArtifactJob, Snapshot
from sources.services import pictures, texts
from sources.services.leases import lease_time
from sources.services.revisits import OPEN
from sources.vocabulary import JobKind, JobState

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
SEND_AGAIN_AFTER = timedelta(seconds=60)
MOST_SENT = 200
DELAYS = (timedelta(minutes=1), timedelta(minutes=10))

_CLAIM = """
UPDATE sources_artifactjob
   SET state = %(running)s, fence = fence + 1, attempt = attempt + 1,
       lease_until = statement_timestamp() + make_interval(secs => %(lease)s)
 WHERE id = %(id)s AND state = %(pending)s
RETURNING fence, attempt
"""


class Skipped(Exception):
    """This installation does not make such artifacts; the argument says why."""


class NotYet(Exception):
    """The same page is being read for an earlier copy; the job is tried again."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a maker brought: rows to add, and what else to write in the same transaction."""

    artifacts: tuple[Artifact, ...]
    then: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class _Turn:
    """The right to end one job, as long as the row's fence is this one."""

    job: ArtifactJob
    fence: int
    attempt: int


def _text(snapshot: Snapshot) -> Made:
    if snapshot.revisits is not None:
        return _same_text(snapshot.revisits)
    text = texts.read_text(snapshot)
    return Made(
        tuple(texts.text_artifacts(snapshot, text)),
        lambda: texts.describe_document(snapshot.document_id, text),
    )


def _same_text(holder: Snapshot) -> Made:
    """What is the same again has the text of the copy that holds it: there is nothing to make."""
    if holder.jobs.filter(kind=JobKind.TEXT, state__in=OPEN).exists():
        raise NotYet
    return Made(())


def _picture(snapshot: Snapshot) -> Made:
    chromium = pictures.browser()
    if chromium is None:
        raise Skipped("This installation has no browser for pictures. Set CHROMIUM to its path.")
    return Made((pictures.picture_artifact(snapshot, chromium),))


MAKERS: Mapping[JobKind, Callable[[Snapshot], Made]] = {
    JobKind.TEXT: _text,
    JobKind.PICTURE: _picture,
}
# A picture has a queue of its own: a browser must not stand in the way of text.
TASKS = {JobKind.TEXT: "sources.make_artifact", JobKind.PICTURE: "sources.take_picture"}
# What was sealed together is announced together: a message costs as much as a tenth of a capture.
MOST_TOLD = 8
_ASK = """
INSERT INTO sources_artifactjob
       (snapshot_id, kind, state, fence, attempt, next_attempt_at, reason)
SELECT wanted.id, %(kind)s, %(pending)s, 0, 0,
       statement_timestamp() + make_interval(secs => %(again)s), ''
  FROM unnest(%(snapshots)s::bigint[]) AS wanted (id)
 ORDER BY wanted.id
    ON CONFLICT (snapshot_id, kind) DO NOTHING
RETURNING id
"""


def ask_for_artifacts(*, snapshots: Iterable[Snapshot], kind: JobKind) -> None:
    """Queue the making of KIND for each; call it in the transaction that seals. Twice is once."""
    wanted = {snapshot.pk for snapshot in snapshots}
    if not wanted:
        return
    values: dict[str, Any] = {
        "snapshots": sorted(wanted),
        "kind": kind,
        "pending": JobState.PENDING,
        "again": SEND_AGAIN_AFTER.total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASK, values)
        new = [job_id for (job_id,) in cursor.fetchall()]
    _announce(kind, sorted(new))


def _announce(kind: JobKind, job_ids: list[int]) -> None:
    if kind != JobKind.TEXT or len(job_ids) == 1:
        for job_id in job_ids:
            enqueue(TASKS[kind], job_id=job_id)
        return
    for first in range(0, len(job_ids), MOST_TOLD):
        enqueue("sources.make_artifacts", job_ids=job_ids[first : first + MOST_TOLD])


def make_artifact(*, job_id: int) -> None:
    """Do one job and end it; nothing if it is not ours to do. May be called twice, or at once."""
    turn = _claim(job_id)
    if turn is None:
        return
    job = turn.job
    try:
        made = MAKERS[JobKind(job.kind)](job.snapshot)
    except Skipped as skipped:
        _end(turn, JobState.SKIPPED, str(skipped))
    except NotYet:
        _put_off(turn, "The same page is being read for an earlier copy.")
    except Exception as problem:  # the named boundary: a job must not stay behind as running
        logger.exception("Making %s of snapshot %s broke.", job.kind, job.snapshot_id)
        _put_off(turn, f"{type(problem).__name__} while making it.")
    else:
        _keep(turn, made)


def make_artifacts(*, job_ids: Iterable[int]) -> None:
    """Do several jobs, one after the other."""
    for job_id in job_ids:
        make_artifact(job_id=job_id)


def is_under_way(*, job_id: int) -> bool:
    return ArtifactJob.objects.filter(pk=job_id, state__in=OPEN).exists()


def sweep_artifacts() -> int:
    """Take jobs back from dead workers and send what is due; returns how many were sent."""
    ArtifactJob.objects.filter(state=JobState.RUNNING, lease_until__lt=Now()).update(
        state=JobState.PENDING, lease_until=None, next_attempt_at=Now()
    )
    due = list(
        ArtifactJob.objects.filter(state=JobState.PENDING, next_attempt_at__lte=Now())
        .order_by("next_attempt_at", "pk")
        .values_list("pk", "kind")[:MOST_SENT]
    )
    ArtifactJob.objects.filter(pk__in=[job_id for job_id, _ in due]).update(
        next_attempt_at=Now() + SEND_AGAIN_AFTER
    )
    for job_id, kind in due:
        enqueue(TASKS[JobKind(kind)], job_id=job_id)
    return len(due)


def _claim(job_id: int) -> _Turn | None:
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "id": job_id,
                "running": JobState.RUNNING,
                "pending": JobState.PENDING,
                "lease": lease_time().total_seconds(),
            },
        )
        row = cursor.fetchone()
    if row is None:
        return None
    job = ArtifactJob.objects.select_related("snapshot__warc", "snapshot__document").get(pk=job_id)
    return _Turn(job, *row)


@recording()
def _keep(turn: _Turn, made: Made) -> None:
    if not _end(turn, JobState.DONE, ""):
        return
    for artifact in made.artifacts:
        artifact.save(force_insert=True)
        _record(turn.job.snapshot, artifact)
    made.then()


def _record(snapshot: Snapshot, artifact: Artifact) -> None:
    record_event(
        actor=None,
        tag="sources:artifact:made",
        subject=snapshot,
        after={
            "kind": artifact.kind,
            "tool": artifact.tool,
            "tool_version": artifact.tool_version,
            "status": artifact.status,
            "sha256": artifact.sha256,
        },
    )


def _put_off(turn: _Turn, words: str) -> None:
    """Try again later; after the last attempt the job has failed, which is told as well."""
    if turn.attempt >= MOST_ATTEMPTS:
        _end(turn, JobState.FAILED, words)
        return
    delay = DELAYS[turn.attempt - 1]
    _owned(turn).update(
        state=JobState.PENDING, lease_until=None, next_attempt_at=Now() + delay, reason=words[:200]
    )


@recording()
def _end(turn: _Turn, state: JobState, reason: str) -> bool:
    """End the job unless another has it by now; who waits for the text is told either way."""
    is_ended = (
        _owned(turn).update(
            state=state, lease_until=None, next_attempt_at=None, reason=reason[:200]
        )
        == 1
    )
    if is_ended and turn.job.kind == JobKind.TEXT:
        enqueue("verification.snapshot_sealed", snapshot_id=turn.job.snapshot_id)
    return is_ended


def _owned(turn: _Turn) -> models.QuerySet[ArtifactJob]:
    return ArtifactJob.objects.filter(pk=turn.job.pk, fence=turn.fence, state=JobState.RUNNING)
