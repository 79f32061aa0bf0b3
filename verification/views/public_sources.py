from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.http import urlencode

from core.caching import public_page
from verification.forms.public import ListQuery, ReportQuery, asked
from verification.selectors.redaction import source_href
from verification.selectors.source_page import (
    public_source,
    source_list,
    source_page,
    source_slug,
)


@public_page
def sources(request: HttpRequest) -> HttpResponse:
    listed = source_list(asked(ListQuery, request.GET)["after"])
    after = f"?{urlencode({'after': listed.after})}" if listed.after else ""
    return render(request, "public/sources.html", {"page": listed, "after": after})


@public_page
def source(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    found = public_source(number)
    if slug != source_slug(found):
        return HttpResponsePermanentRedirect(source_href(found))
    page = source_page(found, asked(ReportQuery, request.GET)["before"])
    older = f"?{urlencode({'before': page.older})}" if page.older else ""
    return render(request, "public/source.html", {"page": page, "older": older})
