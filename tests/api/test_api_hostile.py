"""Input that is meant to hurt: refused in the API's own shape, never a crash."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from core.api.parsers import MOST_BYTES
from tests.factories import ClaimFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "claims?event=%00",
        "claims?event=%ff",
        "claims?status=%00",
        "claims?cursor=%00",
        "claims?cursor=AAAA",
        "claims?cursor=cD0lMDA%3D",
        "claims?page_size=-1",
        "claims?page_size=99999999999999999999",
        "claims/99999999999999999999",
        "claims/99999999999999999999/evidence",
        "snapshots?cursor=cD1ub3BlJm89OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
        "snapshots/99999999999999999999",
        "sources/99999999999999999999",
        "status-events?cursor=cD1ub3Bl",
    ],
)
def test_a_strange_address_is_no_crash(client: Client, path: str) -> None:
    ClaimFactory.create()
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code in {200, 404, 422}


def sent(client: Client, key: str, body: bytes) -> tuple[int, dict[str, object]]:
    answer = client.post(
        f"/api/v1/claims/{ClaimFactory.create().number}/evidence",
        data=body,
        content_type="application/json",
        headers={"authorization": f"Bearer {key}"},
    )
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()


def test_a_body_too_large_to_read_is_refused(client: Client, checker_key: str) -> None:
    body = json.dumps({"address": "x" * MOST_BYTES}).encode()
    code, problem = sent(client, checker_key, body)
    assert (code, problem["code"]) == (413, "too_large")


def test_a_body_nested_without_end_is_refused(client: Client, checker_key: str) -> None:
    code, problem = sent(client, checker_key, b"[" * 90_000)
    assert (code, problem["code"]) == (400, "parse_error")


@pytest.mark.parametrize("note", ["\\u0000", "\\ud800", "NaN"])
@pytest.mark.parametrize("field", ["note", "quote", "address", "alignment_reason"])
def test_a_character_that_cannot_be_kept_is_refused(
    client: Client, checker_key: str, field: str, note: str
) -> None:
    given = {"address": '"https://outlet.example.org/1"', "stance": '"supports"'}
    given[field] = note if note == "NaN" else f'"long enough to be a reason {note}"'
    body = "{" + ",".join(f'"{name}":{value}' for name, value in given.items()) + "}"
    assert sent(client, checker_key, body.encode())[0] in {400, 422}
