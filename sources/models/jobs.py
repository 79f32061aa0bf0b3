from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.columns import one_of, term
from sources.models.snapshot import Snapshot
from sources.vocabulary import JobKind, JobState


class ArtifactJob(models.Model):
    """Something still to be made from a sealed snapshot; the row is the queue.

    Owned like a capture, by lease and fence. A job that fails says why and changes nothing about
    the snapshot, whose bytes are sealed already.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="jobs")
    kind = term(JobKind)
    state = term(JobState, default=JobState.PENDING)
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("kind", JobKind, "job_kind_known"),
            one_of("state", JobState, "job_state_known"),
            models.UniqueConstraint(fields=["snapshot", "kind"], name="job_once"),
            models.CheckConstraint(
                condition=~Q(state=JobState.RUNNING) | Q(lease_until__isnull=False),
                name="job_running_has_lease",
            ),
        ]
        indexes = [
            # what the sweep looks for
            models.Index(
                fields=["next_attempt_at"], name="job_due", condition=Q(state=JobState.PENDING)
            ),
            # health, and trying again: what is not done, which is little
            models.Index(
                fields=["state", "id"],
                name="job_open",
                condition=Q(state__in=[JobState.PENDING, JobState.RUNNING, JobState.FAILED]),
            ),
            models.Index(
                fields=["lease_until"], name="job_leased", condition=Q(state=JobState.RUNNING)
            ),
        ]
