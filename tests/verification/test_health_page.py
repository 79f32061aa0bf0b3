"""The health page and the command: what ended, what waits, and what needs a person."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from page_reading import Page
from pytest_django import DjangoAssertNumQueries
from settled_rows import FIRST, settled

from accounts.models import User
from sources.models import ArtifactJob, Snapshot
from sources.vocabulary import CaptureState, JobKind, JobState
from tests.conftest import signed_in
from tests.factories import DocumentFactory, SnapshotFactory

pytestmark = pytest.mark.django_db
PATH = "/desk/health"
MOST_QUERIES = 20


def shown(client: Client) -> Page:
    return Page(client.get(PATH))


def ended(minutes_ago: int = 5, **columns: object) -> Snapshot:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    return SnapshotFactory.create(capture_finished_at=at, **columns)


def failed(**columns: object) -> Snapshot:
    given = {"state": CaptureState.FAILED, "outcome": "", "warc": None, "error": "internal_error"}
    return ended(**(given | columns))


def queued(minutes_ago: int) -> Snapshot:
    row = Snapshot.objects.create(document=DocumentFactory.create(), next_attempt_at=timezone.now())
    at = timezone.now() - timedelta(minutes=minutes_ago)
    Snapshot.objects.filter(pk=row.pk).update(requested_at=at)
    return row


def report() -> dict[str, object]:
    out = StringIO()
    with suppress(SystemExit):
        call_command("health", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_quiet_installation_is_healthy(checker_client: Client) -> None:
    page = shown(checker_client)
    assert page.status == 200
    assert "Nothing needs a person." in page.text
    assert "No capture ended." in page.text
    assert page.all("//form[contains(@action, 'retry')]") == []
    assert report()["alarms"] == []


def test_captures_are_counted_by_what_they_came_to(checker_client: Client) -> None:
    ended()
    ended(minutes_ago=120)
    ended(outcome="http_error", http_status=401)
    ended(outcome="http_error", http_status=401, minutes_ago=120)
    ended(outcome="unreachable", error="dns_not_found", minutes_ago=120)
    ended(outcome="ok", minutes_ago=60 * 25)
    page = shown(checker_client)
    assert "1 copy of a page sealed, 1 came to something else." in page.text
    assert "2 copies of pages sealed, 3 came to something else." in page.text
    rows = [[cell.text_content() for cell in row] for row in page.tree.xpath("//tbody/tr")]
    assert rows == [
        ["The page asks for a login.", "1", "2"],
        ["There is no site of this name.", "0", "1"],
    ]
    captures = report()["captures"]
    assert captures["ended"] == {"hour": 2, "day": 5}
    assert captures["other"] == {
        "http_401": {"hour": 1, "day": 2},
        "dns_not_found": {"hour": 0, "day": 1},
    }


def test_an_hour_without_success_is_an_alarm(checker_client: Client) -> None:
    failed()
    page = shown(checker_client)
    assert "none succeeded in the last hour" in page.text
    assert "1 thing needs a person." in page.text
    assert page.tree.xpath("//p[@class='flag fail']/a/@href") == ["#captures"]
    assert [alarm["code"] for alarm in report()["alarms"]] == ["nothing_archived"]


def test_a_site_that_answers_with_an_error_is_no_alarm(checker_client: Client) -> None:
    failed()
    ended(outcome="gone", http_status=404)
    assert "Nothing needs a person." in shown(checker_client).text


def test_waiting_for_ten_minutes_is_an_alarm(checker_client: Client) -> None:
    queued(minutes_ago=9)
    assert "Nothing needs a person." in shown(checker_client).text
    queued(minutes_ago=11)
    page = shown(checker_client)
    assert "A capture has waited for more than ten minutes." in page.text
    assert "2, the oldest for 11 min" in page.text


def test_a_worker_that_nobody_takes_work_back_from_is_an_alarm(checker_client: Client) -> None:
    Snapshot.objects.create(
        document=DocumentFactory.create(),
        state=CaptureState.RUNNING,
        lease_until=timezone.now() - timedelta(minutes=1),
    )
    assert "A worker stopped in the middle" in shown(checker_client).text


@pytest.mark.fault(70)
def test_a_disk_without_room_is_an_alarm(checker_client: Client, settings: object) -> None:
    settings.CAPTURE_LEAST_FREE_PERCENT = 100
    page = shown(checker_client)
    assert "A disk is almost full, so no capture begins." in page.text
    assert "Captures wait." in page.text


def test_what_failed_is_tried_again_without_script(checker_client: Client) -> None:
    lost, found_since = failed(), failed()
    ended(document=found_since.document)
    job = ArtifactJob.objects.create(
        snapshot=ended(), kind=JobKind.TEXT, state=JobState.FAILED, attempt=3
    )
    page = shown(checker_client)
    assert page.all("//form[contains(@action, 'retry')]//button") == [
        "Try 1 capture and 1 text or picture again"
    ]
    answer = checker_client.post(f"{PATH}/retry", follow=True)
    assert "We are trying 2 things again." in answer.content.decode()
    assert lost.document.snapshots.first().state == CaptureState.QUEUED
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.PENDING, 0)


def test_an_auditor_sees_it_and_tries_nothing(auditor: User) -> None:
    failed()
    client = signed_in(auditor)
    assert shown(client).all("//form[contains(@action, 'retry')]") == []
    assert client.post(f"{PATH}/retry").status_code == 403


@pytest.mark.parametrize("copies", [1, 30])
def test_the_queries_do_not_grow(
    checker_client: Client, copies: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(copies):
        ended(outcome="http_error", http_status=400 + number)
        failed()
        queued(minutes_ago=1)
    with django_assert_max_num_queries(MOST_QUERIES):
        shown(checker_client)


def test_the_command_says_it_in_lines() -> None:
    ended()
    ended(outcome="gone", http_status=404)
    out = StringIO()
    call_command("health", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("Captures  last hour 2 ended, 1 copies")
    assert any("gone: The page is gone" in line for line in lines)


def test_the_command_ends_with_1_when_something_needs_a_person() -> None:
    failed()
    out = StringIO()
    with pytest.raises(SystemExit) as ending:
        call_command("health", stdout=out)
    assert ending.value.code == 1
    assert "ALARM" in out.getvalue()


def test_scores_that_became_worse_are_an_alarm_of_the_command() -> None:
    settled([0.9] * 100, [*[True] * 9, False] * 10)
    assert report()["scores"]["drift"] == "steady"
    assert report()["alarms"] == []
    settled([0.9] * 100, [True, False] * 50, since=FIRST + timedelta(days=100))
    (alarm,) = report()["alarms"]
    assert alarm["code"] == "scores_drifted"
    assert report()["scores"]["recent"]["n"] == 100
    out = StringIO()
    with pytest.raises(SystemExit) as ending:
        call_command("health", stdout=out)
    assert ending.value.code == 1
    assert "ALARM     The scores have become worse: Brier 0.41" in out.getvalue()


def test_of_few_settled_claims_the_command_says_nothing_of_drift() -> None:
    settled([0.9] * 59, [False] * 59)
    scores = report()["scores"]
    assert (scores["drift"], scores["recent"], scores["model"]) == ("too_few", None, None)
    out = StringIO()
    call_command("health", stdout=out)
    assert "Drift     Too early to say: 59 of 60 settled claims" in out.getvalue()
