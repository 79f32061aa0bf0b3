"""Reasons on the page of a source, and in the API: whole, unless they name what is not public."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import Claim
from claims.vocabulary import Publication
from sources.models import Affiliation, Source, SourceGrade
from sources.vocabulary import Degree, Safety
from tests.factories import ClaimFactory, EvidenceFactory, PartyFactory, SourceFactory
from tests.verification.desk_pages import CONFIRM, decidable_claim, send
from verification.models import StatusProposal
from verification.selectors.public_reasons import (
    KEPT_BACK,
    NAMES_SOMEBODY,
    NOT_PUBLIC,
    why_kept_back,
)

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2016, 11, 12, 9, 48, tzinfo=UTC)
FIELDS = ["rationale", "end_reason", "grade"]


def judged(said: dict[str, str], **options: object) -> Source:
    """A public source with these reasons, by FIELDS; the others say something harmless."""
    source: Source = SourceFactory.create(**options)
    EvidenceFactory.create(document__source=source)
    Affiliation.objects.create(
        source=source,
        party=PartyFactory.create(),
        degree=Degree.SYMPATHETIC,
        from_date=date(2014, 3, 1),
        to_date=date(2015, 3, 1),
        rationale=said.get("rationale", "Written in its streets."),
        end_reason=said.get("end_reason", "It left them."),
    )
    SourceGrade.objects.create(
        source=source, grade="C", rationale=said.get("grade", "Better."), graded_at=LONG_AGO
    )
    return source


def shown(source: Source) -> list[str]:
    """What readers get: the page, the entry in the API's list, the API's page of it."""
    paths = [f"/s/{source.number}/x", "/api/v1/sources", f"/api/v1/sources/{source.number}"]
    answers = [Client().get(path, follow=True) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * 3
    return [answer.content.decode() for answer in answers]


@pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.WITHDRAWN])
@pytest.mark.parametrize("field", FIELDS)
def test_a_reason_is_kept_back_once_a_claim_that_it_names_is_not_public(
    field: str, publication: Publication
) -> None:
    claim = ClaimFactory.create(sentence="The convoy leaves on Friday.")
    source = judged({field: f"It was wrong on claim {claim.number}: the CONVOY leaves on Friday."})
    assert all("CONVOY" in whole for whole in shown(source))
    Claim.objects.filter(pk=claim.pk).update(publication=publication)
    for whole in shown(source):
        assert "CONVOY" not in whole
        assert NOT_PUBLIC in whole


@pytest.mark.parametrize("field", FIELDS)
def test_a_reason_is_kept_back_while_a_person_that_it_names_is_protected(field: str) -> None:
    person = SourceFactory.create(name="Amal of the bakery")
    source = judged({field: "It pays AMAL of the bakery for its pictures."})
    assert all("AMAL" in whole for whole in shown(source))
    Source.objects.filter(pk=person.pk).update(safety=Safety.WITHHELD, safety_reason="At risk.")
    for whole in shown(source):
        assert "AMAL" not in whole
        assert KEPT_BACK in whole


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        ("Ali", "A journalist runs it, and says so.", False),
        ("Ali", "ALI’s brother runs it.", True),
        ("Ali", "Run by (ali), as everybody knows.", True),
        ("علي", "صور وعلي معه.", True),
        ("@ali.b", "Copies @Ali.B word for word.", True),
        ("  ", "Says what it saw.", False),
        (" Ali ", "It is Ali.", True),
    ],
)
def test_a_name_is_looked_for_as_words(name: str, said: str, kept: bool) -> None:
    SourceFactory.create(name=name, safety=Safety.WITHHELD, safety_reason="At risk.")
    assert why_kept_back([said]) == ({said: KEPT_BACK} if kept else {})


def test_a_protected_person_has_no_reasons_though_another_has_the_same() -> None:
    judged({})
    person = judged({}, safety=Safety.WITHHELD, safety_reason="At risk.")
    sides = {
        row["number"]: [(side["rationale"], side["end_reason"]) for side in row["sides"]]
        for row in Client().get("/api/v1/sources").json()["results"]
    }
    assert sides.pop(person.number) == [("", "")]
    assert [*sides.values()] == [[("Written in its streets.", "It left them.")]]


def test_the_desk_reads_every_reason(checker_client: Client) -> None:
    claim = ClaimFactory.create(publication=Publication.DRAFT)
    said = {field: f"{field} because of claim {claim.number}" for field in FIELDS}
    source = judged(said)
    whole = checker_client.get(f"/desk/s/{source.number}").content.decode()
    assert all(reason in whole for reason in said.values())


def test_reasons_of_many_cost_the_queries_of_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(12):
        judged({})
    with django_assert_max_num_queries(10):
        assert Client().get("/api/v1/sources").status_code == 200


# --- As they are written


@pytest.mark.parametrize("field", ["finding", "reason", "would_change_it"])
def test_who_writes_a_protected_name_for_readers_is_told_so(
    field: str, checker: User, checker_client: Client
) -> None:
    claim = decidable_claim(checker)
    person = SourceFactory.create(name="Amal of the bakery")
    said = {**CONFIRM, field: "As Amal of the Bakery says, who saw it.", "version": claim.version}
    path = f"/desk/c/{claim.number}/status"
    Source.objects.filter(pk=person.pk).update(safety=Safety.WITHHELD, safety_reason="At risk.")
    refused = send(checker_client, path, **said)
    assert (refused.status, StatusProposal.objects.count()) == (422, 0)
    assert NAMES_SOMEBODY in refused.alert
    assert "Amal of the Bakery" in refused.part("status-form")
    Source.objects.filter(pk=person.pk).update(safety=Safety.PUBLIC)
    assert send(checker_client, path, **said).status == 303
    assert StatusProposal.objects.count() == 1


def test_a_grade_for_readers_does_not_name_another_who_is_protected(
    checker_client: Client,
) -> None:
    person = SourceFactory.create(
        name="Amal of the bakery", safety=Safety.WITHHELD, safety_reason="At risk."
    )
    source = SourceFactory.create()
    said = {"grade": "B", "rationale": "It asks Amal of the bakery before it writes."}
    refused = send(checker_client, f"/desk/s/{source.number}/judge", **said)
    assert (refused.status, source.grades.count()) == (422, 0)
    assert NAMES_SOMEBODY in refused.part("what-if")
    assert send(checker_client, f"/desk/s/{person.number}/judge", **said).status == 303
