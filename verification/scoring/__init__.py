"""How likely a claim is, and exactly why: pure, versioned, without a framework."""

from __future__ import annotations

from claims.vocabulary import Alignment, Directness, Stance
from verification.scoring.exclusive import Shares, shares
from verification.scoring.independence import independent_origins, origin_groups
from verification.scoring.model import (
    ClaimInput,
    Exclusion,
    Interest,
    Report,
    TrackRecord,
    interest_of,
)
from verification.scoring.parameters import DEFAULT_PARAMETERS, METHOD, Group, Parameters
from verification.scoring.result import Contribution, Note, NoteCode, Score, Start
from verification.scoring.scorer import assess, inputs_digest
from verification.scoring.selection import Dropped

__all__ = [
    "DEFAULT_PARAMETERS",
    "METHOD",
    "Alignment",
    "ClaimInput",
    "Contribution",
    "Directness",
    "Dropped",
    "Exclusion",
    "Group",
    "Interest",
    "Note",
    "NoteCode",
    "Parameters",
    "Report",
    "Score",
    "Shares",
    "Stance",
    "Start",
    "TrackRecord",
    "assess",
    "independent_origins",
    "inputs_digest",
    "interest_of",
    "origin_groups",
    "shares",
]
