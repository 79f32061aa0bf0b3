"""What readers and programs are told of how often a source was right."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.vocabulary import Alignment, ClaimKind, Publication, Stance
from sources.models import Source
from sources.vocabulary import Safety
from tests.factories import EvidenceFactory, SourceFactory
from tests.verification.page_reading import Page, read
from tests.verification.settled_rows import settled_report
from verification.models import SettledReport
from verification.selectors.track_record import public_records

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    found: Source = SourceFactory.create(name="Quarter Lantern")
    return found


def shown(source: Source) -> Page:
    return read(str(Client().get(f"/s/{source.number}")["Location"]))


def record(page: Page) -> str:
    return page.all("//section[@aria-labelledby='record-heading']")[0]


def told(source: Source) -> dict[str, object]:
    answer = Client().get(f"/api/v1/sources/{source.number}")
    found: dict[str, object] = json.loads(answer.content)["track_record"]
    return found


def test_under_ten_settled_claims_nothing_is_said_of_a_rate(source: Source) -> None:
    for _ in range(6):
        settled_report(source)
    page = shown(source)
    assert "Too few settled claims to say (6). Needs 10." in record(page)
    assert "in 100" not in record(page)
    assert told(source)["rate"] is None


def test_a_record_says_right_wrong_rate_and_range_by_topic_and_side(source: Source) -> None:
    for _ in range(10):
        settled_report(source, kind=ClaimKind.CONTROL, alignment=Alignment.SELF_SERVING)
    for _ in range(2):
        settled_report(
            source, right=False, kind=ClaimKind.QUANTITY, alignment=Alignment.AGAINST_INTEREST
        )
    EvidenceFactory.create(document__source=source)
    words = record(shown(source))
    assert "83 in 100, range 60 to 94" in words
    assert "12 settled claims it reported: right on 10, wrong on 2." in words
    assert "1 more is not yet settled." in words
    assert "Who holds a place 10 0 100 in 100, range 79 to 100" in words
    assert "How many or how much 0 2 Too few to say" in words
    assert "Speaking for its own side 10 0 100 in 100" in words
    assert "Speaking against its own side 0 2 Too few to say" in words


def test_a_denial_of_what_proved_false_was_right(source: Source) -> None:
    settled_report(source, right=False, supports=False)
    settled_report(source, right=True, supports=False)
    assert (told(source)["right"], told(source)["wrong"]) == (1, 1)


def test_what_was_reopened_counts_no_more(source: Source) -> None:
    report = settled_report(source)
    SettledReport.objects.filter(pk=report.pk).update(reopened_at=report.settled_at)
    assert told(source)["settled"] == 0


def test_claims_that_are_not_published_are_not_counted(source: Source) -> None:
    settled_report(source)
    settled_report(source, publication=Publication.DRAFT)
    EvidenceFactory.create(document__source=source, claim__publication=Publication.DRAFT)
    assert (told(source)["settled"], told(source)["open"]) == (1, 0)


def test_what_says_nothing_or_was_withdrawn_is_not_open(source: Source) -> None:
    report = settled_report(source)
    EvidenceFactory.create(document__source=source, stance=Stance.CONTEXT)
    EvidenceFactory.create(
        document__source=source, withdrawn_at=report.settled_at, withdrawn_reason="Twice."
    )
    assert told(source)["open"] == 0


def test_a_withheld_source_has_no_record_on_the_page_or_in_the_api(source: Source) -> None:
    for _ in range(12):
        settled_report(source)
    Source.objects.update(safety=Safety.WITHHELD, safety_reason="Lives there.")
    assert shown(source).all("//section[@aria-labelledby='record-heading']") == []
    assert "in 100" not in shown(source).markup
    assert told(source) is None
    assert public_records([Source.objects.get(pk=source.pk)]) == {}


def test_records_of_many_sources_take_two_queries(
    source: Source, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = [SourceFactory.create() for _ in range(5)]
    for one in (source, *others):
        settled_report(one)
    with django_assert_num_queries(2):
        found = public_records([source, *others])
    assert {row.settled for row in found.values()} == {1}
    listed = json.loads(Client().get("/api/v1/sources").content)["results"]
    assert [row["track_record"]["settled"] for row in listed] == [1] * 6
