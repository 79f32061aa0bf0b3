"""What the API shows. Output only: every field is named, nothing leaks by default."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from claims.models import Claim, Evidence
from sources.models import Snapshot
from sources.selectors.custody import is_taken_down, takedown_of
from verification.models import Assessment, StatusEvent
from verification.scoring.dependence import counted_of
from verification.selectors.exclusive import exclusive_of
from verification.selectors.facts import derivation_of, is_archived, origin_key, side_of
from verification.selectors.redaction import document_title, is_withheld


def shown_by(field: str) -> serializers.SlugRelatedField[Any]:
    """A related row, shown by one of its fields."""
    return serializers.SlugRelatedField(slug_field=field, read_only=True)


class PublishedNumber(serializers.IntegerField):
    """The number of another claim, if it is published: a draft's is not told."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **options)

    def to_representation(self, value: Any) -> int | None:  # type: ignore[override]  # null is told
        number: int = value.number
        return number if value.is_published else None


class ScoreOut(serializers.Serializer[Claim]):
    """Probability that the claim is true with its 90 % range; 0 to 1."""

    estimate = serializers.FloatField(source="confidence")
    low = serializers.FloatField(source="confidence_low")
    high = serializers.FloatField(source="confidence_high")
    origins_for = serializers.IntegerField()
    origins_against = serializers.IntegerField()


class ClaimOut(serializers.ModelSerializer[Claim]):
    score = serializers.SerializerMethodField()
    event: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="title", read_only=True
    )
    place: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="name", read_only=True
    )
    favours: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="name", read_only=True
    )
    claimant: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="number", read_only=True
    )
    superseded_by = PublishedNumber()
    merged_into = PublishedNumber()
    would_change = serializers.CharField(source="would_change_it")

    class Meta:
        model = Claim
        fields = [
            "number",
            "sentence",
            "language",
            "translations",
            "kind",
            "event",
            "place",
            "favours",
            "claimant",
            "time_from",
            "time_to",
            "time_precision",
            "time_inferred",
            "status",
            "status_since",
            "publication",
            "finding",
            "would_change",
            "unknowns",
            "score",
            "version",
            "superseded_by",
            "merged_into",
            "last_reviewed_at",
            "changed_at",
        ]

    @extend_schema_field(ScoreOut(allow_null=True))
    def get_score(self, claim: Claim) -> dict[str, Any] | None:
        return None if claim.confidence is None else dict(ScoreOut(claim).data)


class ShareOut(serializers.Serializer[Any]):
    """`share`: how likely beside the others; null where nothing is shared out."""

    claim = serializers.IntegerField(source="number")
    share = serializers.FloatField(allow_null=True)


class ExclusiveOut(serializers.Serializer[Any]):
    """Claims of which one at most is true, this one first, and "none of these"."""

    claims = ShareOut(many=True, source="rows")
    none = serializers.FloatField(allow_null=True)
    why_not = serializers.CharField(help_text="Why nothing is shared out, if so.")


class ClaimDetailOut(ClaimOut):
    exclusive = serializers.SerializerMethodField()

    class Meta(ClaimOut.Meta):
        fields = [*ClaimOut.Meta.fields, "exclusive"]

    @extend_schema_field(ExclusiveOut(allow_null=True))
    def get_exclusive(self, claim: Claim) -> dict[str, Any] | None:
        found = exclusive_of(claim)
        return None if found is None else dict(ExclusiveOut(found).data)


