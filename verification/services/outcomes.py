"""What the outcome of a claim does to the records of its sources, as its status changes.

Settled reports are written as a claim is settled and ended as it is reopened; the counts of each
record move by exactly those. Who speaks of other claims has these scored again afterwards: the
change of the records is a row, so that a lost message loses nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit.services.record import recording
from claims.models import Claim, Evidence
from claims.selectors.evidence import evidence_to_score
from claims.vocabulary import Directness, Status
from core.jobs import enqueue
from verification.learning.settling import Earned, earned
from verification.models import RecordChange, SettledReport, StatusEvent
from verification.scoring.groups import CHECKED_VISUAL
from verification.selectors.facts import derivation_of
from verification.selectors.records import Outcome, outcomes_of, parameters_of, recorded_input
from verification.services.assess_many import assess_many
from verification.services.credibility import change_counts

SETTLES = frozenset({Status.CONFIRMED, Status.REFUTED})
AT_ONCE = 200
"""Claims that one message has scored again; more than that are scored together, at once."""

SEND_AGAIN_AFTER = timedelta(seconds=60)


@recording()
def record_outcome(*, event: StatusEvent, picked: Collection[int]) -> RecordChange | None:
    """Write and end settled reports as EVENT says; None if the outcome is as it was.

    PICKED: positions of the evidence that decided. The caller holds the lock on the claim.
    """
    before = outcomes_of([event.claim_id], before=event).get(event.claim_id, Outcome())
    was, now = before.truth, before.after(event).truth
    if was is now:
        return None
    ended = [] if was is None else _end(event)
    written = [] if now is None else _write(event, picked, proved_true=now)
    change_counts(ended=ended, written=written, now=event.at)
    records = sorted({row.record for row in (*ended, *written)})
    change = RecordChange.objects.create(status_event=event, records=records, at=event.at)
    enqueue("verification.records_changed", change_id=change.pk)
    return change


def _end(event: StatusEvent) -> list[SettledReport]:
    rows = SettledReport.objects.filter(claim=event.claim_id, reopened_at=None)
    ended = list(rows)
    rows.update(reopened_at=event.at)
    return ended


def _write(
    event: StatusEvent, picked: Collection[int], *, proved_true: bool
) -> list[SettledReport]:
    claim = event.claim
    known = evidence_to_score(claim).filter(added_at__lte=event.at)
    items = {str(item.position): item for item in known}
    found = earned(
        recorded_input(claim, list(items.values())),
        parameters_of(event.scoring_model),
        picked={str(position) for position in picked},
        copied={key for key, item in items.items() if derivation_of(item) is not None},
        proved_true=proved_true,
    )
    rows = [
        _settled(event, one, items[one.key], proved_true=proved_true)
        for one in found
        if one.record == CHECKED_VISUAL or items[one.key].document.source_id is not None
    ]
    return SettledReport.objects.bulk_create(rows)


def _settled(
    event: StatusEvent, one: Earned, item: Evidence, *, proved_true: bool
) -> SettledReport:
    return SettledReport(
        claim=event.claim,
        status_event=event,
        evidence=item,
        record=one.record,
        source=None if one.record == CHECKED_VISUAL else item.document.source,
        interest=one.interest.value,
        alignment=one.alignment,
        claim_kind=event.claim.kind,
        group=one.group,
        supports=one.supports,
        proved_true=proved_true,
        weight=one.weight,
        share=one.share,
        settled_at=event.at,
    )


# --- Scoring again what the sources speak of


def spread_change(*, change_id: int) -> int:
    """Have every claim scored again that a changed record speaks on; how many there are.

    Runs any number of times: a claim whose inputs are as they were keeps its assessment.
    """
    change = RecordChange.objects.select_related("status_event__claim").get(pk=change_id)
    if change.spread_at is not None:
        return 0
    claims = touched_by(change.records).exclude(pk=change.status_event.claim_id)
    count = score_again(claims, cause=in_words(change))
    RecordChange.objects.filter(pk=change_id, spread_at=None).update(spread_at=timezone.now())
    return count


def score_again(claims: QuerySet[Claim], *, cause: str) -> int:
    """Each by itself and with its steps where they are few; how many there are."""
    ids = np.fromiter(claims.order_by("pk").values_list("pk", flat=True), np.int64)
    if len(ids) <= AT_ONCE:
        return send_in_portions(claims, cause=cause)
    for _ in assess_many(claim_ids=ids, cause=cause):
        pass
    return len(ids)


def touched_by(records: Collection[str]) -> QuerySet[Claim]:
    """Claims that the sources with these records report on."""
    numbers = [int(name.removeprefix("source-")) for name in records if name != CHECKED_VISUAL]
    speaks = Q(document__source__number__in=numbers)
    if CHECKED_VISUAL in records:
        speaks |= Q(directness=Directness.FIRST_HAND_VISUAL, visual_checked_at__isnull=False)
    return Claim.objects.filter(pk__in=Evidence.objects.filter(speaks).values("claim"))


def in_words(change: RecordChange) -> str:
    """Why claims are scored again, for their assessments."""
    event = change.status_event
    return f"claim {event.claim.number} became {event.get_to_status_display().lower()}"


def send_in_portions(claims: QuerySet[Claim], *, cause: str) -> int:
    """Mark CLAIMS as due and send them, in portions and in order of number; how many."""
    count, after = 0, 0
    while True:
        part = claims.filter(number__gt=after).order_by("number").values_list("number", "pk")
        rows = list(part[:AT_ONCE])
        if not rows:
            return count
        ids = [pk for _, pk in rows]
        _mark(ids, cause)
        count, after = count + len(rows), rows[-1][0]


@transaction.atomic
def _mark(ids: list[int], cause: str) -> None:
    """Locked in order of number, as whoever locks several claims does."""
    claims = Claim.objects.filter(pk__in=ids)
    list(claims.select_for_update().order_by("number").values_list("pk"))
    claims.update(assess_due_at=timezone.now())
    enqueue("verification.score_again", claim_ids=ids, cause=cause)


def sweep_changes(*, limit: int = 50) -> int:
    """Spread again the changes of records whose message was lost; how many."""
    due = RecordChange.objects.filter(
        spread_at=None, at__lt=timezone.now() - SEND_AGAIN_AFTER
    ).order_by("at")[:limit]
    for change in due:
        enqueue("verification.records_changed", change_id=change.pk)
    return len(due)


def sweep_records() -> None:
    """Catch up on outcomes that were missed, and on changes that were not spread."""
    sweep_outcomes()
    sweep_changes()


# --- Claims that were settled before records were kept


@recording()
def sweep_outcomes(*, limit: int = 500) -> int:
    """Write what was missed: outcomes from before records were kept. How many were looked at.

    Only the evidence that was filed by then counts.
    """
    settling = StatusEvent.objects.filter(
        ~Q(from_status=F("to_status")), to_status__in=SETTLES, record_change__isnull=True
    )
    missed = list(settling.select_related("claim", "scoring_model").order_by("pk")[:limit])
    for event in missed:
        _catch_up(event)
    return len(missed)


def _catch_up(event: StatusEvent) -> None:
    """An event that a later one took back is only noted as looked at."""
    outcome = outcomes_of([event.claim_id]).get(event.claim_id, Outcome())
    now = timezone.now()
    written: list[SettledReport] = []
    if outcome.truth is not None and outcome.settled_at == event.at:
        items = Evidence.objects.filter(claim=event.claim_id)
        picked = [item.position for item in items if item.label in event.decided_by]
        written = _write(event, picked, proved_true=outcome.truth)
        change_counts(ended=[], written=written, now=now)
    records = sorted({row.record for row in written})
    RecordChange.objects.create(status_event=event, records=records, at=now)
