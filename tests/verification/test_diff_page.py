"""Two archived copies beside each other: what is marked, what is folded, and what it costs."""

from __future__ import annotations

import pytest
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from claims.models import Evidence
from claims.vocabulary import Publication
from sources.models import Snapshot
from sources.vocabulary import ArtifactKind, CaptureState
from tests.factories import ClaimFactory, EvidenceFactory, SnapshotFactory, TextFactory
from tests.verification.page_reading import Page, read

pytestmark = pytest.mark.django_db
MOST_QUERIES = 7
QUOTE = "Our fighters have retreated from the 1070 project"
BEFORE = "\n".join(["A first line.", f"“{QUOTE},” it wrote.", *(f"Line {n}." for n in range(9))])
AFTER = BEFORE.replace("retreated", "repositioned")


@pytest.fixture
def pair() -> tuple[Snapshot, Snapshot]:
    """Two sealed copies of one page, whose quoted words changed."""
    item = EvidenceFactory.create(
        claim=ClaimFactory.create(sentence="The project was left"), quote=QUOTE
    )
    return _copies_of(item)


def _copies_of(item: Evidence) -> tuple[Snapshot, Snapshot]:
    copies = (item.snapshot, SnapshotFactory.create(document=item.document))
    for copy, text in zip(copies, (BEFORE, AFTER), strict=True):
        copy.refresh_from_db()
        TextFactory.create(snapshot=copy, content=text)
    return copies


def path(before: Snapshot, after: Snapshot, query: str = "") -> str:
    return f"/snap/{before.number}/diff/{after.number}{query}"


def shown(before: Snapshot, after: Snapshot, query: str = "") -> Page:
    return read(path(before, after, query))


def test_changed_words_are_marked_by_sign_and_element_and_lead_to_their_claim(
    pair: tuple[Snapshot, Snapshot],
) -> None:
    page = shown(*pair)
    assert page.all("//div[@class='diff']//del") == ["retreated"]
    assert page.all("//div[@class='diff']//ins") == ["repositioned"]
    assert page.all("//div[contains(@class, 'line old')]/span")[0].startswith("–")
    assert page.all("//div[contains(@class, 'line new')]/span")[0].startswith("+")
    assert "1 line removed, 1 added" in page.text
    number = pair[0].document.evidence.get().claim.number
    assert f"Wording that changed is used as evidence in claim {number}." in page.text
    assert "8 lines the same in both" in page.text


def test_the_earlier_copy_stands_first_however_it_is_asked_for(
    pair: tuple[Snapshot, Snapshot],
) -> None:
    before, after = pair
    assert shown(after, before).all("//div[@class='diff']//del") == ["retreated"]


def test_only_the_lines_of_evidence_can_be_asked_for(pair: tuple[Snapshot, Snapshot]) -> None:
    page = shown(*pair, "?only=evidence")
    assert page.all("//div[contains(@class, 'line same')]") == []
    assert len(page.all("//div[contains(@class, 'line ')]")) == 2
    assert "9 other lines" in page.text


def test_all_that_the_page_shows_can_be_compared_instead_of_the_article(
    pair: tuple[Snapshot, Snapshot],
) -> None:
    assert shown(*pair).all("//nav[@class='tabs']") == []
    for copy, around in zip(pair, ("Yesterday", "Today"), strict=True):
        TextFactory.create(snapshot=copy, kind=ArtifactKind.VISIBLE, content=around)
    page = shown(*pair, "?text=all")
    assert page.all("//nav[@class='tabs']//a[@aria-current='page']") == ["Everything on the page"]
    assert page.all("//div[@class='diff']//ins") == ["Today"]


def test_copies_that_cannot_be_compared_are_not_found(pair: tuple[Snapshot, Snapshot]) -> None:
    before, _ = pair
    stranger = EvidenceFactory.create().snapshot
    stranger.refresh_from_db()
    waiting = SnapshotFactory.waiting(before.document)
    waiting.refresh_from_db()
    assert waiting.state == CaptureState.QUEUED
    for other in (before, stranger, waiting):
        assert shown(before, other).status == 404


def test_a_copy_that_only_a_draft_cites_is_not_compared() -> None:
    pair = _copies_of(
        EvidenceFactory.create(claim=ClaimFactory.create(publication=Publication.DRAFT))
    )
    assert shown(*pair).status == 404


@pytest.mark.parametrize("query", ["", "?text=all&only=evidence"])
def test_it_costs_the_same_however_many_copies_and_claims_there_are(
    pair: tuple[Snapshot, Snapshot],
    query: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    def cost() -> int:
        with django_assert_max_num_queries(MOST_QUERIES) as queries:
            assert shown(*pair, query).status == 200
        assert isinstance(queries, CaptureQueriesContext)
        return len(queries)

    alone = cost()
    for _ in range(20):
        TextFactory.create(snapshot=SnapshotFactory.create(document=pair[0].document))
        EvidenceFactory.create(document=pair[0].document, snapshot=pair[0], quote=QUOTE)
    assert cost() == alone
