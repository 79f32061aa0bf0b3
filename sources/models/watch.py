from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from core.columns import append_only, one_of, term
from sources.models.document import Document
from sources.models.snapshot import Snapshot
from sources.vocabulary import Change


class ChangeWatch(models.Model):
    """When a cited document is captured again, and how it stood at the last look."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="watch")
    next_check_at = models.DateTimeField(null=True, blank=True)
    step = models.PositiveSmallIntegerField(default=0, help_text="Place in the cadence.")
    state = term(Change, default=Change.UNCHANGED)
    state_since = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    baseline = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Newest capture that holds the document; later ones are compared with it.",
    )  # fmt: skip

    class Meta:
        ordering = ["document"]
        constraints = [one_of("state", Change, "watch_state_known")]
        indexes = [
            # what is due
            models.Index(
                fields=["next_check_at"],
                name="watch_due",
                condition=Q(next_check_at__isnull=False),
            ),
        ]


class ChangeEvent(models.Model):
    """One observed change between two captures. `confirmed_by`: a later capture that agrees."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="changes")
    before = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="+")
    after = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="changes")
    kind = term(Change)
    details = models.JSONField(default=dict, blank=True)
    confirmed_by = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("kind", Change, "change_kind_known"),
            models.UniqueConstraint(fields=["after", "kind"], name="change_once"),
        ]
        indexes = [models.Index(fields=["document", "-at"], name="change_of_document")]
        # Only the confirmation comes later.
        triggers = append_only("change", condition=pgtrigger.Q(old__confirmed_by__isnull=False))
