"""`manage.py demo_web`: serve the invented pages until SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.server import running_demo_web


class Command(BaseCommand):
    help = "Serve the demonstration web (invented pages) on this machine's loopback address."
    # It needs neither the database nor the other packages, so it starts before them.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", type=int, default=settings.DEMO_WEB_PORT, help="0 takes a free port"
        )

    def handle(self, *_args: Any, port: int, **_options: Any) -> None:
        with stop_on_signal() as stop:
            try:
                self._serve(port, stop)
            except (OSError, OverflowError) as error:
                raise CommandError(
                    f"The demonstration web cannot use port {port} ({error}). Choose another with "
                    "--port or DEMO_WEB_PORT."
                ) from error

    def _serve(self, port: int, stop: threading.Event) -> None:
        with running_demo_web(port) as server:
            self.stdout.write(f"Demonstration web (invented pages): {server.base_url}/")
            self.stdout.flush()
            stop.wait()


@contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set; the handlers from before come back at the end."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
