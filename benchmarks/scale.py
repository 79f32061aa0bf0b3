"""Everything scored from PostgreSQL, and one report added, in a database of a given size.

Run: python -m benchmarks.scale [--claims 10000] [--reports 100000] [--sources 5000] [--seed 1]
         [--additions 300] [--crowdkit PYTHON] [--folder DIR] [--json FILE]

Makes the database (benchmarks/scale_world.py) in an embedded PostgreSQL of its own below DIR, which
is removed at the end, and measures in processes of their own, so that peak memory is theirs alone:

- a full recompute by stage: first scores for every claim, then all of them anew with other
  parameters, as after a night in which the model changed;
- one report added: filing it with its record, and scoring the claim until the assessment is
  committed, half for claims drawn at random and half for those with the most reports;
- one claim settled, until every claim that its source speaks on has its new score;
- crowd-kit's Dawid–Skene on the same reports (PYTHON is an interpreter that has crowd-kit).

The measured server keeps its data safe (fsync on) and has 2 GB of shared buffers; while the
database is made it does not wait for the disk and writes no log of what is new.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django

SERVER = {
    "shared_buffers": "2GB",
    "work_mem": "128MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "30min",
}
WHILE_MAKING = {
    **SERVER,
    "fsync": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "full_page_writes": "off",
    "autovacuum": "off",
    "maintenance_work_mem": "2GB",
}
ROUNDS_OF_DAWID_SKENE = 20
WORDS = f"words that process {os.getpid()} quotes"
Figures = dict[str, Any]


def set_up(folder: Path, server: dict[str, str] = SERVER, *, superuser: bool = False) -> None:
    """Settings of the project with a server of its own; each stage starts it anew."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["CORROBORATE_VAR"] = str(folder)
    os.environ["LOG_LEVEL"] = "ERROR"
    os.environ.pop("CORROBORATE_FAST_DISK", None)
    django.setup()
    from django.conf import settings  # noqa: PLC0415  # after the set-up
    from django.db import connection  # noqa: PLC0415

    settings.EMBEDDED_POSTGRES_OPTIONS.update(server)
    if superuser:
        parameters = connection.get_connection_params()
        connection.get_connection_params = lambda: {**parameters, "user": "postgres"}  # type: ignore[method-assign]  # only here


def make(folder: Path, size: Figures) -> Figures:
    set_up(folder, WHILE_MAKING)
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    connection.close()
    set_up(folder, WHILE_MAKING, superuser=True)
    from benchmarks.scale_world import Size, fill  # noqa: PLC0415

    start = time.perf_counter()
    fill(Size(**size))
    spent = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()), count(*) FROM claims_evidence")
        taken, reports = cursor.fetchone()
    return {"seconds": spent, "gb": taken / 1e9, "reports": reports}


