from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from core.specimens import SPECIMENS, drawn


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's interface
    return render(request, "403_csrf.html", status=403)


@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  # a view takes a request
    """For load balancers: the process answers."""
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
