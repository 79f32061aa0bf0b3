from __future__ import annotations

from claims.models.claim import Claim, ClaimRelation, Event, Place, claim_words
from claims.models.evidence import Evidence
from claims.models.imports import ArticleImport, ClaimDraft, Footnote

__all__ = [
    "ArticleImport",
    "Claim",
    "ClaimDraft",
    "ClaimRelation",
    "Event",
    "Evidence",
    "Footnote",
    "Place",
    "claim_words",
]
