"""What captures came to, as facts that can be said in words."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, Subquery

from sources.capture.outcomes import Outcome
from sources.failures import Came
from sources.models import Snapshot
from sources.vocabulary import CaptureState


def gone_since() -> Subquery:
    """When the page of a snapshot was first found gone, with no other answer in between.

    Annotate snapshots with it as `gone_since`; it means something for those whose outcome is gone.
    """
    sealed = Snapshot.objects.filter(document=OuterRef("document"), state=CaptureState.SEALED)
    last_other = (
        sealed.filter(number__lt=OuterRef(OuterRef("number")))
        .exclude(outcome=Outcome.GONE)
        .order_by("-number")
        .values("number")[:1]
    )
    first = (
        sealed.filter(outcome=Outcome.GONE, number__lte=OuterRef("number"))
        .annotate(last_other=Subquery(last_other))
        .filter(Q(last_other=None) | Q(number__gt=F("last_other")))
        .order_by("number")
    )
    return Subquery(first.values("sealed_at")[:1])


def came_of(snapshot: Snapshot) -> Came:
    """The facts of a snapshot; `since` if the query was annotated with `gone_since`."""
    return Came(
        outcome=snapshot.outcome,
        error=snapshot.error,
        status=snapshot.http_status,
        attempts=snapshot.attempt,
        since=getattr(snapshot, "gone_since", None),
        flags=tuple(snapshot.flags),
    )


def holder_of(snapshot: Snapshot) -> Snapshot:
    """The snapshot whose file holds the page: what was the same again is kept once."""
    return snapshot.revisits or snapshot
