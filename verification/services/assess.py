"""Computing and keeping the confidence of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from claims.models import Claim
from claims.selectors.evidence import evidence_to_score
from core.jobs import enqueue
from verification.models import Assessment, ScoringModel
from verification.scoring import Score, assess
from verification.selectors.records import scoring_of


@transaction.atomic
def assess_claim(*, claim_id: int, cause: str = "", now: datetime | None = None) -> Score | None:
    """Score a claim from its present evidence; keep the assessment when its inputs are new.

    Runs any number of times with one result. None: nothing is counted and nothing ever was.
    """
    claim = Claim.objects.select_for_update().filter(pk=claim_id).first()
    return None if claim is None else assess_locked(claim=claim, cause=cause, now=now)


def assess_locked(*, claim: Claim, cause: str = "", now: datetime | None = None) -> Score | None:
    """The same of a claim that the caller has locked and read since; it shows the new numbers."""
    scoring = scoring_of(claim, list(evidence_to_score(claim)))
    score = assess(scoring.told, scoring.parameters)
    newest = _newest(claim)
    counted = bool(score.contributions)
    is_new = counted if newest is None else not _says_the_same(newest, score)
    if is_new:
        _keep(claim, score, scoring.model, cause, now or timezone.now())
    _repeat_on_claim(claim, score if counted else None)
    return score if counted else None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What tells whether an assessment says the same as another, without its steps."""

    inputs_digest: str
    snapshot: str
    log_odds: float
    low: float
    high: float
    origins_for: int
    origins_against: int


_KEPT = (
    "inputs_digest",
    "explanation__snapshot",
    "log_odds",
    "low",
    "high",
    "origins_for",
    "origins_against",
)


def _newest(claim: Claim) -> _Kept | None:
    row = claim.assessments.order_by("-at", "-pk").values_list(*_KEPT).first()
    return None if row is None else _Kept(*row)


def _keep(
    claim: Claim, score: Score, model: ScoringModel | None, cause: str, now: datetime
) -> None:
    Assessment.objects.create(
        claim=claim,
        method=score.method,
        scoring_model=model,
        inputs_digest=score.inputs_digest,
        estimate=score.estimate,
        low=score.low,
        high=score.high,
        log_odds=score.log_odds,
        origins_for=score.origins_supporting,
        origins_against=score.origins_contradicting,
        explanation=score.as_dict(),
        cause=cause[:200],
        at=now,
    )


def _says_the_same(newest: _Kept, score: Score) -> bool:
    """Of the same inputs; one that was made with many others has no digest, but the numbers."""
    if newest.inputs_digest:
        return newest.inputs_digest == score.inputs_digest
    return newest == _Kept(
        "",
        score.snapshot,
        score.log_odds,
        score.low,
        score.high,
        score.origins_supporting,
        score.origins_contradicting,
    )


def _repeat_on_claim(claim: Claim, score: Score | None) -> None:
    claim.confidence = score.estimate if score else None
    claim.confidence_low = score.low if score else None
    claim.confidence_high = score.high if score else None
    claim.origins_for = score.origins_supporting if score else 0
    claim.origins_against = score.origins_contradicting if score else 0
    claim.assess_due_at = None
    claim.save(
        update_fields=[
            "confidence",
            "confidence_low",
            "confidence_high",
            "origins_for",
            "origins_against",
            "assess_due_at",
        ]
    )


def sweep_assessments(*, limit: int = 200) -> int:
    """Send again what is due and whose message was lost; returns how many."""
    due = Claim.objects.filter(assess_due_at__lt=timezone.now() - timedelta(seconds=60)).order_by(
        "assess_due_at"
    )[:limit]
    for claim in due:
        enqueue("verification.evidence_changed", claim_id=claim.pk, cause="swept")
    return len(due)
