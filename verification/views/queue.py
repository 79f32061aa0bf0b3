"""The desk's queue, and publishing drafts from it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from claims.services.publishing import publish_drafts
from core.errors import DomainError, Invalid
from core.http import SeeOther, page_or_part
from verification.forms.lists import PublishForm, QueueQuery
from verification.forms.public import asked
from verification.selectors.phrases import count
from verification.selectors.queue import group_path, queue_page
from verification.selectors.waiting import Group

TEMPLATE = "desk/queue.html"


@require_safe
@desk()
def queue(request: DeskRequest) -> HttpResponse:
    return _show(request)


def _show(request: DeskRequest, error: DomainError | None = None) -> HttpResponse:
    """The page, or the next rows of one group for htmx; an ERROR stands above it."""
    wanted = asked(QueueQuery, request.GET)
    group = Group(wanted["group"]) if wanted["group"] else None
    page = queue_page(request.user, now=timezone.now(), group=group, after=wanted["after"])
    ticked = {int(text) for text in request.POST.getlist("claim") if text.isdecimal()}
    context = {
        "page": page,
        "group": next(iter(page.groups), None),
        "refused": [error.message] if error else (),
        "ticked": ticked,
    }
    part = "rows" if wanted["after"] and page.groups else ""
    return page_or_part(request, TEMPLATE, part, context, error.status if error else 200)


@require_POST
@desk(Permission.PUBLISH)
def publish(request: DeskRequest) -> HttpResponse:
    form = PublishForm(request.POST)
    numbers = form.numbers() if form.is_valid() else []
    try:
        if not numbers:
            raise Invalid("Tick the claims that readers may see, then publish them.")
        claims = publish_drafts(actor=request.user, numbers=numbers)
    except DomainError as error:
        return _show(request, error)
    only = f"claim {claims[0].number}" if len(claims) == 1 else count(len(claims), "claim")
    messages.success(request, f"Published {only}.")
    left = asked(QueueQuery, request.GET)["group"]
    return SeeOther(group_path(Group(left)) if left else reverse("desk_queue"))
