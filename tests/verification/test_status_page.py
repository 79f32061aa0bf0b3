from __future__ import annotations

import pytest
from desk_pages import (
    CONFIRM,
    FINDING,
    HTMX,
    REASON,
    Answer,
    contested_claim,
    decidable_claim,
    fields_of,
    get,
    report,
    send,
)
from django.test import Client

from accounts.models import User
from claims.models import Claim
from claims.services.evidence import edit_evidence
from claims.vocabulary import Alignment, Stance, Status
from tests.conftest import signed_in
from tests.factories import ClaimFactory
from verification.models import StatusEvent, StatusProposal
from verification.models.status import ProposalState

pytestmark = pytest.mark.django_db


@pytest.fixture
def contested(checker: User) -> Claim:
    return contested_claim(checker)


@pytest.fixture
def decidable(checker: User) -> Claim:
    return decidable_claim(checker)


def path(claim: Claim, target: str = "") -> str:
    return f"/desk/c/{claim.number}/status" + (f"?target={target}" if target else "")


def change(client: Client, claim: Claim, *, htmx: str = "", **said: object) -> Answer:
    claim.refresh_from_db()
    return send(client, path(claim), htmx=htmx, **{"version": claim.version, **said})


# --- Reading


def test_every_status_that_can_follow_is_offered_with_what_it_asks(
    checker_client: Client, contested: Claim
) -> None:
    page = get(checker_client, path(contested))
    assert page.status == 200
    offered = page.tree.xpath("//input[@name='target']/@value")
    assert offered == ["corroborated", "confirmed", "refuted", "unverifiable", "contested"]
    assert "usually 90 or more, 9 checks, a second person" in page.text
    assert "Still so: reviewed today" in page.text
    assert not page.tree.xpath("//form[@method='post' and @id='status-form']")


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        ("confirmed", {"finding", "would_change_it"}),
        ("unverifiable", {"finding", "unknowns", "review_due_at"}),
        ("contested", {"review_due_at"}),
        ("corroborated", {"finding"}),
    ],
)
def test_a_target_asks_for_its_own_fields(
    checker_client: Client, contested: Claim, target: str, fields: set[str]
) -> None:
    page = get(checker_client, path(contested, target))
    named = page.tree.xpath("//*[@id='status-form']//*[@name and not(@type='hidden')]/@name")
    always = {"reason", "reason_code", "preview", "decided_by"}
    assert set(named) - always == fields


def test_the_checks_stand_there_before_anyone_tries(
    checker_client: Client, contested: Claim
) -> None:
    page = get(checker_client, path(contested, "confirmed"))
    assert "Checks for Confirmed" in page.part("checks")
    assert "[2] contradicts and has no resolution" in page.part("checks")
    assert f"/desk/c/{contested.number}?open=2#e2" in page.links()
    assert "usually has 90 or more. You can still send it." in page.text
    assert page.all("//button[contains(@class, 'main')]")[-1].startswith("Send for approval")


@pytest.mark.parametrize("target", ["superseded", "nonsense", "unverified"])
def test_what_does_not_follow_is_not_asked_for(
    checker_client: Client, contested: Claim, target: str
) -> None:
    page = get(checker_client, path(contested, target))
    assert page.status == 200
    assert "Choose a status to see what it asks for." in page.text


def test_the_auditor_sees_the_checks_and_no_form(auditor: User, contested: Claim) -> None:
    client = signed_in(auditor)
    page = get(client, path(contested, "confirmed"))
    assert "Checks for Confirmed" in page.part("checks")
    assert not page.tree.xpath("//main//form[@method='post']")
    assert client.post(path(contested), CONFIRM).status_code == 403
    assert client.post(f"/desk/c/{contested.number}/take-back").status_code == 403


