"""Disks that are full, read-only or limited: nothing half-written stays, nothing is sealed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sources.services.capture import run_capture, sweep_captures
from sources.vocabulary import CaptureState
from tests.sources.conftest import Queue
from tests.sources.origin import Origin, page

PROJECT = Path(__file__).resolve().parents[2]
LARGE = page(os.urandom(600_000), kind="text/html")  # no compression makes it fit


@pytest.mark.fault(70)
@pytest.mark.parametrize("fault", ["full", "read-only", "nameless", "quota"])
def test_a_faulty_disk_leaves_no_half_object(origin: Origin, tmp_path: Path, fault: str) -> None:
    origin.answers["/"] = LARGE
    command = ["-m", "tests.faults.small_disk", fault, origin.url(), str(origin.port), tmp_path]
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *command], cwd=PROJECT, stdout=subprocess.PIPE, check=True, timeout=60
    )
    report = json.loads(done.stdout)
    assert (report["state"], report["error"]) == (CaptureState.FAILED, "store_failed")
    assert report["error_detail"].startswith("The capture could not be stored")
    assert report["warc"] is None
    assert report["left"] == [], "neither in the store nor in staging"


@pytest.mark.fault(70)
@pytest.mark.django_db
def test_without_room_no_capture_begins_and_all_go_on_afterwards(
    queued: Queue,
    open_origin: Origin,
    announced: list[tuple[str, dict[str, object]]],
    settings: object,
    caplog: pytest.LogCaptureFixture,
) -> None:
    snapshot = queued()
    settings.CAPTURE_LEAST_FREE_PERCENT = 100
    assert sweep_captures() == 0
    assert run_capture(snapshot_id=snapshot.pk) is None
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.attempt) == (CaptureState.QUEUED, 0), "no attempt was spent"
    assert open_origin.requests == []
    assert "almost full" in caplog.text

    settings.CAPTURE_LEAST_FREE_PERCENT = 0
    assert sweep_captures() == 1
    run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.SEALED


@pytest.mark.fault(70)
@pytest.mark.django_db
def test_a_capture_that_could_not_be_stored_is_tried_again(
    queued: Queue, tmp_path: Path, settings: object
) -> None:
    in_the_way = tmp_path / "in-the-way"
    in_the_way.write_text("a file where the store's folder should be")
    good, settings.STORAGE_URL = settings.STORAGE_URL, f"file://{in_the_way}/objects"
    snapshot = queued()
    run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.error) == (CaptureState.RETRY_WAIT, "store_failed")
    settings.STORAGE_URL = good
    snapshot.state = CaptureState.QUEUED
    snapshot.save()
    run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    assert snapshot.state == CaptureState.SEALED
