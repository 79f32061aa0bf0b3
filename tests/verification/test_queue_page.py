"""The queue: what waits for whom, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk_pages import HTMX, Answer, decidable_claim, get, send
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import Claim
from claims.services.evidence import withdraw_evidence
from claims.services.imports import create_claims, import_article, keep_all
from claims.vocabulary import Publication, Stage, Status
from sources.models import Snapshot
from tests.conftest import signed_in
from tests.factories import ClaimFactory, DocumentFactory, EvidenceFactory
from verification.conditions import ReasonCode
from verification.models import StatusProposal
from verification.selectors.ages import short_age
from verification.selectors.queue import SIZE
from verification.selectors.waiting import MOST_COUNTED, in_words
from verification.services.proposals import (
    evidence_changed,
    propose_status,
    send_back_proposal,
)
from verification.services.status import Change

pytestmark = pytest.mark.django_db

QUEUE = "/desk/"
NOTE = "Find one source that is not on the side that gained."
ARTICLE = "The town fell\n\nThe army captured the town of Marat.1\n"
BUDGET = 12
CONFIRM = Change(
    target=Status.CONFIRMED,
    reason_code=ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
    reason="Two photos matched to a street corner; the losing side admits it.",
    finding="Photos from inside and an admission say the suburb was retaken.",
    would_change_it="Dated images that show the other side inside the suburb.",
    decided_by=(3, 4),
)


def proposed(by: User, *, from_checker: User) -> StatusProposal:
    return propose_status(actor=by, claim=decidable_claim(from_checker), change=CONFIRM)


def group(page: Answer, key: str) -> str:
    """Text of one group; "" if the page does not show it."""
    found = page.all(f"//section[@aria-labelledby='{key}-heading']")
    return found[0] if found else ""


def test_a_proposal_that_was_sent_back_leads_the_queue_with_its_reason(
    checker: User, editor: User, checker_client: Client
) -> None:
    proposal = proposed(checker, from_checker=checker)
    ClaimFactory.create()
    send_back_proposal(actor=editor, proposal=proposal, code="other_side", note=NOTE)
    page = get(checker_client, QUEUE)
    assert page.all("//section/h2")[0].startswith("Sent back to you")
    said = group(page, "sent-back")
    assert "Needs a source from the other side." in said
    assert "Mark Osei on Confirmed:" in said
    assert NOTE in said
    assert f"/desk/c/{proposal.claim.number}/status?target=confirmed" in page.links()


def test_what_was_sent_back_is_no_longer_there_after_a_new_proposal(
    checker: User, editor: User, checker_client: Client
) -> None:
    proposal = proposed(checker, from_checker=checker)
    send_back_proposal(actor=editor, proposal=proposal, code="wording", note=NOTE)
    assert group(get(checker_client, QUEUE), "sent-back")
    propose_status(actor=checker, claim=proposal.claim, change=CONFIRM)
    assert not group(get(checker_client, QUEUE), "sent-back")


def test_it_waits_for_its_proposer_alone(
    checker: User, editor: User, second_editor: User, checker_client: Client
) -> None:
    proposal = proposed(checker, from_checker=checker)
    send_back_proposal(actor=editor, proposal=proposal, code="wording", note=NOTE)
    assert not group(get(signed_in(second_editor), QUEUE), "sent-back")
    assert group(get(checker_client, QUEUE), "sent-back")


def test_a_proposal_whose_evidence_changed_comes_back(
    checker: User, checker_client: Client
) -> None:
    proposal = proposed(checker, from_checker=checker)
    withdraw_evidence(
        actor=checker, claim=proposal.claim, position=4, reason="It was about another suburb."
    )
    evidence_changed(claim_id=proposal.claim_id, cause="[4] changed")
    assert "The evidence changed while it waited." in group(get(checker_client, QUEUE), "stale")


def failed_capture(by: User, **claim: object) -> Claim:
    item = EvidenceFactory.create(
        claim=ClaimFactory.create(**claim), snapshot=None, added_by=by, document__title="Bulletin"
    )
    Snapshot.objects.create(document=item.document, state="failed", error="first_byte_timeout")
    return item.claim


def test_failed_captures_of_what_i_filed_or_own_wait_for_me(
    checker: User, editor: User, checker_client: Client
) -> None:
    filed, owned = failed_capture(checker), failed_capture(editor, owner=checker)
    failed_capture(editor)
    page = get(checker_client, QUEUE)
    said = group(page, "captures")
    assert said.startswith("Captures that failed 2")
    assert "The site accepted the request and sent nothing." in said
    for claim in (filed, owned):
        assert f"/desk/c/{claim.number}?open=1#e1" in page.links()


def test_a_capture_that_is_tried_again_no_longer_waits(
    checker: User, checker_client: Client
) -> None:
    claim = failed_capture(checker)
    Snapshot.objects.create(document=claim.evidence.get().document, state="queued")
    assert not group(get(checker_client, QUEUE), "captures")


def test_unverified_claims_need_a_first_look_with_what_is_missing(
    checker: User, checker_client: Client
) -> None:
    article = import_article(actor=checker, text=ARTICLE)
    keep_all(actor=checker, article=article)
    create_claims(actor=checker, article=article)
    said = group(get(checker_client, QUEUE), "first-look")
    assert "1 source, no address found yet." in said
    assert "¶1, footnote 1, in “The town fell”" in said


@pytest.mark.parametrize(
    "fields",
    [
        {"stage": Stage.READY_FOR_REVIEW},
        {"stage": Stage.DONE},
        {"publication": Publication.WITHDRAWN},
    ],
)
def test_what_is_decided_or_withdrawn_needs_no_first_look(
    checker_client: Client, fields: dict[str, str]
) -> None:
    ClaimFactory.create(**fields)
    assert not group(get(checker_client, QUEUE), "first-look")


def test_editors_see_drafts_and_publish_one(editor_client: Client) -> None:
    one, other = ClaimFactory.create_batch(2, publication=Publication.DRAFT)
    assert group(get(editor_client, QUEUE), "drafts")
    answer = send(editor_client, "/desk/publish", one=str(one.number))
    assert (answer.status, answer.location) == (303, QUEUE)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.publication, other.publication) == (Publication.PUBLISHED, Publication.DRAFT)
    assert f"Published claim {one.number}." in get(editor_client, QUEUE).text


def test_editors_publish_the_selected(editor_client: Client) -> None:
    drafts = ClaimFactory.create_batch(3, publication=Publication.DRAFT)
    numbers = [str(claim.number) for claim in drafts[:2]]
    send(editor_client, "/desk/publish", claim=numbers)
    assert [Claim.objects.get(pk=claim.pk).publication for claim in drafts] == [
        Publication.PUBLISHED,
        Publication.PUBLISHED,
        Publication.DRAFT,
    ]


def test_publishing_nothing_says_what_to_do(editor_client: Client) -> None:
    ClaimFactory.create(publication=Publication.DRAFT)
    answer = send(editor_client, "/desk/publish")
    assert answer.status == 422
    assert "Tick the claims" in answer.alert
    assert answer.title.startswith("Error:")


def test_all_or_nothing_is_published_and_the_ticks_are_kept(editor_client: Client) -> None:
    draft = ClaimFactory.create(publication=Publication.DRAFT)
    gone = ClaimFactory.create(publication=Publication.WITHDRAWN)
    numbers = [str(draft.number), str(gone.number)]
    answer = send(editor_client, "/desk/publish", claim=numbers)
    draft.refresh_from_db()
    assert answer.status == 409
    assert "was withdrawn" in answer.alert
    assert draft.publication == Publication.DRAFT
    assert answer.tree.xpath(f"//input[@name='claim'][@value='{draft.number}']/@checked")


def test_checkers_neither_see_drafts_nor_publish_them(checker_client: Client) -> None:
    draft = ClaimFactory.create(publication=Publication.DRAFT)
    assert not group(get(checker_client, QUEUE), "drafts")
    assert send(checker_client, "/desk/publish", one=str(draft.number)).status == 403
    draft.refresh_from_db()
    assert draft.publication == Publication.DRAFT


def test_an_empty_queue_says_what_to_do_next(checker_client: Client) -> None:
    page = get(checker_client, QUEUE)
    assert "Nothing waits for you." in page.text
    assert "/desk/import" in page.links()


def test_a_long_group_goes_on_by_key_and_htmx_gets_its_rows(checker_client: Client) -> None:
    claims = ClaimFactory.create_batch(SIZE + 3)
    page = get(checker_client, QUEUE)
    (older,) = page.all("//li[@class='more-rows']")
    assert older == f"Show the next of {SIZE + 3}"
    (href,) = page.tree.xpath("//li[@class='more-rows']/a/@href")
    rest = get(checker_client, href)
    part = get(checker_client, href, **HTMX)
    assert rest.is_whole
    assert not part.is_whole
    for answer in (rest, part):
        assert answer.all("//h3") == [claim.sentence for claim in claims[-3:]]


@pytest.mark.parametrize(
    "query", ["?group=nothing", "?group=first-look&after=x", "?group=captures&after=12"]
)
def test_what_is_no_page_of_the_queue_is_refused(
    checker: User, checker_client: Client, query: str
) -> None:
    ClaimFactory.create()
    failed_capture(checker)
    assert get(checker_client, QUEUE + query).status == 422


def test_strangers_sign_in_and_contributors_are_refused(contributor: User) -> None:
    assert Client().get(QUEUE)["Location"].startswith("/desk/sign-in")
    assert signed_in(contributor).get(QUEUE).status_code == 403


def test_auditors_read_it(auditor: User) -> None:
    ClaimFactory.create()
    assert group(get(signed_in(auditor), QUEUE), "first-look")


@pytest.mark.parametrize("number", [1, 60])
def test_the_queue_costs_the_same_however_long_it_is(
    editor: User,
    editor_client: Client,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    document = DocumentFactory.create()
    Snapshot.objects.create(document=document, state="failed")
    for claim in ClaimFactory.create_batch(number, publication=Publication.DRAFT):
        EvidenceFactory.create(claim=claim, snapshot=None, added_by=editor, document=document)
    with django_assert_max_num_queries(BUDGET):
        assert get(editor_client, QUEUE).status == 200


def test_the_bar_counts_each_claim_once(editor: User, editor_client: Client) -> None:
    failed_capture(editor, publication=Publication.DRAFT)  # in three groups
    page = get(editor_client, QUEUE)
    assert page.all("//header//nav//a")[0] == "Queue 1"


def test_numbers_beyond_what_was_counted_say_so() -> None:
    assert [in_words(n) for n in (0, 14, MOST_COUNTED)] == ["", "14", f"{MOST_COUNTED - 1}+"]


def test_the_numbers_are_asked_for_only_where_the_bar_is_drawn(editor_client: Client) -> None:
    ClaimFactory.create_batch(SIZE + 1)
    with CaptureQueriesContext(connection) as public:
        editor_client.get("/methodology")
    with CaptureQueriesContext(connection) as part:
        get(editor_client, f"{QUEUE}?group=first-look&after=1", **HTMX)
    with CaptureQueriesContext(connection) as whole:
        get(editor_client, f"{QUEUE}?group=first-look&after=1")
    asked = [
        sum('"review"' in query["sql"] for query in seen.captured_queries)
        for seen in (public, part, whole)
    ]
    assert asked == [0, 0, 1]


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=5), "1 min"),
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=22), "22 h"),
        (timedelta(hours=54), "54 h"),
        (timedelta(days=3), "3 d"),
        (timedelta(seconds=-5), "1 min"),
    ],
)
def test_short_ages(span: timedelta, words: str) -> None:
    now = timezone.now()
    assert short_age(now - span, now) == words
