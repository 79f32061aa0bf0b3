"""Request types and small answers that views share."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class SiteRequest(HttpRequest):
    """A request as our middleware leaves it."""

    htmx: HtmxDetails
    request_id: uuid.UUID


def client_address(request: HttpRequest, trusted_proxies: int) -> str:
    """Address of the client: counted from the right by the number of proxies that we run.

    A client can write anything into X-Forwarded-For; only what our own proxies appended counts.
    """
    if not trusted_proxies:
        return str(request.META.get("REMOTE_ADDR", ""))
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if len(hops) < trusted_proxies:
        return str(request.META.get("REMOTE_ADDR", ""))
    return hops[-trusted_proxies]
