"""Whether quoted words still stand where they were quoted from, looked at with each new capture.

A changed quote is marked, told and recorded. It changes no score and no status: what it means for
the claim is for a person to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from audit.services.record import record_event, recording
from claims.models import Claim, Evidence
from claims.quotes import anchor, replacement, stands_in
from claims.selectors.evidence import MOVED
from claims.vocabulary import QuoteState
from core.jobs import enqueue
from sources.changes import BLOCKED, CUT, HOURS_BETWEEN, REMOVALS, is_good
from sources.models import ChangeWatch, Snapshot
from sources.selectors.changes import (
    EDITS,
    changes_seen,
    counts_as_removed,
    was_edited_after,
)
from sources.services.visible import text_by_kind, visible_of
from sources.vocabulary import ArtifactKind, CaptureState, Change

# A wall hides the page; what was seen of it before still holds.
HIDEABLE = frozenset(QuoteState) - MOVED
MOST_KEPT = 2000  # characters of what stands there now
EARLIER_COPIES = 12  # looked at for one that agrees that a quote is gone


@dataclass(frozen=True, slots=True)
class _Seen:
    """How one item stands by one capture; `state` None: nothing to say."""

    item: Evidence
    state: QuoteState | None
    now: str = ""


class _Shown:
    """Texts of one capture, in the order in which they are asked; each is read once, if at all.

    What the extractors selected is at hand; all that the page shows is read in a child process.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._extracted: tuple[str, ...] | None = None
        self._visible: str | None = None

    def __iter__(self) -> Iterator[str]:
        if self._extracted is None:
            rows = text_by_kind(self._snapshot)
            kinds = (ArtifactKind.TEXT, ArtifactKind.TEXT_SECOND)
            self._extracted = tuple(rows[kind].content for kind in kinds if kind in rows)
        yield from self._extracted
        yield self.whole

    @property
    def whole(self) -> str:
        """All that the page shows; "" if it could not be read, and nothing is missing from that."""
        if self._visible is None:
            self._visible = visible_of(self._snapshot)
        return self._visible


class _Texts:
    """Texts of captures, read once for all items."""

    def __init__(self) -> None:
        self._known: dict[int, _Shown] = {}

    def of(self, snapshot: Snapshot) -> _Shown:
        return self._known.setdefault(snapshot.pk, _Shown(snapshot))


def check_quotes(*, snapshot_id: int) -> int:
    """Look for the quotes of a document in its capture; returns how many items moved.

    Reads, in child processes, before it writes; may run any number of times.
    """
    snapshot = (
        Snapshot.objects.select_related("document", "warc", "revisits__warc")
        .filter(pk=snapshot_id, state=CaptureState.SEALED)
        .first()
    )
    if snapshot is None:
        return 0
    by_claim: dict[int, list[_Seen]] = defaultdict(list)
    for seen in _look(snapshot):
        by_claim[seen.item.claim_id].append(seen)
    moved = sum(_write(Claim(pk=key), by_claim[key], snapshot) for key in sorted(by_claim))
    if moved:
        enqueue("verification.quotes_moved", snapshot_id=snapshot.pk)
    return moved


def _look(snapshot: Snapshot) -> Iterator[_Seen]:
    items = list(
        Evidence.objects.filter(document=snapshot.document_id, withdrawn_at=None)
        .filter(Q(quote_snapshot=None) | Q(quote_snapshot__number__lt=snapshot.number))
        .select_related("claim", "snapshot__warc", "snapshot__revisits__warc", "document")
        .order_by("claim__number", "position")
    )
    changes, texts = changes_seen(snapshot), _Texts()
    for item in items:
        if item.snapshot is not None and item.snapshot.number < snapshot.number:
            yield _seen(item, snapshot, changes, texts)


def _seen(item: Evidence, snapshot: Snapshot, changes: frozenset[Change], texts: _Texts) -> _Seen:
    removals, blocked = REMOVALS & changes, BLOCKED & changes
    if removals:
        counted = [kind for kind in sorted(removals) if counts_as_removed(snapshot, kind)]
        return _Seen(item, QuoteState(counted[0]) if counted else None)
    if blocked:
        hides = item.quote_state in {str(state) for state in HIDEABLE}
        return _Seen(item, QuoteState(min(blocked)) if hides else None)
    if not item.quote:
        back = item.quote_state in {str(state) for state in MOVED | _of_walls()}
        return _Seen(item, QuoteState.RESTORED if back else None)
    return _by_words(item, snapshot, changes, texts)


def _of_walls() -> frozenset[QuoteState]:
    return frozenset({QuoteState.BOT_WALL, QuoteState.UNREACHABLE})


def _by_words(
    item: Evidence, snapshot: Snapshot, changes: frozenset[Change], texts: _Texts
) -> _Seen:
    """Only words that were found in the cited copy can have gone from a later one."""
    around = {"prefix": item.quote_prefix, "suffix": item.quote_suffix}
    passage = anchor(item.quote, texts.of(_cited(item)), **around)
    if not passage:
        return _Seen(item, None)
    if _stands(passage, texts.of(snapshot)):
        return _Seen(item, _standing(item, changes))
    if snapshot.outcome in CUT or not texts.of(snapshot).whole:
        return _Seen(item, None)
    now = replacement(passage, texts.of(snapshot), **around)
    if now:
        return _Seen(item, QuoteState.QUOTE_CHANGED, now[:MOST_KEPT])
    gone = _agrees_that_gone(item, snapshot, passage, texts)
    return _Seen(item, QuoteState.QUOTE_GONE if gone else None)


