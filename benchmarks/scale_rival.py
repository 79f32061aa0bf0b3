"""crowd-kit's Dawid–Skene on the same reports; run by `benchmarks.scale` with a Python that has it.

Run: python benchmarks/scale_rival.py FILE.npy ROUNDS. Prints seconds, peak memory in MB, version.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np


def main() -> None:
    import crowdkit  # noqa: PLC0415  # not a requirement of ours
    import pandas as pd  # noqa: PLC0415  # comes with it
    from crowdkit.aggregation import DawidSkene  # noqa: PLC0415

    rows = np.load(sys.argv[1], mmap_mode="r")
    table = pd.DataFrame({name: np.asarray(rows[name]) for name in ("task", "worker", "label")})
    start = time.perf_counter()
    DawidSkene(n_iter=int(sys.argv[2])).fit_predict_proba(table)
    spent = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": spent, "peak_mb": peak, "version": crowdkit.__version__}))


if __name__ == "__main__":
    main()
