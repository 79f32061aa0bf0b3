"""The broker loses every message and is away for a while, in the middle of many captures.

Used by a test, with few captures and short waits, and by benchmarks/crashes.py.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from audit.models import AuditEvent
from sources.models import ArtifactJob, Snapshot
from sources.services.documents import add_document
from sources.vocabulary import CaptureState, JobState
from tests.brokers import Valkey
from tests.processes import environment
from tests.sources.conftest import ARTICLE
from tests.sources.origin import Origin, page
from tests.workers import Worker

PATIENCE_SECONDS = 300
ANSWER_AFTER_SECONDS = 1.0  # so that some captures run while others wait


@dataclass(frozen=True)
class Outage:
    """What came of it. `before`: captures sealed before the messages were lost.

    `messages`: how many were lost. `recovery_seconds`: from the broker's return until everything
    was sealed and read. `twice`: copies that the record says were sealed more than once.
    `asked_twice`: requests that the origin got more than once.
    """

    captures: int
    before: int
    messages: int
    down_seconds: float
    lost: int
    twice: int
    asked_twice: int
    recovery_seconds: float


def flush_and_stop(
    folder: Path, *, captures: int, down_seconds: float, program: str = "celery"
) -> Outage:
    """Let a worker seal CAPTURES; in the middle its broker forgets all and is away.

    A tenth of the captures is asked for while the broker is away. FOLDER is short enough for a
    socket; the database is the one that this process uses.
    """
    broker = Valkey(folder)
    with Origin() as origin:
        broker.start()
        variables = environment(
            folder, loopback_port=origin.port, CELERY_BROKER_URL=broker.url,
            CAPTURE_LEASE_SECONDS="90",
        )  # fmt: skip
        late = max(captures // 10, 1)
        _ask_for(origin, range(captures - late))
        worker = Worker(variables, folder / "worker-0.log", program)
        try:
            return _lived_through(broker, origin, captures, late, down_seconds)
        finally:
            worker.kill()
            broker.stop()


def _lived_through(
    broker: Valkey, origin: Origin, captures: int, late: int, down_seconds: float
) -> Outage:
    _wait_for(lambda: _sealed() and _running() and _messages(broker))
    before, messages = _sealed(), _messages(broker)
    broker.ask("FLUSHALL")
    broker.stop()
    broker.forget()
    went = time.monotonic()
    _ask_for(origin, range(captures - late, captures))
    time.sleep(down_seconds)
    down = time.monotonic() - went
    broker.start()
    came = time.monotonic()
    is_whole = _wait_for(lambda: _done() == captures)
    recovery = time.monotonic() - came
    return Outage(
        captures, before, messages, down,
        lost=0 if is_whole else captures - _done(),
        twice=_sealed_twice(), asked_twice=len(origin.requests) - len(set(origin.requests)),
        recovery_seconds=recovery,
    )  # fmt: skip


def _ask_for(origin: Origin, numbers: range) -> None:
    for number in numbers:
        answer = page(ARTICLE + b"<!-- %d -->" % number)
        origin.answers[f"/{number}"] = _slowly(answer)
        document = add_document(actor=None, address=origin.url(f"/{number}"))
        snapshot = Snapshot.objects.create(document=document)
        Snapshot.objects.filter(pk=snapshot.pk).update(next_attempt_at=snapshot.requested_at)


def _slowly(answer: bytes) -> Callable[[socket.socket], None]:
    def send(connection: socket.socket) -> None:
        time.sleep(ANSWER_AFTER_SECONDS)
        connection.sendall(answer)

    return send


def _messages(broker: Valkey) -> int:
    return sum(int(broker.ask(f"LLEN {queue}")[1:]) for queue in ("celery", "artifacts"))


def _sealed() -> int:
    return Snapshot.objects.filter(state=CaptureState.SEALED).count()


def _running() -> int:
    return Snapshot.objects.filter(state=CaptureState.RUNNING).count()


def _done() -> int:
    return ArtifactJob.objects.filter(
        state=JobState.DONE, snapshot__state=CaptureState.SEALED, snapshot__outcome="ok"
    ).count()


def _sealed_twice() -> int:
    lines = AuditEvent.objects.filter(tag="sources:snapshot:sealed")
    named = list(lines.values_list("subject_id", flat=True))
    return len(named) - len(set(named))


def _wait_for(is_so: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True
