"""The review of an imported article: what its proposals show, and every decision about them."""

from __future__ import annotations

import pytest
from django.test import Client
from import_reading import ALEPPO, HTMX, decision, part, path, tree, words

from accounts.models import User
from claims.models import ArticleImport, Claim
from claims.models.imports import DraftDecision
from claims.services.imports import import_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(checker: User) -> ArticleImport:
    return import_article(actor=checker, text=ALEPPO)


def test_spans_in_the_article_and_proposals_lead_to_each_other(
    checker_client: Client, article: ArticleImport
) -> None:
    page = tree(checker_client.get(path(article)))
    for position in range(1, 19):
        (pin,) = page.xpath(f"//*[@id='q{position}']")
        (back,) = page.xpath(f"//li[@id='p{position}']/a[@href='#q{position}']")
        assert pin.get("href") == f"#p{position}"
        assert back is not None
    assert "photos from the recaptured neighborhood" in " ".join(page.xpath("//mark/text()"))
    assert page.xpath("//sup/a[@href='#f9']")
    assert page.xpath("//li[@id='f9']")


def test_what_was_left_out_is_shown_struck_through(
    checker_client: Client, article: ArticleImport
) -> None:
    page = checker_client.get(path(article))
    assert "Leave A Reply" in words(page, "//div[@class='left-out']//del")


def test_a_proposal_shows_where_it_was_read_and_what_to_look_at(
    checker_client: Client, article: ArticleImport
) -> None:
    page = checker_client.get(path(article))
    assert "¶4 footnotes 8 and 9 undecided" in part(page, "p12")
    assert "Split from one sentence" in part(page, "p3")
    assert "Hedged" in part(page, "p14")


@pytest.mark.parametrize("chosen", ["kept", "dropped", "undecided"])
def test_keep_drop_and_undo(checker_client: Client, article: ArticleImport, chosen: str) -> None:
    article.drafts.filter(position=12).update(decision="kept")
    response = checker_client.post(path(article, "proposals", 12, "decide"), {"decision": chosen})
    assert response.status_code == 303
    assert response["Location"] == f"{path(article)}#p12"
    assert decision(article, 12) == chosen


def test_with_htmx_the_card_comes_with_its_paragraph_and_the_tally(
    checker_client: Client, article: ArticleImport
) -> None:
    response = checker_client.post(
        path(article, "proposals", 12, "decide"), {"decision": "kept"}, headers=HTMX
    )
    assert b"<html" not in response.content
    assert "kept" in part(response, "p12")
    assert "Kept 1 · Undecided 17" in part(response, "tally")
    swapped = tree(response).xpath("//*[@hx-swap-oob]/@id")
    assert swapped == ["tally", "paragraph-5"]
    assert tree(response).xpath("//p[@id='paragraph-5']//a[@id='q12'][contains(@class, 'kept')]")


def test_a_dropped_proposal_leaves_the_article(
    checker_client: Client, article: ArticleImport
) -> None:
    checker_client.post(path(article, "proposals", 12, "decide"), {"decision": "dropped"})
    page = checker_client.get(path(article))
    assert not tree(page).xpath("//*[@id='q12']")
    assert words(page, "//li[@id='p12']//del")


def test_opening_a_card_edits_it_in_place(checker_client: Client, article: ArticleImport) -> None:
    page = checker_client.get(f"{path(article)}?open=12")
    (box,) = words(page, "//li[@id='p12']//textarea")
    assert box == "Dhahiyet al-Assad was recaptured by the government"
    target = {**HTMX, "HX-Target": "p12"}
    card = checker_client.get(f"{path(article)}?open=12", headers=target)
    assert b"<html" not in card.content
    assert words(card, "//li[@id='p12']//textarea") == [box]


def test_one_line_rewords_a_proposal(checker_client: Client, article: ArticleImport) -> None:
    sentence = "Government forces recaptured Dhahiyet al-Assad"
    edit = path(article, "proposals", 12, "edit")
    assert checker_client.post(edit, {"sentence": sentence}).status_code == 303
    card = part(checker_client.get(path(article)), "p12")
    assert sentence in card
    assert "Proposed as: Dhahiyet al-Assad was recaptured by the government" in card


