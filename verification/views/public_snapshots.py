from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from core.caching import SHARED, public_page
from sources.services.objects import open_object
from verification.selectors.public_copies import public_warc
from verification.selectors.snapshot_page import snapshot_page
from verification.selectors.snapshot_picture import public_picture

WARC_TYPE = "application/gzip"  # a WARC file in gzip members, and nothing a browser would show
PICTURE_TYPE = "image/png"


@public_page
def snapshot(request: HttpRequest, number: int) -> HttpResponse:
    """One view of an archived copy, by ?view=; the text if there is no such view."""
    page = snapshot_page(number, request.GET.get("view", ""))
    response = render(request, "public/snapshot.html", {"page": page})
    for name, value in page.headers:
        response[name] = value
    if page.replay:
        # The address in the frame is good for minutes only, so this page is not kept.
        response["Cache-Control"] = "no-store"
        response._csp_update = {"frame-src": [page.replay.origin]}  # type: ignore[attr-defined]  # noqa: SLF001  # the interface of django-csp
    return response


@require_safe
def warc(request: HttpRequest, number: int) -> HttpResponseBase:
    """The archived file as a download: never shown here, whatever it holds."""
    file = public_warc(number)
    return _object(request, file.sha256, WARC_TYPE, file.name)


@require_safe
def picture(request: HttpRequest, number: int) -> HttpResponseBase:
    """The picture of the page: a PNG that our own browser made, and nothing else."""
    return _object(request, public_picture(number), PICTURE_TYPE)


def _object(
    request: HttpRequest, sha256: str, content_type: str, download: str = ""
) -> HttpResponseBase:
    """An object of the store, as a download where it has a name for it."""
    unchanged = get_conditional_response(request, etag=f'"{sha256}"')
    if unchanged is not None:
        return unchanged
    response = FileResponse(
        open_object(sha256),
        as_attachment=bool(download),
        filename=download,
        content_type=content_type,
    )
    response["ETag"], response["Cache-Control"] = f'"{sha256}"', SHARED
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
