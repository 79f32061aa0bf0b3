from __future__ import annotations

import json

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import Claim
from claims.vocabulary import Status
from tests.factories import ClaimFactory, EvidenceFactory
from tests.verification.aleppo import (
    FINDING,
    PATH,
    SENTENCE,
    Aleppo,
    hours,
    imported,
    override,
)
from tests.verification.page_reading import Page, read
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def test_the_page_runs_nothing_sets_nothing_and_is_locked(confirmed: Page) -> None:
    scripts = confirmed.tree.xpath("//script/@type")
    assert scripts == ["application/ld+json"]
    assert " style=" not in confirmed.markup
    assert not confirmed.response.cookies
    assert "Cookie" not in confirmed.response.get("Vary", "")
    policy = confirmed.response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert confirmed.response["X-Content-Type-Options"] == "nosniff"


def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is(aleppo: Aleppo) -> None:
    aleppo.contest()
    with time_machine.travel(hours(100), tick=False):
        tag = read(aleppo.path).response["ETag"]
        assert read(aleppo.path, if_none_match=tag).status == 304
        aleppo.file(101, "Quarter Lantern", "C")
        assert read(aleppo.path, if_none_match=tag).status == 200


def test_a_settled_claim_carries_one_claim_review(confirmed: Page) -> None:
    blocks = confirmed.tree.xpath("//script[@type='application/ld+json']/text()")
    review = json.loads(blocks[0])
    assert len(blocks) == 1
    assert review["url"].endswith(f"/{PATH}")
    assert review["url"].startswith("http")
    assert review["reviewRating"]["alternateName"] == "Confirmed"
    assert review["itemReviewed"]["datePublished"] == "2016-11-11T18:22:00+00:00"


def test_an_open_claim_carries_none(aleppo: Aleppo) -> None:
    aleppo.contest()
    assert "ld+json" not in read(aleppo.path).markup


def test_a_sentence_cannot_end_the_block_that_it_stands_in(
    aleppo: Aleppo, administrator: User
) -> None:
    hostile = "The page said </script><script>alert(1)</script> & left"
    Claim.objects.filter(pk=aleppo.claim.pk).update(sentence=hostile)
    aleppo.claim.refresh_from_db()
    override(aleppo.claim, administrator, Status.CONFIRMED)
    page = read(Client().get(f"/c/{aleppo.claim.number}")["Location"])
    blocks = page.tree.xpath("//script/text()")
    assert [json.loads(block)["claimReviewed"] for block in blocks] == [hostile]
    assert json.dumps(hostile).count("</script>") == 2, "plain JSON would have ended it"


def test_words_of_sources_are_text_whatever_they_hold(aleppo: Aleppo) -> None:
    aleppo.file(
        1,
        "<b>Outlet</b>",
        "C",
        quote="<img src=x onerror=alert(1)> \u202eevil\u202c",
        quote_language="en",
    )
    page = read(aleppo.path)
    assert "<img" not in page.markup
    assert "\u202e" not in page.markup
    assert "<img src=x onerror=alert(1)> ⟦RLO⟧evil⟦PDF⟧" in page.text


def test_our_sentence_loses_signs_that_turn_it() -> None:
    claim = ClaimFactory.create(sentence="The photo \u202egnp.exe\u202c is old")
    page = read(Client().get(f"/c/{claim.number}")["Location"])
    assert page.all("//h1") == ["The photo gnp.exe is old"]
    assert "\u202e" not in page.markup


def test_the_citation_leads_to_the_page_as_it_stands(aleppo: Aleppo) -> None:
    aleppo.confirm()
    cited = read(aleppo.path).all("//p[contains(@class,'citation')]")[0]
    address = cited.rpartition(" ")[2]
    assert f"claim {aleppo.claim.number}, Confirmed" in cited
    then = read(address.partition("8000")[2])
    assert then.title == f"Confirmed: {SENTENCE}"
    assert FINDING in then.text


@pytest.mark.parametrize("count", [3, 30])
def test_the_number_of_queries_does_not_grow_with_the_evidence(
    aleppo: Aleppo, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    aleppo.confirm()
    imported(aleppo.claim)
    for number in range(count):
        waiting = {} if number % 2 else {"snapshot": None}
        EvidenceFactory.create(claim=aleppo.claim, **waiting)
    assess_claim(claim_id=aleppo.claim.pk)
    with django_assert_max_num_queries(MOST_QUERIES):
        page = read(f"{aleppo.path}?all=1")
    assert len(page.all("//li[contains(@class,'evidence')]")) == count + 7


def test_more_than_twelve_items_wait_behind_a_link(aleppo: Aleppo) -> None:
    for _ in range(15):
        EvidenceFactory.create(claim=aleppo.claim)
    page = read(aleppo.path)
    assert len(page.all("//li[contains(@class,'evidence')]")) == 12
    assert "Show the other 3" in page.text
    assert "?all=1#evidence" in page.links()
