"""The contested board: disputed claims, grouped by why they need somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from claims.models import Event
from core.errors import Missing
from core.terms import Term
from verification.models import Assessment
from verification.selectors.board_rows import LATELY, STUCK_AFTER, BoardRow, Need, board_rows
from verification.selectors.list_links import FilterLink
from verification.selectors.place_keys import place_key, place_of
from verification.selectors.waiting import contested_claims, in_words, pending_proposals

SIZE = 25
MOST_EVENTS = 60


class BoardView(Term):
    """What the board can be narrowed to."""

    WAITING = Need.WAITING.value, Need.WAITING.label
    MOVED = Need.MOVED.value, "Moved"
    STUCK = Need.STUCK.value, "Stuck over 48 h"
    STEADY = Need.STEADY.value, Need.STEADY.label
    UNOWNED = "no-owner", "No owner"


@dataclass(frozen=True)
class BoardGroup:
    key: Need
    heading: str
    total: str
    note: str
    rows: tuple[BoardRow, ...]
    older_href: str
    newest_href: str


@dataclass(frozen=True)
class EventChoice:
    number: int
    title: str
    chosen: bool


@dataclass(frozen=True)
class BoardPage:
    """`summary`: how many claims and how many of them moved, in a sentence."""

    summary: str
    groups: tuple[BoardGroup, ...]
    views: tuple[FilterLink, ...]
    events: tuple[EventChoice, ...]
    view: str
    is_empty: bool


@dataclass(frozen=True)
class Wanted:
    """What the board is asked for. `event`: number of an event, or None for all."""

    view: BoardView | None = None
    event: int | None = None
    after: str = ""

    def path(self, **changes: Any) -> str:
        terms = {"view": self.view, "event": self.event, **changes}
        query = urlencode({name: value for name, value in terms.items() if value})
        return f"{reverse('desk_contested')}{f'?{query}' if query else ''}"

    @property
    def needs(self) -> tuple[Need, ...]:
        """The groups to show: one if one was asked for."""
        return tuple(need for need in Need if need.value == str(self.view)) or tuple(Need)


def board_page(actor: User, wanted: Wanted, *, now: datetime) -> BoardPage:
    """At most ten queries, however many claims are contested."""
    disputed = _disputed(wanted)
    numbers = _numbers(disputed, wanted, now)
    shown = {need: numbers[f"shown_{need.name}"] for need in wanted.needs}
    found = {
        need: _page(disputed.filter(_needs(need, now) & _narrowed(wanted)), wanted)
        for need, total in shown.items()
        if total
    }
    rows = board_rows({need: page[:SIZE] for need, page in found.items()}, actor, now)
    return BoardPage(
        summary=_summary(numbers),
        groups=tuple(
            BoardGroup(
                key=need,
                heading=_heading(need, actor),
                total=in_words(shown[need]),
                note=_NOTES[need],
                rows=rows[need],
                older_href=_older(page, wanted, need),
                newest_href=wanted.path(view=need) if wanted.after else "",
            )
            for need, page in found.items()
        ),
        views=_views(numbers, wanted),
        events=_events(wanted.event),
        view=wanted.view or "",
        is_empty=not numbers["all"],
    )


_NOTES = {
    Need.WAITING: "",
    Need.MOVED: "in the last 24 hours",
    Need.STUCK: "no change of status or score",
    Need.STEADY: "moved within 48 hours",
}


def _disputed(wanted: Wanted) -> QuerySet[Any]:
    """Contested claims with when they last moved and whether a proposal waits."""
    scored = Assessment.objects.filter(claim=OuterRef("pk")).order_by("-at", "-pk")
    claims = contested_claims().annotate(
        moved_at=Greatest("status_since", Subquery(scored.values("at")[:1])),
        waits=Exists(pending_proposals().filter(claim=OuterRef("pk"))),
    )
    return claims if wanted.event is None else claims.filter(event__number=wanted.event)


def _numbers(disputed: QuerySet[Any], wanted: Wanted, now: datetime) -> dict[str, int]:
    """How many there are of each kind, and how many of those that are shown; one query."""
    kinds: dict[str, Q] = {need.name: _needs(need, now) for need in Need}
    shown = {f"shown_{name}": kind & _narrowed(wanted) for name, kind in kinds.items()}
    kinds["UNOWNED"] = Q(owner=None)
    counts = {name: Count("pk", filter=kind) for name, kind in {**kinds, **shown}.items()}
    found: dict[str, int] = disputed.aggregate(all=Count("pk"), **counts)
    return found


def _narrowed(wanted: Wanted) -> Q:
    return Q(owner=None) if wanted.view is BoardView.UNOWNED else Q()


def _needs(need: Need, now: datetime) -> Q:
    lately, long_ago = now - LATELY, now - STUCK_AFTER
    when: Mapping[Need, Q] = {
        Need.MOVED: Q(moved_at__gte=lately),
        Need.STEADY: Q(moved_at__lt=lately, moved_at__gte=long_ago),
        Need.STUCK: Q(moved_at__lt=long_ago),
    }
    return Q(waits=True) if need is Need.WAITING else Q(waits=False) & when[need]


def _page(claims: QuerySet[Any], wanted: Wanted) -> list[Any]:
    """One more than is shown, so that we know whether there are more."""
    if wanted.after:
        at, number = place_of(wanted.after)
        claims = claims.filter(Q(moved_at__lt=at) | Q(moved_at=at, number__lt=number))
    ordered = claims.select_related("owner").order_by("-moved_at", "-number")
    return list(ordered[: SIZE + 1])


def _older(page: list[Any], wanted: Wanted, need: Need) -> str:
    if len(page) <= SIZE:
        return ""
    last = page[SIZE - 1]
    return wanted.path(view=need, after=place_key(last.moved_at, last.number))


def _heading(need: Need, actor: User) -> str:
    mine = need is Need.WAITING and actor.can(Permission.APPROVE)
    return "Waiting for your approval" if mine else need.label


def _summary(numbers: Mapping[str, int]) -> str:
    moved = numbers[Need.MOVED.name]
    lately = f"{in_words(moved) or 'None'} moved in the last 24 hours."
    noun = "claim" if numbers["all"] == 1 else "claims"
    return f"{in_words(numbers['all'])} {noun}. {lately}"


def _views(numbers: Mapping[str, int], wanted: Wanted) -> tuple[FilterLink, ...]:
    every = FilterLink(wanted.path(view=None), "All", in_words(numbers["all"]), wanted.view is None)
    return (
        every,
        *(
            FilterLink(
                wanted.path(view=view),
                view.label,
                in_words(numbers[view.name]) or "0",
                view is wanted.view,
            )
            for view in BoardView
        ),
    )


def _events(chosen: int | None) -> tuple[EventChoice, ...]:
    """Events that something is contested in. Missing: the one that was CHOSEN is no event."""
    picked = Case(When(number=chosen or 0, then=Value(0)), default=Value(1))
    events = Event.objects.filter(
        Exists(contested_claims().filter(event=OuterRef("pk"))) | Q(number=chosen or 0)
    ).order_by(picked, "title", "number")
    found = [
        EventChoice(event.number, event.title, event.number == chosen)
        for event in events[:MOST_EVENTS]
    ]
    if chosen is not None and not any(choice.chosen for choice in found):
        raise Missing(f"There is no event {chosen}.")
    return tuple(found)
