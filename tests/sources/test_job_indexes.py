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
def test_jobs_that_are_done_are_not_read_and_without_the_index_they_would_be() -> None:
    for ask in (health._jobs, again._retry_jobs, artifacts.sweep_artifacts):
        plans = plans_of(ask)
        assert plans
        assert all("Seq Scan on sources_artifactjob" not in plan for plan in plans), ask
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX job_open")
    assert "Seq Scan on sources_artifactjob" in plans_of(health._jobs)[0]


def plans_of(ask: Callable[[], object]) -> list[str]:
    """How the database finds the jobs that ASK asks for."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    queries = [query["sql"] for query in asked.captured_queries]
    return [plan_of(sql) for sql in queries if 'FROM "sources_artifactjob"' in sql]


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
