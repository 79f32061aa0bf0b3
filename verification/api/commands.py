"""The write side: one class for each command, its input a serializer of its own."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from claims.selectors.claims import claim_for
from claims.selectors.evidence import evidence_of
from claims.services.filing import file_address
from claims.vocabulary import Alignment, Directness, Stance
from core.columns import choices
from verification.api.queries import EvidenceList, ProblemOut
from verification.api.representations import EvidenceOut


class EvidenceIn(serializers.Serializer[Any]):
    """A page filed on a claim. Alignment is derived from the source when it is not given."""

    address = serializers.CharField(max_length=8192)
    stance = serializers.ChoiceField(choices=choices(Stance))
    directness = serializers.ChoiceField(choices=choices(Directness), default=Directness.REPORTING)
    credibility = serializers.IntegerField(min_value=1, max_value=6, allow_null=True, default=None)
    alignment = serializers.ChoiceField(choices=choices(Alignment), allow_null=True, default=None)
    alignment_reason = serializers.CharField(max_length=400, allow_blank=True, default="")
    quote = serializers.CharField(max_length=4000, allow_blank=True, default="")
    quote_language = serializers.CharField(max_length=12, allow_blank=True, default="")
    quote_translation = serializers.CharField(max_length=4000, allow_blank=True, default="")
    note = serializers.CharField(max_length=4000, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError({name: ["Unknown field."] for name in unknown})
        return attrs


class FileEvidence(EvidenceList):
    """GET lists the evidence of a claim; POST files a page and asks for an archived copy."""

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()] if self.request.method == "POST" else []

    @extend_schema(
        operation_id="file_evidence",
        request=EvidenceIn,
        responses={
            201: EvidenceOut,
            401: OpenApiResponse(ProblemOut, description="No key, or an unknown one."),
            403: OpenApiResponse(ProblemOut, description="The role does not allow it."),
            404: OpenApiResponse(ProblemOut, description="There is no such claim."),
            409: OpenApiResponse(ProblemOut, description="Already filed."),
            422: OpenApiResponse(ProblemOut, description="Something in the input is wrong."),
        },
    )
    def post(self, request: Request, number: int) -> Response:
        given = EvidenceIn(data=request.data)
        given.is_valid(raise_exception=True)
        actor = request.user
        if not isinstance(actor, User):  # IsAuthenticated has seen to it; mypy has not
            raise TypeError("a request without a person passed IsAuthenticated")
        claim = claim_for(actor, number)
        filed = file_address(actor=actor, claim=claim, **given.validated_data)
        evidence = evidence_of(claim).get(position=filed.position)
        return Response(EvidenceOut(evidence).data, status=status.HTTP_201_CREATED)
