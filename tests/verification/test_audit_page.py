"""The audit queue: what chance picked stays there until it has an answer."""

from __future__ import annotations

import pytest
from desk_pages import Answer, get, send
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from settled_rows import TRIED, moved, open_claim

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim
from claims.vocabulary import Publication, Status
from tests.conftest import signed_in
from verification.selectors import audit_page as pages
from verification.services.audit_draws import draw_for_audit

pytestmark = pytest.mark.django_db
PATH = "/desk/audit"


@pytest.fixture
def drawn(settings: Settings) -> list[Claim]:
    """Three claims, all of them drawn."""
    settings.AUDIT_RATE = 1.0
    claims = [open_claim(score) for score in (0.25, 0.55, 0.95)]
    draw_for_audit()
    return claims


def sentences(page: Answer, group: str) -> list[str]:
    return page.all(f"//section[@aria-labelledby='{group}-heading']//h3")


def test_a_drawn_claim_says_why_and_where_it_is_settled(
    drawn: list[Claim], checker_client: Client
) -> None:
    page = get(checker_client, PATH)
    assert sentences(page, "waiting") == [claim.sentence for claim in drawn]
    assert "scored between 20 and 30, it stands for 1 open claim." in page.text
    links = page.tree.xpath(
        "//section[@aria-labelledby='waiting-heading']//div[@class='end']/a/@href"
    )
    assert links[0] == f"/desk/c/{drawn[0].number}/status"
    assert "3 of 3 claims" in page.text


def test_without_a_draw_the_page_says_what_will_happen(checker_client: Client) -> None:
    page = get(checker_client, PATH)
    assert "Nothing was drawn yet." in page.text
    assert "1.5 in 100 of the open claims" in page.text


def test_a_claim_leaves_the_list_with_an_answer_alone(
    drawn: list[Claim], checker_client: Client
) -> None:
    moved(drawn[0], Status.CONFIRMED)
    moved(drawn[1], Status.UNVERIFIABLE)
    Claim.objects.filter(pk=drawn[2].pk).update(publication=Publication.WITHDRAWN)
    page = get(checker_client, PATH)
    assert sentences(page, "waiting") == []
    answered = page.all("//section[@aria-labelledby='done-heading']//p/b")
    assert sorted(answered) == [
        "Could not be settled.",
        "No longer public.",
        "Settled: it counts in the calibration.",
    ]


def test_a_claim_that_is_opened_again_waits_again(
    drawn: list[Claim], checker_client: Client
) -> None:
    moved(drawn[0], Status.UNVERIFIABLE)
    moved(drawn[0], Status.CONTESTED)
    assert drawn[0].sentence in sentences(get(checker_client, PATH), "waiting")


def test_an_editor_writes_down_what_was_tried_of_a_corroborated_claim(
    drawn: list[Claim], editor_client: Client, checker_client: Client
) -> None:
    moved(drawn[1], Status.CORROBORATED)
    action = f"{PATH}/{drawn[1].number}/close"
    assert get(editor_client, PATH).tree.xpath("//main//form/@action") == [action]
    assert get(checker_client, PATH).tree.xpath("//main//form/@action") == []
    refused = send(editor_client, action, tried="No.")
    assert (refused.status, refused.tree.xpath("//details/@open")) == (422, [""])
    assert "Say what was tried. 40 characters or more." in refused.text
    answer = send(editor_client, action, tried=TRIED)
    assert (answer.status, answer.location) == (303, PATH)
    page = get(editor_client, PATH)
    assert f"{TRIED} Mark Osei" in page.text
    assert drawn[1].sentence not in sentences(page, "waiting")
    assert AuditEvent.objects.filter(tag="verification:audit:closed").count() == 1


def test_a_claim_that_can_become_unverifiable_is_not_closed_by_one_person(
    drawn: list[Claim], editor_client: Client
) -> None:
    answer = send(editor_client, f"{PATH}/{drawn[0].number}/close", tried=TRIED)
    assert answer.status == 409
    assert "propose Unverifiable" in answer.alert
    assert send(editor_client, f"{PATH}/9999/close", tried=TRIED).status == 404


def test_an_auditor_reads_and_closes_nothing(drawn: list[Claim], auditor: User) -> None:
    moved(drawn[1], Status.CORROBORATED)
    client = signed_in(auditor)
    assert get(client, PATH).tree.xpath("//main//form") == []
    assert client.post(f"{PATH}/{drawn[1].number}/close", {"tried": TRIED}).status_code == 403


def test_a_long_list_has_pages(
    drawn: list[Claim], checker_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SIZE", 2)
    page = get(checker_client, PATH)
    (following,) = page.tree.xpath("//li[@class='more-rows']/a/@href")
    assert sentences(get(checker_client, following), "waiting") == [drawn[2].sentence]
    assert get(checker_client, f"{PATH}?after=x").status == 422


def test_the_queries_do_not_grow(
    drawn: list[Claim],
    editor_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for claim in [open_claim(0.4) for _ in range(20)]:
        draw_for_audit()
        moved(claim, Status.CORROBORATED)
    with django_assert_max_num_queries(14):
        assert get(editor_client, PATH).status == 200
