"""What every request passes through."""

from __future__ import annotations

import logging
from collections.abc import Callable

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from core import ids, origin
from core.errors import DomainError
from core.retrying import DATABASE_AWAY, RETRY_AFTER_SECONDS

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]
DESK = "/desk/"


class RequestIdMiddleware:
    """Gives each request an id that every record written by it carries."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = ids.uuid7()  # type: ignore[attr-defined]  # declared on SiteRequest
        kind = "api" if request.path.startswith("/api/") else "web"
        with origin.of(kind, request.request_id):  # type: ignore[attr-defined]  # as above
            response = self.get_response(request)
        response["X-Request-ID"] = str(request.request_id)  # type: ignore[attr-defined]  # as above
        return response


class DeskPolicyMiddleware:
    """Lets desk pages run our own script; public pages run none. Desk pages are never cached."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(DESK):
            response._csp_update = {"script-src": [SELF], "connect-src": [SELF]}  # type: ignore[attr-defined]  # noqa: SLF001  # the interface of django-csp
            response.setdefault("Cache-Control", "no-store")
        return response


class DatabaseAwayMiddleware:
    """Says that the site is away for a moment, in a page that needs no database."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DATABASE_AWAY):
            return None
        logger.error("%s %s: the database is away: %s", request.method, request.path, error)
        page = render_to_string("503.html")  # without the request: its person is in the database
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})


class DomainErrorMiddleware:
    """Shows a refusal of a service as a page, in its own words and with its own status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        logger.info("%s %s refused: %s", request.method, request.path, error.code)
        template = getattr(error, "template", "refused.html")
        return render(request, template, {"error": error}, status=error.status)
