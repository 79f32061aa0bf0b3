from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from claims.models import Claim
from core.columns import append_only
from verification.models.scoring_model import ScoringModel


class Assessment(models.Model):
    """One computed confidence, whole: a timeline is a read, not a computation."""

    claim = models.ForeignKey(
        Claim,
        on_delete=models.PROTECT,
        related_name="assessments",
        db_index=False,  # assessment_newest begins with it
    )
    method = models.CharField(max_length=60)
    scoring_model = models.ForeignKey(
        ScoringModel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="None: the defaults, before anything was learnt.",
    )
    inputs_digest = models.CharField(max_length=64)
    estimate = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    log_odds = models.FloatField()
    origins_for = models.PositiveSmallIntegerField(default=0)
    origins_against = models.PositiveSmallIntegerField(default=0)
    explanation = models.JSONField(
        help_text="Start, ordered contributions, what was dropped, leave-one-out."
    )
    cause = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["claim", "-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(estimate__gt=0)
                & Q(estimate__lt=1)
                & Q(low__lte=F("estimate"))
                & Q(high__gte=F("estimate")),
                name="assessment_in_range",
            ),
        ]
        indexes = [models.Index(fields=["claim", "-at", "-id"], name="assessment_newest")]
        triggers = append_only("assessment")
