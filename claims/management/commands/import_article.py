"""manage.py import_article FILE: the claims that an article makes, as the desk proposes them."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claims.proposals import Form, Proposals, as_json
from claims.proposals.reading import LIMIT_MARKUP_BYTES
from claims.services.imports import import_article, proposals_in
from core.errors import DomainError


class Command(BaseCommand):
    help = "Import an article (plain text, Markdown or HTML). The same text twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="propose, and store nothing")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")
        parser.add_argument("--form", choices=[str(form) for form in Form], help="default: guessed")
        parser.add_argument("--published", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--address", default="", help="where the article was published")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        given = {
            "text": _bytes_of(options["file"]),
            "form": Form(options["form"]) if options["form"] else None,
            "published": options["published"],
        }
        try:
            proposals = proposals_in(**given).proposals
            if not options["dry_run"]:
                import_article(actor=None, address=options["address"], **given)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            json.dumps(as_json(proposals), ensure_ascii=False, indent=2)
            if options["json"]
            else _lines(proposals)
        )


def _bytes_of(path: Path) -> bytes:
    """The file's bytes, one more than the limit at most: the reader then says that it is long."""
    try:
        with path.open("rb") as file:
            return file.read(LIMIT_MARKUP_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _lines(proposals: Proposals) -> str:
    article = proposals.article
    addressed = sum(reference.address is not None for reference in article.references)
    head = (
        f"{article.title}\n{len(proposals.claims)} claims proposed · "
        f"{len(article.references)} footnotes, {addressed} with an address"
    )
    rows = [
        f"{position:>3} ¶{claim.where} {_notes(claim.footnotes)}{claim.sentence}"
        + "".join(f" · {flag.label.lower()}" for flag in claim.flags)
        for position, claim in enumerate(proposals.claims, start=1)
    ]
    return "\n".join([head, *rows])


def _notes(numbers: tuple[int, ...]) -> str:
    return f"fn {', '.join(map(str, numbers))} " if numbers else ""
