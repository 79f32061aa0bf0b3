"""What a person was told: who sees it, how it is read, and what the page costs."""

from __future__ import annotations

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import Claim
from tests.conftest import signed_in
from tests.factories import ClaimFactory
from tests.verification.page_reading import Page
from verification.models import Notification
from verification.models.notification import NotificationKind
from verification.selectors.notifications import SIZE

pytestmark = pytest.mark.django_db
PATH = "/desk/notifications"
MOST_QUERIES = 10


def told(person: User, number: int, **columns: object) -> list[Notification]:
    """NUMBER notifications of PERSON, each about a claim of its own."""
    return [_told(person, **columns) for _ in range(number)]


def _told(person: User, **columns: object) -> Notification:
    given = {"claim": ClaimFactory.create(), "kind": NotificationKind.SOURCE_CHANGED} | columns
    known = Notification.objects.count()
    row: Notification = Notification.objects.create(
        recipient=person, at=timezone.now(), words=f"[1] Something moved, {known}.",
        cause=f"test:{known}", **given,
    )  # fmt: skip
    return row


def rows(client: Client, query: str = "") -> list[str]:
    return Page(client.get(f"{PATH}{query}")).all("//li[@data-row]")


def test_each_is_said_with_its_claim_and_leads_to_where_one_acts(checker: User) -> None:
    claim: Claim = ClaimFactory.create(sentence="The suburb was left at dawn")
    (row,) = told(checker, 1, claim=claim, href="/desk/c/1?open=1#e1")
    page = Page(signed_in(checker).get(PATH))
    assert page.all("//li[@data-row]//h3") == ["The suburb was left at dawn"]
    assert "A cited page changed. [1] Something moved, 0." in page.text
    assert row.href in page.links()


def test_what_is_about_no_claim_is_said_once(checker: User) -> None:
    told(checker, 1, claim=None)
    page = Page(signed_in(checker).get(PATH))
    assert page.markup.count("A cited page changed") == 1


def test_nobody_sees_or_reads_what_another_was_told(checker: User, editor: User) -> None:
    (row,) = told(editor, 1)
    client = signed_in(checker)
    assert rows(client, "?show=all") == []
    client.post(f"{PATH}/read", {"one": row.pk})
    client.post(f"{PATH}/read")
    row.refresh_from_db()
    assert row.read_at is None


def test_what_was_read_leaves_the_first_list_and_stays_in_the_other(checker: User) -> None:
    first, _ = told(checker, 2)
    client = signed_in(checker)
    assert len(rows(client)) == 2
    assert client.post(f"{PATH}/read", {"one": first.pk}).status_code == 303
    assert (len(rows(client)), len(rows(client, "?show=all"))) == (1, 2)
    client.post(f"{PATH}/read")
    assert (rows(client), len(rows(client, "?show=all"))) == ([], 2)


def test_older_ones_are_on_a_page_of_their_own(checker: User) -> None:
    told(checker, SIZE + 2)
    client = signed_in(checker)
    page = Page(client.get(PATH))
    (older,) = page.tree.xpath("//li[@class='more-rows']/a/@href")
    assert len(page.all("//li[@data-row]")) == SIZE
    assert len(rows(client, older.removeprefix(PATH))) == 2


@pytest.mark.parametrize("before", ["x", "-1"])
def test_a_place_that_is_none_is_refused_in_words(checker: User, before: str) -> None:
    answer = signed_in(checker).get(PATH, {"before": before})
    assert answer.status_code == 422
    assert "Start from its first page" in answer.content.decode()


def test_the_page_costs_the_same_however_many_there_are(
    checker: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(checker)

    def cost() -> int:
        with django_assert_max_num_queries(MOST_QUERIES) as queries:
            assert client.get(f"{PATH}?show=all").status_code == 200
        assert isinstance(queries, CaptureQueriesContext)
        return len(queries)

    told(checker, 1)
    alone = cost()
    told(checker, 2 * SIZE)
    assert cost() == alone
