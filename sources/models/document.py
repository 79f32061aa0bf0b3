from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import Q

from core.columns import one_of, public_number, term
from sources.models.source import Source
from sources.vocabulary import DatePrecision, DerivationState, DocumentKind


class Document(models.Model):
    """One thing published at one canonical address by a source.

    A footnote whose address is missing is a document without an address: it stands in the queue of
    missing addresses until somebody finds it.
    """

    number = public_number("sources_document_number")
    address = models.CharField(max_length=8192, null=True, blank=True)  # noqa: DJ001  # unique where present
    address_digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    lookup_key = models.TextField(blank=True, db_index=False)
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    title = models.CharField(max_length=500, blank=True)
    authors = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_precision = term(DatePrecision, blank=True, default="")
    published_basis = models.CharField(
        max_length=60, blank=True, help_text="Where the date came from: the page, a person, …"
    )
    language = models.CharField(max_length=12, blank=True)
    kind = term(DocumentKind, default=DocumentKind.ARTICLE)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            one_of("kind", DocumentKind, "document_kind_known"),
            models.CheckConstraint(
                condition=Q(address__isnull=True, address_digest__isnull=True)
                | Q(address__isnull=False, address_digest__isnull=False),
                name="document_digest_with_address",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "-published_at"], name="document_of_source"),
            models.Index(
                fields=["number"], name="document_missing", condition=Q(address__isnull=True)
            ),
            # a key may be longer than a page of a tree holds
            HashIndex(fields=["lookup_key"], name="document_lookup"),
        ]


class Origin(models.Model):
    """An independence group: documents that derive from one first report."""

    label = models.CharField(max_length=300, blank=True)
    first_document = models.OneToOneField(
        Document, on_delete=models.PROTECT, related_name="begins_origin"
    )
    created_at = models.DateTimeField(auto_now_add=True)


class Derivation(models.Model):
    """A document repeats an origin: measured from the archived text, or said by a person."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="derivation")
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="derivations")
    similarity = models.FloatField(null=True, blank=True)
    lag = models.DurationField(null=True, blank=True)
    method = models.CharField(max_length=40)
    state = term(DerivationState, default=DerivationState.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [one_of("state", DerivationState, "derivation_state_known")]
