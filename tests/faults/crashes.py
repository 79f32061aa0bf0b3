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

from django.db.models import QuerySet

from audit.models import AuditEvent, Checkpoint, TokenState
from audit.services.checkpoints import make_checkpoint
from claims.models import Evidence
from sources.capture.store import FileStore
from sources.models import Snapshot, StoredObject
from sources.services.artifacts import sweep_artifacts
from sources.services.capture import run_capture, sweep_captures
from sources.services.documents import add_document
from sources.services.timestamps import sweep_stamps
from sources.vocabulary import ArtifactKind, CaptureState, JobState
from tests.factories import EvidenceFactory
from tests.processes import PROJECT
from verification.services.snapshots import sweep_copies

PATIENCE_SECONDS = 30


class CrashingWorker:
    """The process that forks workers which die where they are told to."""

    def __init__(self, variables: Mapping[str, str], *options: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "tests.faults.crashing_worker", *options],
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
def crashing_worker(variables: Mapping[str, str], *options: str) -> Iterator[CrashingWorker]:
    worker = CrashingWorker(variables, *options)
    try:
        yield worker
    finally:
        worker.end()


@dataclass(frozen=True)
class Round:
    """What came of one crash. `seconds`: from the death until a claim cites the stamped copy.

    `sealed` and `read`: how often the record says so of the copy. `unproved`: objects that the
    record, a row or a citation names and that the store does not have whole, at the death and at
    the end. `orphans`: objects that nothing names; harmless, put aside later.
    """

    point: str
    seconds: float
    is_lost: bool
    sealed: int
    read: int
    unproved: int
    orphans: int

    @property
    def is_well(self) -> bool:
        return (self.is_lost, self.sealed, self.read, self.unproved) == (False, 1, 1, 0)


def crash(worker: CrashingWorker, point: str, address: str, folder: Path) -> Round:
    """Let a worker that captures ADDRESS for a claim die at POINT, and others take over.

    FOLDER holds the object store and the staging folder of the dying worker.
    """
    document = add_document(actor=None, address=address)
    EvidenceFactory.create(document=document, snapshot=None)
    snapshot = Snapshot.objects.create(document=document)
    Snapshot.objects.filter(pk=snapshot.pk).update(next_attempt_at=snapshot.requested_at)
    assert worker.die_at(point, snapshot) == -signal.SIGKILL, point
    unproved = len(_unproved(folder))
    began = time.monotonic()
    is_done = _take_over(snapshot)
    seconds = time.monotonic() - began
    assert run_capture(snapshot_id=snapshot.pk) is None, "a late message changes nothing"
    return Round(
        point,
        seconds,
        is_lost=not is_done,
        sealed=_times_sealed(snapshot),
        read=snapshot.artifacts.filter(kind=ArtifactKind.TEXT).count(),
        unproved=unproved + len(_unproved(folder)),
        orphans=len(_kept(folder) - _named()),
    )


def _take_over(snapshot: Snapshot) -> bool:
    """What beat and another worker do, without waiting for their clocks; false if it is lost.

    Sweeps alone: no message that the dead worker sent is heard by anybody.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not _is_done(snapshot):
        if time.monotonic() > end:
            return False
        sweep_captures()
        sweep_artifacts()
        sweep_copies()
        make_checkpoint()
        sweep_stamps()
        time.sleep(0.05)
    return True


def _is_done(snapshot: Snapshot) -> bool:
    is_cited = Evidence.objects.filter(
        snapshot=snapshot.pk,
        snapshot__state=CaptureState.SEALED,
        snapshot__outcome="ok",
        snapshot__jobs__state=JobState.DONE,
    )
    line = _sealing_lines(snapshot).order_by("seq").values_list("seq", flat=True).first()
    stamped = Checkpoint.objects.filter(last_seq__gte=line or 0, tokens__state=TokenState.GRANTED)
    return line is not None and is_cited.exists() and stamped.exists()


def _sealing_lines(snapshot: Snapshot) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(tag="sources:snapshot:sealed", subject_id=str(snapshot.number))


def _times_sealed(snapshot: Snapshot) -> int:
    """Lines of the record that say so; they must be about what the row holds."""
    snapshot.refresh_from_db()
    lines = list(_sealing_lines(snapshot))
    assert all(line.after["manifest_sha256"] == snapshot.manifest_sha256 for line in lines)
    return len(lines)


def _unproved(folder: Path) -> set[str]:
    """Objects that something shown names and that the store does not have, or not whole."""
    store, kept = FileStore(folder / "objects"), _kept(folder)
    return {key for key in _named() if key not in kept or not store.verify(key)} | {
        f"snapshot {number}"
        for number in Evidence.objects.exclude(snapshot__state=CaptureState.SEALED)
        .filter(snapshot__isnull=False)
        .values_list("snapshot__number", flat=True)
    }


def _named() -> set[str]:
    """Objects that a row or a line of the record names."""
    lines = AuditEvent.objects.filter(tag="sources:snapshot:sealed")
    return set(StoredObject.objects.values_list("sha256", flat=True)) | {
        line.after["warc_sha256"] for line in lines
    }


def _kept(folder: Path) -> set[str]:
    return {path.name for path in (folder / "objects").glob("??/??/*")}
