"""Errors of the API as problem details (RFC 9457): a stable code, words, and what is unmet."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.errors import DomainError
from core.retrying import DATABASE_AWAY, RETRY_AFTER_SECONDS

MEDIA_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    return {
        "type": f"urn:corroborate:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": detail,
        **members,
    }


_AWAY = problem(503, "away", "The database is away. Nothing was changed; try again later.")


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal becomes one JSON shape; bugs stay bugs."""
    body = _AWAY if isinstance(error, DATABASE_AWAY) else _body(error)
    if body is None:
        return None
    set_rollback()
    headers = {}
    if isinstance(error, DATABASE_AWAY):
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _body(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, DomainError):
        return problem(error.status, error.code, error.message, **error.details)
    if isinstance(error, Http404):
        return problem(404, "missing", "There is nothing at this address.")
    if isinstance(error, PermissionDenied):
        return problem(403, "not_allowed", "Your role does not allow this.")
    if isinstance(error, exceptions.ValidationError):
        return problem(
            422, "invalid", "The request has errors; each is listed.", errors=error.detail
        )
    if isinstance(error, exceptions.APIException):
        return problem(error.status_code, str(error.get_codes()), str(error.detail))
    return None
