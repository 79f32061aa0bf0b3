"""manage.py capture_worker: one process that captures what is in the queue, in batches."""

from __future__ import annotations

import signal
from argparse import ArgumentParser, ArgumentTypeError
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from sources.services.batches import CaptureWorker
from sources.services.installation import capturer

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_MOST_THREADS = 500


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_THREADS:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {_MOST_THREADS}.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Capture what is in the queue until told to stop (Ctrl-C or SIGTERM), many pages at a "
        "time. For installations that archive much: it claims and settles captures in batches, "
        "and needs no broker for them. Celery's beat must run beside it, for retries and for the "
        "leases of workers that died. Run as many as you like, beside Celery's workers too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--threads", type=_number, default=60, help="pages fetched at the same time (60)"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        stop = Event()
        for number in _SIGNALS:
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write(f"Capturing, {options['threads']} pages at a time. Ctrl-C stops.")
        CaptureWorker(capturer(), threads=options["threads"]).run(stop)
        self.stdout.write("Stopped. What was begun is settled.")
