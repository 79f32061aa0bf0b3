"""Time of one assessment, everything included, beside the naive alternative of a majority share.

Run: python -m benchmarks.score_one [--json FILE]. One assessment is the estimate with its range,
the ordered contributions with notes, the digest of the inputs, and the estimate without each report
and without each side. The majority share is what a page would show without a model: supporting
reports over all. It is quicker, and blind: the last columns give both answers for one false rumour
that ten outlets of one owner repeat and two independent observers deny.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from verification.scoring import (
    Alignment,
    ClaimInput,
    Directness,
    Report,
    Stance,
    TrackRecord,
    assess,
)

SIZES = (1, 10, 20, 50, 200)
ROUNDS = 200
STANCES = (Stance.SUPPORTS, Stance.SUPPORTS, Stance.CONTRADICTS)


def majority(claim: ClaimInput) -> float:
    votes = [r.stance for r in claim.reports if r.stance is not Stance.CONTEXT]
    return votes.count(Stance.SUPPORTS) / len(votes) if votes else 0.5


def random_report(chance: random.Random, number: int, size: int) -> Report:
    n1, n0 = chance.randrange(20), chance.randrange(20)
    return Report(
        key=f"{number}",
        source=f"s{chance.randrange(size)}",
        order=number,
        stance=chance.choice(STANCES),
        directness=chance.choice(list(Directness)),
        credibility=chance.choice((None, 1, 2, 3, 4)),
        grade=chance.choice((None, *"ABCDF")),
        alignment=chance.choice(list(Alignment)),
        checked_visual=chance.random() < 0.1,
        record=TrackRecord(n1, n1 * 3 // 4, n0, n0 // 4),
        origin=chance.choice((None, None, f"o{chance.randrange(size)}")),
        owner=chance.choice((None, None, f"w{chance.randrange(size)}")),
        side=chance.choice((None, "government", "opposition")),
    )


def random_claim(size: int) -> ClaimInput:
    chance = random.Random(size)  # noqa: S311 - the same claims in every run
    return ClaimInput(tuple(random_report(chance, n, size) for n in range(size)))


def milliseconds(work: Callable[[ClaimInput], object], claim: ClaimInput) -> tuple[float, float]:
    """Median and 99th percentile of ROUNDS calls."""
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work(claim)
        spent.append((time.perf_counter() - start) * 1000)
    return median(spent), quantiles(spent, n=100)[98]


def rumour() -> ClaimInput:
    """Ten outlets of one ministry carry its own dispatch; a monitor and a wire agency deny it."""
    outlets = [
        Report(
            key=f"outlet {n}",
            source=f"outlet {n}",
            owner="ministry",
            origin="dispatch",
            order=n,
            stance=Stance.SUPPORTS,
            directness=Directness.REPORTING,
            alignment=Alignment.SELF_SERVING,
            grade="D",
        )
        for n in range(10)
    ]
    observers = [
        Report(
            key=name,
            source=name,
            order=10,
            stance=Stance.CONTRADICTS,
            directness=Directness.REPORTING,
            grade="B",
            credibility=2,
        )
        for name in ("monitor", "wire")
    ]
    return ClaimInput((*outlets, *observers))


def measured(size: int) -> dict[str, float]:
    claim = random_claim(size)
    middle, worst = milliseconds(assess, claim)
    naive, _ = milliseconds(majority, claim)
    return {"reports": size, "assess_ms": middle, "assess_p99_ms": worst, "majority_ms": naive}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    rows = [measured(size) for size in SIZES]
    print(f"{'reports':>8} {'assess, ms':>11} {'p99, ms':>9} {'majority share, ms':>19}")
    for row in rows:
        print(
            f"{row['reports']:>8} {row['assess_ms']:>11.3f} {row['assess_p99_ms']:>9.3f} "
            f"{row['majority_ms']:>19.4f}"
        )
    claim = rumour()
    answers = {"assess": assess(claim).estimate, "majority": majority(claim)}
    print(
        "A rumour of one owner in ten outlets, denied by two observers: "
        f"confidence {answers['assess']:.2f}, majority share {answers['majority']:.2f}"
    )
    if options.json:
        options.json.write_text(json.dumps({"rows": rows, "rumour": answers}, indent=2))


if __name__ == "__main__":
    main()
