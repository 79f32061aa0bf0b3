"""Downloads of evidence bundles."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from core.caching import SHARED
from verification.services.bundles import Download, claim_download, snapshot_download

WACZ_TYPE = "application/wacz"


@require_safe
def claim_bundle(_request: HttpRequest, number: int) -> HttpResponseBase:
    return _sent(claim_download(number=number))


@require_safe
def snapshot_bundle(_request: HttpRequest, number: int) -> HttpResponseBase:
    return _sent(snapshot_download(number=number))


def _sent(download: Download) -> HttpResponseBase:
    """A file to keep: never shown here, whatever it holds."""
    response = FileResponse(
        download.file, as_attachment=True, filename=download.name, content_type=WACZ_TYPE
    )
    response["Cache-Control"] = SHARED
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
