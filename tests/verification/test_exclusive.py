"""Claims that cannot both be true: on the page, in the API, and never counted twice."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims.models import Claim, ClaimRelation
from claims.vocabulary import Publication, RelationKind
from tests.factories import ClaimFactory
from tests.verification.aleppo import Aleppo
from tests.verification.desk_pages import get
from tests.verification.page_reading import read, said
from verification.addresses import claim_path
from verification.selectors.exclusive import exclusive_of

pytestmark = pytest.mark.django_db


def scored(estimate: float | None, origins: int = 4, **fields: object) -> Claim:
    low, high = (None, None) if estimate is None else (estimate / 2, (1 + estimate) / 2)
    return ClaimFactory.create(
        confidence=estimate,
        confidence_low=low,
        confidence_high=high,
        origins_for=origins,
        **fields,
    )


def exclude(one: Claim, *others: Claim) -> None:
    for other in others:
        ClaimRelation.objects.create(from_claim=one, to_claim=other, kind=RelationKind.CONTRADICTS)


def test_rivals_share_what_is_likely_beside_none_of_these() -> None:
    claim, rival = scored(0.75), scored(0.5)
    exclude(rival, claim)
    found = exclusive_of(claim)
    assert [(row.number, row.is_here) for row in found.rows] == [
        (claim.number, True),
        (rival.number, False),
    ]
    assert [row.share for row in found.rows] == pytest.approx([0.6, 0.2])
    assert found.none == pytest.approx(0.2)


def test_a_claim_without_rivals_says_nothing() -> None:
    assert exclusive_of(scored(0.75)) is None


def test_what_readers_may_not_see_is_no_rival_and_takes_no_share() -> None:
    claim = scored(0.75)
    exclude(
        claim,
        scored(0.9, publication=Publication.DRAFT),
        scored(0.9, publication=Publication.WITHDRAWN),
        scored(0.9, merged_into=scored(0.5)),
    )
    assert exclusive_of(claim) is None


def test_claims_about_other_times_are_no_rivals() -> None:
    now = timezone.now()
    early, late = scored(0.7, time_to=now), scored(0.7, time_from=now + timezone.timedelta(1))
    exclude(early, late)
    assert exclusive_of(early) is None


@pytest.mark.parametrize("rival", [(None, 0), (0.5, 2)])
def test_where_one_has_no_point_nothing_is_shared_out(rival: tuple[float | None, int]) -> None:
    claim, other = scored(0.75), scored(*rival)
    exclude(claim, other)
    found = exclusive_of(claim)
    assert [row.share for row in found.rows] == [None, None]
    assert "fewer than 3 independent sources" in found.why_not


def test_where_the_others_could_hold_together_nothing_is_shared_out() -> None:
    claim, one, other = scored(0.75), scored(0.5), scored(0.5)
    exclude(claim, one, other)
    assert "could be true together" in exclusive_of(claim).why_not
    exclude(one, other)
    found = exclusive_of(claim)
    assert [row.share for row in found.rows] == pytest.approx([0.5, 1 / 6, 1 / 6])


def test_the_page_names_rivals_and_counts_evidence_once(aleppo: Aleppo) -> None:
    aleppo.confirm()
    before = aleppo.claim.assessments.count()
    rival = scored(0.5, sentence="The suburb was held by its defenders")
    exclude(rival, aleppo.claim)
    page = read(aleppo.path)
    assert "Claims that cannot both be true" in page.text
    assert page.all("//table[contains(@class,'shares')]//a") == [rival.sentence]
    assert page.all("//table[contains(@class,'shares')]//tr/th")[-1] == "None of these"
    claim = Claim.objects.get(pk=aleppo.claim.pk)
    assert (claim.confidence, claim.assessments.count()) == (
        claim.assessments.latest("at", "pk").estimate,
        before,
    ), "a rival moves no score"
    past = read(f"{aleppo.path}?as_of=2026-11-12T16:05Z")
    assert "cannot both be true" not in past.text, "rivals are known as they are now"


def test_the_editor_shows_the_same_shares_to_the_desk(checker_client: Client) -> None:
    claim, rival = scored(0.75), scored(0.5, sentence="The suburb was held by its defenders")
    exclude(rival, claim)
    page = get(checker_client, f"/desk/c/{claim.number}")
    (table,) = page.tree.xpath("//table[contains(@class,'shares')]")
    assert said(table.find("caption")) == "How likely each is, if at most one of them is true"
    rows = [[said(cell) for cell in row] for row in table.findall("tbody/tr")]
    assert [cells[1] for cells in rows] == ["60", "20", "20"]
    assert "(this claim)" in rows[0][0]
    assert rows[1][0].startswith(rival.sentence)
    assert rows[2][0] == "None of these"
    assert table.xpath(".//a/@href") == [claim_path(rival.number, rival.sentence)]


def test_the_editor_says_why_it_shares_nothing_out(checker_client: Client) -> None:
    claim, rival = scored(0.75), scored(0.5, origins=2)
    exclude(claim, rival)
    page = get(checker_client, f"/desk/c/{claim.number}")
    (table,) = page.tree.xpath("//table[contains(@class,'shares')]")
    assert "None of these" not in said(table)
    assert "fewer than 3 independent sources" in page.text


def test_the_editor_of_a_claim_without_rivals_has_no_such_table(checker_client: Client) -> None:
    page = get(checker_client, f"/desk/c/{scored(0.75).number}")
    assert page.tree.xpath("//table[contains(@class,'shares')]") == []


def test_the_api_tells_the_shares(client: Client) -> None:
    claim, rival = scored(0.75), scored(0.5)
    exclude(claim, rival)
    told = client.get(f"/api/v1/claims/{claim.number}").json()["exclusive"]
    assert [row["claim"] for row in told["claims"]] == [claim.number, rival.number]
    assert sum(row["share"] for row in told["claims"]) + told["none"] == pytest.approx(1)
    alone = client.get(f"/api/v1/claims/{scored(0.5).number}").json()
    assert alone["exclusive"] is None


def test_many_rivals_cost_as_much_as_two() -> None:
    claim, rivals = scored(0.75), [scored(0.5) for _ in range(6)]
    exclude(claim, *rivals[:2])
    with CaptureQueriesContext(connection) as of_two:
        exclusive_of(claim)
    exclude(claim, *rivals[2:])
    with CaptureQueriesContext(connection) as of_six:
        exclusive_of(claim)
    assert len(of_six) == len(of_two) == 2
