"""The read side: unknown query parameters are refused, so that a typo is no silent filter."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

PAGING = frozenset({"cursor", "page_size"})


class StrictQuery:
    """Mixin for views: `filters` names the query parameters beside those of paging."""

    filters: ClassVar[frozenset[str]] = frozenset()
    paged: ClassVar[bool] = True

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """What the desk's key shows is for its holder: no cache serves it to anybody else."""
        done: Response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]  # a mixin of APIView
        patch_vary_headers(done, ["Authorization"])
        done.setdefault("Cache-Control", "private, no-cache")
        return done

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # a mixin of APIView
        known = self.filters | (PAGING if self.paged else frozenset())
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            listed = ", ".join(sorted(known)) or "none"
            raise ValidationError(
                {name: [f"Unknown parameter. Known here: {listed}."] for name in unknown}
            )
        broken = [name for name, value in request.query_params.items() if "\0" in value]
        if broken:
            raise ValidationError({name: ["Null characters are not allowed."] for name in broken})
