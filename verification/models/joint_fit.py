from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.columns import append_only
from verification.models.scoring_model import ScoringModel


class JointFit(models.Model):
    """What open claims lent their sources in joint mode (method cred-a/1), whole. For analysis.

    It is no `ScoringModel`: nothing official is ever scored with it. Lent are parts of reports, so
    that counts are fractions.
    """

    number = models.PositiveIntegerField(unique=True)
    method = models.CharField(max_length=60)
    scoring_model = models.ForeignKey(
        ScoringModel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The model whose other numbers it uses. None: the defaults.",
    )
    share = models.FloatField(help_text="λ: the part of a settled report that an open one lends.")
    records = models.JSONField(
        help_text="n1, n1_plus, n0 and n0_plus, by name of the record and interest."
    )
    claims = models.JSONField(
        help_text="By primary key of a claim: what was believed of it, and the reports that lent."
    )
    inputs_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1), name="joint_fit_share_of_a_report"
            ),
        ]
        triggers = append_only("joint_fit")

    def __str__(self) -> str:
        return f"joint fit {self.number}"
