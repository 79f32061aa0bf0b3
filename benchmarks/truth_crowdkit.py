"""Dawid–Skene, one-coin, GLAD and MACE of crowd-kit, for an interpreter that has it installed.

Runs alone, with nothing of the project: `python truth_crowdkit.py TASK.npz ANSWER.npz`. The task
holds the reports in columns (claim, source, supports), the known claims of every split (known_0,
known_1, …) with their truth (truth_0, …), and the name of one method. The answer holds one row of
probabilities a split (a single row where the method cannot use labels), the seconds of one run, and
by how many bytes the process grew. Methods run with the defaults of crowd-kit.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd
from crowdkit.aggregation import GLAD, MACE, DawidSkene, OneCoinDawidSkene

USES_LABELS = {"ds"}


def answer(task) -> dict:  # noqa: ANN001  # an archive of numpy; this file runs without the project
    name = str(task["method"])
    reports = pd.DataFrame(
        {"task": task["claim"], "worker": task["source"], "label": task["supports"].astype(int)}
    )
    before, started = peak_bytes(), time.process_time()
    rows = []
    for number in range(int(task["splits"]) if name in USES_LABELS else 1):
        labels = pd.Series(
            task[f"truth_{number}"].astype(int), index=task[f"known_{number}"], dtype=int
        )
        rows.append(probabilities(name, reports, labels, int(task["claims"])))
    seconds = (time.process_time() - started) / len(rows)
    return {"rows": np.array(rows), "seconds": seconds, "grown": peak_bytes() - before}


def probabilities(name: str, reports: pd.DataFrame, labels: pd.Series, claims: int) -> np.ndarray:
    labels = labels[labels.index.isin(reports["task"])]
    if name == "ds":
        model = DawidSkene()
        model.fit(reports, true_labels=labels if len(labels) else None)
        found = model.probas_
    else:
        plain = {"one-coin": OneCoinDawidSkene, "glad": GLAD, "mace": MACE}[name]()
        found = plain.fit_predict_proba(reports)
    row = np.full(claims, 0.5)
    row[found.index] = found[1] if 1 in found.columns else 0.0
    return row


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    np.savez(sys.argv[2], **answer(np.load(sys.argv[1])))
