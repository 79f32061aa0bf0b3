"""robots.txt: read by the standard, bounded, recorded for everybody, obeyed by schedules."""

from __future__ import annotations

import gzip
import json
import urllib.robotparser
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from sources.capture import robots
from sources.capture.robots import is_allowed, rules_for_us
from sources.models import HostPolicy
from sources.services import capture
from sources.vocabulary import CaptureReason, CaptureState, RobotsVerdict
from tests.sources.conftest import ARTICLE, Queue
from tests.sources.origin import Origin, page, redirect, silent_until_closed

pytestmark = [pytest.mark.usefixtures("announced", "impatient")]

KEEP_OUT = b"User-agent: *\nDisallow: /private\n"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may take seconds takes tenths of them."""
    quick = replace(robots.ROBOTS_LIMITS, first_byte_seconds=0.4, header_seconds=0.4)
    monkeypatch.setattr(robots, "ROBOTS_LIMITS", quick)


@pytest.mark.parametrize(
    ("text", "target", "answer"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("Disallow: /", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: Corroborate\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: corroborate/9\nAllow: /", "/a", True),
        ("User-agent: one\nUser-agent: corroborate\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /a\nCrawl-delay: ²\nDisallow: /b", "/b", False),
        ("User-agent: *\nDisallow: /p\nAllow: /p/open", "/p/open/1", True),
        ("User-agent: *\nDisallow: /p\nAllow: /p", "/p", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/a.pdf?page=1", True),
        ("User-agent: *\nDisallow: /a*b*c", "/a-b-c-d", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /a*ab$", "/ab", True),
        ("User-agent: *\nDisallow: /a*$", "/abc", False),
        ("User-agent: *\nDisallow: /%7Ename", "/~name", False),
        ("User-agent: *\nDisallow: /حلب", "/%D8%AD%D9%84%D8%A8", False),
        ("User-agent: *\nDisallow: /a%2fb", "/a%2Fb", False),
        ("User-agent: *\nDisallow: /a%2fb", "/a/b", True),
        ("\ufeffuser-AGENT : *\r\nDISALLOW : /a # why\r\n", "/a", False),
        ("User-agent: *\rDisallow: /a\r", "/a", False),
        ("User-agent: *\nDisallow: //[x", "//[x", False),
    ],
)
def test_rules_are_read_by_the_standard(text: str, target: str, answer: bool) -> None:
    assert is_allowed(text, target) is answer


_PATHS = st.text("ab/", min_size=1, max_size=4).map(lambda path: f"/a{path}")


@given(st.lists(_PATHS, max_size=4), _PATHS)
def test_plain_rules_read_as_python_reads_them(paths: list[str], target: str) -> None:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in paths)]
    theirs = urllib.robotparser.RobotFileParser()
    theirs.parse(lines)
    assert is_allowed("\n".join(lines), target) == theirs.can_fetch("Corroborate", target)


@given(st.text(max_size=300), st.text(max_size=30))
def test_nothing_that_a_site_writes_breaks_the_reading(text: str, target: str) -> None:
    is_allowed(f"User-agent: *\nDisallow: {text}", f"/{target}")


def test_a_pattern_of_many_stars_is_matched_in_a_straight_line() -> None:
    text = "User-agent: *\n" + f"Disallow: /{'a*' * 2000}b\n" * 100
    assert is_allowed(text, "/" + "a" * 8000)
    assert len(rules_for_us(text)) == 100


def test_the_verdict_is_recorded_and_a_person_s_capture_goes_on(
    queued: Queue, open_origin: Origin
) -> None:
    open_origin.answers["/robots.txt"] = page(KEEP_OUT, kind="text/plain")
    open_origin.answers["/private/1"] = page(ARTICLE)
    for path, verdict in (
        ("/private/1", RobotsVerdict.DISALLOWED),
        ("/", RobotsVerdict.ALLOWED),
    ):
        snapshot = queued(path)
        capture.run_capture(snapshot_id=snapshot.pk)
        snapshot.refresh_from_db()
        assert (snapshot.state, snapshot.robots) == (CaptureState.SEALED, verdict)
    assert len(open_origin.robots_requests) == 1, "asked once a day"


def test_a_schedule_obeys(queued: Queue, open_origin: Origin) -> None:
    open_origin.answers["/robots.txt"] = page(KEEP_OUT, kind="text/plain")
    snapshot = queued("/private/1", reason=CaptureReason.SCHEDULE)
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.CANCELLED
    assert (snapshot.error, snapshot.robots) == ("robots_disallowed", RobotsVerdict.DISALLOWED)
    assert "A person can still ask" in snapshot.error_detail
    assert snapshot.warc is None
    assert open_origin.requests == [], "the page was not asked for"
    event = AuditEvent.objects.get(tag="sources:snapshot:cancelled")
    assert event.after["error"] == "robots_disallowed"


def test_a_schedule_goes_on_where_it_may(queued: Queue, open_origin: Origin) -> None:
    open_origin.answers["/robots.txt"] = page(KEEP_OUT, kind="text/plain")
    snapshot = queued(reason=CaptureReason.SCHEDULE)
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.SEALED


BROKEN = {
    "server error": page(b"no", status="503 Away"),
    "not HTTP": b"\x00\x01garbage",
    "silence": silent_until_closed,
    "endless redirects": redirect("/robots.txt?again"),
    "inside": redirect("http://169.254.169.254/robots.txt"),
    "cut short": page(KEEP_OUT)[:-5],
}
READABLE = {
    "HTML": (page(b"<!doctype html><title>Disallow: /</title>"), True),
    "binary": (page(bytes(range(256)) * 400, kind="application/octet-stream"), True),
    "missing": (page(b"", status="404 Not Found"), True),
    "10 MB of rules": (page(KEEP_OUT + b"Allow: /x\n" * 1_000_000), False),
    "compressed": (page(gzip.compress(KEEP_OUT), "Content-Encoding: gzip"), False),
    "a bomb": (page(gzip.compress(b"\n" * 30_000_000), "Content-Encoding: gzip"), True),
    "NUL among rules": (page(b"\x00User-agent: *\nDisallow: /private\n"), False),
}


@pytest.mark.fault(62)
@pytest.mark.parametrize("name", BROKEN)
def test_a_robots_file_that_cannot_be_read_stops_no_person(
    queued: Queue, open_origin: Origin, name: str
) -> None:
    open_origin.answers["/robots.txt"] = BROKEN[name]
    snapshot = queued()
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.robots) == (CaptureState.SEALED, RobotsVerdict.UNAVAILABLE)
    assert HostPolicy.objects.get().robots_error


@pytest.mark.fault(62)
@pytest.mark.parametrize("name", READABLE)
def test_whatever_comes_is_read_as_far_as_it_says_something(
    queued: Queue, open_origin: Origin, name: str
) -> None:
    open_origin.answers["/robots.txt"], is_free = READABLE[name]
    open_origin.answers["/private"] = page(ARTICLE)
    snapshot = queued("/private")
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    verdict = RobotsVerdict.ALLOWED if is_free else RobotsVerdict.DISALLOWED
    assert (snapshot.state, snapshot.robots) == (CaptureState.SEALED, verdict)
    assert len(HostPolicy.objects.get().robots.encode()) <= 512 * 1024


def test_a_server_that_fails_allows_a_schedule_nothing(queued: Queue, open_origin: Origin) -> None:
    open_origin.answers["/robots.txt"] = page(b"", status="500 Broken")
    snapshot = queued(reason=CaptureReason.SCHEDULE)
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.error) == (CaptureState.CANCELLED, "robots_unavailable")


def test_a_host_that_is_away_is_recorded_as_such_by_a_schedule(
    queued: Queue, open_origin: Origin
) -> None:
    snapshot = queued(reason=CaptureReason.SCHEDULE, max_attempts=1)
    open_origin.__exit__()
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.outcome, snapshot.robots) == ("unreachable", RobotsVerdict.UNAVAILABLE)


def test_it_is_read_again_after_a_day_and_the_old_one_holds_while_that_fails(
    queued: Queue, open_origin: Origin
) -> None:
    open_origin.answers["/robots.txt"] = page(KEEP_OUT)
    open_origin.answers["/private"] = page(ARTICLE)

    def verdict() -> str:
        snapshot = queued("/private")
        capture.run_capture(snapshot_id=snapshot.pk)
        snapshot.refresh_from_db()
        return snapshot.robots

    assert verdict() == RobotsVerdict.DISALLOWED
    HostPolicy.objects.update(robots_fetched_at=Now() - timedelta(hours=23))
    assert verdict() == RobotsVerdict.DISALLOWED
    assert len(open_origin.robots_requests) == 1
    open_origin.answers["/robots.txt"] = page(b"", status="503 Away")
    HostPolicy.objects.update(robots_fetched_at=Now() - timedelta(hours=25))
    assert verdict() == RobotsVerdict.DISALLOWED
    assert HostPolicy.objects.get().robots_error == "http_503"
    open_origin.answers["/robots.txt"] = page(b"")
    HostPolicy.objects.update(robots_fetched_at=Now() - timedelta(minutes=11))
    assert verdict() == RobotsVerdict.ALLOWED
    assert HostPolicy.objects.get().robots_error == ""


def test_an_address_that_is_refused_asks_no_robots_file(queued: Queue, settings: object) -> None:
    snapshot = queued()
    settings.CAPTURE_LOOPBACK_PORTS = []
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.robots) == (CaptureState.REFUSED, RobotsVerdict.NOT_ASKED)


@pytest.mark.parametrize(
    ("headers", "body", "is_flagged"),
    [
        (["X-Robots-Tag: noindex, NoArchive"], ARTICLE, True),
        (["X-Robots-Tag: corroborate: noarchive"], ARTICLE, True),
        (["X-Robots-Tag: noarchive, unavailable_after: 25 Jun 2030 15:00:00 PST"], ARTICLE, True),
        (["X-Robots-Tag: otherbot: noarchive"], ARTICLE, False),
        (["X-Robots-Tag: noindex"], ARTICLE, False),
        ([], b"<meta content='noindex,noarchive' name='robots'>" + ARTICLE, True),
        ([], b"<META NAME=ROBOTS CONTENT=NOARCHIVE>" + ARTICLE, True),
        ([], b"<meta name='description' content='noarchive'>" + ARTICLE, False),
        ([], b"<p>noarchive</p>" + ARTICLE, False),
    ],
)
def test_a_page_that_asks_for_no_copies_is_flagged(
    queued: Queue, open_origin: Origin, headers: list[str], body: bytes, is_flagged: bool
) -> None:
    open_origin.answers["/"] = page(body, *headers)
    snapshot = queued()
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert ("noarchive" in snapshot.flags) is is_flagged
    assert json.loads(snapshot.manifest)["flags"] == (["noarchive"] if is_flagged else [])
