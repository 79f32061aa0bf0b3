from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.http import client_address

if TYPE_CHECKING:  # views import the throttles that the settings name
    from rest_framework.views import APIView


class ClientThrottle(SimpleRateThrottle):
    """One budget for each token, one for each address without a token."""

    scope = "anonymous"

    def allow_request(self, request: Request, view: APIView) -> bool:
        self.scope = "token" if request.auth else "anonymous"
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return bool(super().allow_request(request, view))

    def get_cache_key(self, request: Request, view: APIView) -> str:
        who = (
            f"token-{request.auth.pk}"
            if request.auth
            else client_address(request._request, settings.TRUSTED_PROXIES)  # noqa: SLF001  # DRF's wrapped request
        )
        return f"throttle-{self.scope}-{who}"
