"""Adding a page from anywhere: the small window of the bookmarklet. A GET never writes."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.access import DeskRequest, desk
from accounts.policies import require
from accounts.roles import Permission
from claims.selectors.claims import claim_for
from claims.services.links import FiledLinks, file_links
from core.errors import Missing
from verification.forms.copies import with_ways_out
from verification.forms.quick_add import AddPageForm, add_page_initial, refused_in_words
from verification.selectors.adding import FiledNow, bookmarklet, filed_now
from verification.selectors.choices import recent_claims
from verification.views.parts import SeeOther, page_or_part

TEMPLATE = "desk/add.html"


@require_http_methods(["GET", "HEAD", "POST"])
@desk()
def add(request: DeskRequest) -> HttpResponse:
    if request.method == "POST":
        return _file(request)
    filed = filed_now(request.user, request.GET.get("claim", ""), request.GET.get("filed", ""))
    if filed and request.htmx and request.GET.get("state") == filed.state:
        return HttpResponse(status=204)
    form = AddPageForm(initial=add_page_initial(request.GET))
    return _show(request, form, filed=filed, title=request.GET.get("title", "")[:300])


def _show(
    request: DeskRequest, form: AddPageForm, status: int = 200, **shown: object
) -> HttpResponse:
    filed = shown.get("filed")
    context = {
        "form": form,
        "jobs": with_ways_out(filed.jobs) if isinstance(filed, FiledNow) else [],
        "claims": recent_claims(request.user),
        "bookmarklet": bookmarklet(settings.PUBLIC_URL),
        "failed": status >= HTTPStatus.BAD_REQUEST,
        "may_edit": request.user.can(Permission.EDIT),
        **shown,
    }
    return page_or_part(request, TEMPLATE, "filed", context, status)


def _file(request: DeskRequest) -> HttpResponse:
    require(request.user, Permission.EDIT)
    form = AddPageForm(request.POST)
    if not form.is_valid():
        return _show(request, form, 422)
    said = form.cleaned_data
    try:
        claim = claim_for(request.user, said["claim"])
    except Missing as error:
        form.add_error("claim", error.message)
        return _show(request, form, 422)
    filed = file_links(
        actor=request.user,
        claim=claim,
        addresses=said["addresses"],
        stance=said["stance"],
        quote=said["quote"],
    )
    return _filed(request, form, claim.number, filed)


def _filed(request: DeskRequest, form: AddPageForm, number: int, filed: FiledLinks) -> HttpResponse:
    if filed.refused:
        refused = refused_in_words(filed.refused, number)
        return _show(request, form, 422, refused=refused)
    messages.success(request, f"Filed on claim {number}.")
    positions = ",".join(str(item.position) for item in filed.evidence)
    return SeeOther(f"{request.path}?{urlencode([('claim', number), ('filed', positions)])}")
