from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from core.columns import append_only, one_of, public_number, term
from sources.models.document import Document
from sources.vocabulary import (
    ArtifactKind,
    ArtifactStatus,
    CaptureReason,
    CaptureState,
    RobotsVerdict,
)

# People wait; a schedule does not.
PRIORITY_PERSON, PRIORITY_IMPORT, PRIORITY_SCHEDULE = 20, 10, 0


# A takedown empties what was read out of a copy, and changes nothing else of the row.
ONLY_A_TAKEDOWN_BLANKS = """
    IF NEW.content = '' AND NEW.facts = '{}'::jsonb
       AND to_jsonb(NEW) - 'content' - 'facts' = to_jsonb(OLD) - 'content' - 'facts'
       AND EXISTS (SELECT 1 FROM sources_takedown WHERE snapshot_id = OLD.snapshot_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot update rows from sources_artifact: only a takedown empties one';
"""


class StoredObject(models.Model):
    """Bytes in the object store, named by their SHA-256. Written once, never changed."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=120)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = append_only("object")


class Snapshot(models.Model):
    """One archived copy of a document: first the state of its capture, once sealed immutable.

    Workers own a row by its lease and its fence: whoever settles must still hold the fence that it
    was given, so a worker that lost its lease changes nothing.
    """

    number = public_number("sources_snapshot_number")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="snapshots")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True
    )
    reason = term(CaptureReason, default=CaptureReason.USER)
    requested_at = models.DateTimeField(auto_now_add=True)
    via = models.TextField(
        blank=True, help_text="Address that was fetched instead: another archive's copy."
    )
    host = models.CharField(max_length=255, blank=True, help_text="Host that is asked; politeness.")
    contact = models.CharField(
        max_length=255, blank=True, help_text="Host that is connected to, while the capture runs."
    )
    network = models.CharField(
        max_length=43, blank=True, help_text="Network of that host: a /24 of IPv4, a /56 of IPv6."
    )
    priority = models.SmallIntegerField(default=PRIORITY_PERSON)
    turn = models.PositiveIntegerField(
        default=0,
        help_text="How many captures the requester had waiting; who waits for few goes first.",
    )

    state = term(CaptureState, default=CaptureState.QUEUED)
    step = models.CharField(max_length=20, blank=True)  # what a running capture is doing
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=60, blank=True)
    error_detail = models.CharField(max_length=500, blank=True)

    outcome = models.CharField(max_length=40, blank=True)
    final_url = models.TextField(blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    media_type = models.CharField(max_length=120, blank=True)
    warc = models.ForeignKey(
        StoredObject, on_delete=models.PROTECT, null=True, blank=True, related_name="snapshots"
    )
    given = models.ForeignKey(
        StoredObject, on_delete=models.PROTECT, null=True, blank=True, related_name="given_as",
        help_text="File that somebody gave us, as they gave it; the copy was taken out of it.",
    )  # fmt: skip
    payload_sha256 = models.CharField(max_length=64, blank=True)
    payload_size = models.BigIntegerField(null=True, blank=True)
    warc_records = models.JSONField(
        default=list, blank=True, help_text="Type, target, offset and length of each record."
    )
    robots = term(RobotsVerdict, blank=True, default=RobotsVerdict.NOT_ASKED)
    flags = models.JSONField(
        default=list, blank=True, help_text="What a reader should know of the copy, as codes."
    )
    revisits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="revisited_by",
        help_text="Sealed snapshot that holds the payload, when it was the same again.",
    )  # fmt: skip
    manifest = models.TextField(
        blank=True, help_text="Canonical JSON of what was sealed; its hash is in the record."
    )
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    capture_started_at = models.DateTimeField(null=True, blank=True)
    capture_finished_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    tool = models.CharField(max_length=60, blank=True)
    worker = models.CharField(max_length=120, blank=True)  # host:process; never published

    class Meta:
        ordering = ["-number"]
        constraints = [
            one_of("state", CaptureState, "snapshot_state_known"),
            one_of("reason", CaptureReason, "snapshot_reason_known"),
            one_of("robots", RobotsVerdict, "snapshot_robots_known"),
            models.CheckConstraint(
                condition=Q(manifest="", manifest_sha256="")
                | (~Q(manifest="") & ~Q(manifest_sha256="")),
                name="snapshot_manifest_with_hash",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaptureState.SEALED)
                | (Q(sealed_at__isnull=False) & Q(warc__isnull=False) & ~Q(outcome="")),
                name="snapshot_sealed_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaptureState.RUNNING) | Q(lease_until__isnull=False),
                name="snapshot_running_has_lease",
            ),
        ]
        indexes = [
            # what the sweep looks for: work that is due
            models.Index(
                fields=["next_attempt_at", "number"],
                name="snapshot_due",
                condition=Q(state__in=[CaptureState.QUEUED, CaptureState.RETRY_WAIT]),
            ),
            models.Index(
                fields=["lease_until"], name="snapshot_leased", condition=Q(state="running")
            ),
            # the fair order of what is due
            models.Index(
                fields=["-priority", "turn", "number"],
                name="snapshot_in_turn",
                condition=Q(state__in=[CaptureState.QUEUED, CaptureState.RETRY_WAIT]),
            ),
            models.Index(fields=["document", "-number"], name="snapshot_of_document"),
            # how much one person asked for lately
            models.Index(fields=["requested_by", "-requested_at"], name="snapshot_of_requester"),
            # health: what ended lately
            models.Index(
                fields=["-capture_finished_at"],
                name="snapshot_finished",
                condition=Q(capture_finished_at__isnull=False),
            ),
            # the same payload again
            models.Index(
                fields=["document", "payload_sha256"],
                name="snapshot_payload",
                condition=Q(state="sealed"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="snapshot_sealed_no_update",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=CaptureState.SEALED),
            ),
            pgtrigger.Protect(name="snapshot_no_delete", operation=pgtrigger.Delete),
        ]


class FetchHop(models.Model):
    """One request of a capture: where it went, what answered. The whole redirect trail."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="hops")
    fence = models.BigIntegerField()
    position = models.PositiveSmallIntegerField()
    url = models.TextField()
    resolved = models.JSONField(default=list)
    address = models.GenericIPAddressField(null=True, blank=True)
    port = models.PositiveIntegerField(null=True, blank=True)
    tls = models.JSONField(default=dict, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    header_bytes = models.BigIntegerField(default=0)
    body_bytes = models.BigIntegerField(default=0)
    decoded_bytes = models.BigIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)
    timings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["snapshot", "fence", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "fence", "position"], name="hop_position_once"
            ),
        ]
        triggers = append_only("hop")


class Artifact(models.Model):
    """Something made from a sealed snapshot: versioned, re-creatable, with its own hash."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="artifacts")
    kind = term(ArtifactKind)
    tool = models.CharField(max_length=60)
    tool_version = models.CharField(max_length=40)
    status = term(ArtifactStatus)
    reason = models.CharField(max_length=200, blank=True)
    confidence = models.CharField(max_length=10, blank=True)
    content = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(
        default=dict, blank=True, help_text="Title, authors, date, language as the tool read them."
    )
    stored = models.ForeignKey(StoredObject, on_delete=models.PROTECT, null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["snapshot", "kind", "-made_at"]
        constraints = [
            one_of("kind", ArtifactKind, "artifact_kind_known"),
            one_of("status", ArtifactStatus, "artifact_status_known"),
            models.UniqueConstraint(
                fields=["snapshot", "kind", "tool", "tool_version"], name="artifact_once"
            ),
        ]
        triggers = [
            *append_only("artifact")[1:],
            pgtrigger.Trigger(
                name="artifact_no_update",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=ONLY_A_TAKEDOWN_BLANKS,
            ),
        ]
