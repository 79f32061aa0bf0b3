"""What the API must not tell a stranger: who is withheld, and that a draft exists."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from claims.models import Claim, Evidence
from claims.vocabulary import Publication
from sources.models import Affiliation, Source
from tests.factories import ClaimFactory, EvidenceFactory, PartyFactory, SourceFactory, TextFactory

pytestmark = pytest.mark.django_db

SECRETS = ("Real Name", "real-name", "Diary of", "Lives in", "Knows him")


@pytest.fixture
def witness() -> Source:
    party = PartyFactory.create(name="Opposition")
    source = SourceFactory.graded(
        "C",
        name="Real Name",
        safety="withheld",
        safety_reason="At risk.",
        country="SY",
        languages=["ar"],
        owner=SourceFactory.create(name="Owner"),
    )
    source.grades.model.objects.create(
        source=source, grade="B", rationale="Knows him from school", graded_at="2026-01-01T00:00Z"
    )
    Affiliation.objects.create(source=source, party=party, rationale="Lives in the suburb")
    return source


@pytest.fixture
def told(witness: Source) -> Evidence:
    item = EvidenceFactory.create(
        document__source=witness,
        document__address="https://real-name.example.org/diary",
        document__title="Diary of Real Name",
    )
    TextFactory.create(snapshot=item.snapshot, facts={"title": "Diary of Real Name"})
    return item


@pytest.mark.parametrize("path", ["claims/{0}/evidence", "sources", "sources/{1}", "snapshots"])
def test_nothing_leads_to_a_withheld_person(client: Client, told: Evidence, path: str) -> None:
    numbers = (told.claim.number, told.document.source.number)
    answer = client.get(f"/api/v1/{path.format(*numbers)}")
    assert answer.status_code == 200
    found = [secret for secret in SECRETS if secret in answer.content.decode()]
    assert found == []


def test_the_copy_of_a_withheld_person_is_not_there(client: Client, told: Evidence) -> None:
    assert client.get(f"/api/v1/snapshots/{told.snapshot.number}").status_code == 404
    row = client.get(f"/api/v1/claims/{told.claim.number}/evidence").json()["results"][0]
    assert (row["snapshot"], row["document"]["address"]) == (None, None)
    assert row["document"]["title"] == "Article, withheld to protect a person"
    assert row["archived"] is True


def test_a_withheld_source_shows_its_kind_and_side_alone(
    client: Client, told: Evidence, witness: Source
) -> None:
    shown = client.get(f"/api/v1/sources/{witness.number}").json()
    assert (shown["owner"], shown["country"], shown["languages"], shown["grade"]) == (
        None,
        "",
        [],
        None,
    )
    assert [(side["party"], side["rationale"]) for side in shown["sides"]] == [("Opposition", "")]


def test_the_desk_files_for_a_withheld_person_and_the_answer_names_nobody(
    client: Client, witness: Source, checker_key: str
) -> None:
    witness.addresses.create(kind="domain", value="real-name.example.org")
    answer = client.post(
        f"/api/v1/claims/{ClaimFactory.create().number}/evidence",
        data=json.dumps({"address": "https://real-name.example.org/2", "stance": "supports"}),
        content_type="application/json",
        headers={"authorization": f"Bearer {checker_key}"},
    )
    assert answer.status_code == 201
    assert "real-name" not in answer.content.decode()


@pytest.mark.parametrize("relation", ["superseded_by", "merged_into"])
def test_the_number_of_a_draft_is_not_told(client: Client, relation: str) -> None:
    later = ClaimFactory.create(publication=Publication.DRAFT)
    claim = ClaimFactory.create(**{relation: later})
    path = f"/api/v1/claims/{claim.number}"
    assert client.get(path).json()[relation] is None
    Claim.objects.filter(pk=later.pk).update(publication=Publication.PUBLISHED)
    assert client.get(path).json()[relation] == later.number


def test_what_depends_on_the_key_says_so_to_caches(client: Client, checker_key: str) -> None:
    claim = ClaimFactory.create(publication=Publication.DRAFT)
    read = client.get(
        f"/api/v1/claims/{claim.number}", headers={"authorization": f"Bearer {checker_key}"}
    )
    unread = client.get(f"/api/v1/claims/{claim.number}")
    for answer in (read, unread):
        assert "Authorization" in answer["Vary"]
        assert answer["Cache-Control"] == "private, no-cache"
