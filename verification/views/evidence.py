"""What a person does to one evidence item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import DeskRequest, desk
from accounts.roles import Permission
from claims.services.evidence import check_visual, resolve_evidence, withdraw_evidence
from claims.services.judging import judge_evidence, locate_evidence, recapture_evidence
from core.errors import Conflict, Invalid
from verification.forms.conflict import clashes, is_stale
from verification.forms.evidence import ItemForms
from verification.selectors.editor import EditorPage
from verification.views.editor_parts import forms_of, load, saved_item, show

Service = Callable[..., object]


@require_POST
@desk(Permission.EDIT)
def edit(request: DeskRequest, number: int, position: int) -> HttpResponse:
    page = load(request, number, position)
    forms = forms_of(page, position, judge=request.POST)
    form = forms.judge
    if not form.is_valid():
        return _shown(request, page, forms, 422)
    untouched = form.cleaned_data["seen"] == page.row(position).seen
    version = page.version if untouched else form.cleaned_data["version"]
    try:
        judge_evidence(
            actor=request.user,
            claim=page.claim,
            position=position,
            expected_version=version,
            **form.judged(),
        )
    except (Conflict, Invalid) as error:
        return _refused(request, number, position, error)
    return saved_item(request, number, position, f"Saved [{position}].")


def _refused(
    request: DeskRequest, number: int, position: int, error: Conflict | Invalid
) -> HttpResponse:
    """The open row with its input and the reason; after a clash, both texts side by side."""
    page = load(request, number, position)
    data = request.POST.copy()
    data["version"], data["seen"] = str(page.version), page.row(position).seen
    forms = forms_of(page, position, judge=data)
    if forms.judge.is_valid() and is_stale(error):
        names = [name for name in forms.judge.fields if name not in {"version", "seen"}]
        forms = replace(forms, clashes=clashes(forms.judge, names))
    forms.judge.add_error(None, error.message)
    return _shown(request, page, forms, error.status)


def _shown(request: DeskRequest, page: EditorPage, forms: ItemForms, status: int) -> HttpResponse:
    row = page.row(forms.number)
    return show(request, page, "row", status, item=forms, row=row)


def _decide(
    request: DeskRequest, number: int, position: int, name: str, service: Service, said: str
) -> HttpResponse:
    """Take the form NAME of an open row and hand what it says to SERVICE."""
    page = load(request, number, position)
    forms = forms_of(page, position, **{name: request.POST})
    form: Any = getattr(forms, name)
    if form is None:
        raise Conflict(f"[{position}] does not admit this. Look at it again.")
    if not form.is_valid():
        return _shown(request, page, forms, 422)
    try:
        service(actor=request.user, claim=page.claim, position=position, **form.cleaned_data)
    except (Conflict, Invalid) as error:
        form.add_error(None, error.message)
        return _shown(request, page, forms, error.status)
    return saved_item(request, number, position, said)


@require_POST
@desk(Permission.EDIT)
def withdraw(request: DeskRequest, number: int, position: int) -> HttpResponse:
    said = f"Withdrawn: [{position}]."
    return _decide(request, number, position, "withdraw", withdraw_evidence, said)


@require_POST
@desk(Permission.EDIT)
def resolve(request: DeskRequest, number: int, position: int) -> HttpResponse:
    said = f"Answered: [{position}]."
    return _decide(request, number, position, "answer", resolve_evidence, said)


@require_POST
@desk(Permission.EDIT)
def visual(request: DeskRequest, number: int, position: int) -> HttpResponse:
    said = f"Checked: [{position}]."
    return _decide(request, number, position, "check", check_visual, said)


@require_POST
@desk(Permission.EDIT)
def locate(request: DeskRequest, number: int, position: int) -> HttpResponse:
    said = f"Found: [{position}]. We are archiving it."
    return _decide(request, number, position, "locate", locate_evidence, said)


@require_POST
@desk(Permission.EDIT)
def capture(request: DeskRequest, number: int, position: int) -> HttpResponse:
    page = load(request, number)
    recapture_evidence(actor=request.user, claim=page.claim, position=position)
    return saved_item(request, number, position, f"We are archiving [{position}] again.")
