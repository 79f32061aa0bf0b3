"""Clocks that are wrong: the database’s times count, and the copy says that another was off."""

from __future__ import annotations

import json
import socket
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from sources.flags import Flag
from sources.models import Snapshot
from sources.services.capture import run_capture
from sources.services.clock import database_now
from sources.vocabulary import CaptureState
from tests.sources.conftest import ARTICLE, Queue
from tests.sources.origin import Origin, page

pytestmark = [pytest.mark.django_db, pytest.mark.fault(72)]


def sealed(snapshot: Snapshot) -> Snapshot:
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.SEALED
    return snapshot


@pytest.mark.parametrize(
    "wrong", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=3650), timedelta(days=-3650)]
)
def test_a_wrong_clock_is_flagged_and_believed_in_nothing(queued: Queue, wrong: timedelta) -> None:
    snapshot, before = queued(), database_now()
    with time_machine.travel(timezone.now() + wrong, tick=True):
        run_capture(snapshot_id=snapshot.pk)
    after = database_now()
    snapshot = sealed(snapshot)
    assert snapshot.flags == [Flag.CLOCK_SKEW]
    assert before <= snapshot.capture_started_at <= snapshot.sealed_at <= after
    manifest = json.loads(snapshot.manifest)
    assert manifest["flags"] == ["clock_skew"]
    assert before <= datetime.fromisoformat(manifest["finished_at"]) <= after


def test_a_clock_that_jumps_during_the_capture_is_flagged(
    queued: Queue, open_origin: Origin
) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=True) as traveller:

        def answer(connection: socket.socket) -> None:
            traveller.shift(timedelta(hours=1))  # right again by the time of sealing
            connection.sendall(page(ARTICLE))

        open_origin.answers["/"] = answer
        snapshot = queued()
        Snapshot.objects.update(next_attempt_at=database_now())
        run_capture(snapshot_id=snapshot.pk)
    assert sealed(snapshot).flags == [Flag.CLOCK_SKEW]


@pytest.mark.parametrize("off", [timedelta(), timedelta(seconds=30), timedelta(seconds=-30)])
def test_half_a_minute_is_tolerated(queued: Queue, off: timedelta) -> None:
    snapshot = queued()
    with time_machine.travel(timezone.now() + off, tick=True):
        run_capture(snapshot_id=snapshot.pk)
    assert sealed(snapshot).flags == []
