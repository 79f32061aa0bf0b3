"""The host that replays archived pages: whom it answers, with what, behind which fences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import Resolver404, get_resolver
from django.utils import timezone

from claims.models import Claim
from claims.vocabulary import Publication
from sources.models import Takedown
from sources.vocabulary import Safety, TakedownBasis
from tests.verification.page_reading import read
from tests.verification.replay_asking import (
    HOST,
    MAIN,
    PAGE,
    PNG,
    Archive,
    ask,
    response,
    whole,
)
from verification.replay_addresses import replay_address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("replay_hosts")]


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
