"""Changing the status of a claim, asking for it, and taking the request back."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import DeskRequest, desk
from accounts.policies import require
from accounts.roles import Permission
from core.errors import Conflict, DomainError, Invalid, NotAllowed
from verification.desk_addresses import desk_claim_path, desk_status_path
from verification.forms.status import StatusForm
from verification.selectors.status_page import StatusPage, status_page
from verification.services.proposals import propose_status, withdraw_proposal
from verification.services.status import change_status
from verification.views.parts import SeeOther, page_or_part

TEMPLATE = "desk/status.html"


@require_http_methods(["GET", "HEAD", "POST"])
@desk()
def status(request: DeskRequest, number: int) -> HttpResponse:
    if request.method == "POST":
        return _send(request, number)
    page = _load(request, number, request.GET.get("target", ""))
    return _show(request, page, _form(request, page))


def _load(request: DeskRequest, number: int, target: str) -> StatusPage:
    return status_page(request.user, number, target=target, now=timezone.now())


def _form(
    request: DeskRequest, page: StatusPage, sent: QueryDict | None = None
) -> StatusForm | None:
    if page.change is None:
        return None
    return StatusForm(page.claim, page.change, page.ledger.rows, sent, actor=request.user)


def _show(
    request: DeskRequest, page: StatusPage, form: StatusForm | None, status: int = 200
) -> HttpResponse:
    """The page; while somebody still writes nothing is called wrong, and htmx gets the reading."""
    written = form.written() if form else {}
    previews = "preview" in request.POST
    if form and previews:
        form.forget_errors()
    context = {
        "page": page.with_written(written),
        "form": form,
        "preview": written,
        "failed": status >= HTTPStatus.BAD_REQUEST,
    }
    return page_or_part(request, TEMPLATE, "reading" if previews else "", context, status)


def _send(request: DeskRequest, number: int) -> HttpResponse:
    require(request.user, Permission.PROPOSE)
    page = _load(request, number, request.POST.get("target", ""))
    form = _form(request, page, request.POST)
    if form is None:
        raise Conflict("That status does not follow from this one. Choose again.")
    if "preview" in request.POST:
        return _show(request, page, form)
    if not form.is_valid():
        return _show(request, page, form, 422)
    try:
        _decide(request, page, form)
    except (Conflict, Invalid, NotAllowed) as error:
        return _refused(request, number, error)
    return SeeOther(desk_claim_path(number))


def _decide(request: DeskRequest, page: StatusPage, form: StatusForm) -> None:
    """Send it for approval, or make the change that needs none."""
    needs_approval = page.change is not None and page.change.needs_approval
    (propose_status if needs_approval else change_status)(
        actor=request.user,
        claim=page.claim,
        change=form.change(),
        expected_version=form.cleaned_data["version"],
    )
    label = form.asked.target.label
    said = f"Sent for approval: {label}." if needs_approval else f"Status: {label}."
    messages.success(request, "Reviewed today: still so." if form.asked.reaffirms else said)


def _refused(request: DeskRequest, number: int, error: DomainError) -> HttpResponse:
    """The form with its input, the reasons, and the claim as it is now."""
    page = _load(request, number, request.POST.get("target", ""))
    sent = request.POST.copy()
    sent["version"] = str(page.version)
    form = _form(request, page, sent)
    if form is None:
        raise error
    form.is_valid()
    form.refuse(error)
    return _show(request, page, form, error.status)


@require_POST
@desk(Permission.PROPOSE)
def take_back(request: DeskRequest, number: int) -> HttpResponse:
    page = _load(request, number, "")
    if page.proposal is None:
        raise Conflict("No proposal waits for this claim any more.")
    withdraw_proposal(actor=request.user, proposal=page.proposal)
    messages.success(request, "Taken back. You can change it and send it again.")
    return SeeOther(desk_status_path(number, page.proposal.target))
