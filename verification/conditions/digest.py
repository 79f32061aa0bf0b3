"""The fingerprint of the evidence that a decision rests on."""

from __future__ import annotations

import hashlib
import json

from verification.conditions.facts import ClaimFacts, EvidenceFact


def evidence_set_digest(facts: ClaimFacts) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON of the items that take a side.

    Withdrawn items and context are left out; the order in which items are given does not matter.
    A proposal keeps the digest: another digest at approval means that the evidence has changed.
    """
    lines = sorted(_canonical(item) for item in facts.evidence if item.speaks)
    return hashlib.sha256(f"[{','.join(lines)}]".encode()).hexdigest()


def _canonical(item: EvidenceFact) -> str:
    """All that a condition or an approver judges by; the label and the filing time are not."""
    fields = {
        "key": item.key,
        "stance": item.stance,
        "directness": item.directness,
        "alignment": item.alignment,
        "grade": item.effective_grade,
        "origin": item.origin,
        "copied": item.copied,
        "archived": item.archived,
        "intact": item.intact,
        "visual_checked": item.visual_checked,
        "resolution": item.resolution,
        "source_side": item.source_side,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
