"""Sites that give a browser another page than they gave us: told at the picture."""

from __future__ import annotations

import socket

import pytest
from django.test import Client

from sources.capture.picture import Picture
from sources.cloaking import in_words, percent_archived
from sources.models import Artifact, Snapshot
from sources.services import capture
from sources.services.artifacts import make_artifact
from sources.vocabulary import ArtifactKind
from tests.chromium import CHROMIUM
from tests.factories import EvidenceFactory, UserFactory
from tests.sources.browsing import Take, take
from tests.sources.conftest import ARTICLE, Queue
from tests.sources.origin import Origin, page

__all__ = ["take"]  # a fixture

OTHER = b"<html><article>" + b"".join(
    b"<p>Line %d of another page, in which nothing is said of any bridge or driver.</p>" % n
    for n in range(8)
)
WORDS = " ".join(f"word{n}" for n in range(40))


@pytest.fixture
def pictured(queued: Queue, settings: object) -> Snapshot:
    """A copy whose picture a person asked for, here where a browser is."""
    settings.CHROMIUM = CHROMIUM
    snapshot = queued(requested_by=UserFactory.create())
    EvidenceFactory.create(document=snapshot.document, snapshot=None)
    return snapshot


def picture_of(snapshot: Snapshot) -> Artifact:
    capture.run_capture(snapshot_id=snapshot.pk)
    for job in snapshot.jobs.all():
        make_artifact(job_id=job.pk)
    found: Artifact = snapshot.artifacts.get(kind=ArtifactKind.PICTURE)
    return found


def shown(snapshot: Snapshot) -> str:
    return Client().get(f"/snap/{snapshot.number}?view=picture").content.decode()


@pytest.mark.journey
@pytest.mark.fault(54)
def test_another_page_for_browsers_is_told_at_the_picture(
    pictured: Snapshot, origin: Origin
) -> None:
    def by_visitor(connection: socket.socket) -> None:
        is_browser = b"Chrome/" in origin.requests[-1]
        connection.sendall(page(OTHER if is_browser else ARTICLE))

    origin.answers["/"] = by_visitor
    picture = picture_of(pictured)
    assert picture.facts["percent_archived"] == 0
    assert "Of the words that the browser was shown, 0% are in the archived page" in shown(pictured)


@pytest.mark.journey
@pytest.mark.fault(54)
def test_the_same_page_for_all_has_nothing_to_tell(pictured: Snapshot, origin: Origin) -> None:
    origin.answers["/"] = page(ARTICLE)
    picture = picture_of(pictured)
    assert picture.facts["percent_archived"] == 100
    assert "that the browser was shown" not in shown(pictured)


@pytest.mark.journey
def test_the_words_are_read_beside_the_programs_of_the_page(take: Take) -> None:
    """A page cannot say other words to us than it draws."""
    picture: Picture = take(
        "<p>What is drawn<script>Object.defineProperty(HTMLElement.prototype, 'innerText', "
        "{get: () => 'What is told'}); document.body.append(' and written')</script>"
    )
    assert picture.words.split() == ["What", "is", "drawn", "and", "written"]


@pytest.mark.parametrize(
    ("drawn", "archived", "percent"),
    [
        (WORDS, WORDS, 100),
        (WORDS, f"before {WORDS.upper()} behind", 100),
        (WORDS, "", 0),
        (WORDS, " ".join(reversed(WORDS.split())), 0),
        (f"{WORDS} {WORDS.replace('word', 'other')}", WORDS, 48),
        ("too few words to say", "", None),
        ("", WORDS, None),
    ],
)
def test_what_is_archived_of_what_was_drawn(drawn: str, archived: str, percent: int | None) -> None:
    assert percent_archived(drawn, archived) == percent


def test_only_little_is_worth_a_sentence() -> None:
    assert in_words(None) == in_words(50) == in_words(100) == ""
    assert in_words(49).startswith("Of the words that the browser was shown, 49%")
