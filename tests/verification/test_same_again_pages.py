"""What readers, programs and the desk see of a page that was the same again."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import Evidence
from claims.vocabulary import Publication
from sources.models import Snapshot, Takedown
from tests.conftest import signed_in
from tests.factories import ClaimFactory, EvidenceFactory, SnapshotFactory, TextFactory
from tests.verification.page_reading import read

pytestmark = pytest.mark.django_db

WORDS = "A court ordered that this page is not shown."


@pytest.fixture
def first() -> Snapshot:
    claim = ClaimFactory.create(publication=Publication.PUBLISHED)
    item: Evidence = EvidenceFactory.create(claim=claim)
    TextFactory.create(snapshot=item.snapshot, content="The bridge is open.")
    return item.snapshot


@pytest.fixture
def again(first: Snapshot) -> Snapshot:
    copy = SnapshotFactory.create(document=first.document, revisits=first)
    copy.refresh_from_db()
    first.refresh_from_db()
    return copy


def test_it_shows_the_text_of_the_copy_that_holds_the_page(
    first: Snapshot, again: Snapshot
) -> None:
    page = read(f"/snap/{again.number}")
    assert page.all("//div[@class='captured']/p") == ["The bridge is open."]
    assert f"The page was the same, byte for byte, as in copy {first.number}" in page.text
    assert f"/snap/{first.number}" in page.links()
    assert "byte for byte" not in read(f"/snap/{first.number}").text


def test_its_details_name_the_file_that_holds_the_page(first: Snapshot, again: Snapshot) -> None:
    page = read(f"/snap/{again.number}?view=details")
    facts = dict(zip(page.all("//dl/dt"), page.all("//dl/dd"), strict=True))
    assert facts["The page is kept in the WARC"] == (f"{first.warc.sha256} of copy {first.number}")


def test_programs_are_told_too(client: Client, first: Snapshot, again: Snapshot) -> None:
    rows = {row["number"]: row for row in client.get("/api/v1/snapshots").json()["results"]}
    assert (rows[again.number]["revisits"], rows[first.number]["revisits"]) == (first.number, None)
    assert rows[again.number]["text"] == rows[first.number]["text"] is not None


def test_many_of_them_cost_no_more_queries(
    client: Client, again: Snapshot, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        SnapshotFactory.create(document=again.document, revisits=again.revisits)
    with django_assert_max_num_queries(8):
        assert len(client.get("/api/v1/snapshots").json()["results"]) == 7


def test_a_takedown_that_leaves_the_same_page_under_other_numbers_is_refused_in_words(
    client: Client, administrator: User, first: Snapshot, again: Snapshot
) -> None:
    desk = signed_in(administrator)
    path, given = f"/desk/snap/{first.number}", {"basis": "court_order", "words": WORDS}
    asked = desk.get(path).content.decode()
    assert f"which show the bytes of this one: {again.number}." in asked
    refused = desk.post(f"{path}/take-down", given)
    assert refused.status_code == 409
    assert f"the same again in copies {again.number}, which show" in refused.content.decode()
    assert not Takedown.objects.exists()
    assert desk.post(f"{path}/take-down", {**given, "with_same": "on"}).status_code == 303
    for number in (first.number, again.number):
        assert client.get(f"/snap/{number}").status_code == 451
