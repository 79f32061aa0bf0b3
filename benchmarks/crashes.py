"""Kill -9 of a worker at every point of a capture, many rounds: what is lost, how long it takes.

Run: python -m benchmarks.crashes [--rounds 200] [--lease 1] [--json FILE]

Each round captures a page of a loopback origin with a real worker process that kills itself at one
point of the real code; then another worker takes over. A round fails loudly if the snapshot is
lost, sealed twice, read twice, or names an object that the store does not have. Seconds are from
the death until the page is sealed and its text is read, with sweeps twenty times a second; add at
most the sweep's interval (5 s), and the lease (90 s) instead of the one given here.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
django.setup()

from django.test.utils import override_settings  # noqa: E402  # after the set-up

from benchmarks.pages import own_database  # noqa: E402
from tests.faults.crashes import Round, crash, crashing_worker  # noqa: E402
from tests.faults.test_crashes import POINTS  # noqa: E402
from tests.processes import environment  # noqa: E402
from tests.sources.conftest import ARTICLE  # noqa: E402
from tests.sources.origin import Origin, page  # noqa: E402


def run(rounds: int, lease: int, folder: Path) -> list[Round]:
    done = []
    with Origin() as origin:
        given = {
            "STORAGE_URL": f"file://{folder}/objects",
            "STAGING_DIR": folder / "var" / "staging",
            "CAPTURE_LOOPBACK_PORTS": [origin.port],
            "CAPTURE_LEASE_SECONDS": lease,
        }
        variables = environment(folder, loopback_port=origin.port, CAPTURE_LEASE_SECONDS=str(lease))
        with override_settings(**given), crashing_worker(variables) as worker:
            for number in range(rounds):
                path = f"/{number}"
                origin.answers[path] = page(ARTICLE + b"<!-- %d -->" % number)
                point = POINTS[number % len(POINTS)]
                done.append(crash(worker, point, origin.url(path), folder))
    return done


def show(done: Sequence[Round]) -> None:
    by_point = defaultdict(list)
    for one in done:
        by_point[one.point].append(one.seconds)
    print(f"{'died':30}{'rounds':>8}{'median s':>10}{'longest s':>11}")
    for point, seconds in by_point.items():
        print(f"{point:30}{len(seconds):>8}{median(seconds):>10.2f}{max(seconds):>11.2f}")
    print(f"{len(done)} rounds, 0 lost, 0 sealed twice, {done[-1].orphans} objects without a row")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--lease", type=int, default=1, help="seconds")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, own_database():
        done = run(options.rounds, options.lease, Path(folder))
    show(done)
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in done], indent=1))


if __name__ == "__main__":
    main()
