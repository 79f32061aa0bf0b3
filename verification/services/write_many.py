"""Writing the scores of many claims: by COPY into a table of their own, then by one statement.

Only a claim that still shows the numbers that were read gets new ones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from core.wire import Columns, Rows, write_rows
from verification.bulk import Scores
from verification.bulk.columns import Flags
from verification.models import ScoringModel
from verification.scoring import METHOD
from verification.selectors.steps import kept_short

NEW_SCORES: Columns = {
    "claim_id": "i8",
    "estimate": "f8",
    "low": "f8",
    "high": "f8",
    "log_odds": "f8",
    "origins_for": "i2",
    "origins_against": "i2",
    "counted": "i2",
    "was": "f8",
    "was_low": "f8",
    "was_high": "f8",
}
_SQL_TYPES = {"i8": "bigint", "i2": "smallint", "f8": "double precision"}
MAKE_ROOM = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS new_score ("
    + ", ".join(f"{name} {_SQL_TYPES[kind]}" for name, kind in NEW_SCORES.items())
    + "); TRUNCATE new_score"
)

# Said of each claim, or the server reads the whole table to find one portion.
_WITHIN = "c.id BETWEEN %(first)s AND %(last)s"

# Whoever locks several claims does it in order of their numbers.
LOCK = f"""
SELECT count(*) FROM (
    SELECT 1 FROM claims_claim c JOIN new_score n ON n.claim_id = c.id
     WHERE {_WITHIN} ORDER BY c.number FOR NO KEY UPDATE OF c) locked"""  # noqa: S608  # our own words

# A claim that shows other numbers than were read, or is to be scored by itself, is left alone.
KEEP = f"""
WITH written AS (
    UPDATE claims_claim c
       SET confidence = CASE counted WHEN 1 THEN estimate END,
           confidence_low = CASE counted WHEN 1 THEN low END,
           confidence_high = CASE counted WHEN 1 THEN high END,
           origins_for = n.origins_for, origins_against = n.origins_against
      FROM new_score n
     WHERE n.claim_id = c.id AND {_WITHIN} AND c.assess_due_at IS NULL
       AND COALESCE(c.confidence, 'NaN') = was
       AND COALESCE(c.confidence_low, 'NaN') = was_low
       AND COALESCE(c.confidence_high, 'NaN') = was_high
 RETURNING c.id)
INSERT INTO verification_assessment (claim_id, method, scoring_model_id, inputs_digest, estimate,
                                     low, high, log_odds, origins_for, origins_against, explanation,
                                     cause, at)
SELECT claim_id, %(method)s, %(model)s, '', estimate, low, high, log_odds, origins_for,
       origins_against, CASE counted WHEN 1 THEN %(counted)s::jsonb ELSE %(empty)s::jsonb END,
       %(cause)s, %(at)s
  FROM new_score JOIN written ON written.id = claim_id"""  # noqa: S608  # our own words

# What another run or a person scored meanwhile, perhaps from older inputs, is scored once more.
SEND_AGAIN = f"""
UPDATE claims_claim c SET assess_due_at = %(at)s FROM new_score n
 WHERE n.claim_id = c.id AND {_WITHIN} AND c.assess_due_at IS NULL
   AND (COALESCE(c.confidence, 'NaN'), COALESCE(c.confidence_low, 'NaN'),
        COALESCE(c.confidence_high, 'NaN'), c.origins_for, c.origins_against)
       <> (CASE counted WHEN 1 THEN estimate ELSE 'NaN' END,
           CASE counted WHEN 1 THEN low ELSE 'NaN' END,
           CASE counted WHEN 1 THEN high ELSE 'NaN' END, n.origins_for, n.origins_against)"""  # noqa: S608  # our own words


@dataclass(frozen=True)
class Origin:
    """What the assessments say of where they come from."""

    model: ScoringModel | None
    snapshot: str
    cause: str


def changed_among(claims: Rows, scores: Scores) -> Flags:
    """Claims that show other numbers than these; NaN stands for no score."""
    changed: Flags = (claims["origins_for"] != scores.supporting) | (
        claims["origins_against"] != scores.contradicting
    )
    shown = {"confidence": scores.estimate, "low": scores.low, "high": scores.high}
    for name, numbers in shown.items():
        now = np.where(scores.counted, numbers, np.nan)
        changed |= (claims[name] != now) & ~(np.isnan(claims[name]) & np.isnan(now))
    return changed


@transaction.atomic
def write_scores(claims: Rows, scores: Scores, chosen: Flags, origin: Origin) -> int:
    """How many claims got a new assessment.

    chosen: which of SCORES are written; claims: the rows of these as they were read, by key.
    """
    if not len(claims):
        return 0
    now, ends = timezone.now(), {"first": int(claims["id"][0]), "last": int(claims["id"][-1])}
    with connection.cursor() as cursor:
        cursor.execute(MAKE_ROOM)
        write_rows("new_score", NEW_SCORES, _columns(claims, scores, chosen))
        cursor.execute(LOCK, ends)
        cursor.execute(
            KEEP,
            {
                "method": METHOD,
                "model": origin.model.pk if origin.model else None,
                "counted": json.dumps(kept_short(counted=True, snapshot=origin.snapshot)),
                "empty": json.dumps(kept_short(counted=False, snapshot=origin.snapshot)),
                "cause": origin.cause[:200],
                "at": now,
                **ends,
            },
        )
        kept: int = cursor.rowcount
        if kept < len(claims):
            cursor.execute(SEND_AGAIN, {"at": now, **ends})
    return kept


def _columns(
    claims: Rows, scores: Scores, chosen: Flags
) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64 | np.int64 | np.bool_]]]:
    return {
        "claim_id": claims["id"],
        "estimate": scores.estimate[chosen],
        "low": scores.low[chosen],
        "high": scores.high[chosen],
        "log_odds": scores.log_odds[chosen],
        "origins_for": scores.supporting[chosen],
        "origins_against": scores.contradicting[chosen],
        "counted": scores.counted[chosen],
        "was": claims["confidence"],
        "was_low": claims["low"],
        "was_high": claims["high"],
    }
