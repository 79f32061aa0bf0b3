"""From an address and a moment to the copy of that moment, as RFC 7089 has it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from claims.models import Claim
from claims.vocabulary import Publication
from sources.models import Document, Snapshot, Takedown
from sources.urlnorm import lookup_key
from sources.vocabulary import CaptureState, Safety, TakedownBasis
from tests.factories import DocumentFactory, EvidenceFactory, SnapshotFactory
from verification.selectors import mementos

pytestmark = pytest.mark.django_db

ADDRESS = "https://outlet.example.org/a?b=c"
NOON = datetime(2016, 11, 12, 12, tzinfo=UTC)
MAIN = "https://site.test"


@pytest.fixture(autouse=True)
def _host(settings: Settings) -> None:
    settings.PUBLIC_URL = MAIN


@pytest.fixture
def document() -> Document:
    found = DocumentFactory.create(address=ADDRESS, lookup_key=lookup_key(ADDRESS))
    EvidenceFactory.create(document=found, snapshot=None)
    return found


@pytest.fixture
def copies(document: Document) -> list[Snapshot]:
    """Captured at noon of three days, sealed much later than captured."""
    return [
        SnapshotFactory.create(document=document, capture_started_at=NOON + timedelta(days=at))
        for at in range(3)
    ]


def gate(address: str = ADDRESS, **headers: str) -> object:
    return Client().get(f"/timegate/{address}", headers=headers)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Sat, 12 Nov 2016 12:00:00 GMT", 0),
        ("Sun, 13 Nov 2016 01:00:00 GMT", 1),
        ("Sat, 12 Nov 2016 23:00:00 GMT", 0),
        ("Mon, 01 Jan 1990 00:00:00 GMT", 0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 2),
        ("", 2),
    ],
)
def test_the_gate_leads_to_the_nearest_copy(
    copies: list[Snapshot], wanted: str, found: int
) -> None:
    answer = gate(**({"Accept-Datetime": wanted} if wanted else {}))
    assert answer.status_code == 302
    assert answer["Location"] == f"{MAIN}/snap/{copies[found].number}"
    assert "accept-datetime" in answer["Vary"].lower()
    assert "Memento-Datetime" not in answer.headers
    assert f'<{ADDRESS}>; rel="original"' in answer["Link"]
    assert f'<{MAIN}/timemap/link/{ADDRESS}>; rel="timemap"' in answer["Link"]
    memento = Client().get(f"/snap/{copies[found].number}")
    assert f'rel="memento"; datetime="{memento["Memento-Datetime"]}"' in answer["Link"]


@pytest.mark.parametrize("wanted", ["yesterday", "2016-11-12T12:00:00Z", "\x01", "0"])
def test_a_date_that_is_none_is_refused(copies: list[Snapshot], wanted: str) -> None:
    answer = gate(**{"Accept-Datetime": wanted})
    assert answer.status_code == 400
    assert "Write it as Sat, 12 Nov 2016 13:41:00 GMT." in answer.content.decode()


@pytest.mark.parametrize(
    "spelling",
    [
        "http://outlet.example.org/a?b=c",
        "https:/outlet.example.org/a?b=c",
        "outlet.example.org/a?b=c",
        "https://www.OUTLET.example.org/a/?b=c&utm_source=x",
    ],
)
def test_spellings_of_one_address_lead_to_its_copies(copies: list[Snapshot], spelling: str) -> None:
    assert gate(spelling).status_code == 302


@pytest.mark.parametrize(
    "address", ["https://outlet.example.org/a", "javascript:x", "http://127.1/", "x", "\u202e"]
)
def test_an_address_without_copies_is_not_found(copies: list[Snapshot], address: str) -> None:
    for path in (f"/timegate/{address}", f"/timemap/link/{address}"):
        assert Client().get(path).status_code == 404


def test_the_map_names_every_public_copy(copies: list[Snapshot]) -> None:
    answer = Client().get(f"/timemap/link/{ADDRESS}")
    assert answer["Content-Type"] == "application/link-format"
    first, _, last = (f"{MAIN}/snap/{copy.number}" for copy in copies)
    lines = answer.content.decode().strip().split(",\n")
    span = 'from="Sat, 12 Nov 2016 12:00:00 GMT"; until="Mon, 14 Nov 2016 12:00:00 GMT"'
    assert lines[:3] == [
        f'<{ADDRESS}>; rel="original"',
        f'<{MAIN}/timemap/link/{ADDRESS}>; rel="self"; type="application/link-format"; {span}',
        f'<{MAIN}/timegate/{ADDRESS}>; rel="timegate"',
    ]
    assert lines[3] == (f'<{first}>; rel="first memento"; datetime="Sat, 12 Nov 2016 12:00:00 GMT"')
    assert lines[5].startswith(f'<{last}>; rel="last memento"')
    assert len(lines) == 6


def test_a_long_map_has_pages(copies: list[Snapshot], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mementos, "PAGE_SIZE", 2)
    first = Client().get(f"/timemap/link/{ADDRESS}").content.decode()
    other = re.search(r'<([^>]+)>; rel="timemap"', first)
    assert other is not None
    assert other[1] == f"{MAIN}/timemap/link/2/{ADDRESS}"
    second = Client().get(other[1].removeprefix(MAIN)).content.decode()
    assert (first.count('memento"'), second.count('memento"')) == (2, 1)
    assert "first memento" in first
    assert "last memento" not in first
    assert "last memento" in second
    for page in ("0", "3"):
        assert Client().get(f"/timemap/link/{page}/{ADDRESS}").status_code == 404


def test_one_copy_is_the_first_and_the_last(document: Document) -> None:
    SnapshotFactory.create(document=document)
    found = Client().get(f"/timemap/link/{ADDRESS}").content.decode()
    assert found.count('memento"') == 1


def test_what_is_not_public_is_in_no_map(copies: list[Snapshot], editor: object) -> None:
    document = copies[0].document
    Takedown.objects.create(
        snapshot=copies[2], basis=TakedownBasis.OTHER, words="Gone.", decided_by=editor,
        decided_at=NOON,
    )  # fmt: skip
    Snapshot.objects.create(document=document, state=CaptureState.QUEUED)
    SnapshotFactory.create(document=document, http_status=None, outcome="unreachable")
    assert Client().get(f"/timemap/link/{ADDRESS}").content.decode().count('memento"') == 2
    assert gate()["Location"] == f"{MAIN}/snap/{copies[1].number}"
    source = document.source
    source.safety, source.safety_reason = Safety.WITHHELD, "A person could be hurt."
    source.save()
    assert gate().status_code == 404
    source.safety = Safety.PUBLIC
    source.save()
    assert gate().status_code == 302
    Claim.objects.update(publication=Publication.DRAFT)
    assert gate().status_code == 404


def test_an_address_cannot_end_its_link(copies: list[Snapshot]) -> None:
    Document.objects.update(lookup_key=lookup_key("http://outlet.example.org/a?%3E,%22"))
    answer = Client().get('/timegate/http://outlet.example.org/a?>,"')
    assert answer.status_code in {302, 404}
    link = answer.headers.get("Link", "")
    assert re.sub(r"<[^<>]*>", "", link).count("http") == 0


def test_an_address_too_long_for_a_header_has_no_links(document: Document) -> None:
    long = f"https://outlet.example.org/{'x' * 3000}"
    Document.objects.update(address=long, lookup_key=lookup_key(long))
    number = SnapshotFactory.create(document=document).number
    memento = Client().get(f"/snap/{number}")
    assert "Memento-Datetime" in memento.headers
    assert "Link" not in memento.headers
    assert gate(long)["Link"].startswith(f"<{MAIN}/snap/{number}>")


@pytest.mark.parametrize("path", ["/timegate/", "/timemap/link/"])
def test_they_are_only_read_and_cost_little(
    copies: list[Snapshot], path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert Client().post(f"{path}{ADDRESS}").status_code == 405
    with django_assert_max_num_queries(2):
        answer = Client().get(f"{path}{ADDRESS}")
    assert answer.cookies == {}
