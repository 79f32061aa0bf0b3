from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.columns import append_only, one_of, public_number, term
from sources.vocabulary import AddressKind, Degree, Grade, Safety, SourceKind


class Party(models.Model):
    """A side in the dispute."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)
    aliases = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["name"]


class Source(models.Model):
    """Who publishes: an outlet, an agency, an account, a party to the conflict, a person."""

    number = public_number("sources_source_number")
    name = models.CharField(max_length=160)
    names = models.JSONField(
        default=dict, blank=True, help_text="Names by language code: {'ar': '…'}."
    )
    aliases = models.JSONField(default=list, blank=True)
    kind = term(SourceKind, default=SourceKind.OTHER)
    country = models.CharField(max_length=2, blank=True)
    languages = models.JSONField(default=list, blank=True)
    owner = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="owned"
    )
    safety = term(Safety, default=Safety.PUBLIC)
    safety_reason = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    parties = models.ManyToManyField(Party, through="Affiliation", related_name="sources")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "number"]
        constraints = [
            one_of("kind", SourceKind, "source_kind_known"),
            one_of("safety", Safety, "source_safety_known"),
            models.CheckConstraint(
                condition=Q(safety=Safety.PUBLIC) | ~Q(safety_reason=""),
                name="source_withheld_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["name", "number"], name="source_by_name")]

    @property
    def public_name(self) -> str:
        return self.name if self.safety == Safety.PUBLIC else "Name withheld to protect a person"


class SourceAddress(models.Model):
    """A domain, a path under a domain, or a handle on a platform; belongs to one source only."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="addresses")
    kind = term(AddressKind)
    value = models.CharField(max_length=300, unique=True)

    class Meta:
        constraints = [one_of("kind", AddressKind, "source_address_kind_known")]


class Affiliation(models.Model):
    """A source belongs to a party, to a degree, for a time, for a stated reason.

    `end_reason`: why it is on this side no longer, for readers. Empty while it is, and of sides
    that ended before such reasons were public.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="affiliations")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="affiliations")
    degree = term(Degree, default=Degree.MEMBER)
    from_date = models.DateField(null=True, blank=True)
    to_date = models.DateField(null=True, blank=True)
    rationale = models.CharField(max_length=400)
    end_reason = models.CharField(max_length=400, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            one_of("degree", Degree, "affiliation_degree_known"),
            models.UniqueConstraint(
                fields=["source", "party", "from_date"],
                name="affiliation_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True)
                | Q(from_date__isnull=True)
                | Q(to_date__gte=models.F("from_date")),
                name="affiliation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(end_reason="") | Q(to_date__isnull=False),
                name="affiliation_end_reason_of_an_end",
            ),
        ]


class SourceGrade(models.Model):
    """A reliability grade given on a day by a person. Never overwritten; the newest counts."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="grades")
    grade = term(Grade)
    rationale = models.CharField(max_length=400)
    graded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    graded_at = models.DateTimeField()

    class Meta:
        ordering = ["-graded_at", "-pk"]
        constraints = [one_of("grade", Grade, "source_grade_known")]
        triggers = append_only("grade")


class ExternalRating(models.Model):
    """Somebody else's opinion of a source, with its author; shown, and only a weak prior.

    What sources that are rated alike are worth is learnt from settled claims, never assumed. The
    newest counts (sources.selectors.ratings).
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="ratings")
    rater = models.CharField(max_length=120)
    value = models.CharField(max_length=80)
    scale = models.CharField(max_length=120)
    rated_on = models.DateField(null=True, blank=True)
    link = models.URLField(max_length=600, blank=True)
