"""Ways round the second person: each was open once, each is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pgtrigger
import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from accounts.models import User
from claims.models import Claim, ClaimRelation
from claims.services.claims import edit_claim
from claims.services.evidence import check_visual
from claims.vocabulary import Alignment, Directness, RelationKind, Stance, Status
from core.errors import Conflict, Invalid
from tests.factories import ClaimFactory, EvidenceFactory, PartyFactory, SourceFactory
from tests.verification.aleppo import override
from verification.conditions import ReasonCode
from verification.models import StatusEvent, StatusProposal
from verification.models.status import ProposalState
from verification.services.proposals import approve_proposal, evidence_changed, propose_status
from verification.services.status import Change, change_status, override_status

pytestmark = pytest.mark.django_db

NOON = datetime(2016, 11, 11, 12, tzinfo=UTC)
CONFIRM = Change(
    target=Status.CONFIRMED,
    reason_code=ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
    reason="Two photos matched to a street corner; the losing side admits it.",
    finding="Photos from inside and an admission say so.",
    would_change_it="Dated images that show the other side inside.",
    decided_by=(1, 2),
)
REAFFIRM = Change(
    target=Status.CONFIRMED,
    reason_code=ReasonCode.PERIODIC_REVIEW,
    reason="Looked at it again today; nothing has changed.",
)


@pytest.fixture
def claim(checker: User) -> Claim:
    claim = ClaimFactory.create(time_from=NOON)
    for more in (
        {"directness": Directness.FIRST_HAND_VISUAL},
        {"alignment": Alignment.AGAINST_INTEREST},
    ):
        EvidenceFactory.create(claim=claim, document__source=SourceFactory.graded("C"), **more)
    check_visual(actor=checker, claim=claim, position=1, how="Matched to a street corner.")
    return fresh(claim)


def fresh(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def edit(actor: User, claim: Claim, **changes: object) -> Claim:
    return edit_claim(actor=actor, claim=claim, expected_version=fresh(claim).version, **changes)


@pytest.fixture
def proposal(claim: Claim, checker: User) -> StatusProposal:
    return propose_status(actor=checker, claim=claim, change=CONFIRM)


@pytest.fixture
def confirmed(proposal: StatusProposal, editor: User) -> Claim:
    approve_proposal(actor=editor, proposal=proposal)
    return fresh(proposal.claim)


CHANGES: dict[str, Callable[[], object]] = {
    "sentence": lambda: "Another suburb was recaptured as well",
    "kind": lambda: "quantity",
    "time_from": lambda: NOON - timedelta(days=30),
    "time_to": lambda: NOON + timedelta(days=30),
    "favours": PartyFactory.create,
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_claim_reworded_after_the_proposal_is_not_approved(
    proposal: StatusProposal, checker: User, editor: User, field: str
) -> None:
    edit(checker, proposal.claim, **{field: CHANGES[field]()})
    with pytest.raises(Conflict, match="since") as refused:
        approve_proposal(actor=editor, proposal=proposal)
    assert refused.value.code == "stale_proposal"
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.STALE
    assert fresh(proposal.claim).status == Status.UNVERIFIED


def test_the_job_after_a_rewording_makes_the_proposal_stale(
    proposal: StatusProposal, checker: User
) -> None:
    edit(checker, proposal.claim, sensitivity="graphic")
    evidence_changed(claim_id=proposal.claim_id)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.PENDING
    edit(checker, proposal.claim, sentence="Another suburb was recaptured as well")
    evidence_changed(claim_id=proposal.claim_id)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.STALE


def test_a_status_that_changed_meanwhile_makes_the_proposal_stale(
    claim: Claim, checker: User, editor: User
) -> None:
    proposal = propose_status(actor=checker, claim=claim, change=CONFIRM)
    contested = Change(
        target=Status.CORROBORATED,
        reason_code=ReasonCode.INDEPENDENT_CORROBORATION,
        reason="Two origins that do not know of each other.",
    )
    change_status(actor=checker, claim=claim, change=contested)
    with pytest.raises(Conflict) as refused:
        approve_proposal(actor=editor, proposal=proposal)
    assert refused.value.code == "stale_proposal"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, make) for field, make in CHANGES.items()),
        ("finding", lambda: "Something else entirely was found."),
        ("would_change_it", lambda: "Nothing at all."),
        ("unknowns", lambda: "Nothing is unknown."),
    ],
)
def test_nobody_alone_rewords_what_two_agreed_on(
    confirmed: Claim, editor: User, field: str, value: Callable[[], object]
) -> None:
    before = getattr(confirmed, field)
    with pytest.raises(Conflict, match="Reopen") as refused:
        edit(editor, confirmed, **{field: value()})
    assert refused.value.code == "settled"
    assert getattr(fresh(confirmed), field) == before


def test_work_on_a_settled_claim_goes_on(confirmed: Claim, checker: User) -> None:
    edited = edit(checker, confirmed, sentence=confirmed.sentence, owner=checker)
    assert edited.owner == checker


def test_looking_again_changes_nothing_that_was_agreed(confirmed: Claim, checker: User) -> None:
    due = timezone.now() + timedelta(days=30)
    sly = Change(
        **{
            **vars(REAFFIRM),
            "finding": "Something else entirely.",
            "would_change_it": "Nothing at all.",
            "unknowns": "Nothing is unknown.",
            "time_to": NOON + timedelta(days=1),
            "superseded_by": ClaimFactory.create(),
            "review_due_at": due,
        }
    )
    event = change_status(actor=checker, claim=confirmed, change=sly)
    after = fresh(confirmed)
    for name in ("finding", "would_change_it", "unknowns", "time_to", "superseded_by"):
        assert getattr(after, name) == getattr(confirmed, name), name
    assert (event.finding, event.would_change_it) == ("", "")
    assert after.review_due_at == due


def test_looking_again_keeps_what_follows(claim: Claim, checker: User, administrator: User) -> None:
    later = ClaimFactory.create()
    override(claim, administrator, Status.SUPERSEDED, later)
    change_status(
        actor=checker,
        claim=claim,
        change=Change(**{**vars(REAFFIRM), "target": Status.SUPERSEDED}),
    )
    assert fresh(claim).superseded_by == later


def test_only_an_end_changes_when_it_ended(claim: Claim, checker: User, editor: User) -> None:
    change = Change(**{**vars(CONFIRM), "time_to": NOON + timedelta(days=90)})
    proposal = propose_status(actor=checker, claim=claim, change=change)
    approve_proposal(actor=editor, proposal=proposal)
    assert fresh(claim).time_to is None


def test_nothing_ends_before_it_began(confirmed: Claim, checker: User) -> None:
    change = Change(
        target=Status.SUPERSEDED,
        reason_code=ReasonCode.SITUATION_CHANGED,
        reason="The other side took the suburb back.",
        time_to=NOON - timedelta(days=1),
        superseded_by=ClaimFactory.create(),
        decided_by=(1,),
    )
    with pytest.raises(Invalid, match="before it began"):
        propose_status(actor=checker, claim=confirmed, change=change)


def test_an_override_confirms_nothing_beside_its_rival(
    confirmed: Claim, administrator: User
) -> None:
    rival = ClaimFactory.create()
    ClaimRelation.objects.create(
        from_claim=rival, to_claim=confirmed, kind=RelationKind.CONTRADICTS
    )
    with pytest.raises(Conflict, match="cannot hold together"):
        override(rival, administrator, Status.CONFIRMED)
    override(rival, administrator, Status.REFUTED)


def test_an_override_says_what_would_change_it(claim: Claim, administrator: User) -> None:
    change = Change(target=Status.CONFIRMED, reason_code=None, reason="For good reasons. " * 6)
    with pytest.raises(Invalid, match="would change"):
        override_status(actor=administrator, claim=claim, change=change)


def forge(claim: Claim, proposer: User, approver: User | None) -> None:
    StatusEvent.objects.create(
        claim=claim,
        from_status=claim.status,
        to_status=Status.CONFIRMED,
        proposer=proposer,
        approver=approver,
        claim_version=claim.version + 1,
        at=timezone.now(),
    )
    Claim.objects.filter(pk=claim.pk).update(status=Status.CONFIRMED, would_change_it="Nothing.")


def test_the_database_asks_for_the_second_person(claim: Claim, editor: User) -> None:
    with pytest.raises(ProgrammingError, match="two people"), transaction.atomic():
        forge(claim, editor, None)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        forge(claim, editor, editor)
    assert fresh(claim).status == Status.UNVERIFIED


def test_without_the_trigger_one_person_would_do(claim: Claim, editor: User) -> None:
    with pgtrigger.ignore("verification.GuardedClaim:claim_status_follows_the_table"):
        forge(claim, editor, None)
    assert fresh(claim).status == Status.CONFIRMED


def test_new_evidence_may_be_filed_on_a_settled_claim(confirmed: Claim, checker: User) -> None:
    EvidenceFactory.create(claim=confirmed, stance=Stance.CONTRADICTS)
    reopen = Change(
        target=Status.CONTESTED,
        reason_code=ReasonCode.NEW_CONTRADICTING_EVIDENCE,
        reason="A second channel shows its fighters inside.",
    )
    change_status(actor=checker, claim=confirmed, change=reopen)
    edited = edit(checker, confirmed, sentence="A part of the suburb was recaptured")
    assert edited.sentence.startswith("A part")
