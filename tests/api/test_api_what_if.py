"""What another judgement of a source would change, for programs of the desk."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.people import issue_token
from claims.models import Claim
from sources.models import Source
from sources.vocabulary import Safety
from tests.factories import EvidenceFactory, SourceFactory
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    """Withheld from readers, and it supports one open claim."""
    made: Source = SourceFactory.graded(
        "D", name="Umm Khalil", safety=Safety.WITHHELD, safety_reason="She lives there."
    )
    claim = EvidenceFactory.create(document__source=made).claim
    assess_claim(claim_id=claim.pk)
    return made


def ask(source: Source, query: str, key: str) -> tuple[int, dict[str, Any]]:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    answer = Client().get(f"/api/v1/sources/{source.number}/what-if{query}", headers=headers)
    found: dict[str, Any] = json.loads(answer.content)
    return answer.status_code, found


def test_a_key_of_the_desk_sees_what_a_grade_would_change(source: Source, checker_key: str) -> None:
    code, found = ask(source, "?grade=A", checker_key)
    assert code == 200, found
    assert {name: found[name] for name in ("open", "scored", "moved", "across", "rest")} == {
        "open": 1,
        "scored": 1,
        "moved": 1,
        "across": 0,
        "rest": 0,
    }
    (row,) = found["claims"]
    claim = Claim.objects.get()
    assert (row["claim"], row["crosses"]) == (claim.number, "")
    assert row["before"]["estimate"] == claim.confidence
    assert row["after"]["estimate"] > claim.confidence
    assert "Umm Khalil" not in json.dumps(found)
    assert source.grades.count() == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "grade"),
        ("?grade=Q", "grade"),
        ("?party=nobody", "party"),
        ("?ended=nobody", "ended"),
        ("?owner=99999999", "owner"),
        ("?owner=Nobody+we+know", "owner"),
        ("?colour=red", "colour"),
    ],
)
def test_what_cannot_be_tried_is_named(
    query: str, field: str, source: Source, checker_key: str
) -> None:
    code, found = ask(source, query, checker_key)
    assert (code, list(found["errors"])) == (422, [field])


def test_a_key_of_the_desk_tries_another_owner(source: Source, checker_key: str) -> None:
    other = SourceFactory.graded("D")
    claim = Claim.objects.get()
    EvidenceFactory.create(claim=claim, document__source=other)
    assess_claim(claim_id=claim.pk)
    code, found = ask(source, f"?owner={other.number}", checker_key)
    (row,) = found["claims"]
    assert (code, found["moved"]) == (200, 1)
    assert row["after"]["estimate"] < row["before"]["estimate"]
    assert ask(source, f"?owner={other.name}", checker_key) == (code, found)
    assert ask(source, f"?owner={source.number}", checker_key)[0] == 422


def test_strangers_and_contributors_are_told_nothing(source: Source, contributor: User) -> None:
    assert ask(source, "?grade=A", "")[0] == 401
    key = issue_token(user=contributor, label="tests")[1]
    code, found = ask(source, "?grade=A", key)
    assert (code, found["code"]) == (403, "not_allowed")
