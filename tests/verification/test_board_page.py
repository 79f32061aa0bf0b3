"""The contested board: which disputed claims need somebody, and what moved them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from desk_pages import HTMX, Answer, contested_claim, decidable_claim, get, report
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import Claim
from claims.services.evidence import withdraw_evidence
from claims.vocabulary import Publication, Stance, Status
from core.errors import Invalid
from sources.models import Derivation, Origin
from tests.conftest import signed_in
from tests.factories import ClaimFactory, DocumentFactory, EventFactory, EvidenceFactory
from verification.conditions import ReasonCode
from verification.models import Assessment
from verification.selectors.board import SIZE
from verification.selectors.board_rows import Filed, moved_in_words
from verification.selectors.place_keys import place_key, place_of
from verification.services.assess import assess_claim
from verification.services.proposals import propose_status
from verification.services.status import Change

pytestmark = pytest.mark.django_db

BOARD = "/desk/contested"
BUDGET = 20
CONFIRM = Change(
    target=Status.CONFIRMED,
    reason_code=ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
    reason="Two photos matched to a street corner; the losing side admits it.",
    finding="Photos from inside and an admission say the suburb was retaken.",
    would_change_it="Dated images that show the other side inside the suburb.",
    decided_by=(3, 4),
)
Contested = Callable[..., Claim]


@pytest.fixture
def contested(checker: User) -> Contested:
    """A claim that became contested some hours AGO."""

    def make(ago: float = 0, **fields: object) -> Claim:
        with time_machine.travel(timezone.now() - timedelta(hours=ago)):
            claim = contested_claim(checker)
        Claim.objects.filter(pk=claim.pk).update(**fields)
        return claim

    return make


def group(page: Answer, key: str) -> str:
    """Text of one group; "" if the page does not show it."""
    found = page.all(f"//section[@aria-labelledby='{key}-heading']")
    return found[0] if found else ""


def row(page: Answer, claim: Claim) -> str:
    return page.part(f"row-{claim.number}")


def test_claims_are_grouped_by_why_they_need_somebody(
    contested: Contested, checker: User, editor_client: Client
) -> None:
    stuck, steady, moved = contested(52), contested(30), contested(1)
    waiting = decidable_claim(checker)
    propose_status(actor=checker, claim=waiting, change=CONFIRM)
    page = get(editor_client, BOARD)
    headings = [text.split(",")[0] for text in page.all("//section[@class='group']/h2")]
    assert headings == [
        "Waiting for your approval 1",
        "Moved recently 1",
        "Stuck for more than 48 hours 1",
        "Steady 1",
    ]
    for key, claim in (("waiting", waiting), ("moved", moved), ("stuck", stuck)):
        assert claim.sentence in group(page, key)
    assert "No new source for 2 days." in row(page, stuck)
    assert "Last moved 30 hours ago." in row(page, steady)
    assert "4 claims. 1 moved in the last 24 hours." in page.text


def test_a_proposal_is_named_with_its_proposer(
    checker: User, checker_client: Client, editor_client: Client
) -> None:
    claim = decidable_claim(checker)
    propose_status(actor=checker, claim=claim, change=CONFIRM)
    assert "Rana Haddad proposes Confirmed." in row(get(editor_client, BOARD), claim)
    own = get(checker_client, BOARD)
    assert "You propose Confirmed; someone else approves it." in row(own, claim)
    assert "Waiting for approval 1" in own.text


def test_what_moved_is_said_with_the_score_before_and_after(
    contested: Contested, checker: User, editor_client: Client
) -> None:
    claim = contested(40)
    for _ in range(2):
        report(claim, "A")
    assess_claim(claim_id=claim.pk, cause="[4] added")
    said = row(get(editor_client, BOARD), claim)
    assert "2 new sources, range" in said  # two origins before: no point to show
    assert "Last change: [4] added." in said


def test_marks_are_first_reports_and_copies(contested: Contested, editor_client: Client) -> None:
    claim = contested(40)
    first = claim.evidence.get(position=1).document
    origin = Origin.objects.create(first_document=first)
    copy = EvidenceFactory.create(claim=claim)
    Derivation.objects.create(document=copy.document, origin=origin, method="shingles")
    EvidenceFactory.create(claim=claim, snapshot=None)  # not archived: no mark at all
    assess_claim(claim_id=claim.pk, cause="[3] added")
    page = get(editor_client, BOARD)
    (drawn,) = page.tree.xpath(f"//li[@id='row-{claim.number}']//div[@class='tug']")
    marks = [str(found) for found in drawn.xpath(".//@class") if "hollow" in str(found)]
    assert marks == ["g-hollow pos"]
    assert "2 support, 1 contradict" in row(page, claim)


def test_a_row_has_score_owner_and_the_claims_editor(
    contested: Contested, editor: User, editor_client: Client
) -> None:
    claim = contested(30, owner=editor)
    page = get(editor_client, BOARD)
    said = row(page, claim)
    claim.refresh_from_db()
    assert "Owner: Mark Osei" in said
    assert "30 h" in said
    assert f"{round(claim.confidence_low * 100)}–{round(claim.confidence_high * 100)}" in said
    assert f"/desk/c/{claim.number}" in page.links()


def test_the_board_narrows_to_one_group_an_event_or_what_nobody_owns(
    contested: Contested, editor: User, editor_client: Client
) -> None:
    event = EventFactory.create(title="Aleppo, November 2016")
    here, owned = contested(60, event=event), contested(60, owner=editor)
    moved = contested(1)

    def shown(query: str) -> list[str]:
        return get(editor_client, f"{BOARD}?{query}").all("//section//h3")

    assert shown("view=moved") == [moved.sentence]
    assert shown(f"event={event.number}") == [here.sentence]
    assert owned.sentence not in shown("view=no-owner")
    assert len(shown("view=no-owner")) == 2
    assert shown(f"view=moved&event={event.number}") == []


def test_all_views_are_counted_whatever_is_shown(
    contested: Contested, editor: User, editor_client: Client
) -> None:
    contested(60, owner=editor)
    contested(1)
    for query in ("", "?view=no-owner", "?view=steady"):
        views = get(editor_client, BOARD + query).all("//nav[@aria-label='Filters']/a")
        assert views[0] == "All 2"
        assert views[-1] == "No owner 1"


def test_what_left_the_dispute_left_the_board(contested: Contested, editor_client: Client) -> None:
    contested(1, publication=Publication.WITHDRAWN)
    ClaimFactory.create()
    assert "Nothing is contested." in get(editor_client, BOARD).text


@pytest.mark.parametrize(
    ("query", "status"),
    [("view=nothing", 422), ("event=x", 422), ("event=77", 404), ("view=moved&after=x-1", 422)],
)
def test_what_is_no_view_of_the_board_is_refused(
    contested: Contested, editor_client: Client, query: str, status: int
) -> None:
    contested(1)
    assert get(editor_client, f"{BOARD}?{query}").status == status


def many(number: int) -> list[Claim]:
    """Contested claims without the ceremony: rows of the board need no story."""
    claims = ClaimFactory.create_batch(number)
    document = DocumentFactory.create()
    for claim in claims:
        EvidenceFactory.create(claim=claim, document=document)
        assess_claim(claim_id=claim.pk)
        claim.status_events.create(
            from_status="unverified", to_status="contested", claim_version=2, at=timezone.now()
        )
        Claim.objects.filter(pk=claim.pk).update(status=Status.CONTESTED)
    return claims


@pytest.mark.parametrize("number", [1, 60])
def test_the_board_costs_the_same_however_long_it_is(
    editor_client: Client, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many(number)
    with django_assert_max_num_queries(BUDGET):
        page = get(editor_client, BOARD)
    assert len(page.all("//section//h3")) == min(number, SIZE)


def test_a_long_group_goes_on_by_key_without_losing_a_claim(editor_client: Client) -> None:
    claims = many(SIZE + 3)
    shown, href = [], f"{BOARD}?view=moved"
    while href:
        page = get(editor_client, href, **HTMX)
        shown += page.all("//h3")
        href = next(iter(page.tree.xpath("//li[@class='more-rows']/a/@href")), "")
    assert sorted(shown) == sorted(claim.sentence for claim in claims)


def test_strangers_sign_in_and_contributors_are_refused(contributor: User, auditor: User) -> None:
    assert Client().get(BOARD)["Location"].startswith("/desk/sign-in")
    assert signed_in(contributor).get(BOARD).status_code == 403
    assert signed_in(auditor).get(BOARD).status_code == 200


def score(estimate: float, origins: int = 3) -> Assessment:
    return Assessment(
        estimate=estimate, low=estimate - 0.1, high=estimate + 0.1, origins_for=origins
    )


@pytest.mark.parametrize(
    ("filed", "before", "after", "words"),
    [
        (Filed(lately=2), score(0.7), score(0.96 - 0.1), "2 new sources, score 70 to 86."),
        (Filed(), score(0.7), score(0.7), "Score still 70."),
        (
            Filed(withdrawn=1),
            score(0.5, 2),
            score(0.6),
            "1 source withdrawn, range 40–60 to 50–70.",
        ),
        (Filed(lately=1), None, None, "1 new source, not scored yet."),
    ],
)
def test_what_moved_in_words(
    filed: Filed, before: Assessment | None, after: Assessment | None, words: str
) -> None:
    assert moved_in_words(filed, before, after) == words


def test_a_withdrawn_source_is_a_move(
    contested: Contested, checker: User, editor_client: Client
) -> None:
    claim = contested(40)
    report(claim, "C")
    withdraw_evidence(actor=checker, claim=claim, position=3, reason="About another suburb.")
    assess_claim(claim_id=claim.pk, cause="[3] changed")
    Assessment.objects.create(
        claim=claim,
        method="test",
        inputs_digest="x",
        estimate=0.4,
        low=0.2,
        high=0.6,
        log_odds=0.0,
        explanation={},
        at=timezone.now(),
    )
    assert "1 source withdrawn, range" in row(get(editor_client, BOARD), claim)


def test_a_key_names_a_place_to_the_microsecond() -> None:
    at = timezone.now()
    assert place_of(place_key(at, 7)) == (at, 7)
    with pytest.raises(Invalid):
        place_of("yesterday")


def test_contradictions_are_drawn_apart(contested: Contested, editor_client: Client) -> None:
    claim = contested(1)
    EvidenceFactory.create(claim=claim, stance=Stance.CONTRADICTS)
    assess_claim(claim_id=claim.pk, cause="[3] added")
    assert "1 support, 2 contradict" in row(get(editor_client, BOARD), claim)
