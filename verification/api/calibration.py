"""The desk's calibration as a table for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.reading import StrictQuery
from verification.selectors.calibration import as_json, reliability


class BinOut(serializers.Serializer[Any]):
    """Claims that were given about the same probability. `low`, `high`: Wilson 95 % range."""

    start = serializers.FloatField()
    end = serializers.FloatField()
    n = serializers.IntegerField()
    said = serializers.FloatField(help_text="Mean of what we said, weighted.")
    happened = serializers.FloatField(help_text="Share that came true, weighted.")
    low = serializers.FloatField()
    high = serializers.FloatField()


class CalibrationOut(serializers.Serializer[Any]):
    """What we said before claims were settled, against what they came to.

    Weighted by 1 / probability of being drawn; a claim that chance did not pick weighs 1.
    """

    settled_with_score = serializers.IntegerField()
    settled_without_score = serializers.IntegerField(help_text="Not judged.")
    settled_by_draw = serializers.IntegerField()
    needed = serializers.IntegerField()
    too_early = serializers.BooleanField(help_text="Fewer than needed: read nothing into it.")
    effective_n = serializers.FloatField()
    brier = serializers.FloatField(allow_null=True)
    log_loss = serializers.FloatField(allow_null=True)
    ece = serializers.FloatField(allow_null=True)
    bins = BinOut(many=True)


class CalibrationDetail(StrictQuery, APIView):
    paged = False

    @extend_schema(operation_id="get_calibration", responses=CalibrationOut)
    def get(self, request: Request) -> Response:
        return Response(CalibrationOut(as_json(reliability())).data)
