"""Named pure predicates: what a change of status asks of the evidence and of the person.

Each takes the frozen facts and answers with a check in words. The same checks stand on the page
before anyone tries, in the refusal of the API, and in the tests.
"""

from __future__ import annotations

from verification.conditions.confidence import confidence_gap
from verification.conditions.digest import evidence_set_digest
from verification.conditions.facts import Check, ClaimFacts, Condition, EvidenceFact, ReasonCode
from verification.conditions.requirements import checklist, unmet
from verification.conditions.statements import (
    MAX_FINDING,
    MIN_OVERRIDE_REASON,
    MIN_REASON,
    override_reason_written,
)

__all__ = [
    "MAX_FINDING",
    "MIN_OVERRIDE_REASON",
    "MIN_REASON",
    "Check",
    "ClaimFacts",
    "Condition",
    "EvidenceFact",
    "ReasonCode",
    "checklist",
    "confidence_gap",
    "evidence_set_digest",
    "override_reason_written",
    "unmet",
]
