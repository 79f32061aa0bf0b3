"""The read side: unknown query parameters are refused, so that a typo is no silent filter."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGING = frozenset({"cursor", "page_size"})


class StrictQuery:
    """Mixin for views: `filters` names the query parameters beside those of paging."""

    filters: ClassVar[frozenset[str]] = frozenset()
    paged: ClassVar[bool] = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # a mixin of APIView
        known = self.filters | (PAGING if self.paged else frozenset())
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            listed = ", ".join(sorted(known)) or "none"
            raise ValidationError(
                {name: [f"Unknown parameter. Known here: {listed}."] for name in unknown}
            )
