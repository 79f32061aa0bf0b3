"""Computing and keeping the confidence of a claim."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from claims.models import Claim
from claims.selectors.evidence import evidence_to_score
from core.jobs import enqueue
from verification.models import Assessment, ScoringModel
from verification.scoring import Score, assess
from verification.selectors.records import scoring_of
from verification.selectors.steps import is_short


@transaction.atomic
def assess_claim(*, claim_id: int, cause: str = "", now: datetime | None = None) -> Score | None:
    """Score a claim from its present evidence; keep the assessment when its inputs are new.

    Runs any number of times with one result. None: nothing is counted and nothing ever was.
    """
    claim = Claim.objects.select_for_update().filter(pk=claim_id).first()
    if claim is None:
        return None
    scoring = scoring_of(claim, list(evidence_to_score(claim)))
    score = assess(scoring.told, scoring.parameters)
    newest = claim.assessments.order_by("-at", "-pk").first()
    counted = bool(score.contributions)
    is_new = counted if newest is None else not _says_the_same(newest, score)
    if is_new:
        _keep(claim, score, scoring.model, cause, now or timezone.now())
    _repeat_on_claim(claim, score if counted else None)
    return score if counted else None


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


def _says_the_same(newest: Assessment, score: Score) -> bool:
    """Of the same inputs; one that was made with many others has no digest, but the numbers."""
    if not is_short(newest):
        return newest.inputs_digest == score.inputs_digest
    return (
        newest.explanation.get("snapshot"),
        newest.log_odds,
        newest.low,
        newest.high,
        newest.origins_for,
        newest.origins_against,
    ) == (
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
