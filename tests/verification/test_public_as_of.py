"""The page of a claim as it stood: what was known then, and nothing that came later."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.services.claims import edit_claim
from claims.services.evidence import edit_evidence, withdraw_evidence
from claims.vocabulary import Publication
from tests.factories import ClaimFactory
from tests.verification.aleppo import CONTESTED_REASON, FINDING, Aleppo, hours
from tests.verification.page_reading import Page, read

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def as_of(story: Aleppo, at: datetime | str) -> Page:
    moment = at if isinstance(at, str) else at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return read(f"{story.path}?as_of={moment}")


def test_the_day_before_it_was_confirmed_it_is_contested_again(aleppo: Aleppo) -> None:
    aleppo.confirm()
    page = as_of(aleppo, hours(10))
    assert page.title.startswith("Contested: ")
    verdict = page.part("finding")
    assert "Those who say yes" in verdict
    assert FINDING not in page.text
    assert "Earlier than the pictures." not in page.text, "the denial was not answered yet"
    assert CONTESTED_REASON in page.part("history")
    assert "Approved" not in page.part("history")


def test_evidence_and_score_are_those_of_the_moment(aleppo: Aleppo) -> None:
    aleppo.confirm()
    page = as_of(aleppo, hours(16))
    numbers = page.all("//li[contains(@class,'evidence')]//h3/span")
    assert sorted(numbers) == ["[1]", "[2]", "[3]", "[4]", "[5]"]
    scored = aleppo.claim.assessments.filter(at__lte=hours(16)).order_by("-at").first()
    assert scored is not None
    assert f"Why {round(scored.estimate * 100)}?" in page.text


def test_before_anything_was_filed_there_is_no_score(aleppo: Aleppo) -> None:
    aleppo.contest()
    page = as_of(aleppo, hours(0))
    assert page.title.startswith("Unverified: ")
    assert "No sources yet." in page.text
    assert "Not scored yet" in page.part("finding")


def test_a_line_says_that_this_is_the_past_and_search_engines_stay_away(aleppo: Aleppo) -> None:
    aleppo.confirm()
    page = as_of(aleppo, hours(10))
    assert "As it stood on 12 Nov 2026, 04:40 UTC. The current page says Confirmed" in page.text
    assert page.tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page.tree.xpath("//link[@rel='canonical']/@href")[0].endswith(aleppo.path)
    assert "ld+json" not in page.markup
    assert not read(aleppo.path).tree.xpath("//meta[@name='robots']")


def test_what_was_withdrawn_later_still_counts(aleppo: Aleppo) -> None:
    aleppo.contest()
    with time_machine.travel(hours(9)):
        withdraw_evidence(
            actor=aleppo.checker, claim=aleppo.claim, position=1, reason="The channel deleted it."
        )
    assert "Withdrawn" not in as_of(aleppo, hours(8)).part("e1")
    assert "Withdrawn" in as_of(aleppo, hours(10)).part("e1")


def test_words_that_were_edited_later_read_as_they_did(aleppo: Aleppo) -> None:
    aleppo.contest()
    with time_machine.travel(hours(9)):
        edit_evidence(
            actor=aleppo.checker, claim=aleppo.claim, position=1, quote="the suburb is ours"
        )
        aleppo.claim.refresh_from_db()
        edit_claim(
            actor=aleppo.checker,
            claim=aleppo.claim,
            expected_version=aleppo.claim.version,
            sentence="The suburb was recaptured on 11 November",
        )
    with time_machine.travel(hours(11)):
        edit_evidence(actor=aleppo.checker, claim=aleppo.claim, position=1, quote="all is ours")
    path = Client().get(f"/c/{aleppo.claim.number}")["Location"]
    before = read(f"{path}?as_of=2026-11-12T02:00Z")
    assert before.title == "Contested: Dhahiyet al-Assad was recaptured by the government"
    assert "“the suburb is held”" in before.part("e1")
    between = read(f"{path}?as_of=2026-11-12T04:40Z")
    assert between.title == "Contested: The suburb was recaptured on 11 November"
    assert "the suburb is ours" in between.part("e1")
    assert "all is ours" in read(path).part("e1")


def test_a_copy_that_was_sealed_later_was_not_there_yet(aleppo: Aleppo) -> None:
    with time_machine.travel(hours(1)):
        item = aleppo.file(1, "Outlet", "C", snapshot=None)
    assert "Archived copy" not in as_of(aleppo, hours(2)).part(f"e{item.position}")


def test_looking_back_writes_nothing(aleppo: Aleppo) -> None:
    aleppo.confirm()
    before = list(aleppo.claim.evidence.values())
    as_of(aleppo, hours(10))
    assert list(aleppo.claim.evidence.values()) == before


def test_before_the_claim_was_added_there_is_no_page(aleppo: Aleppo) -> None:
    page = as_of(aleppo, "2026-11-11T18:39:59Z")
    assert page.status == 404
    assert "We did not know of claim" in page.text


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("2026-11-12T02:00Z", 200),
        ("2026-11-12T02:00:00", 200),
        ("2026-11-12T04:00:00%2B02:00", 200),
        ("2026-11-12T04:00:00+02:00", 200),
        ("2026-11-12", 200),
        ("", 200),
        ("yesterday", 422),
        ("2026-13-45", 422),
        ("2026-11-12T99:00Z", 422),
    ],
)
def test_a_moment_is_written_as_iso_8601(aleppo: Aleppo, written: str, status: int) -> None:
    page = as_of(aleppo, written)
    assert page.status == status
    if status == 422:
        assert "Write the moment like 2016-11-12T16:05Z" in page.text


def test_a_day_alone_means_its_end(aleppo: Aleppo) -> None:
    aleppo.contest()
    assert as_of(aleppo, "2026-11-11").title.startswith("Contested: ")


def test_the_future_is_the_present_page(aleppo: Aleppo) -> None:
    response = Client().get(f"{aleppo.path}?as_of=2999-01-01T00:00Z")
    assert (response.status_code, response["Location"]) == (302, aleppo.path)


def test_a_draft_has_no_past_either() -> None:
    draft = ClaimFactory.create(publication=Publication.DRAFT, sentence="The hills were captured")
    page = read(f"/c/{draft.number}/the-hills-were-captured?as_of=2027-01-01T00:00Z")
    assert page.status == 404


def test_the_past_asks_no_more_of_the_database(
    aleppo: Aleppo, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    aleppo.confirm()
    with django_assert_max_num_queries(MOST_QUERIES):
        as_of(aleppo, hours(16))
