"""What a source's page at the desk costs, and its previews, by how many claims it reports on.

Run: python -m benchmarks.source_page [--reports 1000 10000 30000]

Makes a database of its own next to the configured one. One source reports on every claim, and
a second one on each of them too, in the source's own words: a copy of it. Times are the median of
the rounds in milliseconds, through Django's test client, with the number of statements.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from statistics import median
from typing import Any, TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402  # after the set-up
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import (  # noqa: E402
    CaptureQueriesContext,
    override_settings,
    setup_test_environment,
)

from accounts.roles import Role  # noqa: E402
from benchmarks.pages import own_database  # noqa: E402
from claims.models import Claim, Evidence  # noqa: E402
from sources.models import Derivation, Document, Origin, Snapshot, Source  # noqa: E402
from sources.services.catalogue import affiliate_source  # noqa: E402
from tests.factories import (  # noqa: E402
    EvidenceFactory,
    PartyFactory,
    SourceFactory,
    UserFactory,
)
from verification.services.assess_many import assess_all  # noqa: E402

ROUNDS = 5
BATCH = 2000
WHY = "The benchmark tries what this side would do."


M = TypeVar("M", bound=models.Model)


def more(row: M, n: int, **changed: Any) -> Iterator[M]:
    """N rows like ROW; a list in CHANGED holds what each of them has."""
    kept = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields  # noqa: SLF001  # public, in spite of its name
        if field.name not in {"id", "number", "key", *changed}
    }
    for place in range(n):
        own = {k: v[place] if isinstance(v, list) else v for k, v in changed.items()}
        yield type(row)(**kept, **own)


def fill(item: Evidence, copier: Source, n: int) -> None:
    """N more claims on which the source of ITEM reports, and COPIER after it."""
    claims = Claim.objects.bulk_create(more(item.claim, n), BATCH)
    first = filed(item, claims, item.document.source)
    repeated = filed(item, claims, copier)
    origins = Origin.objects.bulk_create((Origin(first_document=one) for one in first), BATCH)
    Derivation.objects.bulk_create(
        (
            Derivation(document=document, origin=origin, method="shared wording")
            for document, origin in zip(repeated, origins, strict=True)
        ),
        BATCH,
    )


def filed(item: Evidence, claims: list[Claim], source: Source | None) -> list[Document]:
    n, plain = len(claims), {"address": None, "address_digest": None}
    documents = Document.objects.bulk_create(more(item.document, n, source=source, **plain), BATCH)
    copy = item.snapshot
    if copy is None:
        raise TypeError("an item of evidence was made without an archived copy")
    copies = Snapshot.objects.bulk_create(more(copy, n, document=documents), BATCH)
    position = item.position + (source != item.document.source)
    rows = more(item, n, claim=claims, document=documents, snapshot=copies, position=position)
    Evidence.objects.bulk_create(rows, BATCH)
    return documents


def measured(client: Client, path: str) -> str:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, answer.status_code  # the page
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return f"{median(times):,.0f} ms, {len(asked)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=[1_000, 10_000, 30_000])
    sizes = sorted(parser.parse_args().reports)
    setup_test_environment()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {**settings.STORAGES, "staticfiles": plain}
    with override_settings(STORAGES=storages), own_database():
        report(sizes)


def report(sizes: list[int]) -> None:
    editor = UserFactory.create(role=Role.EDITOR)
    source, copier, house = SourceFactory.graded("C"), SourceFactory.graded("C"), SourceFactory()
    party, other = PartyFactory.create(), PartyFactory.create()
    item = EvidenceFactory.create(document__source=source, claim__favours=party)
    affiliate_source(actor=editor, source=source, party=party, rationale=WHY)
    client, path = Client(), f"/desk/s/{source.number}"
    client.force_login(editor)
    pages = {
        "page, nothing tried": path,
        "another grade": f"{path}?grade=A",
        "one more side": f"{path}?party={other.slug}",
        "a side that ends": f"{path}?ended={party.slug}",
        "another owner": f"{path}?owner={house.number}",
        "all of them": f"{path}?grade=A&ended={party.slug}&owner={house.number}",
    }
    print(f"{'claims':>8}" + "".join(f"{name:>22}" for name in pages))
    filled = 1
    for size in sizes:
        fill(item, copier, size - filled)
        filled = size
        for _ in assess_all(cause="a benchmark"):
            pass
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        cells = [measured(client, address) for address in pages.values()]
        print(f"{size:>8,}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
