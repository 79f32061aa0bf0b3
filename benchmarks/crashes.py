"""Kill -9 of a worker at every point of a capture, many rounds: what is lost, how long it takes.

Run: python -m benchmarks.crashes [--rounds 200] [--batches] [--lease 1] [--json FILE]
     python -m benchmarks.crashes --broker-away 60 [--captures 100] [--json FILE]

Each round captures a page of a loopback origin, which a claim cites, with a real worker process
that kills itself at one point of the real code; then another takes over, by sweeps alone. Counted
are rounds whose copy is lost, sealed twice or read twice, and objects that the record, a row or a
citation names and the store does not have whole, at the death and at the end. Ends with 1 if there
is any. Seconds are from the death until the claim cites the copy, its text is read and a checkpoint
over its seal is stamped; leases and waits are a second here and sweeps come at once. In the product
the last column comes on top at most, which is `tests/faults/crash_points.py`.

With --batches the process that captures many together dies (`manage.py capture_worker`).

With --broker-away nobody dies: an embedded Valkey of its own loses every message (FLUSHALL) while
captures run and wait, is stopped for so many seconds, and starts empty. A real worker with its
scheduler and the product's own waits does the captures, a tenth of which is asked for meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median, quantiles

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
django.setup()

from django.test.utils import override_settings  # noqa: E402  # after the set-up

from benchmarks.pages import own_database  # noqa: E402
from tests.faults.broker_away import Outage, flush_and_stop  # noqa: E402
from tests.faults.crash_points import IN_BATCHES, POINTS, short_waits  # noqa: E402
from tests.faults.crashes import Round, crash, crashing_worker  # noqa: E402
from tests.processes import environment  # noqa: E402
from tests.sources.conftest import ARTICLE  # noqa: E402
from tests.sources.origin import Origin, page  # noqa: E402


def run(rounds: int, lease: int, folder: Path, *, batches: bool) -> list[Round]:
    done = []
    with Origin() as origin:
        given = {
            "STORAGE_URL": f"file://{folder}/objects",
            "STAGING_DIR": folder / "var" / "staging",
            "LOCAL_AUTHORITY_DIR": folder / "var" / "timestamp-authority",
            "CAPTURE_LOOPBACK_PORTS": [origin.port],
            "CAPTURE_LEASE_SECONDS": lease,
        }
        variables = environment(folder, loopback_port=origin.port, CAPTURE_LEASE_SECONDS=str(lease))
        points, options = (IN_BATCHES, ["--batches"]) if batches else (tuple(POINTS), [])
        dying = crashing_worker(variables, *options)
        with override_settings(**given), dying as worker, short_waits():
            for number in range(rounds):
                path = f"/{number}"
                origin.answers[path] = page(ARTICLE + b"<!-- %d -->" % number)
                point = points[number % len(points)]
                done.append(crash(worker, point, origin.url(path), folder))
                if not done[-1].is_well:
                    print(f"round {number}: {done[-1]}", flush=True)
    return done


def show(done: Sequence[Round]) -> None:
    by_point = defaultdict(list)
    for one in done:
        by_point[one.point].append(one.seconds)
    names = ("died", "rounds", "median s", "p95 s", "longest s", "the product waits s")
    print("{:30}{:>8}{:>10}{:>8}{:>11}{:>21}".format(*names))
    for point, seconds in by_point.items():
        print(f"{point:30}{_figures(seconds)}{POINTS[point]:>21}")
    print(f"{'all':30}{_figures([one.seconds for one in done])}")
    print(
        f"{len(done)} rounds: {sum(one.is_lost for one in done)} lost, "
        f"{sum(one.sealed > 1 for one in done)} sealed twice, "
        f"{sum(one.read > 1 for one in done)} read twice, "
        f"{sum(one.unproved for one in done)} shown without an object; "
        f"{done[-1].orphans} objects that nothing names"
    )


def _figures(seconds: Sequence[float]) -> str:
    p95 = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return f"{len(seconds):>8}{median(seconds):>10.2f}{p95:>8.2f}{max(seconds):>11.2f}"


def show_outage(one: Outage) -> None:
    print(
        f"{one.captures} captures, of which {one.before} were sealed when {one.messages} messages "
        f"were lost; the broker was away for {one.down_seconds:.0f} s\n"
        f"{one.lost} lost, {one.twice} sealed twice, {one.asked_twice} asked for twice, "
        f"all sealed and read {one.recovery_seconds:.1f} s after its return"
    )


def deaths(rounds: int, lease: int, *, batches: bool) -> tuple[list[dict[str, object]], bool]:
    with tempfile.TemporaryDirectory() as folder, own_database():
        done = run(rounds, lease, Path(folder), batches=batches)
    show(done)
    return [asdict(one) for one in done], all(one.is_well for one in done)


def outage(captures: int, seconds: float) -> tuple[list[dict[str, object]], bool]:
    with tempfile.TemporaryDirectory(prefix="away-") as folder, own_database():
        one = flush_and_stop(Path(folder), captures=captures, down_seconds=seconds)
    show_outage(one)
    return [asdict(one)], not (one.lost or one.twice)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--batches", action="store_true")
    parser.add_argument("--lease", type=int, default=1, help="seconds")
    parser.add_argument("--broker-away", type=float, nargs="?", const=60.0, metavar="SECONDS")
    parser.add_argument("--captures", type=int, default=100)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.broker_away is None:
        rows, is_well = deaths(options.rounds, options.lease, batches=options.batches)
    else:
        rows, is_well = outage(options.captures, options.broker_away)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))
    sys.exit(not is_well)


if __name__ == "__main__":
    main()
