"""Evidence learns of archived copies."""

from __future__ import annotations

from django.utils import timezone

from audit.services.record import record_event, recording
from claims.models import Claim, Evidence
from claims.services.locks import lock_claim, touch_claim
from sources.models import Snapshot


def cite_snapshot(*, snapshot: Snapshot) -> int:
    """Cite SNAPSHOT in every evidence item of its document that has no copy yet; count claims."""
    waiting = Evidence.objects.filter(document_id=snapshot.document_id, snapshot__isnull=True)
    claim_ids = sorted(set(waiting.values_list("claim_id", flat=True)))
    for claim_id in claim_ids:
        _cite_in_claim(snapshot, Claim(pk=claim_id))
    return len(claim_ids)


@recording()
def _cite_in_claim(snapshot: Snapshot, claim: Claim) -> None:
    claim = lock_claim(claim)
    waiting = claim.evidence.filter(
        document_id=snapshot.document_id, snapshot__isnull=True
    ).order_by("position")
    labels = [evidence.label for evidence in waiting]
    if labels:
        waiting.update(snapshot=snapshot)
        touch_claim(claim, now=timezone.now(), cause=f"{', '.join(labels)} archived")
        record_event(
            actor=None,
            tag="claims:evidence:archived",
            subject=claim,
            after={"evidence": labels, "snapshot": snapshot.number},
        )
