"""What settled claims teach: settled reports, the record of each source, and learnt models."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from claims.models import Claim, Evidence
from claims.vocabulary import Alignment, ClaimKind
from core.columns import append_only, one_of, term
from core.terms import Term
from sources.models import Source
from verification.learning.tally import ENOUGH
from verification.models.scoring_model import ScoringModel
from verification.models.status import StatusEvent
from verification.scoring import Interest


class InterestWord(Term):
    """`verification.scoring.Interest` with the words for it."""

    NONE = Interest.NONE.value, "No side of its own"
    FAVOURS = Interest.FAVOURS.value, "True would favour its side"
    HARMS = Interest.HARMS.value, "True would harm its side"


class SettledReport(models.Model):
    """What one source had said of a claim that was then confirmed or refuted.

    Written once as the claim is settled, from the evidence of that moment; what is filed later
    knows the outcome and earns no record. It counts until the claim is reopened.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="settled_reports")
    status_event = models.ForeignKey(
        StatusEvent, on_delete=models.PROTECT, related_name="settled_reports"
    )
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    record = models.CharField(
        max_length=60, help_text="Whose record it is, as the scorer names it: source-5."
    )
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="settled_reports",
        help_text="None for checked visuals, which have one record together.",
    )
    interest = term(InterestWord)
    alignment = term(Alignment)
    claim_kind = term(ClaimKind)
    group = models.CharField(max_length=260, help_text="Key of the model's groups, as it was then.")
    supports = models.BooleanField()
    proved_true = models.BooleanField()
    weight = models.FloatField(help_text="Credibility times directness.")
    share = models.FloatField(help_text="The part of it that independence left.")
    settled_at = models.DateTimeField()
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["settled_at", "pk"]
        constraints = [
            one_of("interest", InterestWord, "settled_report_interest_known"),
            one_of("alignment", Alignment, "settled_report_alignment_known"),
            one_of("claim_kind", ClaimKind, "settled_report_kind_known"),
            models.UniqueConstraint(
                fields=["status_event", "evidence"], name="settled_report_of_evidence"
            ),
            models.UniqueConstraint(
                fields=["claim", "record", "interest"],
                condition=Q(reopened_at__isnull=True, source__isnull=False),
                name="settled_report_once",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | Q(reopened_at__gte=F("settled_at")),
                name="settled_report_reopened_later",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=1, share__gte=0, share__lte=1),
                name="settled_report_shares",
            ),
        ]
        indexes = [
            models.Index(
                fields=["record", "interest"],
                name="settled_report_open",
                condition=Q(reopened_at__isnull=True),
            ),
            models.Index(
                fields=["claim"],
                name="settled_report_of_claim",
                condition=Q(reopened_at__isnull=True),
            ),
        ]
        triggers = [
            *append_only("settled_report", pgtrigger.Q(old__reopened_at__isnull=False)),
            pgtrigger.ReadOnly(name="settled_report_only_ends", exclude=["reopened_at"]),
        ]


class Slice(Term):
    """Which settled reports of a record are counted together."""

    ALL = "all", "All"
    INTEREST = "interest", "By interest in the answer"
    ALIGNMENT = "alignment", "By whom it serves"
    CLAIM_KIND = "claim_kind", "By kind of claim"


class Credibility(models.Model):
    """The record of a source in one slice: counts, and what they say of it.

    n1: settled reports on claims that proved true, n1_plus of them in support; n0 and n0_plus on
    claims that proved false. estimate: (u + 1 − v) / 2, 0.5 is worthless; low, high: 90 %.
    """

    record = models.CharField(max_length=60)
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="credibility"
    )
    slice = term(Slice)
    value = models.CharField(max_length=40, blank=True, help_text="Empty where slice is all.")
    n1 = models.PositiveIntegerField(default=0)
    n1_plus = models.PositiveIntegerField(default=0)
    n0 = models.PositiveIntegerField(default=0)
    n0_plus = models.PositiveIntegerField(default=0)
    estimate = models.FloatField(default=0.5)
    low = models.FloatField(default=0.0)
    high = models.FloatField(default=1.0)
    scoring_model = models.ForeignKey(
        ScoringModel, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    as_of = models.DateTimeField()

    class Meta:
        ordering = ["record", "slice", "value"]
        verbose_name_plural = "credibility"
        constraints = [
            one_of("slice", Slice, "credibility_slice_known"),
            models.UniqueConstraint(fields=["record", "slice", "value"], name="credibility_once"),
            models.CheckConstraint(
                condition=Q(n1_plus__lte=F("n1")) & Q(n0_plus__lte=F("n0")),
                name="credibility_counts",
            ),
            models.CheckConstraint(
                condition=Q(low__gte=0)
                & Q(low__lte=F("estimate"))
                & Q(high__gte=F("estimate"))
                & Q(high__lte=1),
                name="credibility_in_range",
            ),
        ]

    @property
    def n(self) -> int:
        """Settled reports behind it."""
        return self.n1 + self.n0

    @property
    def says_enough(self) -> bool:
        """Whether a page may show a number; otherwise "too few to say"."""
        return self.n >= ENOUGH

    @property
    def supports_borne_out(self) -> tuple[int, int]:
        """How many of its confirmations proved right, and how many there were."""
        return self.n1_plus, self.n1_plus + self.n0_plus

    @property
    def denials_borne_out(self) -> tuple[int, int]:
        """How many of its denials proved right, and how many there were."""
        return self.n0 - self.n0_plus, self.n - self.n1_plus - self.n0_plus


class RecordChange(models.Model):
    """A claim was settled or reopened: what its sources speak of is to be scored again.

    Written with the status event, so that a lost message loses nothing.
    """

    status_event = models.OneToOneField(
        StatusEvent, on_delete=models.PROTECT, related_name="record_change"
    )
    records = models.JSONField(help_text="Names of the records that changed, sorted.")
    at = models.DateTimeField()
    spread_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["at"], name="record_change_due", condition=Q(spread_at=None)),
        ]
        triggers = [
            *append_only("record_change", pgtrigger.Q(old__spread_at__isnull=False)),
            pgtrigger.ReadOnly(name="record_change_only_spreads", exclude=["spread_at"]),
        ]
