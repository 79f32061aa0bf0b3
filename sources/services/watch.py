"""The change watch: cited pages are captured again, and each new capture is compared.

`compare_sealed` is the one way in for a capture that was sealed, whatever it came to. Reading and
comparing are done before the transaction, which writes only if nobody else compared meanwhile.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone

from audit.services.record import record_event, recording
from core.errors import DomainError
from core.jobs import enqueue
from sources.cadence import delay_of, next_step
from sources.changes import (
    HOURS_BETWEEN,
    REMOVALS,
    Answer,
    Finding,
    Text,
    by_answer,
    by_text,
    heaviest,
    is_good,
)
from sources.models import ChangeEvent, ChangeWatch, Document, Snapshot
from sources.selectors.changes import EDITS, counts_as_removed, open_removal, run_of
from sources.services.documents import request_capture
from sources.services.visible import text_by_kind, visible_of
from sources.vocabulary import (
    ArtifactKind,
    CaptureReason,
    CaptureState,
    Change,
    JobKind,
    JobState,
)

MOST_ASKED = 50  # captures asked for in one run
SEND_AGAIN_AFTER = timedelta(minutes=2)
LOOKED_BACK = timedelta(days=7)
NOT_FETCHED = (CaptureReason.IMPORT, CaptureReason.PROVIDED)
RESTARTING = frozenset({*EDITS, Change.REDIRECTED, Change.RESTORED})
QUIET = frozenset({None, Change.UNCHANGED, Change.BOILERPLATE})

_TAKE_DUE = """
UPDATE sources_changewatch
   SET next_check_at = %(now)s + interval '1 hour'
 WHERE id IN (SELECT id
                FROM sources_changewatch
               WHERE next_check_at <= %(now)s
               ORDER BY next_check_at, id
               LIMIT %(most)s
                 FOR UPDATE SKIP LOCKED)
