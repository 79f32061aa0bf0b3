"""The project's own methods on a set of reports: CRED-R, CRED-D and CRED-A."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.truth_data import TruthSet
from verification.learning import columns
from verification.learning.counts import Reports, Settled
from verification.learning.fit import fit_columns
from verification.learning.joint import ASSISTED, OpenClaims, joint
from verification.scoring import DEFAULT_PARAMETERS, Parameters
from verification.scoring.groups import UNGRADED, group_name

Column = NDArray[np.float64]


def cred_r(data: TruthSet, known: NDArray[np.int64]) -> Column:
    return _learnt(data, known, per_source=False)


def cred_d(data: TruthSet, known: NDArray[np.int64]) -> Column:
    return _learnt(data, known, per_source=True)


def cred_a(data: TruthSet, known: NDArray[np.int64]) -> Column:
    """CRED-D's snapshot, with open claims lending their sources the share of the assisted view."""
    settled = settled_part(data, known)
    snapshot, _ = fit_columns(settled, DEFAULT_PARAMETERS, "benchmark")
    return columns.sigmoid(log_odds(data, settled, snapshot, lent=ASSISTED))


def _learnt(data: TruthSet, known: NDArray[np.int64], *, per_source: bool) -> Column:
    settled = settled_part(data, known)
    snapshot, _ = fit_columns(settled, DEFAULT_PARAMETERS, "benchmark", per_source=per_source)
    return columns.sigmoid(log_odds(data, settled, snapshot))


def reports_of(data: TruthSet, chosen: NDArray[np.int64] | slice = slice(None)) -> Reports:
    """Reports of anonymous sources: ungraded, with an interest or a kind if the set has one."""
    claim, source = data.claim[chosen], data.source[chosen]
    interest = np.zeros_like(claim) if data.interest is None else data.interest[chosen]
    return Reports(
        sources=[str(number) for number in range(data.sources)],
        groups=_groups(data),
        claim=claim,
        source=source,
        group=np.zeros_like(claim) if data.kind is None else data.kind[source],
        interest=interest,
        supports=data.supports[chosen],
        weight=np.ones(claim.size),
    )


def _groups(data: TruthSet) -> list[str]:
    if data.kind is None:
        return [UNGRADED]
    return [group_name(None, f"kind-{kind}") for kind in range(int(data.kind.max()) + 1)]


def settled_part(data: TruthSet, known: NDArray[np.int64]) -> Settled:
    place = np.full(data.claims, -1)
    place[known] = np.arange(known.size)
    part = reports_of(data, np.flatnonzero(place[data.claim] >= 0))
    return Settled(
        reports=Reports(**{**vars(part), "claim": place[part.claim]}),
        claims=[str(number) for number in known],
        kinds=["other"] * known.size,
        truth=data.truth[known] == 1,
        sampling=np.ones(known.size),
    )


def log_odds(
    data: TruthSet,
    settled: Settled,
    snapshot: Parameters,
    *,
    lent: float = 0.0,
    owner: NDArray[np.int64] | None = None,
) -> Column:
    """Of every open claim; a settled one is left at 0, since nobody asks."""
    place = np.full(data.claims, -1)
    asked = np.ones(data.claims, dtype=bool)
    asked[[int(name) for name in settled.claims]] = False
    place[asked] = np.arange(asked.sum())
    rows = np.flatnonzero(asked[data.claim])
    part = reports_of(data, rows)
    claims = OpenClaims(
        reports=Reports(**{**vars(part), "claim": place[part.claim]}),
        kinds=["other"] * int(asked.sum()),
        owner=None if owner is None else owner[part.source],
    )
    found = np.zeros(data.claims)
    found[asked] = joint(settled, claims, snapshot, share=lent).log_odds
    return found
