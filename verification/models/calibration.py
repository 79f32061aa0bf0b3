"""What was said before it was known, and which claims chance picked. No row is ever changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from claims.models import Claim
from core.columns import append_only, one_of, term
from core.terms import Term
from verification.models.assessment import Assessment
from verification.models.status import StatusEvent


class AuditRound(models.Model):
    """One draw among the open claims that had taken part in none. It can be done again by hand."""

    number = models.PositiveIntegerField(unique=True)
    rate = models.FloatField(help_text="Probability with which each claim came out.")
    seed = models.CharField(max_length=64)
    record_hash = models.CharField(
        max_length=64, blank=True, help_text="Newest line of the record then; the seed follows."
    )
    population = models.PositiveIntegerField()
    population_digest = models.CharField(max_length=64)
    drawn = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate__gt=0) & Q(rate__lte=1), name="audit_round_rate_is_a_share"
            ),
        ]
        triggers = append_only("audit_round")


class AuditEntry(models.Model):
    """An open claim took part in a draw, once in its life, with the score that it had."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="audit_entry")
    round = models.ForeignKey(AuditRound, on_delete=models.PROTECT, related_name="entries")
    bucket = models.PositiveSmallIntegerField(help_text="Tenth of the scale, 0 to 9.")
    confidence = models.FloatField()
    probability = models.FloatField()
    drawn = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__gt=0)
                & Q(confidence__lt=1)
                & Q(bucket__lte=9)
                & Q(probability__gt=0)
                & Q(probability__lte=1),
                name="audit_entry_in_range",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "claim"], name="audit_drawn", condition=Q(drawn=True)),
        ]
        triggers = append_only("audit_entry")


class AuditClosing(models.Model):
    """A drawn claim whose status has no way to *unverifiable* could not be settled either."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="closing")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    tried = models.TextField()
    at = models.DateTimeField()

    class Meta:
        triggers = append_only("audit_closing")


class ForecastBasis(Term):
    DRAW = "draw", "Score when it was drawn"
    BEFORE_EVIDENCE = "before_evidence", "Last score before the evidence that decided it"
    NONE = "none", "No score before that evidence"


class Forecast(models.Model):
    """What we said of a claim before it was settled, written down as it was settled.

    Calibration reads this and nothing newer, so no later fit or score changes it.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="forecasts")
    status_event = models.OneToOneField(
        StatusEvent, on_delete=models.PROTECT, related_name="forecast"
    )
    said = models.FloatField(null=True, blank=True)
    basis = term(ForecastBasis)
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    known_at = models.DateTimeField(help_text="From then on the deciding evidence was known.")
    at_decision = models.FloatField(
        null=True, blank=True, help_text="With the deciding evidence: what the status event holds."
    )
    proved_true = models.BooleanField()
    weight = models.FloatField(
        default=1.0, help_text="1 / probability of being drawn; 1 where it was not drawn."
    )
    settled_at = models.DateTimeField()

    class Meta:
        ordering = ["settled_at", "pk"]
        constraints = [
            one_of("basis", ForecastBasis, "forecast_basis_known"),
            models.CheckConstraint(
                condition=(Q(basis=ForecastBasis.NONE) & Q(said__isnull=True))
                | (~Q(basis=ForecastBasis.NONE) & Q(said__gt=0) & Q(said__lt=1)),
                name="forecast_said_something",
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="forecast_weight"),
            models.CheckConstraint(
                condition=Q(known_at__lte=models.F("settled_at")), name="forecast_known_before"
            ),
        ]
        indexes = [models.Index(fields=["claim", "settled_at"], name="forecast_of_claim")]
        triggers = append_only("forecast")
