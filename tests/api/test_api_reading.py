from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from accounts.models import User
from claims.vocabulary import Publication
from core.api.throttles import ClientThrottle
from tests.factories import ClaimFactory, EvidenceFactory, SnapshotFactory, SourceFactory
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db
SCHEMA = Path(__file__).parent / "openapi.json"


def get(client: Client, path: str, **headers: str) -> dict[str, object]:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.content
    body: dict[str, object] = answer.json()
    return body


def test_a_claim_is_shown_with_score_and_status(client: Client) -> None:
    evidence = EvidenceFactory.create()
    assess_claim(claim_id=evidence.claim_id)
    claim = get(client, f"/api/v1/claims/{evidence.claim.number}")
    assert claim["status"] == "unverified"
    assert 0 < claim["score"]["low"] < claim["score"]["estimate"] < claim["score"]["high"] < 1


def test_a_claim_without_archived_evidence_has_no_score(client: Client) -> None:
    claim = ClaimFactory.create()
    assert get(client, f"/api/v1/claims/{claim.number}")["score"] is None
    answer = client.get(f"/api/v1/claims/{claim.number}/assessment")
    assert (answer.status_code, answer.json()["code"]) == (404, "missing")


@pytest.mark.parametrize(
    "path", ["claims/{0}", "claims/{0}/evidence", "claims/{0}/assessment", "claims/{0}/assessments"]
)
def test_a_stranger_cannot_tell_a_draft_from_nothing(client: Client, path: str) -> None:
    draft = ClaimFactory.create(publication=Publication.DRAFT)
    hidden = client.get(f"/api/v1/{path.format(draft.number)}")
    nothing = client.get(f"/api/v1/{path.format(999999)}")
    assert hidden.status_code == nothing.status_code == 404
    assert set(hidden.json()) == set(nothing.json())
    assert hidden["Content-Type"] == "application/problem+json"


def test_the_desk_reads_drafts_with_its_key(client: Client, checker_key: str) -> None:
    draft = ClaimFactory.create(publication=Publication.DRAFT)
    headers = {"authorization": f"Bearer {checker_key}"}
    assert get(client, f"/api/v1/claims/{draft.number}", **headers)["publication"] == "draft"


@pytest.mark.parametrize(
    "header",
    ["Bearer nonsense", "Bearer", "Bearer a b", "bearer \u00e9".encode().decode("latin-1")],
)
def test_an_unknown_key_is_refused(client: Client, header: str) -> None:
    answer = client.get("/api/v1/claims", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["status"] == 401


@pytest.mark.parametrize("path", ["claims?statsu=confirmed", "sources?page=2", "claims/1?cursor=x"])
def test_an_unknown_parameter_is_refused(client: Client, path: str) -> None:
    ClaimFactory.create()
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_an_unknown_status_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/claims?status=fake")
    assert "unverified" in str(answer.json()["errors"])


def test_lists_page_by_key_without_gap_or_repeat(client: Client) -> None:
    made = {ClaimFactory.create().number for _ in range(7)}
    seen: list[int] = []
    address: str | None = "/api/v1/claims?page_size=3"
    for _ in range(5):
        if address is None:
            break
        page = get(client, address)
        seen += [claim["number"] for claim in page["results"]]
        address = page["next"]
    assert len(seen) == len(set(seen))
    assert made <= set(seen)
    assert seen == sorted(seen, reverse=True)


def test_an_unchanged_answer_is_304(client: Client) -> None:
    claim = ClaimFactory.create()
    first = client.get(f"/api/v1/claims/{claim.number}")
    again = client.get(f"/api/v1/claims/{claim.number}", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_sources_and_snapshots_are_public_only_through_a_public_claim(client: Client) -> None:
    shown = EvidenceFactory.create()
    hidden = EvidenceFactory.create(claim__publication=Publication.DRAFT)
    SourceFactory.create()
    sources = {row["number"] for row in get(client, "/api/v1/sources")["results"]}
    snapshots = {row["number"] for row in get(client, "/api/v1/snapshots")["results"]}
    assert sources == {shown.document.source.number}
    assert snapshots == {shown.snapshot.number}
    assert client.get(f"/api/v1/snapshots/{hidden.snapshot.number}").status_code == 404


def test_the_name_of_a_withheld_source_is_not_shown(client: Client) -> None:
    source = SourceFactory.create(name="Real Name", safety="withheld", safety_reason="At risk.")
    EvidenceFactory.create(document__source=source)
    assert "Real Name" not in client.get(f"/api/v1/sources/{source.number}").content.decode()


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("claims", ClaimFactory.create),
        ("sources", EvidenceFactory.create),
        ("snapshots", EvidenceFactory.create),
    ],
)
def test_a_list_costs_the_same_for_one_and_for_many(
    client: Client,
    django_assert_max_num_queries: Callable[..., object],
    path: str,
    make: Callable[[], object],
) -> None:
    for _ in range(12):
        make()
    with django_assert_max_num_queries(6):
        get(client, f"/api/v1/{path}")


def test_evidence_of_a_claim_costs_the_same_for_one_and_for_many(
    client: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    claim = ClaimFactory.create()
    for _ in range(12):
        EvidenceFactory.create(claim=claim)
    with django_assert_max_num_queries(5):
        page = get(client, f"/api/v1/claims/{claim.number}/evidence")
    assert [row["position"] for row in page["results"]] == list(range(1, 13))


def test_a_failed_capture_is_shown_as_one(client: Client) -> None:
    evidence = EvidenceFactory.create(snapshot=None)
    snapshot = SnapshotFactory.waiting(evidence.document, error="dns_not_found")
    shown = get(client, f"/api/v1/snapshots/{snapshot.number}")
    assert (shown["state"], shown["error"], shown["warc_sha256"]) == (
        "queued",
        "dns_not_found",
        None,
    )


def test_the_published_schema_is_valid_and_reviewed(client: Client) -> None:
    """A changed API is a changed file: `make schema` writes it, and the diff is reviewed."""
    schema = get(client, "/api/v1/openapi.json")
    validate_schema(schema)
    assert schema == json.loads(SCHEMA.read_text(encoding="utf-8"))


def test_anonymous_reader_is_throttled(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ClientThrottle.THROTTLE_RATES, "anonymous", "2/min")
    codes = [client.get("/api/v1/claims", REMOTE_ADDR="192.0.2.44").status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_a_person_of_the_desk_is_not_named_by_address(client: Client, checker: User) -> None:
    EvidenceFactory.create(added_by=checker)
    assert checker.email not in client.get("/api/v1/claims").content.decode()
