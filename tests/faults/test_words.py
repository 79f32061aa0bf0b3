"""What came of a real capture, as readers are told: each word is said of a server that did it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.db.models.functions import Now

from sources.failures import result_in_words
from sources.models import Snapshot
from sources.selectors.captures import came_of, gone_since
from sources.services.capture import run_capture
from sources.vocabulary import CaptureState
from tests.conftest import signed_in
from tests.factories import DocumentFactory, EvidenceFactory, SnapshotFactory
from tests.sources.conftest import ARTICLE, Queue
from tests.sources.origin import Origin, page, redirect
from tests.verification.page_reading import read
from verification.addresses import claim_path

pytestmark = pytest.mark.django_db


def captured(snapshot: Snapshot) -> Snapshot:
    """SNAPSHOT after all its attempts."""
    for _ in range(snapshot.max_attempts):
        run_capture(snapshot_id=snapshot.pk)
        Snapshot.objects.filter(pk=snapshot.pk, state=CaptureState.RETRY_WAIT).update(
            state=CaptureState.QUEUED, next_attempt_at=Now()
        )
    return Snapshot.objects.annotate(gone_since=gone_since()).get(pk=snapshot.pk)


def in_words(snapshot: Snapshot) -> str:
    return result_in_words(came_of(snapshot))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (page(b"x", status="401 Unauthorized"), "The page asks for a login."),
        (page(b"x", status="403 Forbidden"), "The site refuses us (403)."),
        (
            page(b"x", status="451 Unavailable For Legal Reasons"),
            "The page is blocked for legal reasons where we are (451).",
        ),
        (page(b"x", status="429 Too Many"), "The site says that we ask too often (429)."),
        (
            page(b"x", status="503 Away"),
            "The site has trouble of its own (503); this is a copy of its error page.",
        ),
        (page(b"x", status="999 No"), "The site refuses us (999)."),
        (
            page(b"x", status="400 Bad"),
            "The site answered with an error page (400); this is a copy of that page.",
        ),
        (page(b""), "The site answered with an empty page."),
        (page(b"x" * 900)[:-100], "The page did not arrive whole; its end is missing."),
        (b"nonsense", "The site’s answer could not be understood; this records what came."),
        (redirect("/"), "The address leads on without end; this records where it led."),
        (
            page(b"<title>Just a moment...</title>"),
            "The site seems to have shown a check for robots, not the page.",
        ),
        (
            page(b"<script>{'isAccessibleForFree': false}</script>"),
            "The page is for subscribers; a part of it may be missing.",
        ),
        (page(ARTICLE), ""),
    ],
)
@pytest.mark.fault(4, 5, 12, 53, 60)
def test_what_came_is_said_in_words(
    queued: Queue, open_origin: Origin, answer: bytes, words: str
) -> None:
    open_origin.answers["/"] = answer
    snapshot = captured(queued())
    assert snapshot.state == CaptureState.SEALED
    assert in_words(snapshot) == words


@pytest.mark.fault(4)
def test_unreachable_says_how_often_it_was_tried(queued: Queue, open_origin: Origin) -> None:
    snapshot = queued()
    open_origin.__exit__()
    snapshot = captured(snapshot)
    assert (snapshot.state, snapshot.outcome) == (CaptureState.SEALED, "unreachable")
    assert in_words(snapshot) == (
        "Unreachable at 3 attempts. The site did not accept a connection."
    )
    assert snapshot.hops.count() == 3, "each attempt is on the record"
    assert {record["type"] for record in snapshot.warc_records} == {"warcinfo", "metadata"}


@pytest.mark.fault(15)
def test_gone_says_since_when() -> None:
    """Since the first of the answers in a row, not since one before the page came back."""
    document = DocumentFactory.create()
    days = {date(2026, 10, 2): "gone", date(2026, 10, 9): "ok", date(2026, 11, 14): "gone"}
    history = [*days.items(), (date(2026, 11, 20), "gone")]
    for day, outcome in history:
        SnapshotFactory.create(
            document=document,
            outcome=outcome,
            http_status=404 if outcome == "gone" else 200,
            sealed_at=datetime.combine(day, time(12), UTC),
        )
    found = Snapshot.objects.annotate(gone_since=gone_since()).order_by("number")
    assert [in_words(snapshot) for snapshot in found] == [
        "The page is gone: the site answers 404 since 2 Oct 2026.",
        "",
        "The page is gone: the site answers 404 since 14 Nov 2026.",
        "The page is gone: the site answers 404 since 14 Nov 2026.",
    ]


@pytest.mark.fault(15)
def test_a_page_found_gone_is_gone_since_today(queued: Queue, open_origin: Origin) -> None:
    open_origin.answers["/"] = page(b"", status="410 Gone")
    snapshot = captured(queued())
    today = f"{snapshot.sealed_at.day} {snapshot.sealed_at:%b %Y}"
    assert in_words(snapshot) == f"The page is gone: the site answers 410 since {today}."


@pytest.fixture
def refused(queued: Queue, open_origin: Origin) -> Snapshot:
    """A page behind a login, cited by a public claim."""
    open_origin.answers["/"] = page(b"Sign in", status="401 Unauthorized")
    return captured(queued())


@pytest.mark.fault(60)
def test_the_public_pages_say_it(refused: Snapshot) -> None:
    item = EvidenceFactory.create(document=refused.document, snapshot=refused)
    copy = read(f"/snap/{refused.number}")
    claim = read(claim_path(item.claim.number, item.claim.sentence))
    assert "The page asks for a login." in copy.text
    assert "is not the page itself, so it isn’t counted. The page asks for a login." in claim.text


@pytest.mark.fault(60)
def test_the_editor_says_it(refused: Snapshot, editor: object) -> None:
    item = EvidenceFactory.create(document=refused.document, snapshot=None)
    response = signed_in(editor).get(f"/desk/c/{item.claim.number}")
    assert "The page asks for a login." in response.content.decode()
