"""The contested board."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import DeskRequest, desk
from core.http import page_or_part
from verification.forms.lists import BoardQuery
from verification.forms.public import asked
from verification.selectors.board import BoardView, Wanted, board_page

TEMPLATE = "desk/board.html"


@require_safe
@desk()
def board(request: DeskRequest) -> HttpResponse:
    """The board, or the next rows of one group for htmx."""
    terms = asked(BoardQuery, request.GET)
    view = BoardView(terms["view"]) if terms["view"] else None
    wanted = Wanted(view, terms["event"], terms["after"])
    page = board_page(request.user, wanted, now=timezone.now())
    context = {"page": page, "group": next(iter(page.groups), None)}
    part = "rows" if wanted.after and page.groups else ""
    return page_or_part(request, TEMPLATE, part, context)
