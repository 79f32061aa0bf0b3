"""Facts for the tests of the conditions: plain unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from claims.vocabulary import Alignment, Directness, Stance, Status
from verification.conditions import ClaimFacts, EvidenceFact

DECIDED = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
LATER = DECIDED + timedelta(hours=1)
EARLIER = DECIDED - timedelta(hours=1)


def item(label: str = "[1]", **changes: Any) -> EvidenceFact:
    """Build a neutral supporting report of a source graded B, archived, filed before DECIDED."""
    plain: dict[str, Any] = {
        "key": label,
        "label": label,
        "stance": Stance.SUPPORTS,
        "directness": Directness.REPORTING,
        "alignment": Alignment.NEUTRAL,
        "grade": "B",
        "origin": f"origin of {label}",
        "archived": True,
        "intact": True,
        "visual_checked": False,
        "added_at": EARLIER,
    }
    return EvidenceFact(**plain | changes)


def against(label: str = "[1]", **changes: Any) -> EvidenceFact:
    return item(label, stance=Stance.CONTRADICTS, **changes)


def claim(*evidence: EvidenceFact, **changes: Any) -> ClaimFacts:
    plain: dict[str, Any] = {"status": Status.CONTESTED, "decided_at": DECIDED}
    return ClaimFacts(evidence=evidence, **plain | changes)
