"""The host that replays archived pages: whom it answers, with what, behind which fences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, get_resolver
from django.utils import timezone
from pytest_django.fixtures import Settings

from claims.models import Claim
from claims.vocabulary import Publication
from sources.capture.limits import ExtractionLimits
from sources.capture.warc import RecordKind
from sources.models import Snapshot, Takedown
from sources.services import replay as replay_service
from sources.vocabulary import Safety, TakedownBasis
from tests.factories import (
    DocumentFactory,
    EvidenceFactory,
    SnapshotFactory,
    SourceFactory,
    StoredObjectFactory,
)
from tests.verification.page_reading import read
from tests.verification.replay_asking import HOST, MAIN, archived, ask, response
from verification.replay_addresses import replay_address

pytestmark = pytest.mark.django_db

PAGE = (
    b"<!doctype html><html><head><title>At dawn</title><link rel=stylesheet href=/look.css>"
    b"<script>stolen()</script></head><body onload=stolen()><p>They withdrew.</p>"
    b"<img src=photo.png alt=Smoke><img src=https://elsewhere.example/t.gif></body></html>"
)
SHEET = b"@import 'https://elsewhere.example/x.css'; p { background: url(photo.png) }"
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
Archive = Callable[..., Snapshot]


@pytest.fixture(autouse=True)
def _hosts(settings: Settings) -> Iterator[None]:
    settings.SNAPSHOT_HOST, settings.PUBLIC_URL = HOST, MAIN
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A copy of a document that a published claim cites."""

    def make(answers: dict[str, bytes] | bytes, **columns: object) -> Snapshot:
        document = DocumentFactory.create(
            address="https://outlet.example.org/a", source=SourceFactory.create()
        )
        if isinstance(answers, bytes):
            answers = {"https://outlet.example.org/a": answers}
        snapshot = archived(tmp_path, document, answers, **columns)
        EvidenceFactory.create(document=document, snapshot=snapshot)
        return snapshot

    return make


def whole(archive: Archive) -> Snapshot:
    return archive(
        {
            "https://outlet.example.org/a": response(PAGE),
            "https://outlet.example.org/look.css": response(SHEET, "text/css"),
            "https://outlet.example.org/photo.png": response(PNG, "image/png"),
        }
    )


def test_a_page_is_shown_without_what_acts(archive: Archive) -> None:
    answer = ask(replay_address(whole(archive).number))
    assert answer.status == 200
    assert "They withdrew." in answer.text
    assert "stolen" not in answer.text
    assert "elsewhere" not in answer.text
    assert '<link rel="stylesheet" href="a/2"' in answer.text
    assert '<img alt="Smoke" src="a/3">' in answer.text


def test_parts_that_were_archived_with_the_page_are_shown_too(archive: Archive) -> None:
    address = replay_address(whole(archive).number)
    sheet, picture = ask(f"{address}a/2"), ask(f"{address}a/3")
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert sheet.text == "@left-out 'https://elsewhere.example/x.css'; p { background: url(\"3\") }"
    assert (picture.headers["Content-Type"], picture.body) == ("image/png", PNG)
    for part in (sheet, picture):
        assert part.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "sandbox" in part.headers["Content-Security-Policy"]


@pytest.mark.parametrize("at", ["0", "1", "4", "99999999999999999999"])
def test_nothing_but_parts_is_shown_as_a_part(archive: Archive, at: str) -> None:
    snapshot = whole(archive)
    assert ask(f"{replay_address(snapshot.number)}a/{at}").status == 404


def test_every_answer_stands_behind_the_fences(archive: Archive) -> None:
    address = replay_address(whole(archive).number)
    for answer in (ask(address), ask(f"{address}file"), ask("/"), ask(address, method="POST")):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox; default-src 'none'; ")
        assert f"frame-ancestors {MAIN}" in policy
        assert "allow-" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Cache-Control"].startswith("private")


