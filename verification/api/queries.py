"""The read side: read-only views over selectors."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError

from claims.models import Claim
from claims.selectors.claims import claim_for
from claims.vocabulary import Status
from core.api.pagination import KeyPagination
from core.api.reading import StrictQuery
from sources.models import Snapshot, Source
from sources.selectors.custody import refuse_taken_down
from verification.api.representations import (
    AssessmentOut,
    ClaimDetailOut,
    ClaimOut,
    EvidenceOut,
    SnapshotOut,
    StatusEventOut,
)
from verification.api.sources import SourceOut
from verification.models import Assessment, StatusEvent
from verification.selectors import api
from verification.selectors.source_page import reasons_for_readers
from verification.selectors.track_record import public_records


class NewestFirst(KeyPagination):
    ordering = "-id"


class ByPosition(KeyPagination):
    ordering = "position"


class ProblemOut(serializers.Serializer[Any]):
    """Problem details, RFC 9457; `unmet` lists conditions, `errors` names fields."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    unmet = serializers.ListField(child=serializers.DictField(), required=False)
    errors = serializers.DictField(required=False)  # type: ignore[assignment]  # as RFC 9457 allows


class ListOf(StrictQuery, generics.ListAPIView[Any]):
    """A list by key."""


class OneOf(StrictQuery, generics.RetrieveAPIView[Any]):
    """One object by its public number."""

    paged = False
    lookup_field = "number"


class OfClaim(ListOf):
    """A list that belongs to one claim."""

    def claim(self) -> Claim:
        return claim_for(self.request.user, self.kwargs["number"])


@extend_schema_view(
    get=extend_schema(
        operation_id="list_claims",
        parameters=[OpenApiParameter("status", enum=[str(status) for status in Status])],
    )
)
class ClaimList(ListOf):
    serializer_class = ClaimOut
    filters: ClassVar[frozenset[str]] = frozenset({"status", "event"})

    def get_queryset(self) -> QuerySet[Claim]:
        rows = api.claims(self.request.user)
        if status := self.request.query_params.get("status"):
            if status not in [str(known) for known in Status]:
                raise ValidationError({"status": [f"One of: {', '.join(Status)}."]})
            rows = rows.filter(status=status)
        if event := self.request.query_params.get("event"):
            rows = rows.filter(event__slug=event)
        return rows


@extend_schema_view(get=extend_schema(operation_id="get_claim"))
class ClaimDetail(OneOf):
    serializer_class = ClaimDetailOut

    def get_queryset(self) -> QuerySet[Claim]:
        return api.claims(self.request.user)


@extend_schema_view(get=extend_schema(operation_id="list_evidence"))
class EvidenceList(OfClaim):
    serializer_class = EvidenceOut
    pagination_class = ByPosition

    def get_queryset(self) -> QuerySet[Any]:
        return api.evidence(self.claim())


@extend_schema_view(
    get=extend_schema(
        operation_id="get_assessment",
        parameters=[
            OpenApiParameter(
                "method",
                description="Work the score out under another stored model: model/3, or "
                "defaults/1; or in joint mode, cred-a/1, which is partly learnt from unsettled "
                "claims and only for analysis. It is not the official score, has no id and is "
                "kept nowhere.",
            )
        ],
        responses={
            200: AssessmentOut,
            404: OpenApiResponse(ProblemOut, description="No such claim, score or model."),
            422: OpenApiResponse(ProblemOut, description="No method has such a name."),
        },
    )
)
class NewestAssessment(StrictQuery, generics.RetrieveAPIView[Assessment]):
    """The official score, or with `method` what another stored model makes of the evidence."""

    serializer_class = AssessmentOut
    paged = False
    filters: ClassVar[frozenset[str]] = frozenset({"method"})

    def get_object(self) -> Assessment:
        claim = claim_for(self.request.user, self.kwargs["number"])
        method = self.request.query_params.get("method")
        if method is None:
            return api.newest_assessment(claim)
        return api.assessment_under(claim, method)


@extend_schema_view(get=extend_schema(operation_id="list_assessments"))
class AssessmentList(OfClaim):
    serializer_class = AssessmentOut
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Assessment]:
        return api.assessments(self.claim())


@extend_schema_view(get=extend_schema(operation_id="list_status_events_of_claim"))
class ClaimStatusEvents(OfClaim):
    serializer_class = StatusEventOut
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[StatusEvent]:
        return api.status_events(self.claim())


@extend_schema_view(get=extend_schema(operation_id="list_status_events"))
class StatusEventList(ListOf):
    serializer_class = StatusEventOut
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[StatusEvent]:
        return api.all_status_events()


class WithRecords(generics.GenericAPIView[Any]):
    """Sources are shown with their track records and reasons, read for all of them at once."""

    def get_serializer(self, *given: Any, **options: Any) -> Any:
        shown = given[0] if options.get("many") else given
        outer = options.pop("context", None) or self.get_serializer_context()
        context = {
            **outer,
            "records": public_records(shown),
            "reasons": reasons_for_readers(shown),
        }
        return SourceOut(*given, context=context, **options)


@extend_schema_view(get=extend_schema(operation_id="list_sources"))
class SourceList(WithRecords, ListOf):
    serializer_class = SourceOut

    def get_queryset(self) -> QuerySet[Source]:
        return api.sources()


@extend_schema_view(get=extend_schema(operation_id="get_source"))
class SourceDetail(WithRecords, OneOf):
    serializer_class = SourceOut

    def get_queryset(self) -> QuerySet[Source]:
        return api.sources()


@extend_schema_view(get=extend_schema(operation_id="list_snapshots"))
class SnapshotList(ListOf):
    serializer_class = SnapshotOut

    def get_queryset(self) -> QuerySet[Snapshot]:
        return api.snapshots()


@extend_schema_view(get=extend_schema(operation_id="get_snapshot"))
class SnapshotDetail(OneOf):
    """One capture; 451 with basis, date and hashes if its copy was taken down."""

    serializer_class = SnapshotOut

    def get_object(self) -> Snapshot:
        found: Snapshot = super().get_object()
        refuse_taken_down(found)
        return found

    def get_queryset(self) -> QuerySet[Snapshot]:
        return api.snapshots()
