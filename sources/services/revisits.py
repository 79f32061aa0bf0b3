"""Which earlier copy holds a page that was the same again, and whether it still stands.

The copy is chosen before the seal, because its bytes are read; whether it was taken down since is
asked in the sealing transaction, under a lock that a takedown waits for, or was waited for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from sources.capture.pipeline import CaptureResult, FindHolder
from sources.capture.revisit import Holder, same_again
from sources.capture.store import StoreProblem
from sources.models import ArtifactJob, Snapshot, Takedown, Tombstone
from sources.selectors.custody import KEPT_PRIVATE
from sources.services.installation import object_store
from sources.vocabulary import CaptureReason, CaptureState, JobKind, JobState

logger = logging.getLogger(__name__)

_MOST_READ = 3
OPEN = (JobState.PENDING, JobState.RUNNING)
_GIVEN = (CaptureReason.IMPORT, CaptureReason.PROVIDED)
# What the reference itself locks when it is written, only sooner: see _locked in takedowns.py.
_HOLD = "SELECT id FROM sources_snapshot WHERE id = ANY (%s) ORDER BY id FOR KEY SHARE"


class HolderGone(Exception):
    """Copies that were to be referred to were taken down meanwhile; `keys`: of their rows."""

    def __init__(self, keys: Iterable[int]) -> None:
        super().__init__("An earlier copy was taken down while it was to be referred to.")
        self.keys = frozenset(keys)


def with_earlier(rows: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
    """ROWS that know as `has_earlier` whether their document has any copy yet: most have none."""
    earlier = Snapshot.objects.filter(document=OuterRef("document"), state=CaptureState.SEALED)
    return rows.annotate(has_earlier=Exists(earlier))


def holder_for(snapshot: Snapshot) -> FindHolder:
    """Return what finds the copy of SNAPSHOT's document that holds what a capture got again.

    Its object is read from the store and hashed first, so call it outside of transactions.
    """
    if not getattr(snapshot, "has_earlier", True):
        return lambda _result: None

    def find(result: CaptureResult) -> Holder | None:
        found = (_read(one, result) for one in _candidates(snapshot, result))
        return next((holder for holder in found if holder), None)

    return find


def _candidates(snapshot: Snapshot, result: CaptureResult) -> Sequence[Snapshot]:
    """Whole copies of our own that should hold what RESULT got, by their rows; newest first.

    What is kept private is never referred to: a copy that anybody may see would show it.
    """
    final = result.final
    if final is None:
        return []
    rows = (
        Snapshot.objects.filter(
            document=snapshot.document_id,
            payload_sha256=final.payload_sha256,
            state=CaptureState.SEALED,
            outcome=result.outcome,
            http_status=final.status,
            final_url=final.url,
            given__isnull=True,
            revisits__isnull=True,
            takedown__isnull=True,
            warc__tombstone__isnull=True,
        )
        .exclude(Q(reason__in=_GIVEN) | KEPT_PRIVATE)
        .select_related("warc")
        .order_by("-number")
    )
    return list(rows[:_MOST_READ])


def _read(snapshot: Snapshot, result: CaptureResult) -> Holder | None:
    """The record of SNAPSHOT that holds the page of RESULT, if its file is whole and has it."""
    places = [one for one in snapshot.warc_records if one["type"] == "response"]
    if snapshot.warc is None or result.final is None or not places:
        return None
    key, store = snapshot.warc.sha256, object_store()
    try:
        if not store.verify(key):
            return None
        with store.open(key) as warc:
            fields = same_again(warc, places[-1]["offset"], result.final)
    except (StoreProblem, OSError) as problem:
        logger.warning("Copy %s is not referred to: %s", snapshot.number, problem)
        return None
    if fields is None:
        return None
    return Holder(
        key=snapshot.pk,
        number=snapshot.number,
        warc_sha256=key,
        record_id=fields["warc-record-id"],
        target_uri=fields["warc-target-uri"],
        date=fields["warc-date"],
        payload_digest=fields["warc-payload-digest"],
        payload_sha256=snapshot.payload_sha256,
    )


def hold_holders(results: Iterable[CaptureResult]) -> None:
    """Keep the copies that RESULTS refer to from being taken down until the transaction ends.

    HolderGone: some were already. Call it in the transaction that seals.
    """
    wanted = {result.holder.key for result in results if result.holder}
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [sorted(wanted)])
    down = set(Takedown.objects.filter(snapshot__in=wanted).values_list("snapshot", flat=True))
    buried = Tombstone.objects.filter(stored__snapshots__in=wanted)
    gone = down | (wanted & set(buried.values_list("stored__snapshots", flat=True)))
    if gone:
        raise HolderGone(gone)


def stored_whole(result: CaptureResult, gone: frozenset[int]) -> CaptureResult:
    """RESULT with its page in a file of its own, if the copy it refers to is GONE.

    Raises StoreProblem.
    """
    if result.holder is None or result.spare is None or result.holder.key not in gone:
        return result
    return replace(result.spare.store_whole(), duration_ms=result.duration_ms, spare=result.spare)


def unread(copies: Iterable[Snapshot]) -> list[Snapshot]:
    """Those of COPIES whose text is still to be read: what is the same again was read before.

    Unless the reading of the earlier copy has not ended; then this one waits for it.
    """
    copies = list(copies)
    holders = {row.revisits_id for row in copies if row.revisits_id}
    jobs = ArtifactJob.objects.filter(kind=JobKind.TEXT, state__in=OPEN, snapshot__in=holders)
    waited_for = set(jobs.values_list("snapshot", flat=True)) if holders else set()
    return [row for row in copies if row.revisits_id is None or row.revisits_id in waited_for]
