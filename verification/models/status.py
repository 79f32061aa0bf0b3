from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from claims.models import Claim, Evidence
from claims.vocabulary import Status
from core.columns import append_only, one_of, term
from core.ids import uuid7
from core.terms import Term
from verification.models.scoring_model import ScoringModel


class ProposalState(Term):
    PENDING = "pending", "Waiting for approval"
    APPROVED = "approved", "Approved"
    SENT_BACK = "sent_back", "Sent back"
    STALE = "stale", "The evidence changed since"
    WITHDRAWN = "withdrawn", "Withdrawn"


class StatusProposal(models.Model):
    """A fact-checker's request to change a status; an editor other than the proposer decides.

    The evidence set is frozen by its hash: a change while the proposal waits makes it stale.
    """

    key = models.UUIDField(default=uuid7, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="proposals")
    from_status = term(Status)
    target = term(Status)
    reason_code = models.CharField(max_length=60)
    reason = models.TextField()
    finding = models.CharField(max_length=240, blank=True)
    would_change_it = models.TextField(blank=True)
    unknowns = models.TextField(blank=True)
    time_to = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    review_due_at = models.DateTimeField(null=True, blank=True)
    decided_by_evidence = models.ManyToManyField(Evidence, blank=True, related_name="proposals")
    evidence_digest = models.CharField(max_length=64)
    statement_digest = models.CharField(
        max_length=64, default="", help_text="Of what the claim asserted when it was proposed."
    )
    confidence = models.FloatField(null=True, blank=True)
    confidence_gap = models.CharField(max_length=300, blank=True)
    state = term(ProposalState, default=ProposalState.PENDING)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals"
    )
    proposed_at = models.DateTimeField()
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_code = models.CharField(max_length=60, blank=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            one_of("target", Status, "proposal_target_known"),
            one_of("state", ProposalState, "proposal_state_known"),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state=ProposalState.PENDING),
                name="proposal_one_pending",
            ),
            models.CheckConstraint(
                condition=Q(decider__isnull=True)
                | ~Q(state=ProposalState.APPROVED)
                | ~Q(decider=F("proposer")),
                name="proposal_two_people",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="proposal_decided_no_update",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ProposalState.PENDING),
            ),
            pgtrigger.Protect(name="proposal_no_delete", operation=pgtrigger.Delete),
        ]


class StatusEvent(models.Model):
    """A status changed: by whom, why, on what evidence, at what confidence. Immutable."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="status_events")
    from_status = term(Status, blank=True, default="")
    to_status = term(Status)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    finding = models.CharField(max_length=240, blank=True)
    would_change_it = models.TextField(blank=True)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_override = models.BooleanField(default=False)
    checks = models.JSONField(default=list)
    decided_by = models.JSONField(default=list, help_text="Labels of the evidence that decided it.")
    evidence_digest = models.CharField(max_length=64, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    confidence_low = models.FloatField(null=True, blank=True)
    confidence_high = models.FloatField(null=True, blank=True)
    scoring_model = models.ForeignKey(
        ScoringModel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="What the claim was scored with as it was decided; a settled claim keeps it.",
    )
    claim_version = models.PositiveIntegerField()
    at = models.DateTimeField()
    transaction_number = models.BigIntegerField(
        editable=False, default=0, help_text="Written by the database: the transaction it was in."
    )

    class Meta:
        ordering = ["claim", "-at", "-pk"]
        constraints = [
            one_of("to_status", Status, "status_event_known"),
            models.CheckConstraint(
                condition=Q(approver__isnull=True)
                | Q(proposer__isnull=True)
                | ~Q(approver=F("proposer")),
                name="status_event_two_people",
            ),
        ]
        indexes = [models.Index(fields=["claim", "-at", "-id"], name="status_event_newest")]
        triggers = [
            *append_only("status_event"),
            pgtrigger.Trigger(
                name="status_event_in_transaction",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.transaction_number := txid_current(); RETURN NEW;",
            ),
        ]


class Correction(models.Model):
    """What was said, what is right, and why; made when a settled claim is reopened."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="corrections")
    status_event = models.OneToOneField(StatusEvent, on_delete=models.PROTECT)
    said = models.TextField()
    now = models.TextField()
    why = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        triggers = append_only("correction")
