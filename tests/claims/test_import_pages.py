"""The import of an article at the desk: bringing it in, its year, its footnotes, and its cost."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from import_reading import ALEPPO, IMPORT, part, path, tree, words
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import ArticleImport
from claims.services.imports import import_article, keep_all
from sources.models import Document
from tests.conftest import signed_in
from tests.factories import EventFactory

BUDGET = 10
pytestmark = pytest.mark.django_db


@pytest.fixture
def article(checker: User) -> ArticleImport:
    return import_article(actor=checker, text=ALEPPO)


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
