"""One round: a worker dies at a point, another takes over, and what must hold is looked at.

Used by the tests, a round at each point, and by benchmarks/crashes.py, hundreds of rounds.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit.models import AuditEvent
from claims.models import Evidence
from sources.capture.store import FileStore
from sources.models import Snapshot, StoredObject
from sources.services.artifacts import make_artifact, sweep_artifacts
from sources.services.capture import run_capture, sweep_captures
from sources.services.documents import add_document
from sources.vocabulary import ArtifactKind, CaptureState, JobState
from tests.processes import PROJECT

PATIENCE_SECONDS = 30


class CrashingWorker:
    """The process that forks workers which die where they are told to."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crashing_worker"],
            cwd=PROJECT, env=dict(variables), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def die_at(self, point: str, snapshot: Snapshot) -> int:
        """Let a worker begin SNAPSHOT and die at POINT; returns its exit code, -9 if it did."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{point} {snapshot.pk}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        self._process.communicate(timeout=20)


@contextmanager
def crashing_worker(variables: Mapping[str, str]) -> Iterator[CrashingWorker]:
    worker = CrashingWorker(variables)
    try:
        yield worker
    finally:
        worker.end()


@dataclass(frozen=True)
class Round:
    """What came of one crash. `seconds`: from the death until everything was made."""

    point: str
    seconds: float
    orphans: int


def crash(worker: CrashingWorker, point: str, address: str, folder: Path) -> Round:
    """Capture ADDRESS with a worker that dies at POINT; raises AssertionError if anything is lost.

    FOLDER holds the object store and the staging folder of the dying worker.
    """
    document = add_document(actor=None, address=address)
    snapshot = Snapshot.objects.create(document=document)
    Snapshot.objects.filter(pk=snapshot.pk).update(next_attempt_at=snapshot.requested_at)
    assert worker.die_at(point, snapshot) == -signal.SIGKILL, point
    began = time.monotonic()
    _take_over(snapshot)
    seconds = time.monotonic() - began
    _look_at(snapshot)
    return Round(point, seconds, _orphans(folder))


def _take_over(snapshot: Snapshot) -> None:
    """What beat and another worker do, without waiting for their clocks."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not _is_done(snapshot):
        assert time.monotonic() < end, f"snapshot {snapshot.pk} was lost: {_state(snapshot)}"
        sweep_captures()
        run_capture(snapshot_id=snapshot.pk)
        sweep_artifacts()
        for job in snapshot.jobs.filter(state=JobState.PENDING):
            make_artifact(job_id=job.pk)
        time.sleep(0.05)


def _is_done(snapshot: Snapshot) -> bool:
    return Snapshot.objects.filter(
        pk=snapshot.pk, state=CaptureState.SEALED, jobs__state=JobState.DONE
    ).exists()


def _state(snapshot: Snapshot) -> object:
    return Snapshot.objects.filter(pk=snapshot.pk).values("state", "fence", "error").get()


def _look_at(snapshot: Snapshot) -> None:
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.outcome) == (CaptureState.SEALED, "ok")
    lines = AuditEvent.objects.filter(
        tag="sources:snapshot:sealed", subject_id=str(snapshot.number)
    )
    assert lines.count() == 1, "sealed once"
    assert lines.get().after["manifest_sha256"] == snapshot.manifest_sha256
    assert snapshot.artifacts.filter(kind=ArtifactKind.TEXT).count() == 1, "read once"
    assert run_capture(snapshot_id=snapshot.pk) is None, "a late message changes nothing"
    assert not Evidence.objects.exclude(snapshot__state=CaptureState.SEALED).filter(
        snapshot__isnull=False
    )


def _orphans(folder: Path) -> int:
    """Objects that no row names: harmless, quarantined later. Every row's object must be whole."""
    store = FileStore(folder / "objects")
    named = set(StoredObject.objects.values_list("sha256", flat=True))
    assert all(store.verify(key) for key in named)
    kept = {path.name for path in (folder / "objects").glob("??/??/*")}
    return len(kept - named)
