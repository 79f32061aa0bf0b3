"""What of an archived answer is shown, and what is only kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from sources.capture.limits import ExtractionLimits
from sources.capture.warc import RecordKind
from sources.models import FetchHop
from sources.services import replay as replay_service
from tests.factories import (
    EvidenceFactory,
    SnapshotFactory,
    StoredObjectFactory,
)
from tests.verification.page_reading import read
from tests.verification.replay_asking import (
    HOST,
    PAGE,
    PNG,
    Archive,
    archived,
    ask,
    response,
    whole,
)
from verification.replay_addresses import replay_address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("replay_hosts")]


@pytest.mark.parametrize(
    ("body", "claimed"),
    [
        (b"%PDF-1.7 <script>stolen()</script>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>stolen()</script></svg>", "image/png"),
        (b"PK\x03\x04 docx <script>stolen()</script>", "image/jpeg"),
        (b"<?xml version='1.0'?><?xml-stylesheet href='x'?><feed/>", "application/xml"),
        (b"\x00\x01 stolen()", "application/x-msdownload"),
    ],
)
def test_files_that_act_are_only_kept(archive: Archive, body: bytes, claimed: str) -> None:
    address = replay_address(archive(response(body, claimed), media_type=claimed).number)
    shown = ask(address)
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "which we don’t show" in shown.text
    assert "stolen" not in shown.text
    file = ask(f"{address}file")
    assert file.body == body
    assert file.headers["Content-Disposition"].startswith("attachment; filename=")
    assert file.headers["Content-Type"] in {
        "application/pdf", "application/zip", "application/octet-stream",
    }  # fmt: skip


def test_a_file_of_two_kinds_is_only_kept(archive: Archive) -> None:
    snapshot = archive(response(PNG + b"<html><body>Also a page", "image/png"), flags=["polyglot"])
    shown = ask(replay_address(snapshot.number))
    assert "two kinds of file at once" in shown.text
    assert "Also a page" not in shown.text
    assert read(f"/snap/{snapshot.number}?view=page").tree.xpath("//iframe") == []
    file = ask(replay_address(snapshot.number, "file"))
    assert file.headers["Content-Type"] == "application/octet-stream"


def test_a_picture_is_what_its_bytes_are(archive: Archive) -> None:
    answer = ask(replay_address(archive(response(PNG, "text/html")).number))
    assert (answer.headers["Content-Type"], answer.body) == ("image/png", PNG)


def test_a_page_that_says_it_is_a_picture_is_a_page(archive: Archive) -> None:
    answer = ask(replay_address(archive(response(PAGE, "image/png")).number))
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "stolen" not in answer.text


@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
@pytest.mark.parametrize("more", [0, 15])
def test_a_page_that_is_shown_in_part_says_so(archive: Archive, kind: str, more: int) -> None:
    beginning, end = b"<p>Its beginning.</p>", b"<p>Its end.</p>"
    space = replay_service.MOST_SHOWN + more - len(beginning) - len(end)
    body = beginning + b" " * space + end
    snapshot = archive(response(body, kind), media_type=kind, payload_size=1000)
    FetchHop.objects.create(
        snapshot=snapshot, fence=snapshot.fence, position=0, url=snapshot.final_url,
        decoded_bytes=len(body),
    )  # fmt: skip
    shown = ask(replay_address(snapshot.number)).text
    assert "Its beginning." in shown
    assert ("Its end." in shown or "Its end.&lt;/p&gt;" in shown) is not bool(more)
    said = "The page is longer than we show: this is its beginning, 8 MB of it."
    assert (said in read(f"/snap/{snapshot.number}?view=page").text) is bool(more)


def test_plain_text_is_text(archive: Archive) -> None:
    answer = ask(replay_address(archive(response(b"<script>x()</script>", "text/plain")).number))
    assert "&lt;script&gt;x()&lt;/script&gt;" in answer.text


def test_a_page_that_takes_too_long_is_said_and_not_tried_again(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    real = replay_service.clean

    def quick(*given: object) -> object:
        asked.append(given)
        return real(*given, ExtractionLimits(wall_seconds=0.0))

    monkeypatch.setattr(replay_service, "clean", quick)
    address = replay_address(archive(response(PAGE)).number)
    for _ in range(2):
        answer = ask(address)
        assert answer.status == 422
        assert "took too long" in answer.text
        assert "Its text is on the tab “Text”" in answer.text
    assert len(asked) == 1


def test_a_page_is_cleaned_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = archive(response(PAGE))
    first = ask(replay_address(snapshot.number))
    monkeypatch.setattr(replay_service, "clean", None)
    assert ask(replay_address(snapshot.number)).body == first.body


def test_a_copy_that_is_the_same_again_is_shown_from_the_first(
    archive: Archive, tmp_path: Path
) -> None:
    first = archive(response(PAGE))
    again = archived(
        tmp_path, first.document, {"https://outlet.example.org/b": b"x\r\n\r\n"}, revisits=first
    )
    assert "They withdrew." in ask(replay_address(again.number)).text


def test_a_page_that_somebody_gave_is_shown_and_is_no_memento(
    archive: Archive, tmp_path: Path
) -> None:
    given = StoredObjectFactory.create()
    snapshot = archive(
        response(PAGE), kind=RecordKind.RESOURCE, http_status=None, given=given, reason="provided"
    )
    assert "Page as it looked" in read(f"/snap/{snapshot.number}").text
    answer = ask(replay_address(snapshot.number))
    assert "They withdrew." in answer.text
    assert "Memento-Datetime" not in answer.headers


def test_bytes_that_were_no_answer_are_not_shown(archive: Archive) -> None:
    snapshot = archive(response(PAGE), kind=RecordKind.RESOURCE, http_status=None)
    assert ask(replay_address(snapshot.number)).status == 404


def test_a_file_that_the_store_lost_is_our_fault(
    archive: Archive, tmp_path: Path, settings: Settings
) -> None:
    address = replay_address(archive(response(PAGE)).number)
    settings.STORAGE_URL = f"file://{tmp_path}/elsewhere"
    answer = ask(address)
    assert answer.status == 502
    assert str(tmp_path) not in answer.text


def test_an_answer_without_a_page_is_said(archive: Archive) -> None:
    assert ask(replay_address(archive(response(b"")).number)).status in {200, 422}


# --- the page of the copy


def test_the_tab_holds_the_page_in_a_frame_that_may_do_nothing(archive: Archive) -> None:
    snapshot = whole(archive)
    page = read(f"/snap/{snapshot.number}?view=page")
    (frame,) = page.tree.xpath("//iframe")
    assert frame.get("sandbox") == ""
    assert ask(frame.get("src")).status == 200
    assert frame.get("src").startswith(f"{HOST}/r/")
    assert "This is a copy we made. It can’t run programs or contact its site." in page.text
    assert page.tree.xpath("//script") == []


def test_only_that_tab_may_hold_a_frame(archive: Archive) -> None:
    path = f"/snap/{whole(archive).number}"
    with_frame = Client().get(f"{path}?view=page")
    assert f"frame-src {HOST}" in with_frame["Content-Security-Policy"]
    assert with_frame["Cache-Control"] == "no-store"
    for other in ("", "?view=details"):
        answer = Client().get(f"{path}{other}")
        assert "frame-src" not in answer["Content-Security-Policy"]
        assert HOST.encode() not in answer.content


def test_a_file_is_offered_instead_of_a_frame(archive: Archive) -> None:
    snapshot = archive(response(b"%PDF-1.7", "application/pdf"), media_type="application/pdf")
    page = read(f"/snap/{snapshot.number}?view=page")
    assert page.tree.xpath("//iframe") == []
    (link,) = page.tree.xpath("//a[text()='Download the file']/@href")
    assert ask(link).headers["Content-Type"] == "application/pdf"


def test_without_a_host_nothing_is_replayed(archive: Archive, settings: Settings) -> None:
    settings.SNAPSHOT_HOST = ""
    snapshot = whole(archive)
    page = read(f"/snap/{snapshot.number}?view=page")
    assert page.all("//nav[@class='tabs']//a") == ["Text", "Details"]
    assert page.tree.xpath("//iframe") == []


def test_a_failure_has_nothing_to_replay() -> None:
    silent = SnapshotFactory.create(outcome="unreachable", http_status=None, warc_records=[])
    EvidenceFactory.create(document=silent.document, snapshot=silent)
    page = read(f"/snap/{silent.number}?view=page")
    assert page.all("//nav[@class='tabs']//a") == ["Text", "Details"]
    assert ask(replay_address(silent.number)).status == 404
    assert "Memento-Datetime" not in Client().get(f"/snap/{silent.number}").headers
