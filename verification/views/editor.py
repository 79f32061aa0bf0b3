"""The claim's editor, its own fields, and adding sources."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import DeskRequest, desk
from accounts.policies import require
from accounts.roles import Permission
from claims.services.describing import describe_claim
from claims.services.links import FiledLinks, file_links
from core.errors import Conflict, Invalid
from verification.desk_addresses import desk_claim_path, item_path, open_item_path
from verification.forms.claim import ClaimForm
from verification.forms.conflict import clashes, is_stale
from verification.forms.quick_add import QuickAddForm, refused_in_words
from verification.selectors.choices import party_choices
from verification.selectors.phrases import listed
from verification.selectors.wording import words_digest
from verification.views.editor_parts import forms_of, load, show
from verification.views.parts import SeeOther


@require_http_methods(["GET", "HEAD", "POST"])
@desk()
def claim(request: DeskRequest, number: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, number)
    target = request.htmx.target or ""
    if request.htmx and target == "captures":
        return _news(request, number)
    opened = _position(request.GET.get("open", ""))
    page = load(request, number, opened)
    forms = forms_of(page, opened) if opened and page.may_edit and page.ledger.row(opened) else None
    if request.htmx and target.startswith("e"):
        return show(request, page, "row", row=page.row(_position(target[1:]) or 0), item=forms)
    return show(request, page, item=forms)


def _position(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 else None  # noqa: PLR2004  # a position


def _news(request: DeskRequest, number: int) -> HttpResponse:
    """What changed since the page was drawn: nothing, or the parts that say so.

    A row in which somebody is writing is left alone.
    """
    page = load(request, number)
    if request.GET.get("state") == page.state:
        return HttpResponse(status=204)
    opened = request.GET.getlist("opened")
    watched = page.rows_at(request.GET.get("watch", ""))
    rows = [row for row in watched if str(row.number) not in opened]
    return show(request, page, "news", rows=rows)


def _save(request: DeskRequest, number: int) -> HttpResponse:
    require(request.user, Permission.EDIT)
    page = load(request, number)
    form = ClaimForm(page.claim, party_choices(), request.POST)
    if not form.is_valid():
        return show(request, page, "claim_fields", 422, claim_form=form)
    untouched = form.cleaned_data["seen"] == words_digest(page.claim)
    version = page.version if untouched else form.cleaned_data["version"]
    try:
        describe_claim(
            actor=request.user, claim=page.claim, expected_version=version, **form.changes()
        )
    except (Conflict, Invalid) as error:
        return _refused(request, number, error)
    return _saved(request, number)


def _saved(request: DeskRequest, number: int) -> HttpResponse:
    messages.success(request, "Saved the claim.")
    if not request.htmx:
        return SeeOther(f"{desk_claim_path(number)}#claim")
    page = load(request, number)
    fresh = ClaimForm(page.claim, party_choices())
    return show(request, page, "claim_saved", claim_form=fresh)


def _refused(request: DeskRequest, number: int, error: Conflict | Invalid) -> HttpResponse:
    """The form with its input and the reason; after a clash, both texts side by side."""
    page = load(request, number)
    data = request.POST.copy()
    data["version"], data["seen"] = str(page.version), words_digest(page.claim)
    form = ClaimForm(page.claim, party_choices(), data)
    found = clashes(form, form.own_fields) if form.is_valid() and is_stale(error) else []
    form.add_error(None, error.message)
    return show(request, page, "claim_fields", error.status, claim_form=form, claim_clashes=found)


@require_POST
@desk(Permission.EDIT)
def add_evidence(request: DeskRequest, number: int) -> HttpResponse:
    form = QuickAddForm(request.POST)
    page = load(request, number)
    if not form.is_valid():
        return show(request, page, "quick", 422, quick=form)
    filed = file_links(
        actor=request.user,
        claim=page.claim,
        addresses=form.cleaned_data["addresses"],
        stance=form.cleaned_data["stance"],
    )
    _say(request, filed)
    if filed.refused or request.htmx:
        return _filed(request, number, filed)
    first, *others = (item.position for item in filed.evidence)
    return SeeOther(item_path(number, first) if others else open_item_path(number, first))


def _say(request: DeskRequest, filed: FiledLinks) -> None:
    labels = [item.label for item in filed.evidence]
    if labels:
        them = "it" if len(labels) == 1 else "them"
        messages.success(request, f"Added {listed(labels)}. We are archiving {them}.")


def _filed(request: DeskRequest, number: int, filed: FiledLinks) -> HttpResponse:
    """What was filed, and the addresses that were not, kept in the form with the reasons."""
    page = load(request, number)
    left = "\n".join(link.address for link in filed.refused)
    kept = {"addresses": left, "stance": request.POST["stance"]} if left else {}
    return show(
        request,
        page,
        "quick_added",
        422 if filed.refused else 200,
        quick=QuickAddForm(initial=kept),
        refused=refused_in_words(filed.refused, number),
        rows=[page.row(item.position) for item in filed.evidence],
    )
