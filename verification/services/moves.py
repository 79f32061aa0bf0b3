"""How far another model would move the scores of open claims, with nothing else changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from claims.vocabulary import Status
from core.wire import read_rows
from verification.bulk.columns import Floats, Ints
from verification.scoring import Parameters
from verification.selectors.desk_scores import Desk
from verification.selectors.flattened import flattened
from verification.services.assess_many import PORTION

MOST_P99 = 0.10
MOST = 0.30
"""More than this waits for a person (scoring.md 4.6.5)."""

NAMED = 10
"""Claims that moved furthest, which a person is shown."""

CLOSED = (Status.CONFIRMED, Status.REFUTED, Status.SUPERSEDED)
"""Claims with these statuses keep the model and the groups of sources of their time."""

OPEN = """
SELECT id FROM claims_claim
 WHERE status <> ALL(%(closed)s) AND merged_into_id IS NULL
 ORDER BY id"""


def open_claims() -> Ints:
    """Primary keys of the claims that are scored with the model in use."""
    ids: Ints = read_rows(OPEN, {"id": "i8"}, {"closed": [str(status) for status in CLOSED]})["id"]
    return ids


def measured(before: Parameters, after: Parameters) -> Mapping[str, object]:
    """Number of open claims with a score, mean, 99th percentile and largest |Δp|, and which."""
    parts = list(_parts(before, after))
    ids = np.concatenate([ids for ids, _, _ in parts]) if parts else np.empty(0, np.int64)
    old = np.concatenate([old for _, old, _ in parts]) if parts else np.empty(0)
    new = np.concatenate([new for _, _, new in parts]) if parts else np.empty(0)
    far = np.abs(new - old)
    furthest = np.argsort(-far, kind="stable")[:NAMED]
    return {
        "claims": len(far),
        "mean": float(far.mean()) if len(far) else 0.0,
        "p99": float(np.quantile(far, 0.99)) if len(far) else 0.0,
        "most": float(far.max()) if len(far) else 0.0,
        "furthest": [
            {"claim": int(ids[n]), "before": float(old[n]), "after": float(new[n])}
            for n in furthest.tolist()
            if far[n] > 0
        ],
    }


def _parts(before: Parameters, after: Parameters) -> Iterator[tuple[Ints, Floats, Floats]]:
    """Claims with something that counts: primary keys and both estimates."""
    old, new, ids = Desk.opened(before), Desk.opened(after), open_claims()
    for start in range(0, len(ids), PORTION):
        flat = flattened(ids[start : start + PORTION], old.known)
        was, now = old.scores(flat), new.scores(flat)
        counted = was.counted & now.counted
        yield flat.claims["id"][counted], was.estimate[counted], now.estimate[counted]


def too_far(moves: Mapping[str, object]) -> bool:
    p99, most = moves["p99"], moves["most"]
    return not (isinstance(p99, float) and isinstance(most, float)) or p99 > MOST_P99 or most > MOST
