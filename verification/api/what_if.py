"""For programs of the desk: what open claims would score if a source were judged otherwise."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from core.api.reading import StrictQuery
from sources.vocabulary import Grade
from verification.api.queries import ProblemOut
from verification.forms.source import WhatIfForm
from verification.selectors.desk_source import known_source
from verification.selectors.what_if import Seen
from verification.selectors.what_if_page import Moved, Preview, preview


class SeenOut(serializers.Serializer[Seen]):
    """Probabilities 0 to 1; low and high: the 90 % range."""

    estimate = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class MovedOut(serializers.Serializer[Moved]):
    claim = serializers.IntegerField(source="number")
    before = SeenOut()
    after = SeenOut()
    crosses = serializers.CharField(help_text="Which bar is crossed, in words; empty: none.")


class WhatIfOut(serializers.Serializer[Preview]):
    """Those across a bar first, then those that move most; `rest`: not among `claims`."""

    open = serializers.IntegerField(help_text="Open claims that it reports on.")
    scored = serializers.IntegerField(help_text="Those of them that have a score.")
    unseen = serializers.IntegerField(help_text="The oldest, which were too many to work out.")
    moved = serializers.IntegerField(help_text="Those whose score or range would be another.")
    across = serializers.IntegerField(help_text="Those whose score would cross a bar.")
    rest = serializers.IntegerField()
    claims = MovedOut(source="rows", many=True)


class WhatIf(StrictQuery, APIView):
    """What another grade, side or owner would change on open claims. Nothing is written."""

    filters = frozenset({"grade", "party", "ended", "owner"})
    paged = False

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()]

    @extend_schema(
        operation_id="what_if_source",
        parameters=[
            OpenApiParameter("grade", enum=[str(grade) for grade in Grade]),
            OpenApiParameter("party", str, description="One side more: its name in addresses."),
            OpenApiParameter("ended", str, description="A side that it is on no longer."),
            OpenApiParameter("owner", str, description="Its owner: number or name; 0: nobody."),
        ],
        responses={
            200: WhatIfOut,
            401: OpenApiResponse(ProblemOut, description="No key, or an unknown one."),
            403: OpenApiResponse(ProblemOut, description="The role does not see the desk."),
            404: OpenApiResponse(ProblemOut, description="There is no such source."),
            422: OpenApiResponse(ProblemOut, description="No such grade, side or owner, or none."),
        },
    )
    def get(self, request: Request, number: int) -> Response:
        actor = request.user
        if not isinstance(actor, User):  # IsAuthenticated has seen to it; mypy has not
            raise TypeError("a request without a person passed IsAuthenticated")
        require(actor, Permission.READ_DESK)
        form = WhatIfForm(known_source(number), request.query_params)
        if not form.is_valid():
            raise ValidationError(
                {name: [str(word) for word in words] for name, words in form.errors.items()}
            )
        tried = form.tried()
        if not tried.is_something:
            raise ValidationError({"grade": ["Choose a grade, a party or an owner."]})
        return Response(WhatIfOut(preview(tried)).data)
