from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.caching import SHARED, public_page

BODY = b"<p>Nothing changed.</p>"


def plain(request: HttpRequest, number: int = 1) -> HttpResponse:
    return HttpResponse(BODY * number)


page = public_page(plain)
factory = RequestFactory()


def test_a_page_carries_its_tag_and_may_be_kept_for_a_minute() -> None:
    response = page(factory.get("/"))
    assert response["Cache-Control"] == SHARED == ("public, max-age=60, stale-while-revalidate=600")
    assert response["ETag"].startswith('"')


def test_an_unchanged_page_is_not_sent_again() -> None:
    tag = page(factory.get("/"))["ETag"]
    again = page(factory.get("/", headers={"If-None-Match": tag}))
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == tag
    assert again["Cache-Control"] == SHARED


def test_without_the_decorator_it_is_sent_again() -> None:
    tag = page(factory.get("/"))["ETag"]
    again = plain(factory.get("/", headers={"If-None-Match": tag}))
    assert again.content == BODY


def test_a_changed_page_has_another_tag_and_is_sent() -> None:
    tag = page(factory.get("/"))["ETag"]
    changed = page(factory.get("/", headers={"If-None-Match": tag}), number=2)
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_public_pages_are_only_read() -> None:
    assert page(factory.post("/")).status_code == 405
    assert page(factory.head("/")).status_code == 200


@pytest.mark.parametrize(("status", "kept"), [(301, True), (410, True), (404, False), (302, False)])
def test_what_is_for_ever_may_be_kept_and_what_may_pass_is_not(status: int, kept: bool) -> None:
    answer = public_page(lambda _request: HttpResponse(status=status))(factory.get("/"))
    assert answer.has_header("Cache-Control") is kept
    assert not answer.has_header("ETag")