@pytest.mark.parametrize("count", [3, 30])
def test_twenty_queries_however_many_sources(
    checker_client: Client, contested: Claim, count: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(count):
        report(contested, "C")
    with django_assert_max_num_queries(20):
        get(checker_client, path(contested, "confirmed"))


# --- Changes that one person makes alone


def test_one_person_contests_with_a_reason(checker_client: Client, checker: User) -> None:
    claim = ClaimFactory.create()
    report(claim, "D", alignment=Alignment.SELF_SERVING)
    report(claim, "D", alignment=Alignment.SELF_SERVING, stance=Stance.CONTRADICTS)
    page = get(checker_client, path(claim, "contested"))
    assert page.all("//*[@id='status-form']//button[contains(@class, 'main')]")[0].startswith(
        "Change status"
    )
    answer = change(
        checker_client,
        claim,
        target="contested",
        reason_code="new_contradicting_evidence",
        reason="The operations room says its fighters still hold it.",
        decided_by=["2"],
    )
    assert answer.status == 303
    assert answer.location == f"/desk/c/{claim.number}"
    event = claim.status_events.get()
    assert (event.to_status, event.proposer, event.decided_by) == ("contested", checker, ["[2]"])


def test_unmet_checks_are_listed_in_words_and_the_input_is_kept(
    checker_client: Client,
) -> None:
    claim = ClaimFactory.create()
    report(claim, "D")
    reason = "The operations room says its fighters still hold it."
    page = change(
        checker_client,
        claim,
        target="contested",
        reason_code="new_contradicting_evidence",
        reason=reason,
    )
    assert page.status == 409
    assert page.title.startswith("Error: ")
    assert "needs 1 contradicting origin" in page.alert
    assert reason in page.part("status-form")
    assert not StatusEvent.objects.exists()


def test_still_so_reviewed_today(checker_client: Client, contested: Claim) -> None:
    answer = change(
        checker_client,
        contested,
        target="contested",
        reason_code="periodic_review",
        reason="Looked again: nothing new from either side.",
        review_due_at="2027-01-15",
    )
    assert answer.status == 303
    contested.refresh_from_db()
    assert contested.last_reviewed_at is not None
    assert contested.review_due_at.date().isoformat() == "2027-01-15"
    assert "Reviewed today: still so." in get(checker_client, answer.location).part("messages")


# --- Changes that two people make


def test_a_confirmation_is_sent_for_approval(
    checker_client: Client, checker: User, decidable: Claim
) -> None:
    answer = change(checker_client, decidable, **CONFIRM)
    assert answer.status == 303
    proposal = StatusProposal.objects.get(claim=decidable)
    assert (proposal.state, proposal.proposer) == (ProposalState.PENDING, checker)
    assert (proposal.finding, proposal.reason) == (FINDING, REASON)
    assert [item.position for item in proposal.decided_by_evidence.all()] == [3, 4]
    decidable.refresh_from_db()
    assert decidable.status == Status.CONTESTED


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"finding": ""}, "Write the finding in one sentence."),
        ({"finding": "x" * 241}, "at most 240 characters"),
        ({"would_change_it": " "}, "Write what would change this finding."),
        ({"reason": "Too short"}, "20 characters or more, now 9."),
        ({"reason": "x" * 401}, "at most 400 characters"),
        ({"reason_code": ""}, "Choose a kind of reason."),
        ({"reason_code": "periodic_review"}, "not one of the available choices"),
        ({"decided_by": []}, "Pick at least one item that decided it."),
        ({"decided_by": ["77"]}, "77 is not one of the available choices"),
    ],
)
def test_what_is_not_written_is_said_beside_its_box(
    checker_client: Client, decidable: Claim, missing: dict[str, object], words: str
) -> None:
    page = change(checker_client, decidable, **{**CONFIRM, **missing})
    assert page.status == 422
    assert words in page.alert
    assert page.tree.xpath("//*[contains(@class, 'wrong-text')]")
    assert not StatusProposal.objects.exists()


def test_evidence_that_changed_while_the_page_was_open_is_looked_at_again(
    checker_client: Client, editor: User, decidable: Claim
) -> None:
    seen = decidable.version
    edit_evidence(actor=editor, claim=decidable, position=1, note="Raises the version.")
    page = change(checker_client, decidable, **{**CONFIRM, "version": seen})
    assert page.status == 409
    assert "changed while you were working" in page.alert
    assert FINDING in page.part("status-form")
    kept = {**CONFIRM, **fields_of(page, path(decidable))}
    assert send(checker_client, path(decidable), **kept).status == 303


def test_an_unmet_check_is_not_sent_either(checker_client: Client, contested: Claim) -> None:
    page = change(checker_client, contested, **{**CONFIRM, "decided_by": ["1"]})
    assert page.status == 409
    assert "[2] contradicts and has no resolution" in page.alert
    assert not StatusProposal.objects.exists()


def test_a_target_that_the_table_does_not_have_is_refused(
    checker_client: Client, contested: Claim
) -> None:
    page = change(checker_client, contested, **{**CONFIRM, "target": "superseded"})
    assert page.status == 409
    assert "Choose again" in page.text


def test_unverifiable_says_what_was_tried_and_when_to_look_again(
    checker_client: Client, contested: Claim
) -> None:
    said = {
        "target": "unverifiable",
        "reason_code": "exhausted_lines_of_enquiry",
        "reason": "Both sides were asked and neither has pictures.",
        "decided_by": ["1"],
    }
    refused = change(checker_client, contested, **said)
    assert refused.status == 422
    assert "Write what was tried." in refused.alert
    said |= {"unknowns": "Asked both sides; no imagery exists.", "review_due_at": "2027-02-01"}
    assert change(checker_client, contested, **said).status == 303
    proposal = StatusProposal.objects.get(claim=contested)
    assert proposal.unknowns == "Asked both sides; no imagery exists."
    assert proposal.review_due_at.date().isoformat() == "2027-02-01"


