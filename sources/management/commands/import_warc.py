"""manage.py import_warc FILE...: copies out of web archives that others made."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from core.errors import DomainError
from sources.services.brought import import_archive

_REFUSED = 3


class Command(BaseCommand):
    help = (
        "Import pages of WARC and WACZ files as archived copies. They are marked as imported: "
        "nobody here fetched them. Exit code 0: all imported, 3: a file was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--document",
            default="",
            metavar="URL",
            help="take this page alone; without it, the pages that the file lists",
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        results = [self._import(path, options["document"]) for path in options["files"]]
        if not all(results):
            sys.exit(_REFUSED)

    def _import(self, path: Path, address: str) -> bool:
        try:
            with path.open("rb") as file:
                snapshots = import_archive(actor=None, file=file, address=address)
        except OSError as error:
            self.stderr.write(f"{path} cannot be read: {error.strerror}.")
            return False
        except DomainError as error:
            self.stderr.write(f"{path}: {error.message}")
            return False
        for snapshot in snapshots:
            flags = f" ({', '.join(snapshot.flags)})" if snapshot.flags else ""
            self.stdout.write(f"{path}: copy {snapshot.number} of {snapshot.final_url}{flags}")
        return True
