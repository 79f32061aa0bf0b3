from __future__ import annotations

import json

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.people import issue_token
from claims.models import Claim, Evidence
from sources.models import Document, Snapshot
from tests.factories import ClaimFactory, PartyFactory, SourceFactory

pytestmark = pytest.mark.django_db

PAGE = {"address": "https://outlet.example.org/story?utm_source=x", "stance": "supports"}


@pytest.fixture
def claim() -> Claim:
    return ClaimFactory.create()


def post(client: Client, claim: Claim, key: str | None, body: object) -> tuple[int, dict]:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    answer = client.post(
        f"/api/v1/claims/{claim.number}/evidence",
        data=json.dumps(body),
        content_type="application/json",
        headers=headers,
    )
    return answer.status_code, answer.json()


def test_a_checker_files_a_page(client: Client, claim: Claim, checker_key: str) -> None:
    code, body = post(client, claim, checker_key, PAGE)
    assert code == 201, body
    assert body["position"] == 1
    assert body["document"]["address"] == "https://outlet.example.org/story"
    assert Snapshot.objects.get().state == "queued"


def test_alignment_is_derived_from_the_source(
    client: Client, claim: Claim, checker_key: str
) -> None:
    side = PartyFactory.create()
    claim.favours = side
    claim.save(update_fields=["favours"])
    source = SourceFactory.graded("D", side)
    source.addresses.create(kind="domain", value="outlet.example.org")
    _, body = post(client, claim, checker_key, PAGE)
    assert body["alignment"] == "self_serving"
    _, body = post(client, claim, checker_key, {**PAGE, "stance": "contradicts"})
    assert body["alignment"] == "against_interest"


def test_a_reader_without_a_key_is_asked_for_one(client: Client, claim: Claim) -> None:
    code, body = post(client, claim, None, PAGE)
    assert (code, body["code"]) == (401, "not_authenticated")
    assert not Evidence.objects.exists()


def test_a_contributor_may_not(client: Client, claim: Claim, contributor: User) -> None:
    _, key = issue_token(user=contributor, label="x")
    code, body = post(client, claim, key, PAGE)
    assert (code, body["code"]) == (403, "not_allowed")
    assert not Document.objects.exists()


def test_the_same_page_twice_is_a_conflict_and_names_the_first(
    client: Client, claim: Claim, checker_key: str
) -> None:
    post(client, claim, checker_key, PAGE)
    code, body = post(client, claim, checker_key, PAGE)
    assert (code, body["code"], body["position"]) == (409, "already_filed", 1)
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stance": "maybe"}, "stance"),
        ({"credibility": 7}, "credibility"),
        ({"address": ""}, "address"),
        ({"weight": 3}, "weight"),
        ({"quote": "x" * 5000}, "quote"),
    ],
)
def test_bad_input_names_the_field(
    client: Client, claim: Claim, checker_key: str, change: dict, field: str
) -> None:
    code, body = post(client, claim, checker_key, {**PAGE, **change})
    assert (code, body["code"]) == (422, "invalid")
    assert field in body["errors"]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "address", ["ftp://outlet.example.org/", "javascript:alert(1)", "not an address", "http://"]
)
def test_what_is_no_web_address_is_refused_in_words(
    client: Client, claim: Claim, checker_key: str, address: str
) -> None:
    code, body = post(client, claim, checker_key, {**PAGE, "address": address})
    assert (code, body["code"]) == (422, "invalid_address")
    assert body["detail"]


def test_an_override_of_the_alignment_needs_a_reason(
    client: Client, claim: Claim, checker_key: str
) -> None:
    code, body = post(client, claim, checker_key, {**PAGE, "alignment": "against_interest"})
    assert code == 422
    assert "why" in body["detail"]
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe"])
def test_broken_json_is_refused_in_the_same_shape(
    client: Client, claim: Claim, checker_key: str, body: bytes
) -> None:
    answer = client.post(
        f"/api/v1/claims/{claim.number}/evidence",
        data=body,
        content_type="application/json",
        headers={"authorization": f"Bearer {checker_key}"},
    )
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"
