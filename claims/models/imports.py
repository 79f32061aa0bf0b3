from __future__ import annotations

from django.conf import settings
from django.db import models

from claims.models.claim import Claim, Event
from core.columns import one_of, public_number, term
from core.terms import Term
from sources.models import Document


class DraftDecision(Term):
    UNDECIDED = "undecided", "Undecided"
    KEPT = "kept", "Kept"
    DROPPED = "dropped", "Dropped"
    CREATED = "created", "Claim created"


class ArticleImport(models.Model):
    """An article that somebody pasted or fetched, as it was parsed; the same text imports once."""

    number = public_number("claims_import_number")
    title = models.CharField(max_length=500)
    text = models.TextField()
    text_digest = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=40, default="text/plain")
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, blank=True)
    paragraphs = models.JSONField(default=list)
    dropped = models.JSONField(default=list)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    year_inferred = models.BooleanField(default=True)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]


class Footnote(models.Model):
    """A marker of an article and the document it points to, whose address may be missing."""

    article = models.ForeignKey(ArticleImport, on_delete=models.PROTECT, related_name="footnotes")
    marker = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="footnotes")

    class Meta:
        ordering = ["article", "position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "marker"], name="footnote_marker_once"),
        ]


class ClaimDraft(models.Model):
    """A proposed claim of an imported article; nothing becomes a claim without a person."""

    article = models.ForeignKey(ArticleImport, on_delete=models.PROTECT, related_name="drafts")
    position = models.PositiveSmallIntegerField()
    sentence = models.TextField()
    proposed = models.TextField(help_text="The sentence as it was proposed, before any edit.")
    quote = models.TextField()
    paragraph = models.CharField(max_length=20)
    footnotes = models.JSONField(default=list)
    flags = models.JSONField(default=list)
    kind = models.CharField(max_length=40, blank=True)
    decision = term(DraftDecision, default=DraftDecision.UNDECIDED)
    claim = models.OneToOneField(
        Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="draft"
    )

    class Meta:
        ordering = ["article", "position"]
        constraints = [
            one_of("decision", DraftDecision, "draft_decision_known"),
            models.UniqueConstraint(fields=["article", "position"], name="draft_position_once"),
        ]
