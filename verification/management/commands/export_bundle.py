"""manage.py export_bundle claim:12 -o FILE.wacz: archived copies and what proves them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from verification.services.bundles import export_bundle


class Command(BaseCommand):
    help = (
        "Write an evidence bundle (WACZ) of a claim or of one archived copy. It is complete, or "
        "nothing is written and the reason is said. Check it with verify/corroborate_verify.py."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", metavar="claim:NUMBER|snapshot:NUMBER")
        parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE.wacz")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        path = options["output"]
        try:
            bundle = export_bundle(what=options["what"], path=path)
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        copies = ", ".join(map(str, bundle.snapshots))
        time = "time stamp pending" if bundle.is_pending else "time-stamped"
        self.stdout.write(f"{path}: archived copies {copies}; {time}")
