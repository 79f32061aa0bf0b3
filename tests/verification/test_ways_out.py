"""A page that could not be captured: a file of it, or another archive's copy, and what is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from claims.models import Evidence
from core.errors import Conflict, Invalid
from sources.models import Snapshot
from sources.services.brought import provide_file
from sources.services.capture import run_capture
from sources.services.documents import add_document
from sources.services.second_hand import request_capture_via
from sources.vocabulary import CaptureReason, CaptureState
from tests.conftest import signed_in
from tests.factories import ClaimFactory, DocumentFactory, EvidenceFactory
from tests.sources.conftest import ARTICLE
from tests.sources.foreign_files import PAGE, URL, by_warcio
from tests.sources.origin import Origin, page
from tests.verification.page_reading import Page, read

pytestmark = pytest.mark.django_db
COPY = "https://web.archive.org/web/20161112094800/https://outlet.example.org/story"


@pytest.fixture
def item() -> Evidence:
    """[1] of a public claim, whose page could not be captured."""
    document = DocumentFactory.create(address=URL)
    found: Evidence = EvidenceFactory.create(
        claim=ClaimFactory.create(), document=document, snapshot=None, position=1
    )
    Snapshot.objects.create(
        document=document, state=CaptureState.FAILED, error="dns_not_found",
        capture_finished_at=timezone.now(),
    )  # fmt: skip
    return found


def desk(item: Evidence, *rest: str) -> str:
    return "/".join([f"/desk/c/{item.claim.number}", *rest])


def test_a_failed_capture_offers_three_ways_out(item: Evidence, checker_client: Client) -> None:
    shown = Page(checker_client.get(desk(item)))
    assert shown.all("//*[@id='captures']//button") == [
        "Try again", "Seal this file as the copy", "Archive that copy",
    ]  # fmt: skip
    forms = shown.tree.xpath("//*[@id='captures']//form")
    assert [form.get("enctype") for form in forms] == [None, "multipart/form-data", None]
    assert all(form.get("method") == "post" for form in forms)


def test_a_file_becomes_the_copy_and_is_called_provided(
    item: Evidence, checker_client: Client
) -> None:
    file = SimpleUploadedFile("saved.html", PAGE, "text/html")
    answer = checker_client.post(desk(item, "evidence", "1", "file"), {"file": file})
    assert (answer.status_code, answer["Location"]) == (303, f"{desk(item)}#e1")
    snapshot = Snapshot.objects.get(state=CaptureState.SEALED)
    assert snapshot.reason == CaptureReason.PROVIDED
    shown = read(f"/snap/{snapshot.number}")
    assert "This copy is a file that somebody gave us. Nobody here fetched it." in shown.text


def test_a_web_archive_is_said_to_be_imported(item: Evidence, checker_client: Client) -> None:
    file = SimpleUploadedFile("saved.warc.gz", by_warcio(), "application/gzip")
    checker_client.post(desk(item, "evidence", "1", "file"), {"file": file})
    snapshot = Snapshot.objects.get(state=CaptureState.SEALED)
    assert "web archive file that somebody gave us" in read(f"/snap/{snapshot.number}").text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose a file first"),
        ({"file": SimpleUploadedFile("none.html", b"")}, "The file is empty"),
        ({"file": SimpleUploadedFile("cut.warc.gz", by_warcio()[:-40])}, "cut off"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words(
    item: Evidence, checker_client: Client, sent: dict[str, object], words: str
) -> None:
    answer = checker_client.post(desk(item, "evidence", "1", "file"), sent)
    assert answer.status_code == 422
    assert not Snapshot.objects.filter(state=CaptureState.SEALED).exists()
    page = Page(answer)
    assert page.title.startswith("Error: Edit:")
    (field,) = page.all("//*[@id='captures']//details[@open]//*[@class='wrong-text']")
    assert words in field
    assert page.tree.xpath("//details[@open]//form/@enctype") == ["multipart/form-data"]


def test_an_item_without_an_address_takes_a_file_too(checker_client: Client) -> None:
    leaflet = EvidenceFactory.create(
        claim=ClaimFactory.create(), document__address=None, snapshot=None, position=1
    )
    path = desk(leaflet, "evidence", "1", "file")
    opened = Page(checker_client.get(f"{desk(leaflet)}?open=1"))
    assert opened.tree.xpath(f"//form[@action='{path}']/@enctype") == ["multipart/form-data"]
    refused = Page(checker_client.post(path, {}))
    assert refused.status == 422
    (field,) = refused.all("//*[@id='e1']//details[@open]//*[@class='wrong-text']")
    assert "Choose a file first" in field
    file = SimpleUploadedFile("leaflet.html", PAGE, "text/html")
    assert checker_client.post(path, {"file": file}).status_code == 303
    snapshot = Snapshot.objects.get(state=CaptureState.SEALED)
    assert (snapshot.document, snapshot.reason) == (leaflet.document, CaptureReason.PROVIDED)


def test_who_may_take_a_copy_down_finds_the_way_there(
    checker_client: Client, administrator: User
) -> None:
    item = EvidenceFactory.create(claim=ClaimFactory.create(), position=1)
    item.snapshot.refresh_from_db()
    path = f"/desk/snap/{item.snapshot.number}"
    open_row = f"{desk(item)}?open=1"
    assert path in Page(signed_in(administrator).get(open_row)).links()
    assert path not in Page(checker_client.get(open_row)).links()


def test_a_request_that_is_too_large_is_refused_before_it_is_kept(
    item: Evidence, checker_client: Client, settings: object
) -> None:
    settings.MOST_UPLOAD_BYTES = 1000
    file = SimpleUploadedFile("large.html", PAGE * 50)
    assert checker_client.post(desk(item, "evidence", "1", "file"), {"file": file}).status_code in {
        400, 413,
    }  # fmt: skip
    assert not Snapshot.objects.filter(state=CaptureState.SEALED).exists()


def test_another_archives_copy_is_asked_for_and_said_on_the_page(
    item: Evidence, checker_client: Client
) -> None:
    answer = checker_client.post(desk(item, "evidence", "1", "elsewhere"), {"address": COPY})
    assert answer.status_code == 303
    snapshot = Snapshot.objects.get(state=CaptureState.QUEUED)
    assert snapshot.via == COPY


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Enter the address"),
        ("https://outlet.example.org/story", "We know no archive there"),
        ("https://evil.example.org/web/2016/https://outlet.example.org/story", "no archive there"),
        (COPY.replace("story", "other"), "a copy of another page"),
        ("file:///etc/passwd", "no address of an archived copy"),
    ],
)
def test_an_address_that_is_no_copy_of_the_page_is_refused_in_words(
    item: Evidence, checker_client: Client, address: str, words: str
) -> None:
    answer = checker_client.post(desk(item, "evidence", "1", "elsewhere"), {"address": address})
    assert answer.status_code == 422
    assert not Snapshot.objects.filter(state=CaptureState.QUEUED).exists()
    page = Page(answer)
    (field,) = page.all("//*[@id='captures']//details[@open]//*[@class='wrong-text']")
    assert words in field
    kept = page.tree.xpath("//details[@open]//input[@name='address']/@value")
    assert kept == ([address] if address else [])


def test_one_capture_of_a_page_at_a_time(item: Evidence, checker: object) -> None:
    request_capture_via(actor=checker, document=item.document, address=COPY)
    with pytest.raises(Conflict, match="under way"):
        request_capture_via(actor=checker, document=item.document, address=COPY)


def test_the_copy_is_what_is_fetched_and_the_page_says_so(settings: object) -> None:
    with Origin() as origin:
        settings.CAPTURE_LOOPBACK_PORTS = [origin.port]
        origin.answers["/copy"] = page(ARTICLE)
        document = add_document(actor=None, address=origin.url("/gone"))
        snapshot = Snapshot.objects.create(
            document=document, via=origin.url("/copy"),
            next_attempt_at=timezone.now() - timedelta(seconds=1),
        )  # fmt: skip
        run_capture(snapshot_id=snapshot.pk)
        snapshot.refresh_from_db()
        assert [request.split(b" ")[1] for request in origin.requests][-1] == b"/copy"
        EvidenceFactory.create(
            claim=ClaimFactory.create(), document=document, snapshot=snapshot, position=1
        )
        shown = read(f"/snap/{snapshot.number}").text
    assert (snapshot.state, snapshot.final_url) == (CaptureState.SEALED, origin.url("/copy"))
    assert "from 127.0.0.1’s copy of the page, not from the page itself" in shown


def test_a_web_archive_without_the_page_is_refused(checker: object) -> None:
    document = DocumentFactory.create(address="https://outlet.example.org/other")
    with pytest.raises(Invalid, match="the page with this address"):
        provide_file(actor=checker, document=document, file=SimpleUploadedFile("a", by_warcio()))
