from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from claims.models.claim import Claim
from claims.vocabulary import (
    Alignment,
    AlignmentBasis,
    Directness,
    QuoteState,
    Resolution,
    Stance,
)
from core.columns import one_of, term
from core.ids import uuid7
from sources.models import Document, Snapshot


class Evidence(models.Model):
    """The link claim × document: what the document says about the claim, and how.

    Its position is its public footnote number on the claim's page; a position is never used twice.
    """

    key = models.UUIDField(default=uuid7, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="evidence")
    position = models.PositiveSmallIntegerField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="evidence")
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    stance = term(Stance)
    directness = term(Directness, default=Directness.REPORTING)
    credibility = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Admiralty 1 to 6; empty: nobody judged."
    )
    alignment = term(Alignment, default=Alignment.NEUTRAL)
    alignment_basis = term(AlignmentBasis, default=AlignmentBasis.DERIVED)
    alignment_reason = models.CharField(max_length=400, blank=True)
    visual_checked_at = models.DateTimeField(
        null=True, blank=True, help_text="Place, date and authenticity of the picture were checked."
    )
    visual_check = models.CharField(max_length=400, blank=True)

    # W3C TextQuoteSelector: https://www.w3.org/TR/annotation-model/#text-quote-selector
    quote = models.TextField(blank=True)
    quote_prefix = models.CharField(max_length=200, blank=True)
    quote_suffix = models.CharField(max_length=200, blank=True)
    quote_language = models.CharField(max_length=12, blank=True)
    quote_translation = models.TextField(blank=True)
    quote_digest = models.CharField(max_length=64)
    # What later captures of the document showed of the quote.
    quote_state = term(QuoteState, default=QuoteState.UNCHECKED)
    quote_state_since = models.DateTimeField(null=True, blank=True)
    quote_snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Capture in which the quote was last looked for.",
    )  # fmt: skip
    quote_now = models.TextField(blank=True, help_text="What stands in the quote's place now.")
    paragraph = models.CharField(max_length=20, blank=True)
    footnote = models.CharField(max_length=20, blank=True)
    picture = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True, help_text="Why this bears on the claim.")

    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=400, blank=True)
    resolution = term(Resolution, blank=True, default="")
    resolution_text = models.CharField(max_length=400, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["claim", "position"]
        constraints = [
            one_of("stance", Stance, "evidence_stance_known"),
            one_of("directness", Directness, "evidence_directness_known"),
            one_of("alignment", Alignment, "evidence_alignment_known"),
            one_of("alignment_basis", AlignmentBasis, "evidence_alignment_basis_known"),
            one_of("quote_state", QuoteState, "evidence_quote_state_known"),
            models.CheckConstraint(
                condition=Q(resolution__in=["", *Resolution]), name="evidence_resolution_known"
            ),
            models.CheckConstraint(
                condition=Q(credibility__isnull=True) | Q(credibility__range=(1, 6)),
                name="evidence_credibility_1_to_6",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="evidence_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(resolution="") | ~Q(resolution_text=""),
                name="evidence_resolved_with_text",
            ),
            models.CheckConstraint(
                condition=Q(alignment_basis=AlignmentBasis.DERIVED) | ~Q(alignment_reason=""),
                name="evidence_override_with_reason",
            ),
            models.UniqueConstraint(
                fields=["claim", "document", "stance", "quote_digest"], name="evidence_once"
            ),
            models.UniqueConstraint(fields=["claim", "position"], name="evidence_position_once"),
        ]
        indexes = [
            # the desk: quotes that changed under evidence that counts
            models.Index(
                fields=["-quote_state_since"],
                name="evidence_quote_moved",
                condition=Q(withdrawn_at__isnull=True)
                & Q(
                    quote_state__in=[
                        QuoteState.QUOTE_CHANGED,
                        QuoteState.QUOTE_GONE,
                        QuoteState.GONE,
                        QuoteState.SOFT_404,
                    ]
                ),
            ),
        ]
        triggers = [pgtrigger.Protect(name="evidence_no_delete", operation=pgtrigger.Delete)]

    @property
    def label(self) -> str:
        return f"[{self.position}]"
