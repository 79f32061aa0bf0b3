"""Request types and small answers that views share."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


class SiteRequest(HttpRequest):
    """A request as our middleware leaves it."""

    htmx: HtmxDetails
    request_id: uuid.UUID


class SeeOther(HttpResponseRedirect):
    """After a form was taken: look there, with a GET."""

    status_code = 303


def page_or_part(
    request: SiteRequest, template: str, part: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """TEMPLATE whole, or only its partial PART when htmx asks."""
    name = f"{template}#{part}" if part and request.htmx else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


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
