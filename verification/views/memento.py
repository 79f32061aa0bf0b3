"""TimeGate and TimeMap (RFC 7089): the way from an address to its public copies."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_http_date
from django.views.decorators.http import require_safe

from core.caching import public_page
from core.errors import DomainError
from verification.memento import LINK_FORMAT, memento_address, timegate_links
from verification.memento import timemap as written_timemap
from verification.selectors.mementos import memento_page, nearest_memento

_PREFIX = re.compile(r"^/(?:timegate|timemap/link(?:/[0-9]+(?=/))?)/")
_SCHEME = re.compile(r"^(https?):/+", re.IGNORECASE)


@require_safe
def timegate(request: HttpRequest, address: str) -> HttpResponse:  # noqa: ARG001 - see _asked_for
    """Lead to the copy nearest to Accept-Datetime, or to the latest."""
    original = _asked_for(request)
    moment = nearest_memento(original, _wanted(request))
    response = HttpResponseRedirect(memento_address(moment.number))
    response["Link"] = timegate_links(original, moment)
    patch_vary_headers(response, ["accept-datetime"])
    return response


@public_page
def timemap(request: HttpRequest, address: str, page: int = 1) -> HttpResponse:  # noqa: ARG001 - see _asked_for
    """All copies of an address, a thousand a page."""
    original = _asked_for(request)
    found = memento_page(original, page)
    text = written_timemap(original, found.moments, page=page, pages=found.pages)
    return HttpResponse(text, content_type=LINK_FORMAT)


def _asked_for(request: HttpRequest) -> str:
    """The address with its query, which Django's part of the path does not have."""
    address = _PREFIX.sub("", request.get_full_path())
    # Proxies make one slash of two.
    address = _SCHEME.sub(lambda match: f"{match[1].lower()}://", address)
    return address if _SCHEME.match(address) else f"http://{address}"


def _wanted(request: HttpRequest) -> datetime | None:
    text = request.headers.get("Accept-Datetime", "").strip()
    if not text:
        return None
    try:
        return datetime.fromtimestamp(parse_http_date(text), UTC)
    except (ValueError, OverflowError, OSError) as problem:
        raise DomainError(
            "Accept-Datetime is no date of the web. Write it as Sat, 12 Nov 2016 13:41:00 GMT.",
            code="bad_datetime",
        ) from problem