def test_archived_headers_are_told_under_names_that_no_browser_acts_on(archive: Archive) -> None:
    acting = (
        "Set-Cookie: stolen=1", "Service-Worker-Allowed: /", "Content-Security-Policy: x",
        "Strict-Transport-Security: max-age=1", 'Clear-Site-Data: "*"', "Location: /stolen",
        "Refresh: 0; url=/stolen", "Link: </stolen>; rel=preload", "Access-Control-Allow-Origin: *",
        "Content-Disposition: attachment", "X-Frame-Options: DENY",
    )  # fmt: skip
    told = (
        "Server: nginx \xff",
        "Last-Modified: Sat, 12 Nov 2016 13:41:00 GMT",
        f"Via: {'x' * 900}",
    )
    answer = ask(replay_address(archive(response(PAGE, "text/html", *acting, *told)).number))
    names = {name.lower() for name, _ in answer.headers.items()}
    assert {"set-cookie", "location", "refresh", "clear-site-data"} & names == set()
    assert "stolen" not in str(answer.headers)
    assert answer.headers["X-Archive-Orig-Server"] == "nginx ?"
    assert answer.headers["X-Archive-Orig-Last-Modified"] == "Sat, 12 Nov 2016 13:41:00 GMT"
    assert len(answer.headers["X-Archive-Orig-Via"]) == 300
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_moment_is_that_of_the_capture(archive: Archive) -> None:
    began = datetime(2016, 11, 12, 13, 41, tzinfo=UTC)
    snapshot = archive(response(PAGE), capture_started_at=began)
    for headers in (
        ask(replay_address(snapshot.number)).headers,
        Client().get(f"/snap/{snapshot.number}").headers,
    ):
        assert headers["Memento-Datetime"] == "Sat, 12 Nov 2016 13:41:00 GMT"
        assert '<https://outlet.example.org/a>; rel="original"' in headers["Link"]
        assert f'<{MAIN}/timegate/https://outlet.example.org/a>; rel="timegate"' in headers["Link"]


# --- who is answered


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_pages_are_only_read(archive: Archive, method: str) -> None:
    answer = ask(replay_address(whole(archive).number), method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_head_is_answered_without_the_page(archive: Archive) -> None:
    address = replay_address(whole(archive).number)
    head = ask(address, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(ask(address).body))
    assert ask(f"{address}a/3", method="HEAD").body == b""


def test_a_cookie_is_neither_read_nor_set(archive: Archive) -> None:
    address = replay_address(whole(archive).number)
    with_cookie = ask(address, HTTP_COOKIE="desk=somebody; csrftoken=x")
    assert with_cookie.status == 200
    assert with_cookie.body == ask(address).body
    assert "Set-Cookie" not in with_cookie.headers
    assert "Vary" not in with_cookie.headers


@pytest.mark.parametrize("host", ["site.test", "snap.test", "snap.test:8001.evil.example", ""])
def test_another_name_is_not_answered(archive: Archive, host: str) -> None:
    assert ask(replay_address(whole(archive).number), host=host).status == 421


@pytest.mark.parametrize("path", ["/", "/desk/", "/snap/1", "/api/v1/claims", "/healthz", "/r/"])
def test_the_host_has_no_other_addresses(path: str) -> None:
    answer = ask(path)
    assert answer.status == 404
    assert "There is nothing at this address." in answer.text


def test_the_main_host_replays_nothing(archive: Archive) -> None:
    path = replay_address(whole(archive).number).removeprefix(HOST)
    assert Client().get(path).status_code == 404
    with pytest.raises(Resolver404):
        get_resolver().resolve(path)


def test_an_address_is_good_for_ten_minutes(archive: Archive) -> None:
    snapshot = whole(archive)
    with time_machine.travel(timezone.now() - timedelta(minutes=11)):
        old = replay_address(snapshot.number)
    with time_machine.travel(timezone.now() - timedelta(minutes=9)):
        good = replay_address(snapshot.number)
    assert ask(good).status == 200
    answer = ask(old)
    assert answer.status == 410
    assert "Load the page of the copy again." in answer.text


def test_an_address_is_for_one_copy(archive: Archive) -> None:
    snapshot = whole(archive)
    address = replay_address(snapshot.number)
    other = address.replace(f"/r/{snapshot.number}:", f"/r/{snapshot.number + 1}:")
    assert other != address
    assert ask(other).status == 404
    assert ask(f"/r/{snapshot.number}/").status == 404


def test_what_the_public_may_not_see_is_not_replayed(archive: Archive) -> None:
    snapshot = whole(archive)
    address = replay_address(snapshot.number)
    Claim.objects.update(publication=Publication.DRAFT)
    assert ask(address).status == 404
    Claim.objects.update(publication=Publication.PUBLISHED)
    source = snapshot.document.source
    source.safety, source.safety_reason = Safety.WITHHELD, "A person could be hurt."
    source.save()
    for part in ("", "a/2", "a/3", "file"):
        assert ask(f"{address}{part}").status == 404


def test_a_copy_that_was_taken_down_says_why(archive: Archive, editor: object) -> None:
    snapshot = whole(archive)
    address = replay_address(snapshot.number)
    assert ask(address).status == 200
    Takedown.objects.create(
        snapshot=snapshot,
        basis=TakedownBasis.PRIVACY,
        words="A person asked for it.",
        decided_by=editor,
        decided_at=datetime(2026, 5, 4, tzinfo=UTC),
    )
    for part in ("", "a/2", "a/3", "file"):
        answer = ask(f"{address}{part}")
        assert answer.status == 451
        assert "Privacy of a person, decided on 4 May 2026. A person asked for it." in answer.text
    assert "Page as it looked" not in read(f"/snap/{snapshot.number}").text


# --- what is shown


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