class DocumentOut(serializers.Serializer[Any]):
    """A document; of a withheld person neither address nor title nor language."""

    number = serializers.IntegerField()
    address = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    language = serializers.CharField()
    source = serializers.IntegerField(  # type: ignore[assignment]  # a field of that name is meant
        source="source.number", default=None, allow_null=True
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if is_withheld(instance):
            shown |= {"address": None, "title": document_title(instance), "language": ""}
        return shown


class EvidenceOut(serializers.ModelSerializer[Evidence]):
    document = DocumentOut()
    snapshot = serializers.SerializerMethodField()
    side = serializers.SerializerMethodField()
    origin = serializers.SerializerMethodField()
    is_copy = serializers.SerializerMethodField()
    archived = serializers.SerializerMethodField()

    class Meta:
        model = Evidence
        fields = [
            "key",
            "position",
            "document",
            "snapshot",
            "archived",
            "stance",
            "directness",
            "credibility",
            "alignment",
            "alignment_basis",
            "alignment_reason",
            "side",
            "origin",
            "is_copy",
            "visual_checked_at",
            "visual_check",
            "quote",
            "quote_language",
            "quote_translation",
            "paragraph",
            "footnote",
            "picture",
            "note",
            "added_at",
            "withdrawn_at",
            "withdrawn_reason",
            "resolution",
            "resolution_text",
        ]

    def get_snapshot(self, evidence: Evidence) -> int | None:
        if evidence.snapshot is None or is_withheld(evidence.document):
            return None
        return evidence.snapshot.number

    def get_side(self, evidence: Evidence) -> str | None:
        return side_of(evidence)

    def get_origin(self, evidence: Evidence) -> str:
        return origin_key(evidence)

    def get_is_copy(self, evidence: Evidence) -> bool:
        return derivation_of(evidence) is not None

    def get_archived(self, evidence: Evidence) -> bool:
        return is_archived(evidence)


class HopOut(serializers.Serializer[Any]):
    url = serializers.CharField()
    status = serializers.IntegerField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    error = serializers.CharField()


class SnapshotOut(serializers.ModelSerializer[Snapshot]):
    document = DocumentOut()
    warc_sha256 = serializers.CharField(source="warc.sha256", default=None)
    warc_bytes = serializers.IntegerField(source="warc.size", default=None)
    hops = HopOut(many=True)
    revisits = serializers.IntegerField(
        source="revisits.number",
        default=None,
        allow_null=True,
        help_text="The earlier snapshot whose WARC holds the page, which was the same again.",
    )
    text = serializers.SerializerMethodField()
    taken_down = serializers.SerializerMethodField()

    class Meta:
        model = Snapshot
        fields = [
            "number",
            "document",
            "state",
            "outcome",
            "error",
            "error_detail",
            "attempt",
            "requested_at",
            "capture_started_at",
            "capture_finished_at",
            "sealed_at",
            "final_url",
            "http_status",
            "media_type",
            "payload_sha256",
            "payload_size",
            "warc_sha256",
            "warc_bytes",
            "revisits",
            "hops",
            "text",
            "taken_down",
        ]

    @extend_schema_field({"type": "object", "nullable": True, "additionalProperties": True})
    def get_text(self, snapshot: Any) -> dict[str, Any] | None:
        holder = snapshot.revisits or snapshot
        if not holder.texts or is_taken_down(snapshot) or is_taken_down(holder):
            return None
        newest = holder.texts[0]
        return {
            "status": newest.status,
            "confidence": newest.confidence,
            "tool": f"{newest.tool} {newest.tool_version}",
            "sha256": newest.sha256,
            **newest.facts,
        }

    @extend_schema_field({"type": "object", "nullable": True, "additionalProperties": True})
    def get_taken_down(self, snapshot: Any) -> dict[str, Any] | None:
        found = takedown_of(snapshot)
        if found is None:
            return None
        return {"basis": found.basis, "words": found.words, "at": found.decided_at}


def _role_of(person: str) -> serializers.CharField:
    """As on the pages: nobody agreed to be named."""
    told = "The role, such as fact_checker; null for Corroborate itself, or for nobody."
    return serializers.CharField(
        source=f"{person}.role", default=None, allow_null=True, help_text=told
    )


class StatusEventOut(serializers.ModelSerializer[StatusEvent]):
    claim: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="number", read_only=True
    )
    proposer_role = _role_of("proposer")
    approver_role = _role_of("approver")

    class Meta:
        model = StatusEvent
        fields = [
            "id",
            "claim",
            "from_status",
            "to_status",
            "reason_code",
            "reason",
            "finding",
            "would_change_it",
            "proposer_role",
            "approver_role",
            "is_override",
            "checks",
            "decided_by",
            "evidence_digest",
            "confidence",
            "confidence_low",
            "confidence_high",
            "claim_version",
            "at",
        ]


class AssessmentOut(serializers.ModelSerializer[Assessment]):
    id = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Null where it was worked out for the asker."
    )
    model = serializers.SerializerMethodField(help_text="What it was scored with: model/3.")
    counted = serializers.SerializerMethodField(
        help_text="What each report counts, by its position: part, why, by, place, interest, words."
    )
    claim: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="number", read_only=True
    )

    class Meta:
        model = Assessment
        fields = [
            "id",
            "claim",
            "method",
            "model",
            "inputs_digest",
            "estimate",
            "low",
            "high",
            "log_odds",
            "origins_for",
            "origins_against",
            "explanation",
            "counted",
            "cause",
            "at",
        ]

    def get_model(self, assessment: Assessment) -> str:
        return str(assessment.explanation.get("snapshot", ""))

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_counted(self, assessment: Assessment) -> dict[str, Any]:
        found = counted_of(assessment.explanation.get("contributions", []))
        return {key: entry.as_dict() for key, entry in found.items()}
