"""How public pages are kept by browsers and caches."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

SHARED = "public, max-age=60, stale-while-revalidate=600"
KEPT = frozenset({200, 301, 410})


def public_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page that is the same for everybody: read-only, cached for a minute, 304 while unchanged.

    The tag is the hash of the page itself, so it can never be out of date with what it names.
    """
    reading = require_safe(view)

    @wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = reading(request, *args, **kwargs)
        if response.status_code in KEPT:
            response.setdefault("Cache-Control", SHARED)
        if response.status_code != 200:  # noqa: PLR2004  # only a page has a version
            return response
        response.setdefault("ETag", f'"{hashlib.sha256(response.content).hexdigest()[:32]}"')
        return (
            get_conditional_response(request, etag=response["ETag"], response=response) or response
        )

    return kept
