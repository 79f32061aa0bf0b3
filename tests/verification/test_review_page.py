"""The review inbox: what an editor sees of a proposal, and the three things to do about it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from desk_pages import FINDING, REASON, Answer, decidable_claim, get, report, send
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import Role
from claims.models import Claim, ClaimRelation
from claims.services.evidence import withdraw_evidence
from claims.vocabulary import RelationKind, Status
from tests.conftest import signed_in
from tests.factories import ClaimFactory, UserFactory
from verification.conditions import ReasonCode
from verification.models import StatusProposal
from verification.models.status import ProposalState
from verification.selectors.facts import confirmed_rivals, confirmed_rivals_of_all
from verification.selectors.review import SIZE
from verification.services.proposals import approve_proposal, evidence_changed, propose_status
from verification.services.status import Change

pytestmark = pytest.mark.django_db

INBOX = "/desk/review"
BUDGET = 20
NOTE = "Find one source that is not on the side that gained."


def propose(claim: Claim, by: User, **changes: Any) -> StatusProposal:
    change = Change(
        target=Status.CONFIRMED,
        reason_code=ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
        reason=REASON,
        finding=FINDING,
        would_change_it="Dated images that show the other side inside.",
        decided_by=(3, 4),
    )
    return propose_status(actor=by, claim=claim, change=change, **changes)


@pytest.fixture
def claim(checker: User) -> Claim:
    return decidable_claim(checker)


@pytest.fixture
def proposal(claim: Claim, checker: User) -> StatusProposal:
    Claim.objects.filter(pk=claim.pk).update(finding="Both sides say they hold it.")
    return propose(claim, checker)


def path(proposal: StatusProposal, what: str = "") -> str:
    return f"{INBOX}/{proposal.key}{f'/{what}' if what else ''}"


def card(page: Answer, proposal: StatusProposal) -> str:
    return page.part(f"p-{proposal.key}")


# --- What an editor sees


def test_a_proposal_is_shown_like_a_change_under_review(
    editor_client: Client, proposal: StatusProposal
) -> None:
    page = get(editor_client, INBOX)
    said = card(page, proposal)
    assert "Rana Haddad proposes" in said
    assert "Contested → proposed: Confirmed" in said
    assert page.all("//del") == ["Both sides say they hold it."]
    assert page.all("//ins")[0] == FINDING
    assert REASON in said
    assert "Pictures or video, checked, are conclusive" in said
    assert "1 waiting for approval" in page.text


def test_score_checks_and_deciding_evidence_stand_beside_it(
    editor_client: Client, proposal: StatusProposal
) -> None:
    page = get(editor_client, INBOX)
    said = card(page, proposal)
    claim = Claim.objects.get(pk=proposal.claim_id)
    assert f"Range: {round(claim.confidence_low * 100)}" in said
    assert "when it became Contested" in said
    assert "Checks for Confirmed, 11 of 11" in said
    deciding = page.all("//ul[@class='deciding']/li")
    assert [text.split()[0] for text in deciding] == ["[3]", "[4]"]
    assert all("without it" in text for text in deciding)
    assert f"/desk/c/{claim.number}?open=3#e3" in page.links()


def test_a_score_below_the_bar_is_flagged(editor_client: Client, proposal: StatusProposal) -> None:
    StatusProposal.objects.filter(pk=proposal.pk).update(confidence_gap="The score is 78 in 100.")
    assert "The score is 78 in 100." in card(get(editor_client, INBOX), proposal)


def test_the_longest_wait_comes_first_and_the_rest_by_key(
    checker: User, editor_client: Client
) -> None:
    proposals = [propose(decidable_claim(checker), checker) for _ in range(SIZE + 1)]
    first = get(editor_client, INBOX)
    assert [str(one.key) in first.markup for one in proposals] == [True] * SIZE + [False]
    (older,) = first.tree.xpath("//a[@rel='next']/@href")
    assert card(get(editor_client, older), proposals[-1])


# --- Deciding


def test_approving_publishes_and_says_so(editor_client: Client, proposal: StatusProposal) -> None:
    answer = send(editor_client, path(proposal, "approve"))
    assert (answer.status, answer.location) == (303, INBOX)
    claim = Claim.objects.get(pk=proposal.claim_id)
    assert claim.status == Status.CONFIRMED
    after = get(editor_client, INBOX)
    assert f"Published: claim {claim.number} is now Confirmed." in after.text
    assert "Nothing waits for approval." in after.text


def test_with_htmx_the_card_gives_way_to_what_became_of_it(
    editor_client: Client, proposal: StatusProposal
) -> None:
    answer = send(editor_client, path(proposal, "approve"), htmx=f"p-{proposal.key}")
    assert answer.status == 200
    assert not answer.is_whole
    assert "is now Confirmed" in card(answer, proposal)
    assert answer.tree.xpath("//h2[@autofocus]")


def test_sending_back_keeps_the_reason(editor_client: Client, proposal: StatusProposal) -> None:
    answer = send(editor_client, path(proposal, "send-back"), code="other_side", note=NOTE)
    proposal.refresh_from_db()
    assert answer.status == 303
    assert proposal.state == ProposalState.SENT_BACK
    assert (proposal.decision_code, proposal.decision_note) == ("other_side", NOTE)


@pytest.mark.parametrize("htmx", ["", "p-x"])
def test_a_note_that_is_too_short_comes_back_with_its_text(
    editor_client: Client, proposal: StatusProposal, htmx: str
) -> None:
    data = {"code": "wording", "note": "Too short"}
    answer = send(editor_client, path(proposal, "send-back"), htmx=htmx, **data)
    proposal.refresh_from_db()
    assert answer.status == 422
    assert proposal.state == ProposalState.PENDING
    assert "20 characters or more, now 9" in answer.alert
    assert answer.tree.xpath("//details[@open]//textarea/text()")[0].strip() == "Too short"
    assert answer.is_whole == (not htmx)


def test_without_a_kind_of_need_nothing_is_sent_back(
    editor_client: Client, proposal: StatusProposal
) -> None:
    answer = send(editor_client, path(proposal, "send-back"), note=NOTE)
    assert answer.status == 422
    assert "Choose what the proposal needs." in answer.alert


def test_a_decision_that_was_faster_is_said(
    editor_client: Client, second_editor: User, proposal: StatusProposal
) -> None:
    send(signed_in(second_editor), path(proposal, "send-back"), code="wording", note=NOTE)
    answer = send(editor_client, path(proposal, "approve"))
    assert answer.status == 409
    assert "no longer waits: sent back by Lina Khoury" in answer.alert
    part = send(editor_client, path(proposal, "approve"), htmx=f"p-{proposal.key}")
    assert part.status == 409
    assert not part.is_whole


# --- Who may not decide


def test_the_proposer_may_take_it_back_and_never_approve(second_editor: User, claim: Claim) -> None:
    own = propose(claim, second_editor)
    client = signed_in(second_editor)
    page = get(client, INBOX)
    assert "You proposed this, so someone else approves it." in card(page, own)
    actions = page.tree.xpath("//form/@action")
    assert path(own, "take-back") in actions
    assert path(own, "approve") not in actions
    assert send(client, path(own, "approve")).status == 403
    assert send(client, path(own, "take-back")).status == 303
    own.refresh_from_db()
    assert own.state == ProposalState.WITHDRAWN


def test_nobody_takes_back_what_another_proposed(
    editor_client: Client, proposal: StatusProposal
) -> None:
    answer = send(editor_client, path(proposal, "take-back"))
    assert answer.status == 403
    assert "Only its proposer" in answer.alert


@pytest.mark.parametrize("role", [Role.FACT_CHECKER, Role.AUDITOR])
def test_who_may_not_approve_reads_only(proposal: StatusProposal, role: Role) -> None:
    client = signed_in(UserFactory.create(role=role))
    page = get(client, INBOX)
    assert "An editor decides this." in card(page, proposal)
    assert not [action for action in page.tree.xpath("//form/@action") if INBOX in action]
    for what in ("approve", "send-back"):
        assert send(client, path(proposal, what)).status == 403
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.PENDING


def test_strangers_sign_in(proposal: StatusProposal) -> None:
    assert Client().get(INBOX)["Location"].startswith("/desk/sign-in")
    assert Client().post(path(proposal, "approve")).status_code == 302


# --- When the evidence changed


def test_changed_evidence_is_said_before_anyone_approves(
    checker: User, editor_client: Client, proposal: StatusProposal
) -> None:
    """The message that makes it stale may be late; the page looks for itself."""
    report(proposal.claim, "B")
    page = get(editor_client, INBOX)
    assert "The evidence changed after this was proposed. Ask Rana Haddad" in card(page, proposal)
    assert path(proposal, "approve") not in page.tree.xpath("//form/@action")


def test_approving_what_went_stale_is_refused_in_words(
    editor_client: Client, proposal: StatusProposal
) -> None:
    report(proposal.claim, "B")
    answer = send(editor_client, path(proposal, "approve"))
    assert answer.status == 409
    assert "The evidence changed since. Ask Rana Haddad to look again" in answer.alert
    assert Claim.objects.get(pk=proposal.claim_id).status == Status.CONTESTED


def test_what_no_longer_waits_is_listed_with_what_changed(
    checker: User, editor_client: Client, proposal: StatusProposal
) -> None:
    withdraw_evidence(
        actor=checker, claim=proposal.claim, position=4, reason="It was about another suburb."
    )
    evidence_changed(claim_id=proposal.claim_id, cause="[4] changed")
    (listed,) = get(editor_client, INBOX).all("//section[@aria-labelledby='stale-heading']")
    assert "Rana Haddad proposed Confirmed; then the evidence changed." in listed
    assert "[4] changed." in listed


def test_a_proposal_has_its_own_page_which_says_when_it_no_longer_waits(
    editor_client: Client, proposal: StatusProposal
) -> None:
    assert card(get(editor_client, path(proposal)), proposal)
    send(editor_client, path(proposal, "send-back"), code="wording", note=NOTE)
    assert "no longer waits: Sent back" in get(editor_client, path(proposal)).text
    assert get(editor_client, f"{INBOX}/{uuid4()}").status == 404


def test_an_empty_inbox_says_where_to_look(editor_client: Client) -> None:
    page = get(editor_client, INBOX)
    assert "Nothing waits for approval." in page.text
    assert "/desk/contested" in page.links()


# --- Cost


@pytest.mark.parametrize("number", [1, SIZE])
def test_the_inbox_costs_the_same_however_many_wait(
    checker: User,
    editor_client: Client,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(number):
        propose(decidable_claim(checker), checker)
    with django_assert_max_num_queries(BUDGET):
        page = get(editor_client, INBOX)
    assert len(page.all("//article")) == number


def test_rivals_of_many_are_those_of_each(proposal: StatusProposal, editor: User) -> None:
    approve_proposal(actor=editor, proposal=proposal)
    confirmed = Claim.objects.get(pk=proposal.claim_id)
    one, other, alone = (ClaimFactory.create() for _ in range(3))
    for pair in ((one, confirmed), (confirmed, other), (one, alone)):
        ClaimRelation.objects.create(
            from_claim=pair[0], to_claim=pair[1], kind=RelationKind.CONTRADICTS
        )
    every = confirmed_rivals_of_all([one, other, alone, confirmed])
    assert every == {each.pk: confirmed_rivals(each) for each in (one, other, alone, confirmed)}
    assert every[one.pk] == every[other.pk] == (confirmed.number,)
