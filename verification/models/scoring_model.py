from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.columns import append_only, one_of, term
from core.terms import Term


class ModelState(Term):
    ACTIVE = "active", "In use"
    WAITING = "waiting", "Waits for a person"
    REPLACED = "replaced", "Replaced"
    REFUSED = "refused", "Refused"


class ScoringModel(models.Model):
    """One learnt snapshot of the model, whole. Only what became of it is written later.

    `moves`: how far it moved the scores of open claims, measured before it was used.
    """

    number = models.PositiveIntegerField(unique=True)
    method = models.CharField(max_length=60)
    parameters = models.JSONField()
    inputs_digest = models.CharField(max_length=64)
    figures = models.JSONField()
    moves = models.JSONField(default=dict)
    made_at = models.DateTimeField(help_text="It knows what was settled before.")
    state = term(ModelState)
    activated_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="None where no person had to decide.",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    spread_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on every open claim was scored with it."
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            one_of("state", ModelState, "scoring_model_state_known"),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state__in=[ModelState.ACTIVE, ModelState.WAITING]),
                name="scoring_model_one_of_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=ModelState.ACTIVE) | Q(activated_at__isnull=False),
                name="scoring_model_active_since",
            ),
            models.CheckConstraint(
                condition=~Q(state=ModelState.REFUSED)
                | (Q(decided_by__isnull=False) & ~Q(decision_reason="")),
                name="scoring_model_refused_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(activated_at__isnull=True) | Q(activated_at__gte=F("made_at")),
                name="scoring_model_active_after_made",
            ),
        ]
        triggers = [
            *append_only(
                "scoring_model",
                pgtrigger.Q(old__state__in=[ModelState.REPLACED, ModelState.REFUSED]),
            ),
            pgtrigger.ReadOnly(
                name="scoring_model_only_decided",
                exclude=[
                    "state",
                    "activated_at",
                    "decided_by",
                    "decided_at",
                    "decision_reason",
                    "spread_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"model {self.number}"
