"""An owner is tried and saved by the name that somebody writes, without a script."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from sources.models import Source
from sources.vocabulary import SourceKind
from tests.conftest import signed_in
from tests.factories import SourceFactory
from tests.verification.desk_pages import Answer, get, send
from verification.selectors.owners import MOST_ALIKE, MOST_OFFERED

pytestmark = pytest.mark.django_db
WHY = "The register of companies names it since March."


@pytest.fixture
def source() -> Source:
    made: Source = SourceFactory.create(name="Quarter Lantern")
    return made


@pytest.fixture
def house() -> Source:
    made: Source = SourceFactory.create(
        name="Lantern  House", names={"ar": "دار الفانوس"}, aliases=["LH"], kind=SourceKind.OUTLET
    )
    return made


def tried(client: Client, source: Source, owner: str) -> Answer:
    return get(client, f"/desk/s/{source.number}?owner={quote(owner)}")


def offered(page: Answer) -> list[str]:
    return [str(value) for value in page.tree.xpath("//datalist[@id='owners']/option/@value")]


@pytest.mark.parametrize(
    "written", ["LH", "{0.number}", "Lantern House, source {0.number}", "Lantern  House"]
)
def test_one_owner_is_meant(
    written: str, checker_client: Client, source: Source, house: Source
) -> None:
    Source.objects.filter(pk=house.pk).update(name="Lantern House")
    page = tried(checker_client, source, written.format(house))
    assert (page.status, page.title) == (HTTPStatus.OK, "Quarter Lantern: source")
    assert "Owned by Lantern House: 0 open claims" in page.part("what-if")
    (kept,) = page.tree.xpath("//form[@method='post']//input[@name='owner']/@value")
    assert kept == f"Lantern House, source {house.number}"


def test_case_does_not_matter(checker_client: Client, source: Source) -> None:
    SourceFactory.create(name="Harbour Agency")
    assert tried(checker_client, source, "harbour agency").status == HTTPStatus.OK


def test_what_was_tried_is_what_is_saved(
    checker_client: Client, source: Source, house: Source
) -> None:
    page = tried(checker_client, source, "LH")
    (kept,) = page.tree.xpath("//form[@method='post']//input[@name='owner']/@value")
    path = f"/desk/s/{source.number}/judge"
    assert send(checker_client, path, owner=kept, rationale=WHY).status == HTTPStatus.SEE_OTHER
    source.refresh_from_db()
    assert source.owner == house
    assert send(checker_client, path, owner="Nobody", rationale=WHY).status == HTTPStatus.SEE_OTHER
    source.refresh_from_db()
    assert source.owner is None


@pytest.mark.parametrize("written", ["Nobody", "nobody", "0"])
def test_nobody_owns_it(written: str, checker_client: Client, source: Source) -> None:
    assert "With no owner: 0 open claims" in tried(checker_client, source, written).part("what-if")


def test_two_of_one_name_are_told_apart_by_their_numbers(
    checker_client: Client, source: Source
) -> None:
    first, second = (SourceFactory.create(name="The Herald") for _ in range(2))
    page = tried(checker_client, source, "the herald")
    both = [f"The Herald, source {one.number}" for one in (first, second)]
    assert page.status == 422
    assert f"Several have this name. Write one of: {'; '.join(both)}." in page.part("what-if")
    assert offered(page) == both
    assert tried(checker_client, source, both[1]).status == HTTPStatus.OK


@pytest.mark.parametrize("written", ["lantern", "الفانوس"])
def test_who_writes_a_part_of_a_name_is_asked_whom_they_mean(
    written: str, checker_client: Client, source: Source, house: Source
) -> None:
    page = tried(checker_client, source, written)
    name = f"Lantern  House, source {house.number}"
    assert page.status == 422
    assert f"No source is called that. Did you mean: {name}?" in page.response.content.decode()
    assert offered(page) == [name]
    assert tried(checker_client, source, name).status == HTTPStatus.OK


def test_those_that_are_too_many_are_not_all_told(checker_client: Client, source: Source) -> None:
    for number in range(MOST_ALIKE + 2):
        SourceFactory.create(name=f"Daily {number}")
    assert "; and more?" in tried(checker_client, source, "daily").part("what-if")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("99999999", "There is no source 99999999."),
        ("9" * 30, f"There is no source {'9' * 30}."),
        ("Nothing at all", "No source is called that. Write its name or number as its page says;"),
        ("Another name, source {0.number}", "No source is called that."),
        ("Quarter Lantern", "A source cannot own itself."),
        ("a\x00b", "Null characters are not allowed."),
        ("x" * 1001, "No source has a name as long as that."),
        ("%_\\", "No source is called that."),
    ],
)
def test_who_cannot_own_it_is_refused_in_words(
    written: str, said: str, checker_client: Client, source: Source
) -> None:
    page = tried(checker_client, source, written.format(source))
    assert (page.status, page.title) == (422, "Error: Quarter Lantern: source")
    assert said in page.part("what-if")


def test_owners_come_first_of_what_is_offered_and_it_itself_is_not(
    checker_client: Client, source: Source
) -> None:
    for _ in range(MOST_OFFERED):
        SourceFactory.create(name="A paper")
    SourceFactory.create(owner=SourceFactory.create(name="Zenith Holding"))
    found = offered(get(checker_client, f"/desk/s/{source.number}"))
    assert [name.partition(",")[0] for name in found[:3]] == ["Nobody", "Zenith Holding", "A paper"]
    assert len(found) == MOST_OFFERED + 1
    assert not any("Quarter Lantern" in name for name in found)


def test_what_is_offered_costs_one_query_however_many_there_are(
    checker_client: Client, source: Source
) -> None:
    path = f"/desk/s/{source.number}"
    get(checker_client, path)
    with CaptureQueriesContext(connection) as few:
        get(checker_client, path)
    for _ in range(80):
        SourceFactory.create()
    with CaptureQueriesContext(connection) as many:
        get(checker_client, path)
    assert len(many) == len(few)


def test_who_may_only_read_tries_an_owner_and_saves_none(
    auditor: User, source: Source, house: Source
) -> None:
    client = signed_in(auditor)
    assert tried(client, source, "LH").status == HTTPStatus.OK
    path = f"/desk/s/{source.number}/judge"
    assert send(client, path, owner="LH", rationale=WHY).status == HTTPStatus.FORBIDDEN
    source.refresh_from_db()
    assert source.owner is None