@pytest.mark.parametrize(
    ("follower", "words"),
    [("9" * 9, "There is no claim 999999999."), ("self", "A claim cannot follow itself.")],
)
def test_superseded_names_a_claim_that_there_is(
    checker_client: Client, follower: str, words: str
) -> None:
    claim = ClaimFactory.create()
    report(claim, "B")
    report(claim, "B")
    change(
        checker_client,
        claim,
        target="corroborated",
        reason_code="independent_corroboration",
        reason="Two outlets of standing report it apart.",
    )
    claim.refresh_from_db()
    assert claim.status == Status.CORROBORATED
    said = {
        "target": "superseded",
        "reason_code": "situation_changed",
        "reason": "The suburb changed hands again in December.",
        "time_to_0": "2016-12-01",
        "decided_by": ["1"],
    }
    number = str(claim.number) if follower == "self" else follower
    page = change(checker_client, claim, **said, superseded_by=number)
    assert page.status == 422
    assert words in page.alert
    later = ClaimFactory.create()
    assert change(checker_client, claim, **said, superseded_by=str(later.number)).status == 303
    assert StatusProposal.objects.get(claim=claim).superseded_by == later


# --- How it reads


def test_the_preview_shows_what_readers_will_see_and_sends_nothing(
    checker_client: Client, decidable: Claim
) -> None:
    page = change(checker_client, decidable, **{**CONFIRM, "reason": "Short"}, preview="1")
    assert page.status == 200
    assert FINDING in page.part("preview")
    assert not page.tree.xpath("//*[@role='alert']")
    assert "20 characters or more, now 5" in page.part("checks")
    assert FINDING in page.part("status-form")
    assert not StatusProposal.objects.exists()


def test_with_htmx_the_preview_and_the_checks_follow_the_writing(
    checker_client: Client, decidable: Claim
) -> None:
    page = change(checker_client, decidable, htmx="preview", **CONFIRM, preview="1")
    assert page.status == 200
    assert not page.is_whole
    assert REASON in page.part("preview")
    assert "11 of 11" in page.part("checks")
    assert page.part("openness") == ""


# --- While a proposal waits


@pytest.fixture
def proposed(checker_client: Client, decidable: Claim) -> Claim:
    change(checker_client, decidable, **CONFIRM)
    return decidable


def test_the_proposer_sees_it_waiting_and_takes_it_back(
    checker_client: Client, proposed: Claim
) -> None:
    page = get(checker_client, path(proposed, "confirmed"))
    assert "someone else approves it" in page.text
    assert not page.tree.xpath("//*[@id='status-form']")
    disabled = page.tree.xpath("//input[@name='target'][@disabled]/@value")
    assert disabled == ["confirmed", "refuted", "unverifiable"]
    assert "Take it back" in get(checker_client, f"/desk/c/{proposed.number}").part("propose")
    answer = send(checker_client, f"/desk/c/{proposed.number}/take-back")
    assert answer.status == 303
    assert StatusProposal.objects.get(claim=proposed).state == ProposalState.WITHDRAWN


def test_another_person_is_led_to_the_review(editor_client: Client, proposed: Claim) -> None:
    page = get(editor_client, f"/desk/c/{proposed.number}")
    assert "Proposed by Rana Haddad" in page.part("propose")
    assert any(link.startswith("/desk/review/") for link in page.links())
    refused = send(editor_client, f"/desk/c/{proposed.number}/take-back")
    assert refused.status == 403
    assert StatusProposal.objects.get(claim=proposed).state == ProposalState.PENDING


def test_a_second_proposal_is_refused_with_its_input_kept(
    editor_client: Client, proposed: Claim
) -> None:
    page = change(editor_client, proposed, **CONFIRM)
    assert page.status == 409
    assert "A proposal" in page.text


def test_nothing_is_taken_back_twice(checker_client: Client, proposed: Claim) -> None:
    where = f"/desk/c/{proposed.number}/take-back"
    assert send(checker_client, where).status == 303
    assert send(checker_client, where).status == 409


def test_the_page_varies_by_htmx(checker_client: Client, contested: Claim) -> None:
    response = checker_client.get(path(contested), headers=HTMX)
    assert "HX-Request" in response["Vary"]
    assert b"<html" in response.content
