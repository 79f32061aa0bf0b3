"""What happens when an archived copy has arrived, or what is known of its source has changed."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from claims.models import Claim, Evidence
from claims.services.judging import derive_alignments
from claims.services.locks import reassess_claims
from claims.services.snapshots import cite_snapshot
from core.jobs import enqueue
from sources.models import Document, Snapshot, Source
from sources.outcomes import HOLDS_THE_DOCUMENT, holds_the_document
from sources.selectors.custody import KEPT_PRIVATE, is_private, is_taken_down
from sources.services.origins import find_copies
from sources.services.watch import compare_sealed, start_watch, stop_watch
from sources.vocabulary import CaptureState, JobKind, JobState
from verification.selectors.waiting import live_claims
from verification.services.credibility import refresh_credibility

SEND_AGAIN_AFTER = timedelta(seconds=60)


def snapshot_sealed(*, snapshot_id: int) -> None:
    """Take a new copy in, and compare what was captured, whatever it is, with the copy before."""
    snapshot = (
        Snapshot.objects.select_related("document", "warc", "takedown", "revisits__warc")
        .filter(pk=snapshot_id, state=CaptureState.SEALED)
        .first()
    )
    if snapshot is None or is_taken_down(snapshot):
        return
    if holds_the_document(snapshot.outcome):
        _take_in(snapshot)
    _watch(snapshot)


def _take_in(snapshot: Snapshot) -> None:
    """Look for texts that repeat each other, cite the copy where it was waited for, score again.

    In this order, so that a copy of another report is never scored as a report of its own first.
    """
    changed = find_copies(document=snapshot.document)
    if not is_private(snapshot):
        cite_snapshot(snapshot=snapshot)
    if changed:
        reassess_claims(claim_ids=_claims_citing(changed), cause="a copy was found")


def _watch(snapshot: Snapshot) -> None:
    """Watch what is cited, and nothing else."""
    cited = Evidence.objects.filter(
        document=snapshot.document, withdrawn_at=None, claim__in=live_claims()
    )
    if cited.exists():
        start_watch(snapshot=snapshot)
    else:
        stop_watch(document=snapshot.document)
    compare_sealed(snapshot=snapshot)


def sweep_copies(*, limit: int = 200) -> int:
    """Send again the copies that evidence still waits for: their message was lost. How many."""
    unseen = (
        Snapshot.objects.filter(
            state=CaptureState.SEALED,
            outcome__in=HOLDS_THE_DOCUMENT,
            takedown__isnull=True,
            sealed_at__lt=timezone.now() - SEND_AGAIN_AFTER,
            document__evidence__snapshot__isnull=True,
            document__evidence__isnull=False,
        )
        .exclude(KEPT_PRIVATE)
        .exclude(jobs__kind=JobKind.TEXT, jobs__state__in=[JobState.PENDING, JobState.RUNNING])
        .order_by("-number")
        .values_list("pk", flat=True)
        .distinct()[:limit]
    )
    for snapshot_id in unseen:
        enqueue("verification.snapshot_sealed", snapshot_id=snapshot_id)
    return len(unseen)


def snapshot_taken_down(*, snapshot_id: int) -> None:
    """Score again what rests on a copy that nobody may see any more: it is no archived evidence."""
    citing = Claim.objects.filter(evidence__snapshot=snapshot_id).values_list("pk", flat=True)
    reassess_claims(claim_ids=sorted(set(citing)), cause="a copy was taken down")


def source_graded(*, source_id: int) -> None:
    """Score again what cites a source whose grade, owner or rating has changed."""
    refresh_credibility(source_id=source_id)
    documents = list(Document.objects.filter(source=source_id))
    reassess_claims(claim_ids=_claims_citing(documents), cause="a source was judged otherwise")


def side_changed(*, source_id: int, actor_id: int) -> None:
    """A source belongs to a side now: whom it serves is derived again, and scored again."""
    source, actor = Source.objects.get(pk=source_id), User.objects.get(pk=actor_id)
    derive_alignments(actor=actor, source=source)


def origin_decided(*, document_id: int) -> None:
    """Score again what cites a document that a person called a copy, or none.

    So does what cites the first report: it begins an origin now.
    """
    document = Document.objects.select_related("derivation__origin__first_document").get(
        pk=document_id
    )
    both = [document, document.derivation.origin.first_document]
    reassess_claims(claim_ids=_claims_citing(both), cause="a person decided on a copy")


def _claims_citing(documents: list[Document]) -> list[int]:
    return sorted(
        Claim.objects.filter(evidence__document__in=documents)
        .values_list("pk", flat=True)
        .distinct()
    )
