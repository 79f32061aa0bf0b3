"""A cited page on a scriptable web server, captured again and again over travelled time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from claims.models import Claim, Evidence
from claims.services.evidence import file_evidence
from claims.vocabulary import Stance
from sources.capture import extract_child
from sources.capture.archived import read_page as read_archived
from sources.capture.extract import ExtractedText
from sources.capture.limits import ExtractionLimits, Limits
from sources.capture.store import ObjectStore
from sources.models import ChangeEvent, ChangeWatch, Document, Snapshot
from sources.services import settle, texts
from sources.services.documents import add_document, request_capture
from sources.vocabulary import CaptureReason, Change
from tests.factories import ClaimFactory, UserFactory
from tests.sources.origin import Origin, page

START = datetime(2026, 11, 12, 8, tzinfo=UTC)
QUOTE = "Our fighters have retreated from the 1070 project"
LINES = (
    (
        "The operations room said on Saturday that the situation in the west had changed "
        "during the night, after eleven hours of shelling."
    ),
    (
        f"“{QUOTE} after a night of shelling,” the operations room wrote in a statement that three "
        "channels repeated within the hour."
    ),
    (
        "Residents who spoke to our reporter by telephone said that the bakery road was open "
        "again and that they had seen no vehicle since the early morning."
    ),
    (
        "Neither side has published pictures from inside the buildings; both asked people to stay "
        "away from the road until the mines had been cleared."
    ),
    (
        "The last bus left the quarter on Thursday, four days after the school was closed, and "
        "the driver said that he did not expect to come back this week."
    ),
)


def article(
    *lines: str, title: str = "The night in the west", around: str = "", head: str = ""
) -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    published = "2016-11-12T08:30:00+02:00"
    html = (
        f"<html lang='en'><head><title>{title}</title>{head}"
        f"<meta property='article:published_time' content='{published}'></head>"
        f"<body><div>{around}</div><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
    return page(html.encode(), kind="text/html; charset=utf-8")


def edited(before: str, after: str, *, of: tuple[str, ...] = LINES) -> bytes:
    return article(*(line.replace(before, after) for line in of))


UNTOUCHED = article(*LINES)
REPOSITIONED = edited("retreated", "repositioned")
WITHOUT_THE_QUOTE = article(LINES[0], *LINES[2:])
NOT_FOUND = page(b"<h1>Not found</h1>", status="404 Not Found")
SOFT_404 = page(
    b"<html><head><title>Page not found</title></head><body><h1>Page not found</h1>"
    b"<p>The page you are looking for is not here. Try the search, or go to the front page of this "
    b"site, where you will find the newest of our reports.</p></body></html>"
)
WALL = page(
    b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
    status="403 Forbidden",
)


@dataclass
class Watched:
    """One claim that quotes one page. `look` captures it as the schedule does."""

    origin: Origin
    claim: Claim
    item: Evidence
    document: Document
    commits: Callable[..., object]
    hours: float = 0.0

    def show(self, answer: bytes) -> None:
        self.origin.answers["/"] = answer

    def look(self, answer: bytes | None = None, *, after: float = 1) -> Snapshot:
        """Hours AFTER the last look, the page answers ANSWER."""
        if answer is not None:
            self.show(answer)
        self.hours += after
        with self.now(), self.commits(execute=True):
            snapshot = request_capture(
                actor=None, document=self.document, reason=CaptureReason.SCHEDULE
            )
            Snapshot.objects.filter(pk=snapshot.pk).update(max_attempts=1)
        snapshot.refresh_from_db()
        self.item.refresh_from_db()
        return snapshot

    @contextmanager
    def now(self) -> Iterator[datetime]:
        at = START + timedelta(hours=self.hours)
        with time_machine.travel(at):
            yield at

    @property
    def watch(self) -> ChangeWatch:
        return ChangeWatch.objects.get(document=self.document)

    def seen(self, snapshot: Snapshot) -> set[Change]:
        return {
            Change(kind)
            for kind in ChangeEvent.objects.filter(after=snapshot).values_list("kind", flat=True)
        }


def read_here(
    store: ObjectStore, key: str, offset: int, limits: ExtractionLimits | None = None
) -> ExtractedText:
    """The extractors as they are, in this process: a jail has its own tests, and takes seconds."""
    limits = limits or ExtractionLimits()
    with store.open(key) as warc:
        given = read_archived(warc, offset, Limits(), at_most=limits.input_bytes)
    return ExtractedText(
        **extract_child.read_page(given.body, given.head.value("content-type"), given.url, limits)
    )


@pytest.fixture
def watched(
    db: None,
    settings: object,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> Iterator[Watched]:
    """A page that was captured once and is quoted since."""
    # What is sealed bears the database's time, which no test can move.
    monkeypatch.setattr(settle, "database_now", timezone.now)
    monkeypatch.setattr(texts, "extract_stored", read_here)
    settings.CAPTURE_HOST_INTERVAL = 0
    checker: User = UserFactory.create(name="Rana Haddad", role=Role.FACT_CHECKER)
    with Origin() as origin:
        settings.CAPTURE_LOOPBACK_PORTS = [origin.port]
        origin.answers["/"] = UNTOUCHED
        with time_machine.travel(START), django_capture_on_commit_callbacks(execute=True):
            document = add_document(actor=checker, address=origin.url("/"))
            claim = ClaimFactory.create(owner=checker)
            item = file_evidence(
                actor=checker,
                claim=claim,
                document=document,
                stance=Stance.SUPPORTS,
                quote=QUOTE,
                quote_language="en",
            )
            request_capture(actor=checker, document=document)
        item.refresh_from_db()
        yield Watched(origin, claim, item, document, django_capture_on_commit_callbacks)
