from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Left, Length, Lower

from claims.vocabulary import (
    ClaimKind,
    PlacePrecision,
    Publication,
    RelationKind,
    Sensitivity,
    Stage,
    Status,
    TimePrecision,
)
from core.columns import one_of, public_number, term
from sources.models import Party, Source

models.CharField.register_lookup(Length)


def claim_words() -> CombinedExpression:
    """What a search looks in, as the index of this name has it: each word, and its stem.

    A stem is that of English or Arabic, whichever the claim is in: the language of a word that is
    searched for is not known.
    """
    said = ("sentence", "finding")
    as_written, english, arabic = (
        SearchVector(*said, config=config) for config in ("simple", "english", "arabic")
    )
    return as_written + english + arabic


class Event(models.Model):
    """A group of claims, for example "Aleppo, November 2016"."""

    number = public_number("claims_event_number")
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    from_date = models.DateField(null=True, blank=True)
    to_date = models.DateField(null=True, blank=True)
    parties = models.ManyToManyField(Party, blank=True)


class Place(models.Model):
    """A place with its names in several languages and how exactly it is known."""

    number = public_number("claims_place_number")
    name = models.CharField(max_length=160)
    names = models.JSONField(default=dict, blank=True, help_text="Names by language code.")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    precision = term(PlacePrecision, default=PlacePrecision.LOCALITY)

    class Meta:
        constraints = [
            one_of("precision", PlacePrecision, "place_precision_known"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="place_on_earth",
            ),
        ]


class Claim(models.Model):
    """One testable sentence, asserted as its maker asserts it: one event, one place, one time.

    Status (truth), stage (work) and publication (visibility) are three fields with three rules.
    Only verification.services.status changes `status`; the database refuses any other way.
    """

    number = public_number("claims_claim_number")
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    sentence = models.CharField(
        max_length=240, validators=[MinLengthValidator(10), MaxLengthValidator(240)]
    )
    language = models.CharField(max_length=12, default="en")
    translations = models.JSONField(default=dict, blank=True)
    kind = term(ClaimKind, default=ClaimKind.OTHER)
    claimant = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="claims_made"
    )
    favours = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="claims_in_favour"
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    time_from = models.DateTimeField(null=True, blank=True)
    time_to = models.DateTimeField(null=True, blank=True)
    time_precision = term(TimePrecision, default=TimePrecision.VAGUE)
    time_inferred = models.BooleanField(default=False)
    sensitivity = term(Sensitivity, default=Sensitivity.NORMAL)

    status = term(Status, default=Status.UNVERIFIED)
    status_since = models.DateTimeField()
    stage = term(Stage, default=Stage.TRIAGE)
    publication = term(Publication, default=Publication.DRAFT)
    finding = models.CharField(max_length=240, blank=True)
    would_change_it = models.TextField(blank=True)
    unknowns = models.TextField(blank=True, help_text="What was tried and what is not known.")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_claims",
    )
    last_reviewed_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from"
    )

    # The newest assessment, repeated here so that a list is one read.
    confidence = models.FloatField(null=True, blank=True)
    confidence_low = models.FloatField(null=True, blank=True)
    confidence_high = models.FloatField(null=True, blank=True)
    origins_for = models.PositiveSmallIntegerField(default=0)
    origins_against = models.PositiveSmallIntegerField(default=0)
    assess_due_at = models.DateTimeField(
        null=True, blank=True, help_text="Set when evidence changed; the sweep does what is due."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            one_of("kind", ClaimKind, "claim_kind_known"),
            one_of("status", Status, "claim_status_known"),
            one_of("stage", Stage, "claim_stage_known"),
            one_of("publication", Publication, "claim_publication_known"),
            one_of("sensitivity", Sensitivity, "claim_sensitivity_known"),
            one_of("time_precision", TimePrecision, "claim_time_precision_known"),
            models.CheckConstraint(
                condition=Q(sentence__length__gte=10), name="claim_sentence_long_enough"
            ),
            models.CheckConstraint(
                condition=Q(time_to__isnull=True)
                | Q(time_from__isnull=True)
                | Q(time_to__gte=F("time_from")),
                name="claim_time_runs_forward",
            ),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True)
                | (
                    Q(confidence__gt=0)
                    & Q(confidence__lt=1)
                    & Q(confidence_low__lte=F("confidence"))
                    & Q(confidence_high__gte=F("confidence"))
                ),
                name="claim_confidence_in_range",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.CONFIRMED, Status.REFUTED])
                | ~Q(would_change_it=""),
                name="claim_settled_says_what_would_change_it",
            ),
        ]
        indexes = [
            models.Index(fields=["publication", "-changed_at", "-number"], name="claim_recent"),
            models.Index(fields=["status", "-changed_at", "-number"], name="claim_by_status"),
            models.Index(
                fields=["-changed_at", "-number"],
                name="claim_changed",
                condition=Q(merged_into__isnull=True),
            ),
            GinIndex(claim_words(), name="claim_words", fastupdate=False),
            models.Index(
                fields=["assess_due_at"],
                name="claim_assess_due",
                condition=Q(assess_due_at__isnull=False),
            ),
            # whether a public text names a claim that is not public
            models.Index(
                Lower(Left("sentence", 10)),
                name="claim_private_opening",
                condition=~Q(publication=Publication.PUBLISHED),
            ),
        ]

    @property
    def is_published(self) -> bool:
        return self.publication == Publication.PUBLISHED


class ClaimRelation(models.Model):
    """One claim bears on another; read from the first to the second."""

    from_claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="relations")
    to_claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="related_from")
    kind = term(RelationKind)
    similarity = models.FloatField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            one_of("kind", RelationKind, "relation_kind_known"),
            models.UniqueConstraint(
                fields=["from_claim", "to_claim", "kind"], name="relation_once"
            ),
            models.CheckConstraint(
                condition=~Q(from_claim=F("to_claim")), name="relation_between_two"
            ),
        ]
