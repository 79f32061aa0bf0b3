from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """What every template may use about the installation."""
    return {"public_url": settings.PUBLIC_URL, "path": request.path}
