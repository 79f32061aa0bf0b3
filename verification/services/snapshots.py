"""What happens when an archived copy has arrived."""

from __future__ import annotations

from claims.models import Claim
from claims.services.locks import reassess_claims
from claims.services.snapshots import cite_snapshot
from sources.models import Document, Snapshot
from sources.outcomes import holds_the_document
from sources.services.origins import find_copies


def snapshot_sealed(*, snapshot_id: int) -> None:
    """Cite the copy where it was waited for, look for texts that repeat each other, score again."""
    snapshot = Snapshot.objects.select_related("document").filter(pk=snapshot_id).first()
    if snapshot is None or not holds_the_document(snapshot.outcome):
        return
    cite_snapshot(snapshot=snapshot)
    changed = find_copies(document=snapshot.document)
    if changed:
        reassess_claims(claim_ids=_claims_citing(changed), cause="a copy was found")


def _claims_citing(documents: list[Document]) -> list[int]:
    return sorted(
        Claim.objects.filter(evidence__document__in=documents)
        .values_list("pk", flat=True)
        .distinct()
    )
