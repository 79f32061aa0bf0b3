"""OpenTimestamps against a calendar on loopback: promised first, proved by a block later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from opentimestamps.core.serialize import BytesDeserializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile

from audit.models import Checkpoint, TimestampToken, TokenKind, TokenState
from audit.selectors.checkpoints import token_problem
from audit.services import checkpoints
from audit.services.checkpoints import make_checkpoint
from audit.services.record import record_event
from sources.services.timestamps import stamp_checkpoint, sweep_stamps
from tests.factories import PartyFactory
from tests.sources.authority import Calendar
from tests.sources.origin import Origin

pytestmark = pytest.mark.django_db


@pytest.fixture
def checkpoint(monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    monkeypatch.setattr(checkpoints, "enqueue", lambda *_a, **_k: None)
    record_event(actor=None, tag="sources:party:added", subject=PartyFactory.create())
    made = make_checkpoint()
    assert made is not None
    return made


@pytest.fixture
def calendar(origin: Origin, settings: object) -> Calendar:
    calendar = Calendar(origin)
    settings.OPENTIMESTAMPS_URLS = [calendar.url]
    settings.OWN_SERVICES = [f"127.0.0.1:{origin.port}"]
    return calendar


def proof() -> TimestampToken:
    return TimestampToken.objects.select_related("checkpoint").get(kind=TokenKind.OPENTIMESTAMPS)


def ask_again(**columns: object) -> None:
    due = {"next_attempt_at": timezone.now() - timedelta(seconds=1), **columns}
    TimestampToken.objects.filter(kind=TokenKind.OPENTIMESTAMPS).update(**due)
    sweep_stamps()


def test_the_hash_is_promised_and_then_proved(calendar: Calendar, checkpoint: Checkpoint) -> None:
    stamp_checkpoint(number=checkpoint.number)
    assert calendar.submitted == [bytes.fromhex(checkpoint.hash)]
    assert (proof().state, proof().token is not None) == (TokenState.PENDING, True)
    ask_again()  # no block yet
    assert proof().state == TokenState.PENDING
    calendar.block = 800_000
    ask_again()
    assert proof().state == TokenState.GRANTED
    assert "Bitcoin block 800000" in proof().reason
    assert token_problem(proof(), checkpoint) == ""
    assert len(calendar.submitted) == 1


def test_the_public_client_can_read_the_kept_proof(
    calendar: Calendar, checkpoint: Checkpoint
) -> None:
    stamp_checkpoint(number=checkpoint.number)
    context = BytesDeserializationContext(bytes(proof().token))
    assert DetachedTimestampFile.deserialize(context).file_digest.hex() == checkpoint.hash


@pytest.mark.fault(74)
def test_after_seven_days_without_a_block_it_is_submitted_anew(
    calendar: Calendar, checkpoint: Checkpoint
) -> None:
    stamp_checkpoint(number=checkpoint.number)
    ask_again(stated_at=timezone.now() - timedelta(days=6))
    assert len(calendar.submitted) == 1
    ask_again(stated_at=timezone.now() - timedelta(days=8))
    assert len(calendar.submitted) == 2
    assert proof().stated_at > timezone.now() - timedelta(minutes=1)


def test_what_is_no_proof_is_refused(calendar: Calendar, checkpoint: Checkpoint) -> None:
    calendar.mode = "html"
    stamp_checkpoint(number=checkpoint.number)
    assert (proof().state, proof().token) == (TokenState.REFUSED, None)


def test_a_calendar_that_points_elsewhere_is_not_followed(
    calendar: Calendar, checkpoint: Checkpoint
) -> None:
    with Origin() as stranger:
        calendar.stranger = stranger.url("").rstrip("/")
        stamp_checkpoint(number=checkpoint.number)
        ask_again()
        assert stranger.connections == 0
    assert "a stranger" in proof().reason


@pytest.mark.fault(74)
def test_a_calendar_that_is_away_leaves_it_pending(
    calendar: Calendar, checkpoint: Checkpoint, settings: object
) -> None:
    settings.OPENTIMESTAMPS_URLS = ["https://calendar.invalid"]
    stamp_checkpoint(number=checkpoint.number)
    assert (proof().state, proof().attempt) == (TokenState.PENDING, 1)


def test_a_proof_about_another_hash_does_not_hold(
    calendar: Calendar, checkpoint: Checkpoint
) -> None:
    calendar.block = 1
    stamp_checkpoint(number=checkpoint.number)
    ask_again()
    token, other = proof(), Checkpoint(number=2, hash="0" * 64)
    assert "something else" in token_problem(token, other)
