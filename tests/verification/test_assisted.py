"""The assisted view: for analysis at the desk, kept nowhere, never the official score."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client
from page_reading import Page
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import Claim
from claims.vocabulary import Stance, Status
from tests.factories import ClaimFactory, DocumentFactory, EvidenceFactory, SourceFactory
from tests.verification.aleppo import override
from verification.learning.joint import assisted
from verification.models import Assessment
from verification.selectors import assisted as view
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db

PATH = "/desk/assisted"


def doubted(number: int) -> list[Claim]:
    """Claims on which one outlet stands alone against two good ones, again and again."""
    alone, good, wire = (SourceFactory.graded(grade) for grade in "CAB")
    claims = [ClaimFactory.create() for _ in range(number)]
    for claim in claims:
        for source, stance in (
            (alone, Stance.SUPPORTS),
            (good, Stance.CONTRADICTS),
            (wire, Stance.CONTRADICTS),
        ):
            document = DocumentFactory.create(source=source)
            EvidenceFactory.create(claim=claim, document=document, stance=stance)
        assess_claim(claim_id=claim.pk)
    return claims


@pytest.fixture
def taught() -> list[Claim]:
    return doubted(6)


def test_it_says_that_it_is_not_the_official_score(
    taught: list[Claim], checker_client: Client
) -> None:
    page = Page(checker_client.get(PATH))
    assert "Assisted: partly learned from unsettled claims, not the official score." in page.text
    assert len(page.tree.xpath("//tbody/tr")) == len(taught)


def test_looking_stores_nothing_and_changes_no_score(
    taught: list[Claim], checker_client: Client
) -> None:
    before = list(Claim.objects.order_by("pk").values()), Assessment.objects.count()
    assert checker_client.get(PATH).status_code == 200
    assert (list(Claim.objects.order_by("pk").values()), Assessment.objects.count()) == before


def test_without_a_share_of_open_claims_it_is_the_official_score(
    taught: list[Claim], administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same records, weights and parts that independence leaves: only λ parts the two."""
    monkeypatch.setattr(view, "assisted", partial(assisted, share=0.0))
    override(taught[0], administrator, Status.REFUTED)
    for claim in taught[1:]:
        assess_claim(claim_id=claim.pk)
    page = view.assisted_page()
    assert (page.settled, len(page.rows)) == (1, len(taught) - 1)
    for row in page.rows:
        assert row.assisted == pytest.approx(row.official, abs=1e-9)


def test_open_claims_teach_in_it_and_no_claim_teaches_itself() -> None:
    (alone,) = doubted(1)
    (row,) = view.assisted_page().rows
    assert row.assisted == pytest.approx(row.official, abs=1e-9)
    repeated = doubted(6)
    rows = {row.number: row for row in view.assisted_page().rows}
    assert abs(rows[repeated[0].number].assisted - rows[repeated[0].number].official) > 1e-5
    assert rows[alone.number].assisted == pytest.approx(row.official, abs=1e-9)


def test_readers_have_no_such_page(taught: list[Claim], client: Client) -> None:
    assert client.get(PATH).status_code == 302
    public = client.get(f"/c/{taught[0].number}", follow=True).content.decode()
    assert "ssisted" not in public
    assert "ssisted" not in client.get("/methodology").content.decode()


def test_only_so_many_claims_take_part_and_the_page_says_so(
    taught: list[Claim], checker_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST", 4)
    page = Page(checker_client.get(PATH))
    assert len(page.tree.xpath("//tbody/tr")) == 4
    assert "Only the 4 open claims that changed last took part." in page.text


def test_without_open_claims_it_says_so(checker_client: Client) -> None:
    assert "No open claim has a score yet." in Page(checker_client.get(PATH)).text


@pytest.mark.parametrize("number", [2, 12])
def test_the_queries_do_not_grow(
    number: int, checker_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    doubted(number)
    with django_assert_max_num_queries(16):
        assert checker_client.get(PATH).status_code == 200