def test_two_lines_split_it(checker_client: Client, article: ArticleImport) -> None:
    lines = "1070 was abandoned by the opposition\r\n\r\nHikmah was abandoned by the opposition"
    checker_client.post(path(article, "proposals", 7, "edit"), {"sentence": lines})
    found = article.drafts.filter(position__in=(7, 8)).values_list("sentence", flat=True)
    assert list(found) == lines.split("\r\n\r\n")
    assert article.drafts.count() == 19


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_sentence_that_is_too_short_comes_back(
    checker_client: Client, article: ArticleImport, headers: dict[str, str]
) -> None:
    edit = path(article, "proposals", 12, "edit")
    response = checker_client.post(edit, {"sentence": "It fell"}, headers=headers)
    assert response.status_code == 422
    assert "10 to 240 characters; this has 7" in words(response, "//*[@role='alert']")[0]
    assert words(response, "//li[@id='p12']//textarea") == ["It fell"]
    assert (b"<html" in response.content) == (not headers)


def test_join_puts_two_together(checker_client: Client, article: ArticleImport) -> None:
    response = checker_client.post(path(article, "proposals", 4, "join"))
    assert response["Location"] == f"{path(article)}#p3"
    assert decision(article, 4) == DraftDecision.DROPPED
    assert ", and tell Rakhm" in article.drafts.get(position=3).sentence


def test_the_first_of_a_paragraph_has_nothing_to_join(
    checker_client: Client, article: ArticleImport
) -> None:
    page = checker_client.get(f"{path(article)}?open=3")
    assert not tree(page).xpath("//form[contains(@action, 'join')]")
    response = checker_client.post(path(article, "proposals", 3, "join"))
    assert response.status_code == 409
    assert "no open proposal above" in words(response, "//*[@role='alert']")[0]


def test_a_proposal_that_moved_meanwhile_is_not_decided_blindly(
    checker_client: Client, article: ArticleImport
) -> None:
    """Somebody splits 7, so that what was 8 is 9 when the other page is sent."""
    page = tree(checker_client.get(path(article)))
    (seen,) = page.xpath("//li[@id='p8']//input[@name='seen']/@value")
    lines = "1070 was abandoned by the opposition\nHikmah was abandoned by the opposition"
    checker_client.post(path(article, "proposals", 7, "edit"), {"sentence": lines})
    drop = path(article, "proposals", 8, "decide")
    response = checker_client.post(drop, {"decision": "dropped", "seen": seen})
    assert response.status_code == 409
    assert "changed while you were looking" in words(response, "//*[@role='alert']")[0]
    assert decision(article, 8) == DraftDecision.UNDECIDED


def test_without_the_digest_the_wrong_proposal_would_be_dropped(
    checker_client: Client, article: ArticleImport
) -> None:
    meant = article.drafts.get(position=8)
    lines = "1070 was abandoned by the opposition\nHikmah was abandoned by the opposition"
    checker_client.post(path(article, "proposals", 7, "edit"), {"sentence": lines})
    checker_client.post(path(article, "proposals", 8, "decide"), {"decision": "dropped"})
    meant.refresh_from_db()
    assert meant.decision == DraftDecision.UNDECIDED
    assert decision(article, 8) == DraftDecision.DROPPED


def test_creating_makes_claims_of_what_was_kept(
    checker_client: Client, article: ArticleImport
) -> None:
    article.drafts.filter(position__in=(12, 13)).update(decision="kept")
    assert "Create 2 claims" in part(checker_client.get(path(article)), "tally")
    response = checker_client.post(path(article, "create"), follow=True)
    assert "Created 2 claims." in part(response, "messages")
    assert Claim.objects.count() == 2
    claim = Claim.objects.get(sentence__startswith="Dhahiyet")
    assert f"/desk/c/{claim.number}" in tree(response).xpath("//li[@id='p12']//h3/a/@href")
    assert not tree(response).xpath("//li[@id='p12']//button")
    assert checker_client.get(f"{path(article)}?open=12").status_code == 200


def test_keep_all_keeps_what_is_undecided(checker_client: Client, article: ArticleImport) -> None:
    article.drafts.filter(position=1).update(decision="dropped")
    checker_client.post(path(article, "keep-all"))
    assert decision(article, 1) == DraftDecision.DROPPED
    assert article.drafts.filter(decision="kept").count() == 17


def test_a_claim_is_added_by_the_words_of_the_article(
    checker_client: Client, article: ArticleImport
) -> None:
    words_of_it = "whether or not the opposition will attempt another offensive"
    response = checker_client.post(path(article, "add"), {"quote": words_of_it})
    assert response["Location"] == f"{path(article)}#p19"
    refused = checker_client.post(path(article, "add"), {"quote": "words that are not in it"})
    assert refused.status_code == 422
    assert "not in the article" in words(refused, "//*[@role='alert']")[0]
    assert words(refused, "//textarea[@name='quote']") == ["words that are not in it"]
