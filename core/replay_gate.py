"""The only middleware of the host that replays archived pages: what comes in, what goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

READING = ("GET", "HEAD")
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ReplayGate:
    """Lets only reading through, forgets cookies unread, and fences in every answer.

    Nothing of a visitor is known here: no session, no sign-in, no cookie in either direction.
    """

    def __init__(
        self,
        get_response: GetResponse,
        urlconf: str,
        policy: Callable[[], str],
    ) -> None:
        self.get_response = get_response
        self.urlconf = urlconf
        self.policy = policy

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.META.pop("HTTP_COOKIE", None)
        response = self._answer(request)
        response.cookies.clear()
        for name, value in self.fences().items():
            response.headers.setdefault(name, value)
        return _without_content(response) if request.method == "HEAD" else response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if request.META.get("HTTP_HOST", "").lower() != urlsplit(settings.SNAPSHOT_HOST).netloc:
            return _said("This host answers to another name.", 421)
        if request.method not in READING:
            refused = _said("Archived pages are only read.", 405)
            refused["Allow"] = ", ".join(READING)
            return refused
        request.urlconf = self.urlconf
        return self.get_response(request)

    def fences(self) -> Mapping[str, str]:
        return {
            "Content-Security-Policy": self.policy(),
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex, nofollow, noarchive",
            "Permissions-Policy": "interest-cohort=(), camera=(), microphone=(), geolocation=()",
            "Cache-Control": "private, max-age=60",
        }


def _said(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def _without_content(response: HttpResponseBase) -> HttpResponseBase:
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()
    elif isinstance(response, HttpResponse):
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response
