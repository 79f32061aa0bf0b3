"""A claim's score in joint mode, from the newest stored fit of method cred-a/1. For analysis.

The fit is made apart and kept (`services.joint`); to ask for a score costs what any other stored
model costs: this claim's evidence and one score. What the claim itself lent is taken out of the
records of its sources, as its own outcome is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.utils import timezone

from claims.models import Claim, Evidence
from core.errors import Missing
from verification.learning.joint import METHOD
from verification.learning.settling import record_of
from verification.models import Assessment, JointFit
from verification.scoring import ClaimInput, Interest, Report, TrackRecord, assess
from verification.selectors.records import parameters_of, recorded_input

Key = tuple[str, str]
"""Name of a record and value of an interest class."""

NOTHING = TrackRecord()
NONE_YET = (
    f"No fit of {METHOD} was made yet. It is made each night, or by hand with "
    "manage.py fit_scores --joint; until then there is nothing to ask for."
)


@dataclass(frozen=True)
class Soft:
    """A stored fit as it is read. own: what each claim lent by itself, by its primary key."""

    records: Mapping[Key, TrackRecord]
    own: Mapping[int, Mapping[Key, TrackRecord]]


def joint_assessment(claim: Claim, items: Sequence[Evidence]) -> Assessment:
    """What joint mode makes of the claim: worked out, kept nowhere. Raises Missing before a fit."""
    fit = JointFit.objects.defer("records", "claims").select_related("scoring_model").first()
    if fit is None:
        raise Missing(NONE_YET, code="no_joint_fit")
    parameters = parameters_of(fit.scoring_model)
    soft = _soft(fit.pk, fit.inputs_digest, fit.made_at)
    score = assess(_softened(recorded_input(claim, items), soft, claim.pk), parameters)
    snapshot = f"{METHOD} fit {fit.number} on {parameters.version}"
    return Assessment(
        claim=claim,
        method=METHOD,
        inputs_digest=score.inputs_digest,
        estimate=score.estimate,
        low=score.low,
        high=score.high,
        log_odds=score.log_odds,
        origins_for=score.origins_supporting,
        origins_against=score.origins_contradicting,
        explanation={**score.as_dict(), "method": METHOD, "snapshot": snapshot},
        cause=f"asked for {METHOD}: partly learnt from unsettled claims, not the official score",
        at=timezone.now(),
    )


def _softened(told: ClaimInput, soft: Soft, claim: int) -> ClaimInput:
    own = soft.own.get(claim, {})

    def of(report: Report, interest: Interest, exact: TrackRecord) -> TrackRecord:
        key = (record_of(report), interest.value)
        return _with_lent(exact, soft.records.get(key, NOTHING), own.get(key, NOTHING))

    return replace(
        told,
        reports=tuple(
            replace(
                report,
                record=of(report, report.interest, report.record),
                neutral_record=of(report, Interest.NONE, report.neutral_record),
            )
            for report in told.reports
        ),
    )


def _with_lent(exact: TrackRecord, lent: TrackRecord, own: TrackRecord) -> TrackRecord:
    """Counts and what others lent; a difference of equal fractions is seldom quite 0."""

    def part(whole: float, less: float) -> float:
        return max(0.0, whole - less)

    n1_plus, n0_plus = part(lent.n1_plus, own.n1_plus), part(lent.n0_plus, own.n0_plus)
    n1_minus = part(lent.n1 - lent.n1_plus, own.n1 - own.n1_plus)
    n0_minus = part(lent.n0 - lent.n0_plus, own.n0 - own.n0_plus)
    return TrackRecord(
        exact.n1 + n1_plus + n1_minus,
        exact.n1_plus + n1_plus,
        exact.n0 + n0_plus + n0_minus,
        exact.n0_plus + n0_plus,
    )


@lru_cache(maxsize=2)
def _soft(pk: int, _digest: str, _made_at: datetime) -> Soft:
    """A stored fit never changes, so that it is read once in each process."""
    fit = JointFit.objects.get(pk=pk)
    records = {
        (name, interest): TrackRecord(*counts)
        for name, by_interest in fit.records.items()
        for interest, counts in by_interest.items()
    }
    own = {
        int(claim): _own(believed, reports, fit.share)
        for claim, (believed, reports) in fit.claims.items()
    }
    return Soft(records, own)


def _own(
    believed: float, reports: Sequence[tuple[str, str, bool]], share: float
) -> Mapping[Key, TrackRecord]:
    true, false = share * believed, share * (1 - believed)
    found: dict[Key, TrackRecord] = {}
    for name, interest, supports in reports:
        row = found.get((name, interest), NOTHING)
        found[name, interest] = TrackRecord(
            row.n1 + true,
            row.n1_plus + true * supports,
            row.n0 + false,
            row.n0_plus + false * supports,
        )
    return found
