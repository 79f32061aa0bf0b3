"""The front page, the search and the page of an event."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import Claim, Event, Place
from claims.vocabulary import Publication, Status
from tests.factories import (
    ClaimFactory,
    EventFactory,
    EvidenceFactory,
    PartyFactory,
    SourceFactory,
)
from tests.verification.aleppo import FINDING, SENTENCE, Aleppo, hours, override
from tests.verification.page_reading import Page, read

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8


def found(path: str) -> list[str]:
    """Sentences of the claims that a page lists."""
    return read(path).all("//li[@class='claim-row']//h3")


# --- home


def test_an_empty_front_page_says_what_it_is_for() -> None:
    page = read("/")
    assert page.status == 200
    assert page.all("//h1") == [
        "What is being claimed, what the evidence says, and when that changed."
    ]
    assert "No claim is public yet." in page.text
    assert "None so far." in page.text


def test_the_front_page_shows_changes_contested_claims_and_corrections(
    aleppo: Aleppo, administrator: User
) -> None:
    override(aleppo.confirm(), administrator, Status.REFUTED)
    disputed = ClaimFactory.create(sentence="Government forces captured Minyan")
    override(disputed, administrator, Status.CONTESTED)
    page = read("/")
    rows = page.all("//section[@aria-labelledby='recent-heading']//li[@class='claim-row']")
    assert rows[0].startswith("Government forces captured Minyan")
    assert "Was unverified before." in rows[0]
    assert "Still contested, 1" in page.text
    corrections = page.all("//ul[@class='corrections']/li")
    assert corrections[0].startswith(SENTENCE)
    assert f"We first said: Confirmed. {FINDING}" in corrections[0]


def test_more_contested_claims_than_fit_wait_behind_a_link(administrator: User) -> None:
    for number in range(6):
        claim = ClaimFactory.create(sentence=f"Village number {number} was captured")
        override(claim, administrator, Status.CONTESTED)
    page = read("/")
    assert "Still contested, 6" in page.text
    assert "/search?status=contested" in page.links()


def test_drafts_and_withdrawn_claims_are_listed_nowhere() -> None:
    event = EventFactory.create()
    ClaimFactory.create(event=event, sentence="The suburb is public")
    for publication in (Publication.DRAFT, Publication.WITHDRAWN):
        ClaimFactory.create(
            event=event, sentence=f"The suburb is {publication}", publication=publication
        )
    for path in ("/", "/search", "/search?q=suburb", f"/e/{event.number}/{event.slug}"):
        assert found(path) == ["The suburb is public"]


def test_a_row_shows_the_range_alone_while_origins_are_few(aleppo: Aleppo) -> None:
    aleppo.contest()
    few = read("/search").all("//li[@class='claim-row']//p[@class='score']")[0]
    assert few.endswith("in 100")
    assert "–" in few
    aleppo.file(5, "Outlet", "B")
    many = read("/search").all("//li[@class='claim-row']//p[@class='score']")[0]
    assert " in 100, " in many


# --- search


@pytest.fixture
def three() -> None:
    place = Place.objects.create(name="Dhahiyet al-Assad", names={"ar": "ضاحية الأسد"})
    ClaimFactory.create(sentence=SENTENCE, place=place)
    ClaimFactory.create(sentence="Government forces captured Minyan", finding="Nobody denies it.")
    ClaimFactory.create(sentence="استعادت الحكومة ضاحية الأسد", language="ar")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Minyan", {"Government forces captured Minyan"}),
        ("minyan captured", {"Government forces captured Minyan"}),
        ("captur", {"Government forces captured Minyan"}),
        ("recapt", {SENTENCE}),
        ("dhahiyet recaptured", {SENTENCE}),
        ("capturing", {"Government forces captured Minyan"}),
        ("denies", {"Government forces captured Minyan"}),
        ("ضاحية", {SENTENCE, "استعادت الحكومة ضاحية الأسد"}),
        ("حكومة", {"استعادت الحكومة ضاحية الأسد"}),
        ("Minyan recaptured", set()),
        ("Minyan – captured", {"Government forces captured Minyan"}),
        ("-- 'minyan' _", {"Government forces captured Minyan"}),
        ("al-Assad’s", {SENTENCE}),
        ("100% _ \\ ' \" ( & | ! :*", set()),
    ],
)
def test_a_search_finds_words_their_parts_and_their_forms(
    three: None, text: str, sentences: set[str]
) -> None:
    response = Client().get("/search", {"q": text})
    assert response.status_code == 200
    assert set(Page(response).all("//li[@class='claim-row']//h3")) == sentences


def test_a_number_finds_its_claim(three: None) -> None:
    claim = Claim.objects.get(sentence=SENTENCE)
    for text in (str(claim.number), f"claim {claim.number}", f"#{claim.number}"):
        response = Client().get("/search", {"q": text})
        assert SENTENCE in Page(response).text


def test_a_search_can_ask_for_one_status(three: None, administrator: User) -> None:
    override(Claim.objects.get(sentence=SENTENCE), administrator, Status.CONTESTED)
    assert found("/search?status=contested") == [SENTENCE]
    assert found("/search?q=Minyan&status=contested") == []


def test_nothing_found_says_what_to_do_and_shows_the_words_as_text(three: None) -> None:
    page = read("/search?q=%3Cb%3EMinjan%3C/b%3E")
    assert "Nothing matches “<b>Minjan</b>”." in page.text
    assert page.tree.xpath("//main//b") == []


def test_sources_are_found_by_name_if_they_are_public() -> None:
    cited = SourceFactory.create(name="Minyan Gazette")
    SourceFactory.create(name="Minyan Secret")
    EvidenceFactory.create(document__source=cited)
    assert read("/search?q=minyan").all("//ul[@class='names']//a") == ["Minyan Gazette"]


@pytest.mark.parametrize(
    "query", ["status=fake", "before=yesterday", "before=1-x", f"q={'x' * 201}"]
)
def test_what_cannot_be_asked_is_refused_in_words(query: str) -> None:
    page = read(f"/search?{query}")
    assert page.status == 422
    assert page.all("//h1")


def test_a_long_list_is_paged_by_key_without_gap_or_repeat() -> None:
    with time_machine.travel(hours(0), tick=False):
        for number in range(60):
            ClaimFactory.create(sentence=f"Village number {number} was captured")
    seen: list[str] = []
    path = "/search?q=village"
    while path:
        page = read(path)
        seen += page.all("//li[@class='claim-row']//h3")
        older = page.tree.xpath("//a[@rel='next']/@href")
        path = f"/search{older[0]}" if older else ""
    assert len(seen) == 60
    assert len(set(seen)) == 60


@pytest.mark.parametrize("count", [3, 26])
@pytest.mark.parametrize("path", ["/", "/search", "/search?q=village", "/e/{event}/aleppo"])
def test_lists_cost_the_same_however_long(
    path: str, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    event = EventFactory.create(slug="aleppo")
    ClaimFactory.create_batch(count, event=event, finding="The village was captured")
    with django_assert_max_num_queries(MOST_QUERIES):
        assert read(path.format(event=event.number)).status == 200


# --- event


def test_an_event_shows_its_claims_by_status(administrator: User) -> None:
    event: Event = EventFactory.create(
        title="Aleppo, November 2016",
        slug="aleppo",
        from_date=date(2016, 11, 3),
        to_date=date(2016, 11, 14),
    )
    event.parties.add(PartyFactory.create(name="Government and allies"))
    claim = ClaimFactory.create(event=event)
    ClaimFactory.create(event=event)
    override(claim, administrator, Status.CONTESTED)
    page = read(f"/e/{event.number}/aleppo")
    assert page.title == "Aleppo, November 2016: claims"
    assert "3 to 14 November 2016. Sides: Government and allies." in page.text
    assert page.all("//ul[@class='tallies']/li") == ["Unverified 1", "Contested 1"]


def test_other_words_lead_to_the_event() -> None:
    event = ClaimFactory.create(event=EventFactory.create(slug="aleppo")).event
    for path in (f"/e/{event.number}", f"/e/{event.number}/other"):
        response = Client().get(path)
        assert (response.status_code, response["Location"]) == (301, f"/e/{event.number}/aleppo")


def test_an_event_without_public_claims_is_not_found() -> None:
    event = ClaimFactory.create(event=EventFactory.create(), publication=Publication.DRAFT).event
    assert read(f"/e/{event.number}/{event.slug}").status == 404
    assert read("/e/999999").status == 404


def test_methodology_states_the_numbers_of_the_rules() -> None:
    page = read("/methodology")
    assert page.status == 200
    assert [page.part(status) for status in Status] == [status.label for status in Status]
    for status in Status:
        assert status.meaning in page.text
    assert "cred-d/2" in page.text
    assert "Official statement 0.9" in " ".join(page.all("//table//tr"))
