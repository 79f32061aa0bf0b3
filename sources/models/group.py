"""Sources that were found to err together: a proposal by the software, a decision by a person."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from core.columns import append_only, one_of, term
from core.terms import Term
from sources.models.source import Source


class GroupState(Term):
    PROPOSED = "proposed", "Waits for a person"
    ACCEPTED = "accepted", "In use"
    REJECTED = "rejected", "Refused"
    ENDED = "ended", "Ended"
    REPLACED = "replaced", "No longer found"


class SourceGroup(models.Model):
    """Sources whose errors on settled claims go together. Only what became of it is written later.

    `figures`: of each pair of members, what was found (verification.learning.correlation).
    """

    number = models.PositiveIntegerField(unique=True)
    sources = models.ManyToManyField(Source, through="GroupMember", related_name="groups")
    figures = models.JSONField()
    made_at = models.DateTimeField()
    state = term(GroupState)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True)
    spread_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on every open claim it touches was scored so."
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            one_of("state", GroupState, "source_group_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[GroupState.ACCEPTED, GroupState.REJECTED, GroupState.ENDED])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
                name="source_group_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) ^ Q(state=GroupState.ENDED),
                name="source_group_ended_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | (Q(ended_by__isnull=False, ended_at__gte=models.F("decided_at")))
                & ~Q(end_reason=""),
                name="source_group_ended_by_somebody",
            ),
        ]
        triggers = [
            *append_only(
                "source_group",
                pgtrigger.Q(old__state__in=[GroupState.REJECTED, GroupState.REPLACED])
                | pgtrigger.Q(old__state=GroupState.ENDED, old__spread_at__isnull=False),
            ),
            pgtrigger.ReadOnly(
                name="source_group_only_decided",
                exclude=[
                    "state",
                    "decided_by",
                    "decided_at",
                    "reason",
                    "ended_by",
                    "ended_at",
                    "end_reason",
                    "spread_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"group {self.number}"


class GroupMember(models.Model):
    """A source of a group. Whoever else belongs to its owner counts with it."""

    group = models.ForeignKey(SourceGroup, on_delete=models.PROTECT, related_name="members")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        ordering = ["source__number"]
        constraints = [
            models.UniqueConstraint(fields=["group", "source"], name="group_member_once"),
        ]
        triggers = append_only("group_member")
