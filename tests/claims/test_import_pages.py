"""The import of an article at the desk: pasting it, and deciding on what it proposes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import ArticleImport, Claim
from claims.models.imports import DraftDecision
from claims.selectors.highlights import Cited, Piece, Pin, marked_paragraphs
from claims.services.imports import import_article, keep_all
from sources.models import Document
from tests.conftest import signed_in
from tests.factories import EventFactory

pytestmark = pytest.mark.django_db

IMPORT = "/desk/import"
ALEPPO = (Path(__file__).parent / "articles" / "aleppo.txt").read_text(encoding="utf-8")
BUDGET = 10
HTMX = {"HX-Request": "true"}


@pytest.fixture
def article(checker: User) -> ArticleImport:
    return import_article(actor=checker, text=ALEPPO)


def path(article: ArticleImport, *rest: object) -> str:
    return "/".join([f"{IMPORT}/{article.number}", *(str(part) for part in rest)])


def tree(response: Any) -> html.HtmlElement:
    return html.document_fromstring(response.content.decode())


def words(response: Any, xpath: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in tree(response).xpath(xpath)]


def part(response: Any, ident: str) -> str:
    (found,) = words(response, f"//*[@id='{ident}']")
    return found


def decision(article: ArticleImport, position: int) -> str:
    return article.drafts.get(position=position).decision


# --- Bringing an article in


def test_pasted_text_is_read_and_shown_for_review(checker_client: Client) -> None:
    response = checker_client.post(IMPORT, {"text": ALEPPO})
    article = ArticleImport.objects.get()
    assert response.status_code == 303
    assert response["Location"] == path(article)
    page = checker_client.get(path(article))
    assert "18 claims proposed · 10 footnotes, 0 with an address" in part(page, "main")


def test_a_file_is_read_by_what_its_name_says(checker_client: Client) -> None:
    markdown = b"# The town fell\n\nThe army captured the town of Marat.[^1]\n\n[^1]: A report.\n"
    checker_client.post(IMPORT, {"file": SimpleUploadedFile("story.md", markdown)})
    article = ArticleImport.objects.get()
    assert article.title == "The town fell"
    assert article.media_type == "text/markdown"


def test_what_is_known_about_the_article_is_kept(checker_client: Client) -> None:
    event = EventFactory.create(title="Aleppo, November 2016")
    checker_client.post(
        IMPORT,
        {
            "text": "The army captured the town of Marat on 3 May.",
            "title": "The town fell",
            "address": "https://outlet.example.org/town",
            "published": "2017-05-04",
            "event": str(event.number),
        },
    )
    article = ArticleImport.objects.get()
    assert article.title == "The town fell"
    assert article.event == event
    assert article.document.address == "https://outlet.example.org/town"
    assert (article.year, article.year_inferred) == (2017, True)


def test_the_same_article_leads_to_the_import_that_exists(
    checker_client: Client, article: ArticleImport
) -> None:
    response = checker_client.post(IMPORT, {"text": ALEPPO}, follow=True)
    assert response.redirect_chain == [(path(article), 303)]
    assert "Nothing was imported again." in part(response, "messages")
    assert "by Rana Haddad" in part(response, "messages")
    assert ArticleImport.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        ({}, 422, "Paste the article or choose a file."),
        ({"text": "   "}, 422, "There is no text in this"),
        ({"text": "A town fell. " * 16_000}, 413, "longer than 200 kB"),
        ({"text": "A town fell.", "address": "nowhere"}, 422, ""),
        ({"text": "A town fell.", "published": "yesterday"}, 422, "Write the day like 2016-11-12."),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_input_kept(
    checker_client: Client, data: dict[str, str], status: int, said: str
) -> None:
    response = checker_client.post(IMPORT, data)
    assert response.status_code == status
    (alert,) = words(response, "//*[@role='alert']")
    assert said in alert
    assert words(response, "//title") == ["Error: Import an article"]
    (kept,) = tree(response).xpath("//textarea[@name='text']")
    assert (kept.text or "").strip() == data.get("text", "").strip()
    assert not ArticleImport.objects.exists()


def test_only_files_of_text_are_taken(checker_client: Client) -> None:
    for name, content, said in (
        ("story.pdf", b"%PDF", "Choose a .txt, .md or .html file."),
        ("story.txt", b"\x00\x01\x02" * 200, "This is not text."),
        ("story.txt", b"", "This file is empty."),
    ):
        response = checker_client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})
        assert response.status_code == 422
        assert said in words(response, "//*[@role='alert']")[0]


def test_text_and_file_together_are_a_question(checker_client: Client) -> None:
    file = SimpleUploadedFile("story.txt", b"The town fell.")
    response = checker_client.post(IMPORT, {"text": "Another town fell.", "file": file})
    assert "not both" in words(response, "//*[@role='alert']")[0]


def test_earlier_imports_are_listed_with_their_tally(
    checker_client: Client, article: ArticleImport
) -> None:
    (listed,) = words(checker_client.get(IMPORT), "//ul[@class='stack']/li")
    assert "Aleppo: after collapse" in listed
    assert "Rana Haddad" in listed
    assert "Undecided 18" in listed
    assert "10 addresses still missing" in part(checker_client.get(IMPORT), "main")


# --- The review


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


# --- Its year and its footnotes


def test_a_year_that_nobody_states_is_asked_for(
    checker_client: Client, article: ArticleImport
) -> None:
    asking = "//form[contains(@class, 'ask-year')]"
    assert "Which year do they mean?" in words(checker_client.get(path(article)), asking)[0]
    refused = checker_client.post(path(article, "year"), {"year": "16"})
    assert refused.status_code == 422
    assert "between 1900" in words(refused, "//*[@role='alert']")[0]
    assert checker_client.post(path(article, "year"), {"year": "2016"}).status_code == 303
    assert not words(checker_client.get(path(article)), asking)


def test_a_year_that_was_inferred_is_confirmed_or_changed(checker_client: Client) -> None:
    data = {"text": "The army captured the town of Marat on 3 May.", "published": "2017-05-04"}
    page = checker_client.post(IMPORT, data, follow=True)
    (asked,) = tree(page).xpath("//form[contains(@class, 'ask-year')]")
    assert "Looks right" in asked.text_content()
    assert asked.xpath(".//input[@name='year']/@value") == ["2017"]


def test_a_footnote_gets_its_address(checker_client: Client, article: ArticleImport) -> None:
    address = {"address": "https://outlet.example.org/photos"}
    response = checker_client.post(path(article, "footnotes", 9), address, follow=True)
    assert "Added the address of footnote 9." in part(response, "messages")
    assert "https://outlet.example.org/photos" in part(response, "f9")
    assert not tree(response).xpath("//li[@id='f9']//input[@name='address']")


def test_an_address_that_is_known_already_is_said(
    checker_client: Client, article: ArticleImport
) -> None:
    address = {"address": "https://outlet.example.org/photos"}
    checker_client.post(path(article, "footnotes", 9), address)
    known = Document.objects.get(address=address["address"])
    response = checker_client.post(path(article, "footnotes", 8), address)
    assert response.status_code == 409
    assert f"already document {known.number}" in part(response, "f8")
    kept = tree(response).xpath("//li[@id='f8']//input[@name='address']/@value")
    assert kept == [address["address"]]


def test_an_article_without_footnotes_says_so(checker_client: Client, checker: User) -> None:
    plain = import_article(actor=checker, text="The army captured the town of Marat in 1917.")
    page = part(checker_client.get(path(plain)), "main")
    assert "No footnotes found" in page


# --- Who may do what, and what it costs


def test_auditors_read_and_change_nothing(auditor: User, article: ArticleImport) -> None:
    client = signed_in(auditor)
    assert not tree(client.get(IMPORT)).xpath("//main//form")
    assert not tree(client.get(path(article))).xpath("//main//form")
    posts = {
        IMPORT: {"text": "The town fell."},
        path(article, "proposals", 1, "decide"): {"decision": "kept"},
        path(article, "proposals", 1, "edit"): {"sentence": "The town fell today"},
        path(article, "proposals", 2, "join"): {},
        path(article, "keep-all"): {},
        path(article, "create"): {},
        path(article, "add"): {"quote": "x"},
        path(article, "year"): {"year": "2016"},
        path(article, "footnotes", 1): {"address": "https://outlet.example.org/"},
    }
    assert {client.post(to, data).status_code for to, data in posts.items()} == {403}
    assert set(article.drafts.values_list("decision", flat=True)) == {"undecided"}


def test_strangers_sign_in(article: ArticleImport) -> None:
    for where in (IMPORT, path(article)):
        assert Client().get(where)["Location"].startswith("/desk/sign-in")


@pytest.mark.parametrize("rest", [("proposals", 99, "decide"), ("footnotes", 99)])
def test_what_an_article_does_not_have_is_missing(
    checker_client: Client, article: ArticleImport, rest: tuple[object, ...]
) -> None:
    data = {"decision": "kept", "address": "https://outlet.example.org/"}
    assert checker_client.post(path(article, *rest), data).status_code == 404
    assert checker_client.get(f"{IMPORT}/4711").status_code == 404


def test_the_review_costs_the_same_for_any_article(
    checker: User,
    checker_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    long = "\n\n".join(f"The army captured the town of Marat{n}." for n in range(60))
    article = import_article(actor=checker, text=f"Sixty towns fell\n\n{long}")
    keep_all(actor=checker, article=article)
    with django_assert_max_num_queries(BUDGET):
        page = checker_client.get(path(article))
    assert len(words(page, "//li[contains(@class, 'draft ')]")) >= 50
    with django_assert_max_num_queries(BUDGET):
        checker_client.get(IMPORT)


def test_hostile_words_are_shown_as_words(checker: User, checker_client: Client) -> None:
    text = '<script>alert(1)</script> "><img src=x> captured the town of Marat\u202e.'
    article = import_article(actor=checker, text=f"A town\n\n{text}")
    page = checker_client.get(path(article)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


# --- Highlights, pure


def paragraph(text: str, notes: list[list[int]] | None = None) -> dict[str, Any]:
    return {"where": 1, "text": text, "notes": notes or []}


def pieces(row: dict[str, Any], *cited: Cited) -> tuple[Piece, ...]:
    (found,) = marked_paragraphs([row], cited)
    return found.pieces


def test_words_and_markers_are_all_there_and_in_order() -> None:
    row = paragraph("It fell1 and rose.", [[7, 8, 1]])
    found = pieces(row, Cited(1, "1", "fell1 and", "kept"))
    assert [piece.text or f"({piece.note})" for piece in found] == [
        "It ",
        "fell",
        "(1)",
        " and",
        " rose.",
    ]
    assert [piece.marked for piece in found] == ["", "kept", "", "kept", ""]
    assert found[1].pins == (Pin(1, "kept"),)


def test_overlapping_proposals_are_pinned_each_where_it_begins() -> None:
    found = pieces(
        paragraph("one two three"),
        Cited(1, "1", "one two", "kept"),
        Cited(2, "1", "two three", "undecided"),
        Cited(3, "1", "two three", "kept"),
    )
    assert [(piece.text, piece.marked) for piece in found] == [
        ("one ", "kept"),
        ("two", "undecided"),
        (" three", "undecided"),
    ]
    assert [pin.position for pin in found[1].pins] == [2, 3]


@pytest.mark.parametrize(
    "cited",
    [
        Cited(1, "1", "one", "dropped"),
        Cited(1, "2", "one", "kept"),
        Cited(1, "1", "four", "kept"),
        Cited(1, "1", "", "kept"),
    ],
)
def test_what_is_dropped_or_not_found_marks_nothing(cited: Cited) -> None:
    assert pieces(paragraph("one two"), cited) == (Piece("one two"),)
