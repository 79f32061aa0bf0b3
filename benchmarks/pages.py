"""Whether a page costs the same at 1,000 and at 100,000 claims, beside paging by offset.

Run: python -m benchmarks.pages [--claims 1000 100000] [--json FILE]

Makes a database of its own next to the configured one, fills it with claims, one source for twenty
of them (made in SQL), and asks through Django's test client, middleware and templates included: the
home page, one claim, the list of sources, searches, a page of the API by key at its beginning and
20 pages deep. The alternatives in the same run are what most lists do: the same rows by OFFSET, at
the same depth and at nine tenths of the whole, and words by LIKE. Times are the median of the
rounds, in milliseconds, on one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402  # after the set-up
from django.db import connection  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings, setup_test_environment  # noqa: E402

from claims.models import Claim  # noqa: E402
from claims.selectors.claims import published_claims  # noqa: E402
from verification.addresses import claim_path  # noqa: E402

ROUNDS = 15
DEPTH = 20
PAGE = 50

FILL_SOURCES = """
    INSERT INTO sources_source (name, names, aliases, kind, country, languages, safety,
        safety_reason, description, created_at)
    SELECT 'Outlet ' || md5(n::text), '{}', '[]', 'other', '', '[]', 'public', '', '', now()
    FROM generate_series(1, %s) n
"""

FILL = """
    INSERT INTO claims_claim (claimant_id, sentence, language, translations, kind, time_precision,
        time_inferred, sensitivity, status, status_since, stage, publication, finding,
        would_change_it, unknowns, version, origins_for, origins_against, created_at, changed_at)
    SELECT %s + n %% %s, 'Claim of the benchmark number ' || n || ' was made', 'en',
        '{}', 'other', 'vague', false, 'normal', 'unverified', now(), 'open', 'published', '', '',
        '', 1, 0, 0, now(), now() - n * interval '1 second'
    FROM generate_series(1, %s) n
"""


def milliseconds(action: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return round(median(times), 2)


def got(client: Client, path: str) -> Callable[[], object]:
    def ask() -> object:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    return ask


def deep_address(client: Client) -> str:
    """The API's address of the page DEPTH pages on, found by following `next`."""
    address = f"/api/v1/claims?page_size={PAGE}"
    for _ in range(DEPTH - 1):
        following = client.get(address).json()["next"]
        if following is None:
            return address
        address = following.partition("testserver")[2]
    return address


def by_offset(skipped: int) -> Callable[[], object]:
    return lambda: list(published_claims().order_by("-number")[skipped : skipped + PAGE])


def by_key(skipped: int) -> Callable[[], object]:
    last = published_claims().order_by("-number")[skipped - 1].number
    rows = published_claims().filter(number__lt=last).order_by("-number")
    return lambda: list(rows.all()[:PAGE])


def by_like(word: str) -> Callable[[], object]:
    found = published_claims().filter(Q(sentence__icontains=word) | Q(finding__icontains=word))
    return lambda: list(found.order_by("-changed_at", "-number")[:PAGE])


def measured(claims: int) -> dict[str, float]:
    client = Client()
    some = Claim.objects.order_by("number")[claims // 2]
    deep = deep_address(client)
    return {
        "claims": claims,
        "home": milliseconds(got(client, "/")),
        "page of a claim": milliseconds(got(client, claim_path(some.number, some.sentence))),
        "one claim of the API": milliseconds(got(client, f"/api/v1/claims/{some.number}")),
        "sources": milliseconds(got(client, "/sources")),
        "search: word of all claims": milliseconds(got(client, "/search?q=benchmark")),
        "search: word of one": milliseconds(got(client, f"/search?q={some.sentence.split()[-3]}")),
        "search: word of none": milliseconds(got(client, "/search?q=suburb")),
        "search: two words": milliseconds(got(client, "/search?q=benchmarks+made")),
        "by LIKE: word of all claims": milliseconds(by_like("benchmark")),
        "by LIKE: word of none": milliseconds(by_like("suburb")),
        "API by key, page 1": milliseconds(got(client, f"/api/v1/claims?page_size={PAGE}")),
        f"API by key, page {DEPTH}": milliseconds(got(client, deep)),
        f"rows by key, page {DEPTH}": milliseconds(by_key((DEPTH - 1) * PAGE)),
        "rows by key, nine tenths in": milliseconds(by_key(claims * 9 // 10)),
        f"rows by offset, page {DEPTH}": milliseconds(by_offset((DEPTH - 1) * PAGE)),
        "rows by offset, nine tenths in": milliseconds(by_offset(claims * 9 // 10)),
    }


@contextmanager
def own_database() -> Iterator[None]:
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def fill(claims: int) -> None:
    sources = max(claims // 20, 1)
    with connection.cursor() as cursor:
        cursor.execute(FILL_SOURCES, [sources])
        cursor.execute("SELECT max(id) FROM sources_source")
        first = cursor.fetchone()[0] - sources + 1
        cursor.execute(FILL, [first, sources, claims])
        cursor.execute("ANALYZE claims_claim, sources_source")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    setup_test_environment()
    unthrottled = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {**settings.STORAGES, "staticfiles": plain}
    with override_settings(REST_FRAMEWORK=unthrottled, STORAGES=storages), own_database():
        filled = 0
        for claims in sorted(options.claims):
            fill(claims - filled)
            filled = claims
            rows.append(measured(claims))
    for name in rows[0]:
        print(f"{name:32}" + "".join(f"{row[name]:>14,}" for row in rows))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
