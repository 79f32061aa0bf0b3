"""Pages that ask robots for no copies: what a schedule captures of them is for comparing alone."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from claims.services.evidence import file_evidence
from claims.vocabulary import QuoteState, Stance
from sources.models import Snapshot
from sources.services.documents import request_capture
from sources.vocabulary import CaptureReason, CaptureState, Change
from tests.factories import ClaimFactory, UserFactory
from tests.watch.conftest import LINES, REPOSITIONED, UNTOUCHED, Watched, article
from verification.selectors.mementos import memento_page
from verification.services.bundles import claim_download

ASKS = "<meta name='robots' content='noarchive'>"
ASKING = article(*(line.replace("retreated", "repositioned") for line in LINES), head=ASKS)


def _found(address: str) -> int:
    return Client().get(address).status_code


@pytest.mark.parametrize("part", ["", "?view=details", "/warc", "/bundle.wacz", "/diff/{first}"])
def test_a_scheduled_copy_of_a_page_that_asks_for_none_is_shown_to_nobody(
    watched: Watched, part: str
) -> None:
    first = watched.item.snapshot
    assert first
    copy = watched.look(ASKING)
    assert (copy.state, copy.outcome, copy.flags) == (CaptureState.SEALED, "ok", ["noarchive"])
    assert _found(f"/snap/{copy.number}{part.format(first=first.number)}") == 404
    assert _found(f"/api/v1/snapshots/{copy.number}") == 404
    assert _found(f"/snap/{first.number}") == 200


def test_without_the_wish_the_same_copy_is_shown(watched: Watched) -> None:
    copy = watched.look(REPOSITIONED)
    first = watched.item.snapshot
    assert first
    assert _found(f"/snap/{copy.number}") == 200
    assert _found(f"/snap/{copy.number}/diff/{first.number}") == 200
    assert _found(f"/api/v1/snapshots/{copy.number}") == 200


def test_it_is_compared_and_said_and_its_words_are_not_shown(watched: Watched) -> None:
    copy = watched.look(ASKING)
    assert Change.EDITED in watched.seen(copy)
    assert watched.item.quote_state == QuoteState.QUOTE_CHANGED
    shown = Client().get(f"/c/{watched.claim.number}", follow=True).content.decode()
    assert "The quoted words were changed after we archived them." in shown
    assert "repositioned" not in shown
    assert f"/snap/{copy.number}" not in shown
    first = watched.item.snapshot
    assert first
    assert f"/snap/{copy.number}" not in Client().get(f"/snap/{first.number}").content.decode()


def test_no_list_of_copies_names_it(watched: Watched) -> None:
    copy = watched.look(ASKING)
    listed = memento_page(watched.document.address or "", 1)
    assert copy.number not in {moment.number for moment in listed.moments}
    assert len(listed.moments) == 1


def test_evidence_cites_the_copy_that_can_be_shown(watched: Watched) -> None:
    first = watched.item.snapshot
    watched.look(ASKING)
    checker = watched.claim.owner
    assert checker
    with watched.now(), watched.commits(execute=True):
        item = file_evidence(
            actor=checker, claim=ClaimFactory.create(owner=checker), document=watched.document,
            stance=Stance.SUPPORTS, quote="the bakery road was open",
        )  # fmt: skip
    assert item.snapshot == first
    with claim_download(number=item.claim.number).file as bundle:
        assert bundle.read(4) == b"PK\x03\x04"


def test_a_copy_that_a_person_asked_for_is_shown_and_says_what_the_page_asks(
    watched: Watched,
) -> None:
    watched.show(ASKING)
    watched.hours += 1
    with watched.now(), watched.commits(execute=True):
        copy = request_capture(actor=watched.claim.owner, document=watched.document)
    copy.refresh_from_db()
    assert copy.flags == ["noarchive"]
    shown = Client().get(f"/snap/{copy.number}")
    assert shown.status_code == 200
    assert "asks robots to show no copies" in shown.content.decode()


def test_what_a_schedule_waits_for_is_the_persons_who_asks_for_it(watched: Watched) -> None:
    watched.show(ASKING)
    waiting = Snapshot.objects.create(
        document=watched.document, reason=CaptureReason.SCHEDULE, state=CaptureState.QUEUED
    )
    someone = UserFactory.create(role=watched.claim.owner.role)
    assert request_capture(actor=someone, document=watched.document) == waiting
    waiting.refresh_from_db()
    assert (waiting.reason, waiting.requested_by) == (CaptureReason.USER, someone)
    assert request_capture(actor=None, document=watched.document) == waiting
    waiting.refresh_from_db()
    assert waiting.reason == CaptureReason.USER


def test_a_person_who_asks_for_what_was_kept_private_gets_a_copy_of_their_own(
    watched: Watched,
) -> None:
    private = watched.look(ASKING)
    with watched.now(), watched.commits(execute=True):
        theirs = request_capture(actor=watched.claim.owner, document=watched.document)
    theirs.refresh_from_db()
    assert theirs != private
    assert json.loads(theirs.manifest)["reason"] == "user"
    assert _found(f"/snap/{theirs.number}") == 200


def test_a_public_one_of_the_last_minute_is_the_same(watched: Watched) -> None:
    copy = watched.look(UNTOUCHED)
    with watched.now():
        assert request_capture(actor=watched.claim.owner, document=watched.document) == copy
