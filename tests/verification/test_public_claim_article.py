from __future__ import annotations

import pytest

from claims.models import ClaimDraft
from claims.vocabulary import Publication, Stance
from tests.factories import ClaimFactory
from tests.verification.aleppo import Aleppo, imported
from tests.verification.page_reading import read

pytestmark = pytest.mark.django_db


def test_the_paragraph_of_the_article_marks_its_claims_by_status(aleppo: Aleppo) -> None:
    aleppo.contest()
    article = imported(aleppo.claim)
    for position, (publication, quote) in enumerate(
        [(Publication.PUBLISHED, "nobody came back"), (Publication.DRAFT, "and")], start=2
    ):
        ClaimDraft.objects.create(
            article=article,
            position=position,
            sentence="x",
            proposed="x",
            quote=quote,
            paragraph="2",
            claim=ClaimFactory.create(
                sentence=f"Nobody came back in {position} days", publication=publication
            ),
        )
    page = read(aleppo.path)
    marks = page.tree.xpath("//div[@class='article']//mark/@class")
    assert marks == ["status-contested here", "status-unverified"]
    assert page.all("//div[@class='article']//sup") == ["2", "3"]
    assert "Paragraph 2" in page.text
    assert "Nobody came back in 2 days" in page.all("//ul[@class='stack']")[0]
    assert "Nobody came back in 3 days" not in page.text
    assert "Added from an imported article. Footnotes 8, 9 attached." in page.text


def test_a_claim_that_was_typed_shows_others_of_its_event(aleppo: Aleppo) -> None:
    other = ClaimFactory.create(event=aleppo.claim.event, sentence="The hills were captured")
    ClaimFactory.create(event=aleppo.claim.event, publication=Publication.DRAFT)
    page = read(aleppo.path)
    assert page.all("//ul[@class='stack']/li/a") == [other.sentence]
    assert "In the article" not in page.text


def test_a_denial_counts_against_the_claim(aleppo: Aleppo) -> None:
    aleppo.file(1, "Outlet", "B", stance=Stance.CONTRADICTS)
    step = read(aleppo.path).all("//table[contains(@class,'waterfall')]/tbody/tr[2]/td")[0]
    assert step.startswith("−")


def test_a_claim_of_a_caption_shows_the_caption_that_holds_its_words(aleppo: Aleppo) -> None:
    draft = imported(aleppo.claim).drafts.get()
    draft.paragraph, draft.quote = "caption", "A soldier by the tower"
    draft.save()
    page = read(aleppo.path)
    assert page.all("//div[@class='article']/p") == ["A soldier by the tower."]
    assert "Picture caption" in page.text
