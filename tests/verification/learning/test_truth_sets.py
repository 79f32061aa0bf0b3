"""The benchmark on a folder that it has never seen, and on folders that are not in order."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import truth_peers
from benchmarks.truth_data import Malformed, load, split, splits

ROOT = Path(__file__).resolve().parents[3]
TABLES = {
    "reports": "claim,source,stance\n"
    + "".join(
        f"{n},{s},{'supports' if n % 2 else 'contradicts'}\n" for n in range(40) for s in "ab"
    ),
    "claims": "claim,name,object,truth\n"
    + "".join(f"{n},claim {n},{n // 4},{'true' if n % 2 else 'false'}\n" for n in range(40)),
    "sources": "source,name\na,A\nb,B\n",
}


def folder(where: Path, **changed: str) -> Path:
    where.mkdir(exist_ok=True)
    for name, text in {**TABLES, **changed}.items():
        with gzip.open(where / f"{name}.csv.gz", "wt", encoding="utf-8") as file:
            file.write(text)
    return where


def test_rivals_of_one_object_are_never_split(tmp_path: Path) -> None:
    data = load(folder(tmp_path))
    for fraction in (0.0, 0.05, 0.2, 0.5):
        drawn = split(data, fraction, seed=1)
        known, judged = (set(data.object[part]) for part in (drawn.known, drawn.judged))
        assert not known & judged
        assert len(drawn.known) == pytest.approx(fraction * 40, abs=2)
        assert len(drawn.known) + len(drawn.judged) == 40


def test_a_split_is_the_same_each_time_and_seeds_differ(tmp_path: Path) -> None:
    data = load(folder(tmp_path))
    drawn = list(splits(data, [0.0, 0.2], 3))
    assert len(drawn) == 4
    assert np.array_equal(split(data, 0.2, 2).known, drawn[3].known)
    assert not np.array_equal(drawn[1].known, drawn[2].known)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reports": "claim,source\n1,a\n"}, "no column stance"),
        ({"reports": "claim,source,stance\n1,a,maybe\n"}, "stance is 'maybe'"),
        ({"reports": "claim,source,stance\n99,a,supports\n"}, "claim '99' is not in"),
        ({"reports": "claim,source,stance\n1,z,supports\n"}, "source 'z' is not in"),
        ({"reports": "claim,source,stance\n1,a\n"}, "too short"),
        ({"reports": "claim,source,stance\n" + "1,a,supports\n" * 2}, "spoken on this claim"),
        ({"claims": "claim,name,object,truth\n1,x,,perhaps\n"}, "truth is 'perhaps'"),
        ({"claims": "claim,name,object,truth\n1,x,,\n1,y,,\n"}, "claim is listed twice"),
        ({"claims": TABLES["claims"].replace("true", "").replace("false", "")}, "fewer than two"),
    ],
)
def test_a_folder_that_is_not_in_order_is_refused_by_name(
    tmp_path: Path, changed: dict[str, str], message: str
) -> None:
    with pytest.raises(Malformed, match=message):
        load(folder(tmp_path, **changed))


def test_a_file_that_is_missing_or_no_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"claims\.csv\.gz is missing"):
        load(tmp_path)
    where = folder(tmp_path)
    (where / "sources.csv.gz").write_bytes(b"source,name\n")
    with pytest.raises(Malformed, match="cannot be read"):
        load(where)


def test_a_set_that_it_has_never_seen_is_measured(tmp_path: Path) -> None:
    where, written = folder(tmp_path / "unseen"), tmp_path / "out.json"
    command = [sys.executable, "benchmarks/scoring.py", where, "--json", written]
    chosen = ["--methods", "majority", "cred-d", "ds", "--seeds", "2", "--fractions", "0", "0.5"]
    done = subprocess.run(  # noqa: S603  # our own script
        [*command, *chosen], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Left out, since no --crowdkit interpreter was named: ds." in done.stderr
    assert "Mean over 1 sets, 50% settled" in done.stdout
    results = json.loads(written.read_text(encoding="utf-8"))["results"]
    assert {(row["set"], row["method"]) for row in results} == {
        ("unseen", "majority"),
        ("unseen", "cred-d"),
    }
    assert all(0 <= row["brier"] <= 1 for row in results)


def test_a_held_regression_reads_no_source_backwards(tmp_path: Path) -> None:
    """Source c says the opposite of what is true, each time."""
    denied = "".join(f"{n},c,{'contradicts' if n % 2 else 'supports'}\n" for n in range(40))
    alone = {
        "reports": f"claim,source,stance\n{denied}",
        "sources": "source,name\nc,C\n",
    }
    data = load(folder(tmp_path, **alone))
    drawn = split(data, 0.5, seed=1)
    true = data.truth[drawn.judged] == 1
    free, held = (
        method(data, drawn.known)[drawn.judged]
        for method in (truth_peers.regression, truth_peers.held_regression)
    )
    assert ((free > 0.5) == true).all()
    assert np.ptp(held) == 0
    assert abs(held[0] - 0.5) < 0.1
