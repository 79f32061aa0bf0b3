"""Sets of reports with known truth: folders of gzipped CSV, and how their labels are split.

A folder holds reports.csv.gz (claim, source, stance), claims.csv.gz (claim, name, object, truth)
and sources.csv.gz (source, name). Claims of one object are rival answers to one question, so labels
are handed out by object: otherwise siblings leak.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

STANCES = {"supports": True, "contradicts": False}
TRUTHS = {"true": 1, "false": 0, "": -1}
COLUMNS = {
    "reports": ("claim", "source", "stance"),
    "claims": ("claim", "name", "object", "truth"),
    "sources": ("source", "name"),
}


class Malformed(Exception):
    """A folder that is not in the format; the message says where and what."""


@dataclass(frozen=True)
class TruthSet:
    """Reports in columns. truth: 1, 0, or −1 where nobody knows. object: −1 where it has none.

    kind: of each source, from 0; None where nobody knows, as in all public sets.
    """

    name: str
    claims: int
    sources: int
    claim: NDArray[np.int64]
    source: NDArray[np.int64]
    supports: NDArray[np.bool_]
    truth: NDArray[np.int64]
    object: NDArray[np.int64]
    interest: NDArray[np.int64] | None = None
    kind: NDArray[np.int64] | None = None

    @property
    def labelled(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.truth >= 0)


@dataclass(frozen=True)
class Split:
    """Which labels a method may see, and which claims it is judged by."""

    fraction: float
    seed: int
    known: NDArray[np.int64]
    judged: NDArray[np.int64]


def splits(data: TruthSet, fractions: Sequence[float], seeds: int) -> Iterator[Split]:
    """With a fraction of 0 there is nothing to draw, so there is one split."""
    for fraction in fractions:
        for seed in range(seeds if fraction > 0 else 1):
            yield split(data, fraction, seed)


def split(data: TruthSet, fraction: float, seed: int) -> Split:
    """Whole objects, in random order, until the fraction of the labelled claims is reached."""
    labelled = data.labelled
    alone = data.object[labelled] < 0
    names = np.where(alone, -1 - labelled, data.object[labelled])
    units, unit = np.unique(names, return_inverse=True)
    order = np.random.default_rng([seed, round(fraction * 10_000)]).permutation(units.size)
    before = np.cumsum(np.bincount(unit)[order]) - np.bincount(unit)[order]
    chosen = np.zeros(units.size, dtype=bool)
    chosen[order[before + 0.5 < fraction * labelled.size]] = True
    known = chosen[unit]
    return Split(fraction, seed, labelled[known], labelled[~known])


def load(folder: Path) -> TruthSet:
    claims, claim_rows = _named(folder, "claims", "claim")
    sources, _ = _named(folder, "sources", "source")
    truth = [_word(TRUTHS, row["truth"], "truth", folder, "claims") for row in claim_rows]
    claim, source, supports = _reports(folder, claims, sources)
    objects: dict[str, int] = {"": -1}
    object_of = [objects.setdefault(row["object"], len(objects) - 1) for row in claim_rows]
    data = TruthSet(
        name=folder.resolve().name,
        claims=len(claims),
        sources=len(sources),
        claim=np.array(claim, dtype=np.int64),
        source=np.array(source, dtype=np.int64),
        supports=np.array(supports, dtype=np.bool_),
        truth=np.array(truth, dtype=np.int64),
        object=np.array(object_of, dtype=np.int64),
    )
    if data.labelled.size < 2:
        raise Malformed(f"{folder}: fewer than two claims have a truth, so nothing can be judged.")
    return data


def _reports(
    folder: Path, claims: Mapping[str, int], sources: Mapping[str, int]
) -> tuple[list[int], list[int], list[bool]]:
    claim, source, supports = [], [], []
    seen: set[tuple[int, int]] = set()
    for number, row in enumerate(_rows(folder, "reports"), start=2):
        where = f"{folder / 'reports.csv.gz'}, line {number}"
        if row["claim"] not in claims:
            raise Malformed(f"{where}: claim {row['claim']!r} is not in claims.csv.gz.")
        if row["source"] not in sources:
            raise Malformed(f"{where}: source {row['source']!r} is not in sources.csv.gz.")
        pair = claims[row["claim"]], sources[row["source"]]
        if pair in seen:
            raise Malformed(f"{where}: this source has spoken on this claim before. Keep one.")
        seen.add(pair)
        claim.append(pair[0])
        source.append(pair[1])
        supports.append(bool(_word(STANCES, row["stance"], "stance", folder, "reports", number)))
    return claim, source, supports


def _named(folder: Path, table: str, key: str) -> tuple[dict[str, int], list[dict[str, str]]]:
    rows = list(_rows(folder, table))
    places = {row[key]: place for place, row in enumerate(rows)}
    if len(places) < len(rows):
        raise Malformed(f"{folder / table}.csv.gz: a {key} is listed twice.")
    return places, rows


def _rows(folder: Path, table: str) -> Iterator[dict[str, str]]:
    path = folder / f"{table}.csv.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = set(COLUMNS[table]) - set(reader.fieldnames or ())
            if missing:
                raise Malformed(f"{path}: has no column {', '.join(sorted(missing))}.")
            for row in reader:
                if any(row[name] is None for name in COLUMNS[table]):
                    raise Malformed(f"{path}, line {reader.line_num}: the line is too short.")
                yield row
    except FileNotFoundError:
        raise Malformed(f"{path} is missing. A set is three files; see --help.") from None
    except (OSError, EOFError, zlib.error, csv.Error, UnicodeDecodeError) as error:
        raise Malformed(f"{path} cannot be read as gzipped CSV in UTF-8: {error}") from error


def _word(
    words: Mapping[str, int], word: str, what: str, folder: Path, table: str, line: int = 0
) -> int:
    if word not in words:
        where = f", line {line}" if line else ""
        path = f"{folder / table}.csv.gz{where}"
        choices = ", ".join(repr(one) for one in words)
        raise Malformed(f"{path}: {what} is {word!r}, not one of {choices}.")
    return words[word]
