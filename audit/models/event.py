from __future__ import annotations

from datetime import UTC
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models

from core.columns import append_only

# Two writers cannot both follow the same line: whoever appends holds this lock until commit.
CHAIN_LOCK = 720_161_112

FOLLOWS_THE_LAST = f"""
    PERFORM pg_advisory_xact_lock({CHAIN_LOCK});
    SELECT seq, hash INTO last FROM audit_auditevent ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <> COALESCE(last.seq, 0) + 1 OR NEW.previous_hash <> COALESCE(last.hash, '') THEN
        RAISE EXCEPTION 'the record is a chain: line % does not follow the last one', NEW.seq;
    END IF;
    RETURN NEW;
"""  # noqa: S608  # built from our own constants


class AuditEvent(models.Model):
    """One immutable line of history, chained by hash to the line before it."""

    seq = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True
    )
    actor_name = models.CharField(max_length=120)
    origin = models.CharField(max_length=20)
    request_id = models.UUIDField(null=True, blank=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    tag = models.CharField(max_length=60)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["seq"]
        indexes = [
            # history of one object, newest first
            models.Index(fields=["subject_type", "subject_id", "-seq"], name="audit_subject"),
        ]
        triggers = [
            *append_only("audit"),
            pgtrigger.Trigger(
                name="audit_follows_the_last",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("last", "RECORD")],
                func=FOLLOWS_THE_LAST,
            ),
        ]

    def content(self) -> dict[str, Any]:
        """What the hash of this line covers: everything but the two hashes."""
        return {
            "seq": self.seq,
            "at": self.at.astimezone(UTC).isoformat(),
            "actor": self.actor_id,
            "actor_name": self.actor_name,
            "origin": self.origin,
            "request_id": str(self.request_id) if self.request_id else None,
            "subject_type": self.subject_type,
            "subject_id": self.subject_id,
            "tag": self.tag,
            "before": self.before,
            "after": self.after,
            "reason": self.reason,
        }
