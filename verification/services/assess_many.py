"""Scoring many claims at once: their evidence out by COPY, in columns, the numbers in by COPY.

The numbers are those of `assess_claim`, bit for bit. Claims are done in portions, each in one
transaction with a fixed number of statements, and only those whose numbers changed are written.
Claims that were ever settled go to the pure scorer, each without what its own outcome taught and
with the model of its time, and keep their steps.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from core.wire import Columns, Rows, read_rows, write_rows
from verification.bulk import Scores
from verification.bulk.columns import Flags, Ints
from verification.scoring import METHOD, Parameters
from verification.selectors.desk_scores import Desk
from verification.selectors.flattened import Library, flattened
from verification.selectors.records import ever_settled
from verification.selectors.steps import kept_short
from verification.services.assess import assess_together

PORTION = 50_000
"""Claims that are read, scored and written together; memory grows with it."""

MANY = 4 * PORTION

NEXT = "SELECT id FROM claims_claim WHERE id > %(after)s ORDER BY id LIMIT %(portion)s"

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

# Whoever locks several claims does it in order of their numbers.
LOCK = """
SELECT count(*) FROM (
    SELECT 1 FROM claims_claim c JOIN new_score n ON n.claim_id = c.id
     ORDER BY c.number FOR NO KEY UPDATE OF c) locked"""

# A claim that shows other numbers than were read, or is to be scored by itself, is left alone.
KEEP = """
WITH written AS (
    UPDATE claims_claim c
       SET confidence = CASE counted WHEN 1 THEN estimate END,
           confidence_low = CASE counted WHEN 1 THEN low END,
           confidence_high = CASE counted WHEN 1 THEN high END,
           origins_for = n.origins_for, origins_against = n.origins_against
      FROM new_score n
     WHERE n.claim_id = c.id AND c.assess_due_at IS NULL
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
  FROM new_score JOIN written ON written.id = claim_id"""

# What another run or a person scored meanwhile, perhaps from older inputs, is scored once more.
SEND_AGAIN = """
UPDATE claims_claim c SET assess_due_at = %(at)s FROM new_score n
 WHERE n.claim_id = c.id AND c.assess_due_at IS NULL
   AND (COALESCE(c.confidence, 'NaN'), COALESCE(c.confidence_low, 'NaN'),
        COALESCE(c.confidence_high, 'NaN'), c.origins_for, c.origins_against)
       <> (CASE counted WHEN 1 THEN estimate ELSE 'NaN' END,
           CASE counted WHEN 1 THEN low ELSE 'NaN' END,
           CASE counted WHEN 1 THEN high ELSE 'NaN' END, n.origins_for, n.origins_against)"""


@dataclass(frozen=True)
class Portion:
    """What became of some claims. last: the highest primary key; seconds: of the three stages."""

    last: int
    claims: int
    reports: int
    changed: int
    left_alone: int
    reading: float
    scoring: float
    writing: float


def assess_all(
    *, cause: str, after: int = 0, parameters: Parameters | None = None
) -> Iterator[Portion]:
    """Score every claim whose primary key is above AFTER, so that a run can be taken up again."""
    desk, library = Desk.opened(parameters), Library.whole()
    while True:
        ids = read_rows(NEXT, {"id": "i8"}, {"after": after, "portion": PORTION})["id"]
        if not len(ids):
            return
        yield _portion(desk, ids, library, cause)
        after = int(ids[-1])


def assess_many(
    *, claim_ids: Ints, cause: str, parameters: Parameters | None = None
) -> Iterator[Portion]:
    """Score the claims with these primary keys. For very many all documents are read once."""
    desk = Desk.opened(parameters)
    library = Library.whole() if len(claim_ids) > MANY else None
    for start in range(0, len(claim_ids), PORTION):
        yield _portion(desk, claim_ids[start : start + PORTION], library, cause)


def _portion(desk: Desk, ids: Ints, library: Library | None, cause: str) -> Portion:
    begun = time.perf_counter()
    alone = sorted(ever_settled(ids))
    assess_together(claim_ids=alone, cause=cause)
    flat = flattened(_without(ids, alone), desk.known, library)
    read = time.perf_counter()
    scores = desk.scores(flat)
    scored = time.perf_counter()
    changed = _changed(flat.claims, scores)
    kept = _write(desk, flat.claims[changed], scores, changed, cause) if changed.any() else 0
    return Portion(
        last=int(ids[-1]),
        claims=len(flat.claims) + len(alone),
        reports=len(flat),
        changed=kept,
        left_alone=int(changed.sum()) - kept,
        reading=read - begun,
        scoring=scored - read,
        writing=time.perf_counter() - scored,
    )


def _without(ids: Ints, alone: Collection[int]) -> Ints:
    return ids[~np.isin(ids, list(alone))] if alone else ids


def _changed(claims: Rows, scores: Scores) -> Flags:
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
def _write(desk: Desk, claims: Rows, scores: Scores, chosen: Flags, cause: str) -> int:
    """How many claims got a new assessment."""
    now, version = timezone.now(), desk.parameters.version
    with connection.cursor() as cursor:
        cursor.execute(MAKE_ROOM)
        write_rows("new_score", NEW_SCORES, _columns(claims, scores, chosen))
        cursor.execute(LOCK)
        cursor.execute(
            KEEP,
            {
                "method": METHOD,
                "model": desk.model.pk if desk.model else None,
                "counted": json.dumps(kept_short(counted=True, snapshot=version)),
                "empty": json.dumps(kept_short(counted=False, snapshot=version)),
                "cause": cause[:200],
                "at": now,
            },
        )
        kept: int = cursor.rowcount
        if kept < chosen.sum():
            cursor.execute(SEND_AGAIN, {"at": now})
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
