"""The queue of missing addresses: what articles cite without saying where it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from lxml import html
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import ArticleImport, Evidence
from claims.selectors.missing import SIZE
from claims.services.imports import create_claims, import_article, keep_all
from claims.vocabulary import Alignment
from sources.models import Affiliation, Document, Snapshot, SourceAddress
from sources.services.documents import add_missing_document
from tests.conftest import signed_in
from tests.factories import DocumentFactory, PartyFactory, SourceFactory

pytestmark = pytest.mark.django_db

MISSING = "/desk/missing"
FOUND = "https://outlet.example.org/photos"
ARTICLE = (
    "The town fell\n\n"
    "The army captured the town of Marat.1 The garrison left the town of Marat on foot.2\n"
)
BUDGET = 9
HTMX = {"HX-Request": "true"}


@pytest.fixture
def article(checker: User) -> ArticleImport:
    imported = import_article(actor=checker, text=ARTICLE)
    keep_all(actor=checker, article=imported)
    create_claims(actor=checker, article=imported)
    return imported


@pytest.fixture
def document(article: ArticleImport) -> Document:
    return article.footnotes.get(marker="1").document


def tree(response: Any) -> html.HtmlElement:
    return html.document_fromstring(response.content.decode())


def part(response: Any, ident: str) -> str:
    (found,) = tree(response).xpath(f"//*[@id='{ident}']")
    return " ".join(found.text_content().split())


def locate(client: Client, document: Document, address: str, **headers: str) -> Any:
    return client.post(f"{MISSING}/{document.number}", {"address": address}, headers=headers)


def test_a_cited_document_waits_with_its_article_and_its_claims(
    checker_client: Client, article: ArticleImport, document: Document
) -> None:
    page = checker_client.get(MISSING)
    said = part(page, f"d{document.number}")
    claim = document.evidence.get().claim
    assert "Footnote 1 of “The town fell”" in said
    assert f"{claim.sentence} claim {claim.number}, [1]" in said
    links = tree(page).xpath(f"//li[@id='d{document.number}']//a/@href")
    assert links == [f"/desk/import/{article.number}#f1", f"/desk/c/{claim.number}?open=1#e1"]


def test_its_address_takes_it_off_the_list_and_asks_for_a_copy(
    checker_client: Client, document: Document
) -> None:
    response = locate(checker_client, document, FOUND)
    assert (response.status_code, response["Location"]) == (303, MISSING)
    page = checker_client.get(MISSING)
    document.refresh_from_db()
    assert document.address == FOUND
    assert Snapshot.objects.filter(document=document).count() == 1
    assert "We are archiving the page." in part(page, "messages")
    assert not tree(page).xpath(f"//*[@id='d{document.number}']")


def test_whom_it_serves_is_known_once_its_publisher_is(
    checker_client: Client, document: Document
) -> None:
    """The address tells the source; evidence that cites the document is judged by it."""
    party = PartyFactory.create()
    source = SourceFactory.create()
    Affiliation.objects.create(source=source, party=party, rationale="for a test")
    SourceAddress.objects.create(source=source, kind="domain", value="outlet.example.org")
    item = Evidence.objects.get(document=document)
    item.claim.favours = party
    item.claim.save()
    locate(checker_client, document, FOUND)
    item.refresh_from_db()
    assert item.alignment == Alignment.SELF_SERVING


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("", 422, "Enter a web address that starts with https://"),
        ("nowhere", 422, ""),
        ("ftp://outlet.example.org/x", 422, ""),
    ],
)
def test_what_is_no_address_comes_back(
    checker_client: Client, document: Document, address: str, status: int, said: str
) -> None:
    response = locate(checker_client, document, address)
    assert response.status_code == status
    (alert,) = tree(response).xpath("//*[@role='alert']")
    assert said in alert.text_content()
    kept = tree(response).xpath("//main//input[@name='address']")
    assert [field.get("value") or "" for field in kept] == [address]
    document.refresh_from_db()
    assert document.address is None


def test_an_address_of_another_document_is_said(checker_client: Client, document: Document) -> None:
    known = DocumentFactory.create(address=FOUND)
    response = locate(checker_client, document, FOUND)
    assert response.status_code == 409
    assert f"already document {known.number}" in part(response, f"d{document.number}")


def test_somebody_who_was_faster_is_said(checker_client: Client, document: Document) -> None:
    locate(checker_client, document, FOUND)
    again = locate(checker_client, document, "https://outlet.example.org/other")
    assert again.status_code == 409
    assert "Somebody found this address in the meantime" in again.content.decode()


def test_with_htmx_the_row_alone_is_answered(checker_client: Client, document: Document) -> None:
    wrong = locate(checker_client, document, "nowhere", **HTMX)
    right = locate(checker_client, document, FOUND, **HTMX)
    assert (wrong.status_code, right.status_code) == (422, 200)
    for response in (wrong, right):
        assert b"<html" not in response.content
        assert tree(response).xpath(f"//li[@id='d{document.number}']")


def test_a_long_list_goes_on_by_key(checker: User, checker_client: Client) -> None:
    for number in range(SIZE + 2):
        add_missing_document(actor=checker, title=f"Report {number}")
    page = tree(checker_client.get(MISSING))
    (older,) = page.xpath("//li[@class='more-rows']/a/@href")
    rest = tree(checker_client.get(older))
    assert len(page.xpath("//li[starts-with(@id, 'd')]")) == SIZE
    assert [found.text_content() for found in rest.xpath("//li/div/h2")] == [
        f"Report {SIZE}",
        f"Report {SIZE + 1}",
    ]
    assert b"<html" not in checker_client.get(older, headers=HTMX).content


def test_an_empty_list_says_what_it_is_for(checker_client: Client) -> None:
    assert "No address is missing." in part(checker_client.get(MISSING), "main")


def test_who_may_only_read_changes_nothing(auditor: User, document: Document) -> None:
    client = signed_in(auditor)
    assert not tree(client.get(MISSING)).xpath("//main//form")
    assert locate(client, document, FOUND).status_code == 403
    assert Client().get(MISSING)["Location"].startswith("/desk/sign-in")


def test_an_unknown_document_is_missing(checker_client: Client) -> None:
    response = checker_client.post(f"{MISSING}/4711", {"address": FOUND})
    assert response.status_code == 404


@pytest.mark.parametrize("number", [1, 25])
def test_the_list_costs_the_same_however_long_it_is(
    checker: User,
    checker_client: Client,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for place in range(number):
        text = f"Town {place} fell\n\nThe army captured the town of Marat.1\n"
        article = import_article(actor=checker, text=text)
        keep_all(actor=checker, article=article)
        create_claims(actor=checker, article=article)
    with django_assert_max_num_queries(BUDGET):
        page = tree(checker_client.get(MISSING))
    assert page.xpath("//li[starts-with(@id, 'd')]")
