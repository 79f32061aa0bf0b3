"""A worker that kills itself with SIGKILL at a named point of the real code, as a power cut would.

Run as `python -m tests.faults.crashing_worker [--batches]`: one capture as Celery's threads do it,
or the process that does many together. Each line on standard input is a point and the id
of a snapshot; for each it forks a worker, waits for its end, and answers with its exit code.
Everything before the point is the product's own code; only the point itself is put in from here.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from threading import Event
from typing import Any, NoReturn

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connections  # noqa: E402 - models need the set-up above

from audit.services.checkpoints import make_checkpoint  # noqa: E402 - as above
from core import jobs  # noqa: E402 - as above
from sources.capture import hop, pipeline, store  # noqa: E402 - as above
from sources.services import (  # noqa: E402 - as above
    artifacts,
    batches,
    capture,
    settle,
    texts,
    timestamps,
)
from sources.services.installation import capturer  # noqa: E402 - as above
from tests.faults import crash_points  # noqa: E402 - as above
from verification.services import snapshots  # noqa: E402 - as above


def cut(*_arguments: object, **_options: object) -> NoReturn:
    """End this process at once; nothing can be caught, flushed or rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit(99)  # never reached


def _after(function: Callable[..., Any]) -> Callable[..., Any]:
    def then_cut(*arguments: Any, **options: Any) -> NoReturn:
        function(*arguments, **options)
        cut()

    return then_cut


# What stands at each point is replaced by the end, or ends right after it was done.
CUTS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "claimed": (pipeline.Capturer, "capture", cut),
    "in the body": (hop.BodySink, "on_payload", _after(hop.BodySink.on_payload)),
    "staged, not hashed": (store.FileStore, "put", cut),
    "object half put": (store.FileStore, "_name", cut),
    "object put, no row": (capture, "settle_together", cut),
    "row written, not committed": (settle, "announce_sealed", cut),
    "committed, no message sent": (jobs, "_send", cut),
    "committed, not acknowledged": (capture, "settle_together", _after(capture.settle_together)),
    "reading the text": (texts, "extract_stored", cut),
    "text read, not kept": (artifacts, "_keep", cut),
    "text kept, not cited": (snapshots, "snapshot_sealed", cut),
    "record hashed, no stamp owed": (timestamps, "_owe", cut),
    "stamp given, not kept": (timestamps, "_keep", cut),
}
assert list(CUTS) == list(crash_points.POINTS)


def main() -> None:
    with crash_points.short_waits():
        for line in sys.stdin:
            point, _, number = line.strip().rpartition(" ")
            connections.close_all()
            child = os.fork()
            if child == 0:
                _work(point, int(number))
            _, status = os.waitpid(child, 0)
            sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
            sys.stdout.flush()


def _work(point: str, snapshot_id: int) -> NoReturn:
    """Capture, and what follows from it: messages are done at once, because there is no broker."""
    owner, name, replacement = CUTS[point]
    setattr(owner, name, replacement)
    if "--batches" in sys.argv:
        _work_in_batches(point)
    capture.run_capture(snapshot_id=snapshot_id)
    make_checkpoint()
    os._exit(0)


def _work_in_batches(point: str) -> NoReturn:
    """Take whatever waits, until the end; nobody stops it otherwise."""
    settle_batch = batches.settle_batch
    ends = {"object put, no row": cut, "committed, not acknowledged": _after(settle_batch)}
    if point in ends:
        setattr(batches, "settle_batch", ends[point])  # noqa: B010 - mypy refuses to assign it
    batches.CaptureWorker(capturer(), threads=3).run(Event())
    os._exit(0)


if __name__ == "__main__":
    main()
