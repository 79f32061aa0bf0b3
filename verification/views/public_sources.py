from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.http import urlencode

from core.caching import public_page
from verification.forms.public import ListQuery, ReportQuery, asked
from verification.selectors.source_page import source_list, source_page


@public_page
def sources(request: HttpRequest) -> HttpResponse:
    listed = source_list(asked(ListQuery, request.GET)["after"])
    after = f"?{urlencode({'after': listed.after})}" if listed.after else ""
    return render(request, "public/sources.html", {"page": listed, "after": after})


@public_page
def source(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    page = source_page(number, asked(ReportQuery, request.GET)["before"])
    if slug != page.slug:
        return HttpResponsePermanentRedirect(page.href)
    older = f"?{urlencode({'before': page.older})}" if page.older else ""
    return render(request, "public/source.html", {"page": page, "older": older})
