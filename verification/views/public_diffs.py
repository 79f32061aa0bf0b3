from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.caching import public_page
from verification.forms.public import DiffQuery, asked
from verification.selectors.diff_page import diff_page


@public_page
def diff(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """Two copies beside each other, by ?text=article or all, and ?only=evidence."""
    wanted = asked(DiffQuery, request.GET)
    only = wanted["only"] == "evidence"
    page = diff_page(number, other, text=wanted["text"], only_evidence=only)
    return render(request, "public/diff.html", {"page": page})
