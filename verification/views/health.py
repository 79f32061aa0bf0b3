"""Whether archiving works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from sources.services.again import retry_failed
from verification.conditions.phrases import count
from verification.selectors.health import health_page


@require_safe
@desk()
def page(request: DeskRequest) -> HttpResponse:
    may_retry = request.user.can(Permission.EDIT)
    found = health_page(now=timezone.now(), may_retry=may_retry)
    return render(request, "desk/health.html", {"page": found})


@require_POST
@desk(Permission.EDIT)
def retry(request: DeskRequest) -> HttpResponse:
    asked = retry_failed(actor=request.user)
    messages.success(request, f"We are trying {count(asked, 'thing')} again.")
    return redirect("desk_health")
