"""Writing down what we had said of a claim, at the moment it is settled.

What is judged is not the score at the decision: that one knows the evidence that decided. It is
- for a claim that the audit drew: its score when it was drawn;
- else the newest stored score before the deciding evidence was complete, that is before the last
  of the items that decided was filed, or its picture checked, or before the decision was proposed,
  whichever was first.
A claim whose first report decided it was never given a score before, and is counted apart. A claim
that is settled again after it was reopened keeps its first forecast: later scores may know what the
first decision taught.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from claims.models import Claim, Evidence
from claims.vocabulary import Status
from verification.models import (
    Assessment,
    AuditEntry,
    Forecast,
    ForecastBasis,
    StatusEvent,
    StatusProposal,
)
from verification.models.status import ProposalState

SETTLES = frozenset({Status.CONFIRMED, Status.REFUTED})
_SAID = ("said", "basis", "assessment", "known_at", "weight")


def keep_forecast(event: StatusEvent) -> Forecast | None:
    """Keep what was said before EVENT settled its claim; None if it settles nothing.

    Part of the transaction that writes the event. Once for each event, however often it is called.
    """
    if event.to_status not in SETTLES or event.from_status == event.to_status:
        return None
    found = Forecast.objects.filter(status_event=event).first()
    return found or _keep(event)


def sweep_forecasts(*, limit: int = 500) -> int:
    """The same for settlements from before forecasts were kept; returns how many."""
    missing = (
        StatusEvent.objects.filter(to_status__in=SETTLES, forecast=None)
        .exclude(from_status=F("to_status"))
        .filter(at__lt=timezone.now() - timedelta(minutes=1))
        .select_related("claim")
        .order_by("pk")[:limit]
    )
    kept = 0
    for event in missing:
        with transaction.atomic():
            Claim.objects.select_for_update().get(pk=event.claim_id)
            kept += keep_forecast(event) is not None
    return kept


def _keep(event: StatusEvent) -> Forecast:
    first = Forecast.objects.filter(claim=event.claim_id).order_by("settled_at", "pk").first()
    return Forecast.objects.create(
        claim=event.claim,
        status_event=event,
        at_decision=event.confidence,
        proved_true=event.to_status == Status.CONFIRMED,
        settled_at=event.at,
        **(_same_as(first) if first else _said_before(event)),
    )


def _same_as(first: Forecast) -> dict[str, Any]:
    return {name: getattr(first, name) for name in _SAID}


def _said_before(event: StatusEvent) -> dict[str, Any]:
    known_at = _known_at(event)
    drawn = AuditEntry.objects.filter(claim=event.claim_id, drawn=True).select_related("round")
    entry = drawn.filter(round__made_at__lt=event.at).first()
    earlier = _newest_before(event.claim, entry.round.made_at if entry else known_at)
    if entry:
        basis, said = ForecastBasis.DRAW, entry.confidence
    elif earlier:
        basis, said = ForecastBasis.BEFORE_EVIDENCE, earlier.estimate
    else:
        basis, said = ForecastBasis.NONE, None
    weight = 1 / entry.probability if entry else 1.0
    return dict(zip(_SAID, (said, basis, earlier, known_at, weight), strict=True))


def _known_at(event: StatusEvent) -> datetime:
    """When the evidence that decided was complete; at the latest when somebody proposed it."""
    items = Evidence.objects.filter(claim=event.claim_id)
    deciding = [item for item in items if item.label in event.decided_by]
    came = [max(item.added_at, item.visual_checked_at or item.added_at) for item in deciding]
    return min([event.at, *_proposed_at(event), *([max(came)] if came else [])])


def _proposed_at(event: StatusEvent) -> list[datetime]:
    """Of the proposal that the event follows; it still waits while the event is written."""
    if event.approver_id is None:
        return []
    asked = StatusProposal.objects.filter(
        claim=event.claim_id,
        target=event.to_status,
        state__in=[ProposalState.PENDING, ProposalState.APPROVED],
        proposed_at__lte=event.at,
    )
    return list(asked.order_by("-proposed_at").values_list("proposed_at", flat=True)[:1])


def _newest_before(claim: Claim, moment: datetime) -> Assessment | None:
    """The score that stood before MOMENT, if anything counted then."""
    newest = claim.assessments.filter(at__lt=moment).order_by("-at", "-pk").first()
    counted = newest is not None and newest.origins_for + newest.origins_against > 0
    return newest if counted else None
