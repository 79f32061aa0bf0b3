"""What the API shows of a source."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sources.models import ExternalRating, Source
from sources.vocabulary import Degree, Safety
from verification.selectors.track_record import Part, Record


class PartOut(serializers.Serializer[Part]):
    """Reports that proved right and wrong; rate with its 90 % range, 0 to 1, null if too few."""

    value = serializers.CharField()
    right = serializers.IntegerField()
    wrong = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class RatingOut(serializers.ModelSerializer[ExternalRating]):
    """What somebody else calls the source, on a scale of theirs."""

    class Meta:
        model = ExternalRating
        fields = ["rater", "value", "scale", "rated_on", "link"]


class RecordOut(serializers.Serializer[Record]):
    """How a source did on the published claims that were settled since it spoke on them.

    `open`: claims it spoke on that are not settled yet; `needed`: fewest reports for a rate;
    `by_kind`: kinds of claim; `by_side`: alignments.
    """

    settled = serializers.IntegerField()
    right = serializers.IntegerField()
    wrong = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    open = serializers.IntegerField()
    needed = serializers.IntegerField()
    by_kind = PartOut(many=True)
    by_side = PartOut(many=True)


_DAY = {"type": "string", "format": "date", "nullable": True}
_SIDE = {
    "type": "object",
    "description": "Where it stands or stood, and why. `to` is set: it stands there no longer, "
    "because of `end_reason`, which is empty if none is public.",
    "required": ["party", "degree", "from", "to", "rationale", "end_reason"],
    "properties": {
        "party": {"type": "string"},
        "degree": {"type": "string", "enum": [str(one) for one in Degree]},
        "from": _DAY,
        "to": _DAY,
        "rationale": {"type": "string"},
        "end_reason": {"type": "string"},
    },
}


class SourceOut(serializers.ModelSerializer[Source]):
    """A source; of a withheld person the kind and the side, and nothing that tells who it is.

    In the place of a reason that names what is not public stands a sentence that says so.
    """

    # The context holds `records`, the track records of the sources that are shown, and `reasons`,
    # what readers see of the reasons for their sides and grades; of a withheld one's, nothing.

    name = serializers.CharField(source="public_name")
    sides = serializers.SerializerMethodField()
    grade = serializers.SerializerMethodField()
    ratings = serializers.SerializerMethodField()
    track_record = serializers.SerializerMethodField()
    owner: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="number", read_only=True
    )

    class Meta:
        model = Source
        fields = [
            *("number", "name", "kind", "languages", "country", "owner", "sides", "grade"),
            *("ratings", "track_record"),
        ]

    def to_representation(self, instance: Source) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.safety == Safety.WITHHELD:
            shown |= {"languages": [], "country": "", "owner": None}
        return shown

    @extend_schema_field({"type": "array", "items": _SIDE})
    def get_sides(self, source: Source) -> list[dict[str, Any]]:
        withheld = source.safety == Safety.WITHHELD  # whose reasons may read as another's do
        reasons = {} if withheld else self.context["reasons"]
        return [
            {
                "party": affiliation.party.name,
                "degree": affiliation.degree,
                "from": affiliation.from_date,
                "to": affiliation.to_date,
                "rationale": reasons.get(affiliation.rationale, ""),
                "end_reason": reasons.get(affiliation.end_reason, ""),
            }
            for affiliation in source.affiliations.all()
        ]

    @extend_schema_field({"type": "object", "nullable": True, "additionalProperties": True})
    def get_grade(self, source: Source) -> dict[str, Any] | None:
        grades = list(source.grades.all())
        if not grades or source.safety == Safety.WITHHELD:
            return None
        newest = grades[0]
        return {
            "grade": newest.grade,
            "rationale": self.context["reasons"][newest.rationale],
            "graded_at": newest.graded_at,
        }

    @extend_schema_field(RatingOut(many=True))
    def get_ratings(self, source: Source) -> Any:
        withheld = source.safety == Safety.WITHHELD
        return RatingOut([] if withheld else source.ratings.all(), many=True).data

    @extend_schema_field(RecordOut(allow_null=True))
    def get_track_record(self, source: Source) -> dict[str, Any] | None:
        record = self.context["records"].get(source.pk)
        return RecordOut(record).data if record else None
