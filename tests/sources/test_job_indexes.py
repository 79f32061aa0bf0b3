"""What is still to be made, or failed, is found without reading what was made long ago."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sources.models import ArtifactJob, Snapshot
from sources.selectors import health
from sources.services import again, artifacts
from sources.services.documents import add_document
from sources.vocabulary import CaptureState, JobKind, JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def many_done() -> None:
    """Thousands of jobs that are done, and a few that are not."""
    document = add_document(actor=None, address="https://old.example.org/")
    snapshots = Snapshot.objects.bulk_create(
        Snapshot(document=document, state=CaptureState.FAILED) for _ in range(4000)
    )
    few = dict.fromkeys(range(3), JobState.FAILED) | dict.fromkeys(range(3, 6), JobState.PENDING)
    ArtifactJob.objects.bulk_create(
        ArtifactJob(snapshot=row, kind=JobKind.TEXT, state=few.get(place, JobState.DONE))
        for place, row in enumerate(snapshots)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sources_artifactjob")


@pytest.mark.usefixtures("many_done")
@pytest.mark.parametrize(
    "ask", [health._jobs, again._retry_jobs, artifacts.sweep_artifacts], ids=lambda it: it.__name__
)
def test_jobs_that_are_done_are_not_read(ask: Callable[[], object]) -> None:
    with CaptureQueriesContext(connection) as asked:
        ask()
    for query in asked.captured_queries:
        if 'FROM "sources_artifactjob"' in query["sql"]:
            assert "Seq Scan on sources_artifactjob" not in plan_of(query["sql"])


def test_without_the_index_all_would_be_read(many_done: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX job_open")
    with CaptureQueriesContext(connection) as asked:
        health._jobs()
    assert "Seq Scan on sources_artifactjob" in plan_of(asked.captured_queries[0]["sql"])


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
