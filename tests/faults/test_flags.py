"""Pages that are not what they seem: sealed all the same, with a flag that says so."""

from __future__ import annotations

import gzip

import pytest

from sources.capture.flags import flags_of
from sources.capture.outcomes import Outcome
from sources.flags import Flag, stands_for_the_page
from sources.vocabulary import CaptureState
from tests.sources.conftest import ARTICLE, Capture
from tests.sources.origin import Origin, page, redirect


def titled(title: str) -> bytes:
    return page(f"<title>{title}</title><p>Words of the page.".encode())


@pytest.mark.fault(52)
@pytest.mark.parametrize(
    "title",
    [
        "404 Not Found",
        "Error 404",
        "Page not found | The Outlet",
        "This page isn't available",
        "Seite nicht gefunden",
        "Страница не найдена",
        "الصفحة غير موجودة",
        "ページが見つかりません",
    ],
)
def test_an_error_page_that_says_200_is_suspected(
    origin: Origin, capture: Capture, title: str
) -> None:
    origin.answers["/"] = titled(title)
    result = capture()
    assert (result.state, result.outcome) == (CaptureState.SEALED, Outcome.OK)
    assert flags_of(result.hops) == (Flag.SOFT_404,)
    assert not stands_for_the_page(flags_of(result.hops))


@pytest.mark.fault(52)
def test_an_article_that_leads_to_the_front_page_is_suspected(
    origin: Origin, capture: Capture
) -> None:
    origin.answers["/2016/11/the-bridge-is-open"] = redirect("/")
    origin.answers["/about"] = redirect("/")
    origin.answers["/"] = titled("The Outlet")
    assert flags_of(capture("/2016/11/the-bridge-is-open").hops) == (Flag.SOFT_404,)
    assert flags_of(capture("/about").hops) == ()


@pytest.mark.fault(52, 53)
@pytest.mark.parametrize(
    "answer",
    [
        page(ARTICLE),
        titled("Peugeot 404: the car of the revolution"),
        titled("Why 404 people were not found until Monday"),
        titled("How a captcha became art"),
        page(b"<title>Subscribe</title><p>Subscribe to our letter, if you like."),
        page(b'<script type="application/ld+json">{"isAccessibleForFree": true}</script>'),
        page(b"{}", kind="application/json"),
    ],
)
def test_an_ordinary_page_has_no_flag(origin: Origin, capture: Capture, answer: bytes) -> None:
    origin.answers["/"] = answer
    assert flags_of(capture().hops) == ()


@pytest.mark.fault(53)
@pytest.mark.parametrize(
    ("answer", "flag"),
    [
        (titled("Just a moment..."), Flag.BOT_WALL),
        (page(b"<p>captcha", status="403 Forbidden"), Flag.BOT_WALL),
        (titled("Before you continue to the site"), Flag.CONSENT_WALL),
        (page(b'<script>{"isAccessibleForFree":"False"}</script>'), Flag.PAYWALL),
        (page(b"<meta property='article:content_tier' content='locked'>"), Flag.PAYWALL),
        (page(b"<h2>Subscribe to continue reading</h2>"), Flag.PAYWALL),
    ],
)
def test_a_wall_is_flagged_and_stands_for_nothing(
    origin: Origin, capture: Capture, answer: bytes, flag: Flag
) -> None:
    origin.answers["/"] = answer
    result = capture()
    assert result.state == CaptureState.SEALED
    assert flags_of(result.hops) == (flag,)
    assert not stands_for_the_page(flags_of(result.hops))


@pytest.mark.fault(53)
def test_a_page_that_leads_to_a_login_is_a_wall(origin: Origin, capture: Capture) -> None:
    origin.answers["/post/7"] = redirect("/login?next=/post/7")
    origin.answers["/login"] = titled("Welcome back")
    assert flags_of(capture("/post/7").hops) == (Flag.LOGIN_WALL,)
    assert flags_of(capture("/login").hops) == ()


@pytest.mark.fault(39)
def test_broken_coding_is_flagged(origin: Origin, capture: Capture) -> None:
    broken = gzip.compress(b"<p>whole", mtime=0) + b"junk"
    origin.answers["/"] = page(broken, "Content-Encoding: gzip")
    assert flags_of(capture().hops) == (Flag.DECODE_ERROR,)


@pytest.mark.fault(43, 44)
@pytest.mark.parametrize(
    ("body", "kind", "flags"),
    [
        (b"<html><p>not a picture", "image/png", (Flag.TYPE_MISMATCH,)),
        (b"\x89PNG\r\n\x1a\n....", "text/html", (Flag.TYPE_MISMATCH,)),
        (b"<svg xmlns='x'><circle r='1'/></svg>", "text/html", (Flag.TYPE_MISMATCH,)),
        (b"<svg xmlns='x'><script>x</script></svg>", "image/svg+xml", (Flag.TYPE_MISMATCH,)),
        (b"%PDF-1.7 hello", "text/html", (Flag.TYPE_MISMATCH,)),
        (b"PK\x03\x04 archive", "image/jpeg", (Flag.TYPE_MISMATCH,)),
        (b"%PDF-1.7 <html><script>alert(1)</script>", "application/pdf", (Flag.POLYGLOT,)),
        (b"<html>%PDF-1.7 hello", "text/html", (Flag.POLYGLOT,)),
        (b"\xff\xd8\xff..PK\x03\x04..PK\x05\x06..", "image/jpeg", (Flag.POLYGLOT,)),
        (b"%PDF-1.7 hello", "application/pdf", ()),
        (b"\xff\xd8\xff picture", "image/png", ()),
        (b"PK\x03\x04 letter", "application/vnd.openxmlformats-officedocument", ()),
        (b"<html xmlns='x'><p>x", "application/xhtml+xml", ()),
    ],
)
def test_bytes_that_are_something_else_are_flagged(
    origin: Origin, capture: Capture, body: bytes, kind: str, flags: tuple[Flag, ...]
) -> None:
    origin.answers["/"] = page(body, kind=kind)
    result = capture()
    assert result.outcome == Outcome.OK
    assert flags_of(result.hops) == flags


@pytest.mark.fault(34)
def test_another_site_is_flagged_whatever_it_answers(origin: Origin, capture: Capture) -> None:
    origin.answers["/"] = redirect(origin.url("/parked", "localhost"))
    origin.answers["/parked"] = page(b"gone too", status="410 Gone")
    result = capture()
    assert result.outcome == Outcome.GONE
    assert flags_of(result.hops) == (Flag.REDIRECTED,)


def test_without_an_answer_there_is_nothing_to_flag(origin: Origin, capture: Capture) -> None:
    origin.answers["/"] = b""
    assert flags_of(capture().hops) == ()
    assert flags_of(()) == ()
