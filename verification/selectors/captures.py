"""Why an evidence item has no archived copy that counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from claims.models import Evidence
from sources.failures import result_in_words
from sources.models import Document, Snapshot
from sources.selectors.captures import came_of, gone_since
from sources.selectors.custody import is_taken_down
from sources.vocabulary import CaptureState
from verification.selectors.facts import is_archived

ENDED = frozenset({CaptureState.FAILED, CaptureState.REFUSED, CaptureState.CANCELLED})
NOT_COUNTED = "so it isn’t counted."


def newest_captures(items: Collection[Evidence]) -> Mapping[int, Snapshot]:
    """The newest capture of each document that has no copy, by document. One query, or none."""
    waiting = {item.document_id for item in items if not is_archived(item)}
    if not waiting:
        return {}
    found = (
        Snapshot.objects.filter(document__in=waiting)
        .select_related("takedown")
        .annotate(gone_since=gone_since())
        .order_by("document_id", "-number")
        .distinct("document_id")
    )
    return {snapshot.document_id: snapshot for snapshot in found}


def why_not_archived(document: Document, newest: Snapshot | None) -> str:
    if not document.address:
        return f"The address of this source is missing, {NOT_COUNTED}"
    if newest is None:
        return f"Not archived yet, {NOT_COUNTED}"
    if is_taken_down(newest):
        return f"The archived copy was taken down, {NOT_COUNTED}"
    if newest.state == CaptureState.SEALED:
        return _with_why(f"What we could archive is not the page itself, {NOT_COUNTED}", newest)
    if newest.state in ENDED:
        return _with_why(f"We couldn’t archive this one, {NOT_COUNTED}", newest)
    return "We are archiving this one. Until then it isn’t counted."


def _with_why(words: str, newest: Snapshot) -> str:
    return f"{words} {result_in_words(came_of(newest))}".rstrip()
