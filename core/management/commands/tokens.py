"""Writes static/css/tokens.css from core/design/tokens.json."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import tokens


class Command(BaseCommand):
    help = "Write static/css/tokens.css, or with --check say whether it is current."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        source = tokens.load()
        if failures := tokens.failures(source):
            raise CommandError("Too little contrast:\n" + "\n".join(map(_said, failures)))
        path = Path(settings.BASE_DIR) / "static" / tokens.SHEET
        if not check:
            path.write_text(tokens.sheet(source), encoding="utf-8")
        elif path.read_text(encoding="utf-8") != tokens.sheet(source):
            raise CommandError("tokens.css is stale. Run `manage.py tokens`.")


def _said(failure: tokens.Failure) -> str:
    front, back, least = failure.pair
    return f"{failure.theme}: {front} on {back} is {failure.ratio:.2f}, needs {least}"
