from __future__ import annotations

from django.conf import settings
from django.db import models

from claims.models import Claim
from core.columns import one_of, term
from core.terms import Term


class NotificationKind(Term):
    SOURCE_CHANGED = "source_changed", "A cited page changed"
    CAPTURE_FAILED = "capture_failed", "A page could not be archived"
    SENT_BACK = "sent_back", "Sent back"
    APPROVAL_WANTED = "approval_wanted", "Approval wanted"
    DAMAGED = "damaged", "Archived bytes are damaged"
    MODEL_WAITING = "model_waiting", "A learnt model waits"
    GROUP_WAITING = "group_waiting", "Sources err together"


class Notification(models.Model):
    """One thing that one person should know of, with the one place to act on it."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notifications"
    )
    kind = term(NotificationKind)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True)
    words = models.CharField(max_length=300)
    href = models.CharField(max_length=300, blank=True)
    cause = models.CharField(max_length=120, help_text="Said once to each person for each cause.")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("kind", NotificationKind, "notification_kind_known"),
            models.UniqueConstraint(fields=["recipient", "cause"], name="notification_once"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-at"], name="notification_of_person"),
            models.Index(
                fields=["recipient"],
                name="notification_unread",
                condition=models.Q(read_at__isnull=True),
            ),
        ]
