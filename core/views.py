from __future__ import annotations

import logging

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from core.retrying import DATABASE_AWAY
from core.specimens import SPECIMENS, drawn

logger = logging.getLogger(__name__)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's interface
    return render(request, "403_csrf.html", status=403)


@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  # a view takes a request
    """For load balancers: the process answers, and so does its database (503 when it does not)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DATABASE_AWAY:
        logger.exception("The database is away.")
        return JsonResponse({"status": "database away"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for developers: ?component= shows one, ?theme= and ?lang=."""
    if not settings.DEBUG:
        raise Http404
    wanted = request.GET.get("component")
    shown = [one for one in SPECIMENS if wanted in (None, one.component)]
    with translation.override("ar" if request.GET.get("lang") == "ar" else "en"):
        context = {"drawings": drawn(shown), "theme": request.GET.get("theme", "")}
        return render(request, "desk/gallery.html", context)