def _cited(item: Evidence) -> Snapshot:
    if item.snapshot is None:
        raise ValueError("Items without a copy are not looked at.")
    return item.snapshot


def _stands(passage: str, texts: Iterable[str]) -> bool:
    return any(stands_in(passage, text) for text in texts)


def _standing(item: Evidence, changes: frozenset[Change]) -> QuoteState:
    state = QuoteState(item.quote_state)
    if state in MOVED:
        return QuoteState.RESTORED
    if set(EDITS) & changes or was_edited_after(_cited(item)):
        elsewhere = set(EDITS) & changes or state != QuoteState.RESTORED
        return QuoteState.CHANGED_ELSEWHERE if elsewhere else state
    return state if state == QuoteState.RESTORED else QuoteState.UNCHANGED


def _agrees_that_gone(item: Evidence, snapshot: Snapshot, passage: str, texts: _Texts) -> bool:
    """Whether an earlier capture, long enough ago, lacks the quote too, and all since then."""
    if snapshot.sealed_at is None:
        return False
    apart = timedelta(hours=HOURS_BETWEEN)
    earlier = (
        Snapshot.objects.filter(
            document=snapshot.document_id,
            state=CaptureState.SEALED,
            number__lt=snapshot.number,
            number__gt=_cited(item).number,
        )
        .select_related("warc", "revisits__warc")
        .order_by("-number")[:EARLIER_COPIES]
    )
    for copy in earlier:
        if not is_good(copy.outcome, copy.flags) or copy.outcome in CUT or copy.sealed_at is None:
            continue
        shown = texts.of(copy)
        around = {"prefix": item.quote_prefix, "suffix": item.quote_suffix}
        if not shown.whole:
            continue
        if _stands(passage, shown) or replacement(passage, shown, **around):
            return False
        if snapshot.sealed_at - copy.sealed_at >= apart:
            return True
    return False


@recording()
def _write(claim: Claim, seen: Iterable[_Seen], snapshot: Snapshot) -> int:
    """Write what was seen of one claim's items, unless their quotes were changed meanwhile."""
    looked = {one.item.pk: one for one in seen}
    rows = Evidence.objects.select_for_update().filter(pk__in=looked, claim=claim)
    moved = 0
    for row in rows.select_related(None).order_by("position"):
        one = looked[row.pk]
        if row.quote_digest == one.item.quote_digest and _is_as_read(row, one):
            moved += _write_item(row, one, snapshot)
    return moved


def _is_as_read(row: Evidence, one: _Seen) -> bool:
    return row.quote_snapshot_id == one.item.quote_snapshot_id and row.withdrawn_at is None


def _write_item(row: Evidence, one: _Seen, snapshot: Snapshot) -> bool:
    before = _told(row)
    state = one.state or QuoteState(row.quote_state)
    changed = state != row.quote_state
    if changed:
        row.quote_state, row.quote_state_since = state, snapshot.sealed_at
    if one.state is not None:
        row.quote_now = one.now
    row.quote_snapshot = snapshot
    row.save(update_fields=["quote_state", "quote_state_since", "quote_now", "quote_snapshot"])
    if changed and _matters(before["quote_state"], state):
        record_event(
            actor=None,
            tag="claims:evidence:quote_moved",
            subject=row.claim,
            before=before,
            after={**_told(row), "snapshot": snapshot.number},
        )
        return True
    return False


def _told(row: Evidence) -> dict[str, str]:
    return {
        "evidence": row.label,
        "quote_state": str(row.quote_state),
        "quote_now": row.quote_now,
    }


def _matters(before: str, after: QuoteState) -> bool:
    """That a page was looked at and stands as it stood is no news."""
    quiet = {str(QuoteState.UNCHECKED), str(QuoteState.UNCHANGED)}
    return not (before in quiet and after in quiet)


def sweep_quotes(*, limit: int = 100) -> int:
    """Send again the captures that were compared, and whose quotes nobody looked at."""
    compared = Snapshot.objects.filter(
        document=OuterRef("document"),
        state=CaptureState.SEALED,
        sealed_at=OuterRef("checked_at"),
    ).order_by("-number")
    unseen = Evidence.objects.filter(
        Q(quote_snapshot=None) | Q(quote_snapshot__number__lt=OuterRef("newest")),
        document=OuterRef("document"),
        withdrawn_at=None,
        snapshot__number__lt=OuterRef("newest"),
    )
    lost = (
        ChangeWatch.objects.filter(
            checked_at__gt=timezone.now() - timedelta(days=2),
            checked_at__lt=timezone.now() - timedelta(minutes=2),
        )
        .annotate(
            newest=Subquery(compared.values("number")[:1]),
            newest_id=Subquery(compared.values("pk")[:1]),
        )
        .filter(Exists(unseen), newest__isnull=False)
        .order_by("checked_at")
        .values_list("newest_id", flat=True)[:limit]
    )
    for snapshot_id in lost:
        enqueue("claims.quotes", snapshot_id=snapshot_id)
    return len(lost)
