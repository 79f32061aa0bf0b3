"""Claims of the pure scorer as the columns of the bulk scorer, one voice for each report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verification.bulk import Reports, Scores, Voices, score
from verification.bulk.columns import NO_BLOC, NO_OWNER
from verification.scoring import ClaimInput, Parameters, Report, Stance
from verification.scoring.evidence import weigh, weight_of
from verification.scoring.interval import logit
from verification.scoring.selection import is_eligible


def numbered(words: set[str]) -> dict[str, int]:
    return {word: place for place, word in enumerate(sorted(words))}


def in_columns(claims: Sequence[ClaimInput], parameters: Parameters) -> tuple[Reports, Voices]:
    rows = [
        (place, report)
        for place, claim in enumerate(claims)
        for report in sorted(claim.reports, key=lambda report: report.age)
    ]
    names = numbered({name for _, r in rows for name in (r.source, r.owner, r.bloc) if name})
    origins = numbered({_origin(place, report) for place, report in rows})
    weighed = [weigh(report, parameters) for _, report in rows]
    reports = Reports(
        claim=np.array([place for place, _ in rows], np.int64),
        source=np.array([names[r.source] for _, r in rows], np.int64),
        owner=np.array([names[r.owner] if r.owner else NO_OWNER for _, r in rows], np.int64),
        bloc=np.array([names[r.bloc] if r.bloc else NO_BLOC for _, r in rows], np.int64),
        origin=np.array([origins[_origin(place, r)] for place, r in rows], np.int64),
        voice=np.arange(len(rows), dtype=np.int64),
        supports=np.array([r.stance is Stance.SUPPORTS for _, r in rows], np.bool_),
        visual=np.array([r.checked_visual for _, r in rows], np.bool_),
        eligible=np.array([is_eligible(r) for _, r in rows], np.bool_),
        weight=np.array([weight_of(r, parameters) for _, r in rows], np.float64),
    )
    voices = Voices(
        llr=np.array([row.llr for row in weighed], np.float64),
        mean_llr=np.array([row.mean_llr for row in weighed], np.float64),
        variance=np.array([row.variance for row in weighed], np.float64),
        effect=np.array([row.effect for row in weighed], np.float64),
    )
    return reports, voices


def _origin(place: int, report: Report) -> str:
    """An origin that is not named is the report's own; names count over the claims too."""
    return f"o {report.origin}" if report.origin else f"r {place} {report.key}"


def scored(claims: Sequence[ClaimInput], parameters: Parameters) -> Scores:
    reports, voices = in_columns(claims, parameters)
    openings = [(logit(parameters.prior_of(claim.kind)), parameters.intercept) for claim in claims]
    return score(reports, openings, voices, parameters)
