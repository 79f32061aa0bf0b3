"""Accuracy and calibration of the score, beside methods of the literature on the same splits.

Run: python benchmarks/scoring.py DIR… [--fractions 0 0.05 0.2] [--methods cred-d majority …]
     [--seeds 60] [--crowdkit PYTHON] [--json FILE] [--read FILE…]
     python benchmarks/scoring.py DIR… --proposals
     python benchmarks/scoring.py --generate bloc together interest kinds coins scale [--seed 1]

A DIR holds reports.csv.gz (claim, source, stance: supports | contradicts), claims.csv.gz (claim,
name, object, truth: true | false | empty) and sources.csv.gz (source, name); or it holds folders
that do. A fraction of the labelled claims counts as settled, whole objects at a time; methods are
judged by the rest. Probabilities of exactly one half are half right; log loss is clipped at 0.001;
ECE has ten bins; seconds are processor time of one run, learning and scoring together; megabytes
are by how much the process of the method grew. Sources are anonymous, so ours starts from
"ungraded" for each.

  cred-d    ours: two coins a source, its effect learnt    cred-r    ours with one common effect
  cred-a    ours with soft counts from open claims          majority  share that supports
  gold-vote votes weighted by accuracy on settled claims    two-coin  naive Bayes (Laplace)
  slimfast  ridge logistic regression on the sources        ds, one-coin, glad, mace: crowd-kit's
  slimfast-held  the same with no weight below 0: as ours, it reads no source backwards

crowd-kit is not among the project's requirements: install it elsewhere (pip install crowd-kit) and
name that interpreter with --crowdkit. Its Dawid–Skene is given the settled claims too. Some of it
is slow: --read adds the results of earlier runs, as --json wrote them, to the tables.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import truth_blocs, truth_tables, truth_worlds  # after the path
from benchmarks.truth_data import Malformed, TruthSet, load, splits
from benchmarks.truth_runs import CROWDKIT, METHODS, Result, run_set

LARGE = 60_000
"""A set with more reports than this gets at most LARGE_SEEDS seeds."""

LARGE_SEEDS = 3


def main(argv: Sequence[str] | None = None) -> None:
    arguments = _arguments(argv)
    if arguments.proposals:
        print(truth_blocs.proposals(_sets(arguments.folders)))
        return
    written: dict[str, object] = {}
    results = [*_read(arguments.read), *_results(arguments)]
    if results:
        print(truth_tables.tables(results))
        targets = truth_tables.targets(results)
        print(truth_tables.words(targets))
        written["results"] = [result.as_dict() for result in results]
        written["targets"] = [target.as_dict() for target in targets]
    for name in arguments.generate:
        print(f"\nGenerated: {name}, seed {arguments.seed}")
        figures = truth_worlds.WORLDS[name](arguments)
        print(truth_tables.figures(figures))
        written[name] = figures
    if arguments.json:
        arguments.json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def _results(arguments: argparse.Namespace) -> Iterator[Result]:
    for data in _sets(arguments.folders):
        seeds = min(arguments.seeds, LARGE_SEEDS) if data.claim.size > LARGE else arguments.seeds
        drawn = list(splits(data, arguments.fractions, seeds))
        print(f"{data.name}: {data.claim.size:,} reports, {len(drawn)} splits", file=sys.stderr)
        yield from run_set(data, drawn, arguments.methods, arguments.crowdkit)


def _read(files: Sequence[Path]) -> Iterator[Result]:
    for file in files:
        try:
            rows = json.loads(file.read_text(encoding="utf-8"))["results"]
            yield from (Result(**row) for row in rows)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SystemExit(f"{file} holds no results of this benchmark: {error!r}") from error


def _sets(folders: Sequence[Path]) -> Iterator[TruthSet]:
    for folder in folders:
        inside = sorted(path.parent for path in folder.glob("*/claims.csv.gz"))
        alone = (folder / "claims.csv.gz").exists() or not inside
        for one in [folder] if alone else inside:
            try:
                yield load(one)
            except Malformed as error:
                raise SystemExit(f"This set cannot be read. {error}") from error


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR")
    parser.add_argument("--fractions", nargs="+", type=float, default=[0.0, 0.05, 0.2])
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--seeds", type=int, default=60, help="splits of each fraction")
    parser.add_argument("--crowdkit", metavar="PYTHON", help="an interpreter that has crowd-kit")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--read", nargs="+", type=Path, metavar="FILE", default=[])
    parser.add_argument(
        "--proposals", action="store_true", help="only: which sources of each DIR err together"
    )
    parser.add_argument("--generate", nargs="+", choices=truth_worlds.WORLDS, default=[])
    parser.add_argument("--seed", type=int, default=1, help="of the generators")
    parser.add_argument("--reports", type=int, default=1_000_000, help="of the scale generator")
    arguments = parser.parse_args(argv)
    if not (arguments.folders or arguments.generate or arguments.read):
        parser.error("name a folder, or --generate something")
    if not all(0 <= fraction < 1 for fraction in arguments.fractions) or arguments.seeds < 1:
        parser.error("fractions lie in [0, 1), and there is at least one seed")
    wanted = [method for method in arguments.methods if method in CROWDKIT]
    if arguments.folders and wanted and not arguments.crowdkit:
        print(
            f"Left out, since no --crowdkit interpreter was named: {', '.join(wanted)}.",
            file=sys.stderr,
        )
    return arguments


if __name__ == "__main__":
    main()