def recompute(folder: Path, _: Figures) -> Figures:
    """Two full runs; each changes every claim that has a score."""
    set_up(folder)
    from verification.scoring import DEFAULT_PARAMETERS  # noqa: PLC0415
    from verification.services.assess_many import assess_all  # noqa: PLC0415

    other = replace(DEFAULT_PARAMETERS, version="other", effect=0.79, intercept=0.05)
    figures = {}
    for name, parameters in (
        ("first scores", DEFAULT_PARAMETERS),
        ("other parameters", other),
    ):
        start = time.perf_counter()
        portions = list(assess_all(cause=name, parameters=parameters))
        figures[name] = {
            "seconds": time.perf_counter() - start,
            **{
                stage: sum(getattr(portion, stage) for portion in portions)
                for stage in ("reading", "scoring", "writing", "claims", "reports", "changed")
            },
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    return figures


def additions(folder: Path, size: Figures) -> Figures:
    """Reports filed through the real service, one by one; tasks run inline."""
    set_up(folder)
    from accounts.roles import Role  # noqa: PLC0415
    from accounts.services.people import add_person, make_password  # noqa: PLC0415
    from claims.models import Claim, Evidence  # noqa: PLC0415
    from core.collector import leave_what_is_loaded  # noqa: PLC0415

    actor = add_person(
        email=f"desk-{os.getpid()}@example.org",
        name="Desk",
        role=Role.FACT_CHECKER,
        password=make_password(),
    )
    count = size["additions"] // 2
    biggest = Claim.objects.order_by("-origins_for")[:count]
    spread = Claim.objects.filter(pk__in=range(7, size["claims"], max(size["claims"] // count, 1)))
    rows = {"drawn at random": list(spread[:count]), "the most reports": list(biggest)}
    fresh = iter([number for number in range(101, 101 + 3 * count) if number % 33])
    _add(actor, rows["drawn at random"][:5], fresh)  # a server's plans and caches are warm
    leave_what_is_loaded()  # as the web server and a worker do
    figures = {name: _add(actor, claims, fresh) for name, claims in rows.items()}
    for name, claims in rows.items():
        figures[name]["reports on each claim"] = median(
            Evidence.objects.filter(claim=claim).count() for claim in claims
        )
    return figures


def _add(actor: Any, claims: list[Any], fresh: Iterator[int]) -> Figures:
    """FRESH: numbers of documents with an archived copy, each cited once."""
    from claims.services.evidence import file_evidence  # noqa: PLC0415
    from sources.models import Document  # noqa: PLC0415
    from verification.models import Assessment  # noqa: PLC0415
    from verification.services.assess import assess_claim  # noqa: PLC0415

    whole, scoring, own, stored = [], [], [], 0
    for claim in claims:
        document = Document.objects.get(number=next(fresh))
        before = Assessment.objects.filter(claim=claim).count()
        start, spent = time.perf_counter(), time.process_time()
        file_evidence(actor=actor, claim=claim, document=document, stance="supports", quote=WORDS)
        whole.append((time.perf_counter() - start) * 1000)
        own.append((time.process_time() - spent) * 1000)
        stored += Assessment.objects.filter(claim=claim).count() - before
        start = time.perf_counter()
        assess_claim(claim_id=claim.pk)
        scoring.append((time.perf_counter() - start) * 1000)
    return {
        "added": len(whole),
        "with another score": stored,
        "p50": median(whole),
        "p99": quantiles(whole, n=100)[98],
        "processor p50": median(own),
        "scoring again p50": median(scoring),
    }


TOUCHES = """
SELECT d.source_id, count(DISTINCT e.claim_id) AS claims, min(d.id), min(s.number)
  FROM claims_evidence e JOIN sources_document d ON d.id = e.document_id
  JOIN sources_source s ON s.id = d.source_id
 WHERE d.id %% 33 <> 0 AND e.withdrawn_at IS NULL
 GROUP BY d.source_id HAVING count(*) >= 5 ORDER BY abs(count(DISTINCT e.claim_id) - %s) LIMIT 1"""


def settlement(folder: Path, size: Figures) -> Figures:
    """From the decision until all claims have new scores that a source of the claim speaks on.

    It speaks on 50,000 claims, or on half of all.
    """
    set_up(folder)
    from django.db import connection  # noqa: PLC0415

    from accounts.roles import Role  # noqa: PLC0415
    from claims.vocabulary import Status  # noqa: PLC0415
    from sources.models import Document  # noqa: PLC0415
    from tests.factories import ClaimFactory, EvidenceFactory, UserFactory  # noqa: PLC0415
    from tests.verification.aleppo import override  # noqa: PLC0415
    from verification.models import Assessment  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(TOUCHES, [min(50_000, size["claims"] // 2)])
        _, touched, document, _ = cursor.fetchone()
    claim = ClaimFactory.create()
    EvidenceFactory.create(claim=claim, document=Document.objects.get(pk=document))
    EvidenceFactory.create(claim=claim)
    admin = UserFactory.create(role=Role.ADMIN)
    start = time.perf_counter()
    override(claim, admin, Status.CONFIRMED)
    seconds = time.perf_counter() - start
    moved = Assessment.objects.filter(cause__startswith=f"claim {claim.number} became").count()
    return {"claims of the source": touched, "new scores": moved, "seconds": seconds}


def said(folder: Path, _: Figures) -> Figures:
    """The reports that count, for who knows only who said what of which claim."""
    set_up(folder)
    import numpy as np  # noqa: PLC0415

    from core.wire import read_rows  # noqa: PLC0415

    rows = read_rows(
        """SELECT e.claim_id, COALESCE(d.source_id, -d.id), (e.stance = 'supports')::integer
             FROM claims_evidence e JOIN sources_document d ON d.id = e.document_id
            WHERE e.stance <> 'context' AND e.withdrawn_at IS NULL
              AND e.resolution = '' AND e.snapshot_id IS NOT NULL""",
        {"task": "i8", "worker": "i8", "label": "i4"},
    )
    np.save(folder / "said.npy", rows)
    return {"rows": len(rows)}


STAGES: dict[str, Callable[[Path, Figures], Figures]] = {
    "make": make,
    "recompute": recompute,
    "additions": additions,
    "settlement": settlement,
    "said": said,
}


def apart(stage: str, folder: Path, size: Figures) -> Figures:
    """A stage in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scale", "--stage", stage, "--folder", str(folder)]
    done = subprocess.run(  # noqa: S603  # ourselves
        [*command, "--size", json.dumps(size)], stdout=subprocess.PIPE, text=True, check=True
    )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    print(f"{stage}: {json.dumps(figures)}", file=sys.stderr, flush=True)
    return figures


def rival(python: str, folder: Path) -> Figures | None:
    script = Path(__file__).with_name("scale_rival.py")
    done = subprocess.run(  # noqa: S603  # the interpreter that the person named
        [python, str(script), str(folder / "said.npy"), str(ROUNDS_OF_DAWID_SKENE)],
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    figures: Figures | None = json.loads(done.stdout) if done.returncode == 0 else None
    return figures


def show(figures: Figures) -> None:
    made = figures["make"]
    print(f"Made in {made['seconds']:.0f} s: {made['reports']:,} reports, {made['gb']:.1f} GB")
    heads = ("seconds", "COPY out", "scoring", "COPY in", "changed", "reports/s", "peak MB")
    print(f"{'full recompute':<22}" + "".join(f"{head:>12}" for head in heads))
    for name, row in figures["recompute"].items():
        cells = [row[key] for key in ("seconds", "reading", "scoring", "writing")]
        counts = (row["changed"], row["reports"] / row["seconds"], row["peak_mb"])
        print(
            f"{name:<22}"
            + "".join(f"{cell:>12.1f}" for cell in cells)
            + "".join(f"{count:>12,.0f}" for count in counts)
        )
    other = figures["dawid-skene"]
    if other:
        print(
            f"{'crowd-kit Dawid–Skene':<22}{other['seconds']:>12.1f}{'':>48}"
            f"{figures['said']['rows'] / other['seconds']:>12,.0f}{other['peak_mb']:>12,.0f}"
            f"   (version {other['version']}, {ROUNDS_OF_DAWID_SKENE} rounds, in memory)"
        )
    else:
        print("crowd-kit Dawid–Skene: not measured, no interpreter with crowd-kit was named")
    print("one report added, milliseconds until its assessment is committed")
    for name, row in figures["additions"].items():
        cells = ", ".join(f"{key} {value:.1f}" for key, value in row.items())
        print(f"  {name}: {cells}")
    cells = ", ".join(f"{key} {value:,.1f}" for key, value in figures["settlement"].items())
    print(f"one claim settled: {cells}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--sources", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--additions", type=int, default=300)
    parser.add_argument("--crowdkit", help="an interpreter in which crowd-kit is installed")
    parser.add_argument("--folder", type=Path, help="where the database is made and removed")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    parser.add_argument("--size", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        print(json.dumps(STAGES[options.stage](options.folder, options.size)))
        return
    folder = Path(tempfile.mkdtemp(dir=options.folder, prefix="scale-"))
    size = {name: getattr(options, name) for name in ("claims", "reports", "sources", "seed")}
    try:
        figures = {"make": apart("make", folder, size)}
        figures["recompute"] = apart("recompute", folder, size)
        figures["said"] = apart("said", folder, size)
        figures["dawid-skene"] = rival(options.crowdkit, folder) if options.crowdkit else None
        figures["additions"] = apart("additions", folder, {**size, "additions": options.additions})
        figures["settlement"] = apart("settlement", folder, size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    show(figures)
    if options.json:
        options.json.write_text(json.dumps({"size": size, **figures}, indent=1))


if __name__ == "__main__":
    main()
