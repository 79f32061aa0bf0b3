"""Trying again what came to nothing, when somebody says so."""

from __future__ import annotations

from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import recording
from sources.models import ArtifactJob
from sources.selectors.health import failed_lately
from sources.services.documents import request_capture
from sources.vocabulary import JobState

MOST_AT_ONCE = 100


@recording()
def retry_failed(*, actor: User) -> int:
    """Ask anew for what came to nothing in the last day; returns how many were asked for.

    At most a hundred captures and a hundred jobs; who says it again gets the next ones.
    """
    require(actor, Permission.EDIT)
    rows = failed_lately(timezone.now()).select_related("document").order_by("number")
    failed = list(rows[:MOST_AT_ONCE])
    for snapshot in failed:
        request_capture(actor=actor, document=snapshot.document)
    return len(failed) + _retry_jobs()


def _retry_jobs() -> int:
    failed = ArtifactJob.objects.filter(state=JobState.FAILED).order_by("pk")
    chosen = list(failed.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return ArtifactJob.objects.filter(pk__in=chosen, state=JobState.FAILED).update(
        state=JobState.PENDING, attempt=0, next_attempt_at=Now(), reason=""
    )
