"""A claim's own words and times, to compare what two people wrote."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from claims.models import Claim


def claim_words(claim: Claim) -> dict[str, Any]:
    """What the claim's own form shows, by the names of its fields."""
    return {
        "sentence": claim.sentence,
        "place_name": claim.place.name if claim.place else "",
        "time_from": claim.time_from,
        "time_to": claim.time_to,
        "time_precision": claim.time_precision,
        "time_inferred": claim.time_inferred,
        "kind": claim.kind,
        "favours": claim.favours.slug if claim.favours else "",
        "would_change_it": claim.would_change_it,
        "unknowns": claim.unknowns,
    }


def statement_digest(claim: Claim) -> str:
    """SHA-256, in hexadecimal, of what a claim asserts: its words, side, place and time.

    A proposal keeps it: another digest at approval means that another statement would be settled.
    """
    said = {
        "sentence": claim.sentence,
        "language": claim.language,
        "kind": claim.kind,
        "claimant": claim.claimant_id,
        "favours": claim.favours_id,
        "place": claim.place_id,
        "time_from": claim.time_from,
        "time_to": claim.time_to,
        "time_precision": claim.time_precision,
    }
    text = json.dumps(said, default=_in_utc, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def words_digest(claim: Claim) -> str:
    """Changes when somebody changes any of these words."""
    text = json.dumps(claim_words(claim), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
