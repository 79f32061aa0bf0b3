"""The page of a capture that was cancelled says why, by whom and when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import User
from audit.models import AuditEvent
from audit.services.record import record_event
from claims.vocabulary import Publication
from sources.models import Snapshot
from sources.services.capture import run_capture
from sources.services.documents import add_document
from sources.vocabulary import CaptureReason, CaptureState
from tests.factories import ClaimFactory, EvidenceFactory
from tests.sources.origin import Origin, page, redirect
from tests.verification.page_reading import read

pytestmark = pytest.mark.django_db

KEEP_OUT = page(b"User-agent: *\nDisallow: /private\n", kind="text/plain")


@pytest.fixture
def origin(settings: object) -> Iterator[Origin]:
    with Origin() as running:
        settings.CAPTURE_LOOPBACK_PORTS = [running.port]
        running.answers["/robots.txt"] = KEEP_OUT
        running.answers["/moved"] = redirect("/private/1")
        yield running


def scheduled(origin: Origin, path: str) -> Snapshot:
    document = add_document(actor=None, address=origin.url(path))
    claim = ClaimFactory.create(publication=Publication.PUBLISHED)
    EvidenceFactory.create(claim=claim, document=document, snapshot=None)
    snapshot = Snapshot.objects.create(document=document, reason=CaptureReason.SCHEDULE)
    run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.CANCELLED
    return snapshot


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/private/1", "robots.txt of the site asks robots to stay away from this page"),
        ("/moved", "The page redirects to 127.0.0.1, whose robots.txt asks robots to stay away"),
    ],
)
def test_what_a_schedule_gave_up_says_so(origin: Origin, path: str, reason: str) -> None:
    snapshot = scheduled(origin, path)
    at = AuditEvent.objects.get(tag="sources:snapshot:cancelled").at
    text = read(f"/snap/{snapshot.number}").text
    assert "The capture was cancelled." in text
    assert reason in text
    assert f"Cancelled by the software itself on {at:%-d %b %Y, %H:%M} UTC." in text


def test_a_person_is_not_named_and_a_reason_is_said(origin: Origin, editor: User) -> None:
    snapshot = scheduled(origin, "/private/1")
    record_event(
        actor=editor,
        tag="sources:snapshot:cancelled",
        subject=snapshot,
        reason="It was asked for by mistake.",
    )
    text = read(f"/snap/{snapshot.number}").text
    assert "It was asked for by mistake. Cancelled by a person at the desk on " in text
    assert editor.name not in text
