"""Every method on every split of one set, each method in a process of its own."""

from __future__ import annotations

import multiprocessing
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import truth_ours, truth_peers
from benchmarks.truth_data import Split, TruthSet
from verification.learning.calibration import measure

Column = NDArray[np.float64]
Method = Callable[[TruthSet, NDArray[np.int64]], Column]

OURS: Mapping[str, Method] = {
    "cred-r": truth_ours.cred_r,
    "cred-d": truth_ours.cred_d,
    "cred-a": truth_ours.cred_a,
}
PEERS: Mapping[str, Method] = {
    "majority": truth_peers.majority,
    "gold-vote": truth_peers.gold_vote,
    "two-coin": truth_peers.two_coins,
    "slimfast": truth_peers.regression,
    "slimfast-held": truth_peers.held_regression,
}
CROWDKIT = ("ds", "one-coin", "glad", "mace")
NEEDS_LABELS = ("gold-vote", "two-coin", "slimfast", "slimfast-held")
FORWARD = ("majority", "gold-vote", "slimfast-held")
"""Peers that never take a source for worse than chance, and read it backwards; nor does ours."""
METHODS = (*OURS, *PEERS, *CROWDKIT)


@dataclass(frozen=True)
class Result:
    """One method on one split.

    seconds: processor time of one run; megabytes: by how much its process grew.
    """

    set: str
    method: str
    fraction: float
    seed: int
    known: int
    judged: int
    accuracy: float
    brier: float
    log_loss: float
    ece: float
    seconds: float
    megabytes: float

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Answer:
    """One row of probabilities a split, or a single row that serves for all."""

    rows: Column
    seconds: float
    grown: float

    def row(self, number: int) -> Column:
        return np.asarray(self.rows[number if len(self.rows) > 1 else 0])


def run_set(
    data: TruthSet, splits: Sequence[Split], methods: Sequence[str], crowdkit: str | None
) -> Iterator[Result]:
    for method in methods:
        usable = [one for one in splits if one.known.size or method not in NEEDS_LABELS]
        if method in CROWDKIT:
            answer = _by_crowdkit(data, usable, method, crowdkit) if crowdkit else None
        else:
            answer = _in_child(data, usable, {**OURS, **PEERS}[method])
        if answer is not None:
            for number, one in enumerate(usable):
                yield judged(data, one, method, answer, number)


def judged(data: TruthSet, split: Split, method: str, answer: Answer, number: int) -> Result:
    said = np.clip(answer.row(number)[split.judged], 0, 1)
    happened = data.truth[split.judged] == 1
    figures = measure(said, happened)
    right = np.where(said == 0.5, 0.5, (said > 0.5) == happened)
    return Result(
        set=data.name,
        method=method,
        fraction=split.fraction,
        seed=split.seed,
        known=split.known.size,
        judged=split.judged.size,
        accuracy=float(right.mean()),
        brier=figures.brier,
        log_loss=figures.log_loss,
        ece=figures.ece,
        seconds=answer.seconds,
        megabytes=answer.grown / 1e6,
    )


def _in_child(data: TruthSet, splits: Sequence[Split], method: Method) -> Answer:
    """A forked process, so that one method's memory is not another's; it starts with the set."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(there, data, splits, method))
    child.start()
    there.close()
    try:
        answer = here.recv()
    except EOFError:
        raise SystemExit("A method's process ended without an answer; was there memory?") from None
    child.join()
    return Answer(*answer)


def _answer(pipe, data: TruthSet, splits: Sequence[Split], method: Method) -> None:  # noqa: ANN001  # the class depends on the platform
    before, started = _peak_bytes(), time.process_time()
    rows = [method(data, one.known) for one in splits]
    seconds = (time.process_time() - started) / max(len(rows), 1)
    grown = _peak_bytes() - before
    pipe.send((np.array(rows), seconds, grown))


def _by_crowdkit(data: TruthSet, splits: Sequence[Split], method: str, python: str) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        task, answer = Path(folder) / "task.npz", Path(folder) / "answer.npz"
        known = {f"known_{number}": one.known for number, one in enumerate(splits)}
        truth = {f"truth_{number}": data.truth[one.known] for number, one in enumerate(splits)}
        np.savez(
            task,
            claim=data.claim,
            source=data.source,
            supports=data.supports,
            claims=data.claims,
            splits=len(splits),
            method=method,
            **known,
            **truth,
        )
        script = Path(__file__).with_name("truth_crowdkit.py")
        subprocess.run([python, script, task, answer], check=True)  # noqa: S603  # the interpreter that the caller named
        found = np.load(answer)
        return Answer(found["rows"], float(found["seconds"]), float(found["grown"]))


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
