"""manage.py capture_worker: captures what is in the queue, in batches, in a process or several."""

from __future__ import annotations

import gc
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.collector import leave_what_is_loaded
from core.several import run_several, stop_with_input
from sources.services.batches import CaptureWorker
from sources.services.installation import capturer

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_MOST = 500
# What the collector looks through at a time. A capture makes some hundreds of them and leaves few
# in a circle; with Python's 700 it is a twentieth of the work.
_NEW_OBJECTS = 10_000


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {_MOST}.")
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
        parser.add_argument(
            "--processes",
            type=_number,
            default=1,
            help="processes, each with so many threads (1); one uses one processor at most",
        )
        parser.add_argument(
            "--until-input-ends", action="store_true", help="how --processes starts its own"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        stop = Event()
        for number in _SIGNALS:
            signal.signal(number, lambda *_: stop.set())
        at_once = options["threads"] * options["processes"]
        if options["until_input_ends"]:
            stop_with_input(stop)
        else:
            self.stdout.write(f"Capturing, {at_once} pages at a time. Ctrl-C stops.")
        if options["processes"] == 1:
            leave_what_is_loaded()
            gc.set_threshold(_NEW_OBJECTS)
            CaptureWorker(capturer(), threads=options["threads"]).run(stop)
        else:
            _run_several(options["processes"], options["threads"], stop)
        if not options["until_input_ends"]:
            self.stdout.write("Stopped. What was begun is settled.")


def _run_several(processes: int, threads: int, stop: Event) -> None:
    command = [sys.executable, sys.argv[0], "capture_worker", "--until-input-ends"]
    if not run_several([*command, "--threads", str(threads)], processes, stop):
        raise CommandError("A process ended by itself, so all were ended. Start the command again.")
