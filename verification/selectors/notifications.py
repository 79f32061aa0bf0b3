"""What a person was told, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from core.errors import Invalid
from core.terms import Term
from verification.models import Notification
from verification.selectors.list_links import FilterLink
from verification.selectors.waiting import counted, in_words, unread_of

SIZE = 25


class Shown(Term):
    NEEDS_YOU = "unread", "Needs you"
    EVERYTHING = "all", "Everything"


@dataclass(frozen=True, kw_only=True)
class NotificationRow:
    ident: int
    kind: str
    words: str
    claim: str
    language: str
    href: str
    at: datetime
    is_read: bool


@dataclass(frozen=True)
class NotificationPage:
    rows: tuple[NotificationRow, ...]
    views: tuple[FilterLink, ...]
    unread: int
    older_href: str
    here: str


def notification_page(
    actor: User, *, shown: Shown = Shown.NEEDS_YOU, before: str = ""
) -> NotificationPage:
    """Two queries."""
    told = Notification.objects.filter(recipient=actor).select_related("claim").order_by("-pk")
    if shown == Shown.NEEDS_YOU:
        told = told.filter(read_at=None)
    if before:
        told = told.filter(pk__lt=_place(before))
    found = list(told[: SIZE + 1])
    unread = counted(unread=unread_of(actor))["unread"]
    older = str(found[SIZE - 1].pk) if len(found) > SIZE else ""
    return NotificationPage(
        rows=tuple(_row(one) for one in found[:SIZE]),
        views=_views(shown, unread),
        unread=unread,
        older_href=notifications_path(shown, before=older) if older else "",
        here=str(shown),
    )


def _place(before: str) -> int:
    if not before.isdecimal() or len(before) > 18:  # noqa: PLR2004 - digits of a bigint
        raise Invalid("This is not a page of the list. Start from its first page.")
    return int(before)


def notifications_path(shown: Shown, **more: str) -> str:
    return f"{reverse('desk_notifications')}?{urlencode({'show': str(shown), **more})}"


def _views(shown: Shown, unread: int) -> tuple[FilterLink, ...]:
    counts = {Shown.NEEDS_YOU: in_words(unread) or "0", Shown.EVERYTHING: None}
    return tuple(
        FilterLink(notifications_path(one), one.label, counts[one], one == shown) for one in Shown
    )


def _row(one: Notification) -> NotificationRow:
    return NotificationRow(
        ident=one.pk,
        kind=str(one.get_kind_display()),
        words=one.words,
        claim=one.claim.sentence if one.claim else "",
        language=one.claim.language if one.claim else "",
        href=one.href,
        at=one.at,
        is_read=one.read_at is not None,
    )
