"""A source at the desk: what is known of it, and what it would change to judge it otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from core.errors import Conflict, Invalid, Missing
from core.http import SeeOther
from sources.models import Source
from sources.services.judgement import judge_source, note_source
from sources.services.ratings import rate_source, take_back_rating
from verification.desk_addresses import desk_source_path
from verification.forms.public import asked
from verification.forms.source import DeskSourceQuery, JudgeForm, NoteForm, RatingForm, WhatIfForm
from verification.selectors.desk_source import desk_source, known_source
from verification.selectors.source_life import source_life
from verification.selectors.what_if_page import preview


@require_safe
@desk()
def source(request: DeskRequest, number: int) -> HttpResponse:
    return _show(request, known_source(number))


@require_POST
@desk(Permission.EDIT)
def judge(request: DeskRequest, number: int) -> HttpResponse:
    known = known_source(number)
    form = JudgeForm(known, request.POST)
    if not form.is_valid():
        return _show(request, known, form, refused=form.aside(), status=422)
    try:
        judge_source(actor=request.user, source=known, **form.judged())
    except (Conflict, Invalid) as error:
        return _show(request, known, form, refused=error.message, status=error.status)
    messages.success(request, "Saved. The scores of its claims are being worked out again.")
    return SeeOther(desk_source_path(number))


@require_POST
@desk(Permission.EDIT)
def note(request: DeskRequest, number: int) -> HttpResponse:
    known = known_source(number)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, known, note_sent=form, status=422)
    note_source(actor=request.user, source=known, text=form.cleaned_data["text"])
    messages.success(request, "Noted.")
    return SeeOther(f"{desk_source_path(number)}#history")


@require_POST
@desk(Permission.EDIT)
def rate(request: DeskRequest, number: int) -> HttpResponse:
    known, form = known_source(number), RatingForm(request.POST)
    if not form.is_valid():
        return _show(request, known, rating_sent=form, status=422)
    try:
        rate_source(actor=request.user, source=known, **form.cleaned_data)
    except (Conflict, Invalid) as error:
        form.add_error(None, error.message)
        return _show(request, known, rating_sent=form, status=error.status)
    messages.success(request, "Written down. Readers see it.")
    return SeeOther(f"{desk_source_path(number)}#opinions")


@require_POST
@desk(Permission.EDIT)
def unrate(request: DeskRequest, number: int, rating: int) -> HttpResponse:
    known = known_source(number)
    try:
        take_back_rating(
            actor=request.user,
            source=known,
            rating_id=rating,
            reason=request.POST.get("reason", ""),
        )
    except (Invalid, Missing) as error:
        return _show(request, known, not_taken_back=error.message, status=error.status)
    messages.success(request, "Taken back. It stays in the history.")
    return SeeOther(f"{desk_source_path(number)}#opinions")


def _show(
    request: DeskRequest,
    known: Source,
    sent: JudgeForm | None = None,
    *,
    note_sent: NoteForm | None = None,
    rating_sent: RatingForm | None = None,
    not_taken_back: str = "",
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page with what is asked for; SENT and the like: the form that was not saved."""
    form = WhatIfForm(known, request.POST if sent else request.GET)
    tried = form.tried() if form.is_valid() else None
    keys = asked(DeskSourceQuery, request.GET)
    page = desk_source(known, keys["before"])
    life = source_life(known, now=timezone.now(), before=keys["history"])
    is_tried = tried is not None and tried.is_something
    context = {
        "page": page,
        "life": life,
        "form": form,
        "note": note_sent or NoteForm(),
        "rating": rating_sent or RatingForm(),
        "not_taken_back": (not_taken_back,) if not_taken_back else (),
        "preview": preview(tried) if tried and is_tried else None,
        "judge": (sent or JudgeForm(known, initial=form.cleaned_data)) if is_tried else None,
        "may_judge": request.user.can(Permission.EDIT),
        "refused": (refused,) if refused else (),
        "wrong": status != HTTPStatus.OK or bool(form.errors),
        "older": _other(keys, before=page.older) if page.older else "",
        "older_changes": _history(keys, life.older),
        "newer_changes": _history(keys, life.newer),
    }
    return render(request, "desk/source.html", context, status=422 if form.errors else status)


def _other(keys: Mapping[str, Any], **changed: Any) -> str:
    """Address of another page of one of the lists; the other list stays where it is."""
    return f"?{urlencode({name: key for name, key in {**keys, **changed}.items() if key})}"


def _history(keys: Mapping[str, Any], key: int | None) -> str:
    """Address of the changes before KEY, which is 0 for the newest; without one, nothing."""
    return "" if key is None else f"{_other(keys, history=key)}#history"
