"""manage.py assess --all: scores every claim again; manage.py assess NUMBER …: some claims."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from claims.models import Claim
from verification.services.assess_many import Portion, assess_all, assess_many

COUNTED = ("claims", "reports", "changed", "left_alone")


class Command(BaseCommand):
    help = (
        "Score claims again from their evidence with the model in use, and keep an assessment "
        "where the numbers changed. Claims are read in portions; a run that was interrupted is "
        "taken up with --after. Progress goes to stderr."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("claims", nargs="*", type=int, metavar="NUMBER")
        parser.add_argument("--all", action="store_true", help="every claim")
        parser.add_argument(
            "--after", type=int, default=0, metavar="KEY", help="where a run with --all ended"
        )
        parser.add_argument("--cause", default="assess", help="what the assessments name as cause")
        parser.add_argument("--json", action="store_true", help="totals as JSON on stdout")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if bool(options["claims"]) == options["all"]:
            raise CommandError("Name claims by their numbers, or say --all.")
        totals = {**dict.fromkeys(COUNTED, 0), "last": options["after"]}
        try:
            for portion in self._portions(options):
                self._add(totals, portion)
        except KeyboardInterrupt:
            raise CommandError(
                f"Interrupted. Go on with: manage.py assess --all --after {totals['last']}"
            ) from None
        self.stdout.write(json.dumps(totals) if options["json"] else _in_words(totals))

    def _portions(self, options: dict[str, Any]) -> Iterator[Portion]:
        if options["all"]:
            return assess_all(cause=options["cause"], after=options["after"])
        known = dict(Claim.objects.filter(number__in=options["claims"]).values_list("number", "pk"))
        missing = sorted(set(options["claims"]) - set(known))
        if missing:
            raise CommandError(f"There is no claim {', '.join(map(str, missing))}.")
        ids = np.array(sorted(known.values()), np.int64)
        return assess_many(claim_ids=ids, cause=options["cause"])

    def _add(self, totals: dict[str, int], portion: Portion) -> None:
        for name in COUNTED:
            totals[name] += getattr(portion, name)
        totals["last"] = portion.last
        sys.stderr.write(f"{_in_words(totals)} Last key: {portion.last}.\n")
        sys.stderr.flush()


def _in_words(totals: dict[str, int]) -> str:
    return (
        f"{totals['claims']} claims with {totals['reports']} reports: {totals['changed']} have "
        f"another score, {totals['left_alone']} are left to a score of their own that waits."
    )