RETURNING document_id
"""


def start_watch(*, snapshot: Snapshot) -> ChangeWatch | None:
    """Watch the document of SNAPSHOT from this copy on, if the copy is good and we fetched it.

    Starting twice changes nothing.
    """
    if not is_good(snapshot.outcome, snapshot.flags) or not _is_ours(snapshot):
        return None
    known = ChangeWatch.objects.filter(document=snapshot.document_id).first()
    return known if known and known.next_check_at else _begin(snapshot)


@recording()
def _begin(snapshot: Snapshot) -> ChangeWatch:
    seen = snapshot.sealed_at or timezone.now()
    watch, is_new = ChangeWatch.objects.get_or_create(
        document_id=snapshot.document_id,
        defaults={
            "baseline": snapshot,
            "checked_at": seen,
            "state_since": seen,
            "next_check_at": timezone.now() + _delay(0),
        },
    )
    if is_new or watch.next_check_at is None:
        watch.next_check_at = watch.next_check_at or timezone.now() + _delay(watch.step)
        watch.save(update_fields=["next_check_at"])
        record_event(
            actor=None,
            tag="sources:document:watched",
            subject=snapshot.document,
            after={"snapshot": snapshot.number},
        )
    return watch


@recording()
def stop_watch(*, document: Document) -> None:
    """Nothing cites DOCUMENT any more: it is not captured again by itself."""
    stopped = ChangeWatch.objects.filter(document=document, next_check_at__isnull=False)
    if stopped.update(next_check_at=None):
        record_event(actor=None, tag="sources:document:unwatched", subject=document)


def _is_ours(snapshot: Snapshot) -> bool:
    """What a person brought, or another archive kept, says nothing of the page as it is now."""
    return snapshot.reason not in NOT_FETCHED and not snapshot.via


def _delay(step: int) -> timedelta:
    return delay_of(step, jitter=random.uniform(-1, 1))  # noqa: S311 - spreads load, guards nothing


@dataclass(frozen=True, slots=True)
class _Look:
    """A capture beside the copy it is compared with, and how the watch stood when it was read."""

    snapshot: Snapshot
    baseline: Snapshot
    seen: datetime
    finding: Finding


def compare_sealed(*, snapshot: Snapshot) -> Finding | None:
    """Compare a sealed capture with the newest copy of its document, and write down what changed.

    None: the document is not watched, or the capture was compared already, or a later one was.
    May run any number of times.
    """
    for _ in range(3):
        look = _look(snapshot)
        if look is None:
            return None
        if _settle(look):
            enqueue("claims.quotes", snapshot_id=snapshot.pk)
            return look.finding
    return None


def _look(snapshot: Snapshot) -> _Look | None:
    watch = (
        ChangeWatch.objects.filter(document=snapshot.document_id)
        .select_related("baseline__warc", "baseline__revisits__warc")
        .first()
    )
    sealed = snapshot.sealed_at
    if watch is None or watch.baseline is None or sealed is None or not _is_ours(snapshot):
        return None
    seen = watch.checked_at or sealed
    if sealed <= seen:
        return None
    return _Look(snapshot, watch.baseline, seen, _finding(watch.baseline, snapshot))


def _finding(before: Snapshot, after: Snapshot) -> Finding:
    """Cheapest first: texts are read only where the answers leave the question open."""
    old, new = _answer(before), _answer(after)
    return by_answer(old, new) or by_text(old, new, text_of(before), text_of(after))


def _answer(snapshot: Snapshot) -> Answer:
    return Answer(
        outcome=snapshot.outcome,
        final_url=snapshot.final_url,
        payload_sha256=snapshot.payload_sha256,
        status=snapshot.http_status,
        flags=tuple(snapshot.flags),
    )


def text_of(snapshot: Snapshot) -> Text:
    """What SNAPSHOT shows; starts a child process if its visible text was never read."""
    visible, rows = visible_of(snapshot), text_by_kind(snapshot)
    article, second = rows.get(ArtifactKind.TEXT), rows.get(ArtifactKind.TEXT_SECOND)
    facts = article.facts if article else {}
    return Text(
        visible=visible,
        article=article.content if article else "",
        second=second.content if second else "",
        title=facts.get("title") or "",
        published=facts.get("published_at") or "",
        authors=tuple(facts.get("authors") or ()),
    )


@recording()
def _settle(look: _Look) -> bool:
    """Write a look down; False if the watch has moved on since it was read."""
    watch = ChangeWatch.objects.select_for_update().get(document=look.snapshot.document_id)
    if watch.checked_at != look.seen or watch.baseline_id != look.baseline.pk:
        return False
    changes = _with_return(look)
    is_new = _add_events(look, changes)
    counted = _counted(look.snapshot, changes, removed=watch.state in REMOVALS)
    moved = counted not in QUIET and counted != watch.state
    restart = is_new or moved or bool(RESTARTING & set(changes))
    if counted is not None and counted != watch.state:
        watch.state, watch.state_since = counted, look.snapshot.sealed_at
    watch.checked_at = look.snapshot.sealed_at
    if look.finding.holds:
        watch.baseline = look.snapshot
    watch.step = next_step(watch.step, restart=restart)
    if watch.next_check_at is not None:
        watch.next_check_at = timezone.now() + _delay(watch.step)
    watch.save()
    if restart:
        _record(look, changes, counted)
    return True


def _with_return(look: _Look) -> tuple[Change, ...]:
    """The changes, and that the page is back, if it was seen as removed before."""
    changes = look.finding.changes
    is_back = look.finding.holds and open_removal(look.snapshot.document) is not None
    return (Change.RESTORED, *changes) if is_back else changes


def _add_events(look: _Look, changes: tuple[Change, ...]) -> bool:
    """Note each change; True if a removal is seen for the first time.

    A removal that an earlier capture showed as well, long enough ago, is confirmed by this one.
    """
    first, snapshot = False, look.snapshot
    for change in changes:
        if change == Change.UNCHANGED:
            continue
        ChangeEvent.objects.get_or_create(
            after=snapshot,
            kind=change,
            defaults={
                "document_id": snapshot.document_id,
                "before": look.baseline,
                "details": dict(look.finding.details),
                "at": snapshot.sealed_at or timezone.now(),
            },
        )
        if change in REMOVALS:
            run = list(run_of(snapshot.document, change, until=snapshot).select_related("after"))
            first = first or len(run) == 1
            _confirm(run[0], snapshot)
    return first


def _confirm(earliest: ChangeEvent, snapshot: Snapshot) -> None:
    apart = (snapshot.sealed_at or earliest.at) - earliest.at
    if earliest.confirmed_by_id is None and apart >= timedelta(hours=HOURS_BETWEEN):
        earliest.confirmed_by = snapshot
        earliest.save(update_fields=["confirmed_by"])


def _counted(snapshot: Snapshot, changes: tuple[Change, ...], *, removed: bool) -> Change | None:
    """What the watch may be said to have seen; None: nothing that counts yet.

    A page is back only if it had counted as removed.
    """
    if not changes:
        return None
    seen = heaviest(change for change in changes if removed or change != Change.RESTORED)
    if seen not in REMOVALS:
        return seen
    return seen if counts_as_removed(snapshot, seen) else None


def _record(look: _Look, changes: tuple[Change, ...], counted: Change | None) -> None:
    record_event(
        actor=None,
        tag="sources:document:changed",
        subject=look.snapshot.document,
        after={
            "changes": [str(change) for change in changes],
            "counts": counted is not None,
            "before": look.baseline.number,
            "snapshot": look.snapshot.number,
        },
    )


def recheck_due(*, most: int = MOST_ASKED) -> int:
    """Ask for the captures that are due, at most MOST; and send again what no message announced.

    Returns how many were asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_DUE, {"now": timezone.now(), "most": most})
        due = [row[0] for row in cursor.fetchall()]
    for document in Document.objects.filter(pk__in=due).order_by("pk"):
        _ask(document)
    _resend_uncompared()
    return len(due)


def _ask(document: Document) -> None:
    """If no capture follows, say because robots are asked to stay away, we ask at the next turn."""
    watch = ChangeWatch.objects.get(document=document)
    ChangeWatch.objects.filter(pk=watch.pk, next_check_at__isnull=False).update(
        next_check_at=timezone.now() + _delay(watch.step)
    )
    try:
        request_capture(actor=None, document=document, reason=CaptureReason.SCHEDULE)
    except DomainError:
        stop_watch(document=document)


def _resend_uncompared(*, limit: int = 200) -> None:
    """Sealed captures that nobody compared: their message was lost."""
    now = timezone.now()
    lost = (
        Snapshot.objects.filter(
            state=CaptureState.SEALED,
            capture_finished_at__gt=now - LOOKED_BACK,
            sealed_at__lt=now - SEND_AGAIN_AFTER,
            sealed_at__gt=F("document__watch__checked_at"),
        )
        .exclude(reason__in=NOT_FETCHED)
        .filter(via="")
        .exclude(jobs__kind=JobKind.TEXT, jobs__state__in=[JobState.PENDING, JobState.RUNNING])
        .order_by("number")
        .values_list("pk", flat=True)[:limit]
    )
    for snapshot_id in lost:
        enqueue("verification.snapshot_sealed", snapshot_id=snapshot_id)
