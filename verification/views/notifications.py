"""What the person who is signed in was told, and that they have read it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from core.http import SeeOther
from verification.forms.lists import NotificationQuery, ReadForm
from verification.forms.public import asked
from verification.selectors.notifications import Shown, notification_page, notifications_path
from verification.selectors.phrases import count
from verification.services.notifications import mark_read


@require_safe
@desk()
def notifications(request: DeskRequest) -> HttpResponse:
    wanted = asked(NotificationQuery, request.GET)
    shown = Shown(wanted["show"] or Shown.NEEDS_YOU)
    page = notification_page(request.user, shown=shown, before=wanted["before"])
    return render(request, "desk/notifications.html", {"page": page})


@require_POST
@desk()
def read(request: DeskRequest) -> HttpResponse:
    """One notification, or all that are unread, is marked as read."""
    wanted = asked(ReadForm, request.POST)
    only = [wanted["one"]] if wanted["one"] else None
    marked = mark_read(actor=request.user, only=only)
    if marked:
        messages.success(request, f"Marked {count(marked, 'notification')} as read.")
    return SeeOther(notifications_path(Shown(wanted["show"] or Shown.NEEDS_YOU)))
