"""The front page, the search, and the pages of claims and events."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode

from claims.vocabulary import Status
from core.caching import public_page
from verification.addresses import claim_path, slug_of
from verification.forms.public import ClaimQuery, ListQuery, SearchQuery, asked
from verification.selectors import home as front
from verification.selectors.calibration import reliability
from verification.selectors.claim_page import Moved, Withdrawn, claim_at, claim_page
from verification.selectors.methodology import methodology_page


@public_page
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "public/home.html", {"page": front.home()})


@public_page
def search(request: HttpRequest) -> HttpResponse:
    terms = asked(SearchQuery, request.GET)
    results = front.search(text=terms["q"], status=terms["status"], before=terms["before"])
    older = {"q": terms["q"], "status": terms["status"], "before": results.claims.older}
    context = {
        "results": results,
        "text": terms["q"],
        "status": terms["status"],
        "statuses": list(Status),
        "older": f"?{urlencode(older)}" if results.claims.older else "",
    }
    return render(request, "public/search.html", context)


@public_page
def claim(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    found = claim_at(number)
    if isinstance(found, Withdrawn):
        return render(request, "410.html", vars(found), status=410)
    if isinstance(found, Moved):
        return HttpResponsePermanentRedirect(found.href)
    href = claim_path(found.number, found.sentence)
    if slug != slug_of(found.sentence, "claim"):
        return _moved(request, href)
    wanted, now = asked(ClaimQuery, request.GET), timezone.now()
    if wanted["as_of"] and wanted["as_of"] > now:
        return redirect(href)
    page = claim_page(found, now=now, as_of=wanted["as_of"], whole=wanted["all"])
    return render(request, "public/claim.html", {"page": page})


@public_page
def event(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    page = front.event_page(number, asked(ListQuery, request.GET)["before"])
    if slug != page.slug:
        return _moved(request, page.href)
    older = f"?{urlencode({'before': page.claims.older})}" if page.claims.older else ""
    return render(request, "public/event.html", {"page": page, "older": older})


@public_page
def methodology(request: HttpRequest) -> HttpResponse:
    before = asked(ListQuery, request.GET)["before"]
    context = {"page": methodology_page(before), "calibration": reliability()}
    return render(request, "public/methodology.html", context)


def _moved(request: HttpRequest, href: str) -> HttpResponse:
    """The words of an address changed: lead to the present ones, with what was asked for."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{href}?{query}" if query else href)
