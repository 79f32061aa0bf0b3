from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.services.evidence import quote_digest
from claims.vocabulary import Publication, Stance
from sources.models import Affiliation, ExternalRating, Source, SourceAddress, SourceGrade
from sources.vocabulary import AddressKind, Degree, Safety, SourceKind
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    EvidenceFactory,
    PartyFactory,
    SourceFactory,
    UserFactory,
)
from tests.verification.page_reading import read

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10
LONG_AGO = datetime(2016, 11, 12, 9, 48, tzinfo=UTC)


@pytest.fixture
def lantern() -> Source:
    """A local page with everything a source can have."""
    owner = SourceFactory.create(name="Lantern House")
    source: Source = SourceFactory.create(
        name="Quarter Lantern",
        kind=SourceKind.OUTLET,
        names={"ar": "فانوس الحي"},
        aliases=["QL"],
        languages=["ar", "en"],
        owner=owner,
        description="A local news page.",
    )
    SourceAddress.objects.create(source=source, kind=AddressKind.DOMAIN, value="lantern.example")
    Affiliation.objects.create(
        source=source,
        party=PartyFactory.create(name="Opposition and allies"),
        degree=Degree.SYMPATHETIC,
        from_date=date(2014, 3, 1),
        rationale="Written in opposition-held streets.",
    )
    for grade, rationale, year in (("D", "Two reports were wrong.", 2024), ("C", "Better.", 2025)):
        SourceGrade.objects.create(
            source=source,
            grade=grade,
            rationale=rationale,
            graded_by=UserFactory.create(name="Rana Haddad"),
            graded_at=datetime(year, 1, 2, tzinfo=UTC),
        )
    ExternalRating.objects.create(
        source=source, rater="Press Council", value="Medium", scale="High, medium, low"
    )
    cite(source)
    return source


def cite(source: Source, **fields: object) -> None:
    document = DocumentFactory.create(
        source=source, title="The factions left", published_at=LONG_AGO
    )
    EvidenceFactory.create(document=document, **fields)


def path_of(source: Source) -> str:
    return str(Client().get(f"/s/{source.number}")["Location"])


def test_a_source_says_who_it_is_and_on_which_side_and_why(lantern: Source) -> None:
    page = read(path_of(lantern))
    assert page.title == "Quarter Lantern: source"
    assert "A local news page." in page.text
    assert "Leans to this side: Opposition and allies from 1 Mar 2014" in page.text
    assert "Written in opposition-held streets." in page.text
    brief = dict(zip(page.all("//dl/dt"), page.all("//dl/dd"), strict=True))
    assert brief == {
        "Also called": "فانوس الحي, QL",
        "Kind": "News outlet",
        "Languages": "Arabic, English",
        "Owner": "Lantern House",
        "Publishes at": "lantern.example",
    }


def test_judgements_are_words_with_reason_day_and_role_newest_first(lantern: Source) -> None:
    page = read(path_of(lantern))
    section = page.all("//section[@aria-labelledby='judged-heading']//li")
    assert section == [
        "Fairly reliable Better. 2 Jan 2025, fact-checker",
        "Not usually reliable Two reports were wrong. 2 Jan 2024, fact-checker",
    ]
    assert "Rana Haddad" not in page.text


def test_no_letter_stands_for_a_source(lantern: Source) -> None:
    words = read(path_of(lantern)).text.split()
    assert not {"A", "B", "C", "D", "E", "F"} & set(words) - {"A"}
    assert "grade" not in read(path_of(lantern)).text.lower()


def test_the_opinion_of_others_is_theirs(lantern: Source) -> None:
    assert "Medium Press Council, on its scale “High, medium, low”" in read(path_of(lantern)).text


def test_what_it_reported_leads_to_the_claims(lantern: Source) -> None:
    claim = ClaimFactory.create(sentence="The suburb was left at dawn")
    cite(lantern, claim=claim, stance=Stance.CONTRADICTS)
    cite(lantern, claim=ClaimFactory.create(publication=Publication.DRAFT))
    page = read(path_of(lantern))
    rows = page.all("//ul[@class='reports']/li")
    assert len(rows) == 2
    assert rows[0].startswith("The suburb was left at dawn Contradicts")
    assert f"/c/{claim.number}/the-suburb-was-left-at-dawn#e1" in page.links()


def test_many_reports_are_paged_by_key(
    lantern: Source, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    claim = ClaimFactory.create()
    document = DocumentFactory.create(source=lantern)
    for number in range(30):
        quote = f"words {number}"
        EvidenceFactory.create(
            claim=claim, document=document, quote=quote, quote_digest=quote_digest(quote)
        )
    path = path_of(lantern)
    with django_assert_max_num_queries(MOST_QUERIES + 4):  # four for what its reasons may not name
        first = read(path)
    older = first.tree.xpath("//a[@rel='next']/@href")[0]
    second = read(f"{path}{older}")
    rows = [*first.tree.xpath("//ul[@class='reports']//h3/a/@href")]
    rows += second.tree.xpath("//ul[@class='reports']//h3/a/@href")
    assert len(rows) == len(set(rows)) == 31
    assert read(f"{path}?before=x").status == 422


def test_a_source_that_no_public_claim_cites_is_not_found() -> None:
    source = SourceFactory.create()
    cite(source, claim=ClaimFactory.create(publication=Publication.DRAFT))
    assert read(f"/s/{source.number}").status == 404
    assert read("/s/999999/x").status == 404
    assert source.name not in read("/sources").text


def test_a_claimant_is_public_without_a_report() -> None:
    source = SourceFactory.create(name="Governor of Aleppo")
    ClaimFactory.create(claimant=source)
    assert "no report of its own is filed" in read(path_of(source)).text


def test_a_withheld_source_shows_its_kind_and_its_side_alone() -> None:
    person = SourceFactory.create(
        name="Amal of the bakery",
        names={"ar": "أمل"},
        description="Sells loaves near the corner.",
        kind=SourceKind.EYEWITNESS,
        safety=Safety.WITHHELD,
        safety_reason="Lives there.",
    )
    SourceAddress.objects.create(
        source=person, kind=AddressKind.HANDLE, value="social.example/amal"
    )
    Affiliation.objects.create(
        source=person, party=PartyFactory.create(name="Opposition"), rationale="Amal’s brother."
    )
    SourceGrade.objects.create(
        source=person, grade="C", rationale="Amal was right twice.", graded_at=LONG_AGO
    )
    cite(person)
    path = path_of(person)
    page = read(path)
    assert path.endswith("/name-withheld-to-protect-a-person")
    assert page.all("//h1") == ["Name withheld to protect a person"]
    assert "Eyewitness" in page.text
    assert "Part of this side: Opposition" in page.text
    for secret in ("Amal", "amal", "أمل", "loaves", "Lives there", "The factions left"):
        assert secret not in page.markup
    assert page.tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert "withheld" not in read("/sources").text


def test_sources_are_listed_by_name_and_paged_by_key(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(30):
        cite(SourceFactory.create(name=f"Outlet {number // 2:02}"))
    with django_assert_max_num_queries(MOST_QUERIES):
        first = read("/sources")
    older = first.tree.xpath("//a[@rel='next']/@href")[0]
    second = read(f"/sources{older}")
    rows = [
        *first.tree.xpath("//ul[contains(@class,'names')]//a/@href"),
        *second.tree.xpath("//ul[contains(@class,'names')]//a/@href"),
    ]
    assert len(rows) == len(set(rows)) == 30
    assert read("/sources?after=nonsense").status == 200


def test_an_empty_list_says_so() -> None:
    assert "No public claim cites a source yet." in read("/sources").text
