"""Computing and keeping the confidence of a claim."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from claims.models import Claim
from claims.selectors.evidence import evidence_to_score, evidence_to_score_of_all
from core.jobs import enqueue
from verification.models import Assessment, ScoringModel
from verification.scoring import Score, assess
from verification.selectors.records import scoring_of, scorings_of

TOGETHER = 100
"""Claims in one transaction: who wants to change one of them waits for a part of a second."""


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
    counted = bool(score.contributions)
    if _is_new(_newest(claim), score):
        _assessment(claim, score, scoring.model, cause, now or timezone.now()).save()
    _show(claim, score if counted else None)
    claim.save(update_fields=_SHOWN)
    return score if counted else None


def assess_together(*, claim_ids: Sequence[int], cause: str = "") -> int:
    """What `assess_claim` does, for several claims with statements as for one.

    How many got a new assessment. Portions of them are locked, kept and let go in turn.
    """
    portions = range(0, len(claim_ids), TOGETHER)
    return sum(_assess_portion(claim_ids[start : start + TOGETHER], cause) for start in portions)


@transaction.atomic
def _assess_portion(claim_ids: Sequence[int], cause: str) -> int:
    """Locked in order of number, as by whoever locks several claims."""
    claims = list(Claim.objects.select_for_update().filter(pk__in=claim_ids).order_by("number"))
    scorings = scorings_of(claims, evidence_to_score_of_all(claims))
    newest, now = _newest_of(claims), timezone.now()
    made, moved = [], []
    for claim in claims:
        scoring = scorings[claim.pk]
        score = assess(scoring.told, scoring.parameters)
        if _is_new(newest.get(claim.pk), score):
            made.append(_assessment(claim, score, scoring.model, cause, now))
        if _show(claim, score if score.contributions else None):
            moved.append(claim)
    Assessment.objects.bulk_create(made)
    _save_shown(moved)
    return len(made)


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


def _newest_of(claims: Collection[Claim]) -> dict[int, _Kept]:
    """By primary key of the claim."""
    rows = Assessment.objects.filter(claim__in=claims).order_by("claim_id", "-at", "-pk")
    newest = rows.distinct("claim_id").values_list("claim_id", *_KEPT)
    return {claim: _Kept(*kept) for claim, *kept in newest}


def _is_new(newest: _Kept | None, score: Score) -> bool:
    """Not of the same inputs; what was made with many others has no digest, but the numbers."""
    if newest is None:
        return bool(score.contributions)
    if newest.inputs_digest:
        return newest.inputs_digest != score.inputs_digest
    return newest != _Kept(
        "",
        score.snapshot,
        score.log_odds,
        score.low,
        score.high,
        score.origins_supporting,
        score.origins_contradicting,
    )


def _assessment(
    claim: Claim, score: Score, model: ScoringModel | None, cause: str, now: datetime
) -> Assessment:
    return Assessment(
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


_SHOWN = (
    "confidence",
    "confidence_low",
    "confidence_high",
    "origins_for",
    "origins_against",
    "assess_due_at",
)


def _show(claim: Claim, score: Score | None) -> bool:
    """Put the numbers on the claim, unsaved; whether it showed others or was due."""
    before = _numbers(claim)
    claim.confidence = score.estimate if score else None
    claim.confidence_low = score.low if score else None
    claim.confidence_high = score.high if score else None
    claim.origins_for = score.origins_supporting if score else 0
    claim.origins_against = score.origins_contradicting if score else 0
    claim.assess_due_at = None
    return _numbers(claim) != before


def _numbers(claim: Claim) -> list[object]:
    return [getattr(claim, name) for name in _SHOWN]


_SAVE_SHOWN = """
UPDATE claims_claim c
   SET confidence = n.confidence, confidence_low = n.low, confidence_high = n.high,
       origins_for = n.origins_for, origins_against = n.origins_against, assess_due_at = NULL
  FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::smallint[],
              %s::smallint[]) AS n (id, confidence, low, high, origins_for, origins_against)
 WHERE c.id = n.id"""


def _save_shown(claims: Collection[Claim]) -> None:
    """All in one statement; the mapper's own takes longer than the scores themselves."""
    columns = (
        [claim.pk for claim in claims],
        [claim.confidence for claim in claims],
        [claim.confidence_low for claim in claims],
        [claim.confidence_high for claim in claims],
        [claim.origins_for for claim in claims],
        [claim.origins_against for claim in claims],
    )
    with connection.cursor() as cursor:
        cursor.execute(_SAVE_SHOWN, columns)


def sweep_assessments(*, limit: int = 200) -> int:
    """Send again what is due and whose message was lost; returns how many."""
    due = Claim.objects.filter(assess_due_at__lt=timezone.now() - timedelta(seconds=60)).order_by(
        "assess_due_at"
    )[:limit]
    for claim in due:
        enqueue("verification.evidence_changed", claim_id=claim.pk, cause="swept")
    return len(due)
