"""Claims that exclude each other, said while one of them is being decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim, ClaimRelation
from claims.services import locks
from claims.services.relations import relate_claims
from claims.vocabulary import RelationKind, Status
from core.errors import Conflict, Invalid, NotAllowed
from tests.factories import ClaimFactory
from tests.races.at_once import at_once
from verification.models import StatusProposal
from verification.services.proposals import approve_proposal

Proposed = Callable[..., StatusProposal]
CONTRADICTS = RelationKind.CONTRADICTS


def confirmed(proposed: Proposed, editor: User, **fields: object) -> Claim:
    proposal = proposed(**fields)
    approve_proposal(actor=editor, proposal=proposal)
    return Claim.objects.get(pk=proposal.claim_id)


def test_a_relation_is_recorded_on_both_claims_and_once(db: None, checker: User) -> None:
    first, second = ClaimFactory.create(), ClaimFactory.create()
    relation = relate_claims(actor=checker, first=first, second=second, kind=CONTRADICTS)
    again = relate_claims(actor=checker, first=second, second=first, kind=CONTRADICTS)
    assert again == relation
    assert relation.confirmed_by == checker
    lines = AuditEvent.objects.filter(tag="claims:claim:related")
    assert {line.subject_id for line in lines} == {str(first.number), str(second.number)}
    assert len(lines) == 2
    assert Claim.objects.get(pk=first.pk).version == first.version + 1


def test_one_way_relations_may_run_both_ways(db: None, checker: User) -> None:
    first, second = ClaimFactory.create(), ClaimFactory.create()
    for one, other in ((first, second), (second, first)):
        relate_claims(actor=checker, first=one, second=other, kind=RelationKind.DEPENDS_ON)
    assert ClaimRelation.objects.count() == 2


def test_what_is_no_relation_is_refused(db: None, checker: User, contributor: User) -> None:
    first, second = ClaimFactory.create(), ClaimFactory.create()
    with pytest.raises(Invalid, match="itself"):
        relate_claims(actor=checker, first=first, second=first, kind=CONTRADICTS)
    with pytest.raises(Invalid, match="Choose"):
        relate_claims(actor=checker, first=first, second=second, kind="dislikes")
    with pytest.raises(NotAllowed):
        relate_claims(actor=contributor, first=first, second=second, kind=CONTRADICTS)
    assert not ClaimRelation.objects.exists()


def test_two_confirmed_claims_are_not_made_exclusive(
    proposed: Proposed, editor: User, checker: User
) -> None:
    pair = [confirmed(proposed, editor), confirmed(proposed, editor)]
    with pytest.raises(Conflict, match="Reopen one of them"):
        relate_claims(actor=checker, first=pair[0], second=pair[1], kind=CONTRADICTS)


def test_at_different_times_both_may_be_so(proposed: Proposed, editor: User, checker: User) -> None:
    first = confirmed(proposed, editor, time_to=datetime(2016, 11, 3, tzinfo=UTC))
    second = confirmed(proposed, editor, time_from=datetime(2016, 11, 4, tzinfo=UTC))
    assert relate_claims(actor=checker, first=first, second=second, kind=CONTRADICTS).pk


def test_a_relation_said_while_both_are_decided_leaves_one_confirmed(
    proposed: Proposed, editor: User, second_editor: User, checker: User
) -> None:
    for _ in range(3):
        pair = [proposed(), proposed()]
        claims = [proposal.claim for proposal in pair]
        results = at_once(
            lambda pair=pair: approve_proposal(actor=editor, proposal=pair[0]),
            lambda claims=claims: relate_claims(
                actor=checker, first=claims[1], second=claims[0], kind=CONTRADICTS
            ),
            lambda pair=pair: approve_proposal(actor=second_editor, proposal=pair[1]),
        )
        refusals = [result for result in results if isinstance(result, Exception)]
        assert len(refusals) == 1, results
        assert isinstance(refusals[0], Conflict)
        settled = Claim.objects.filter(pk__in=[c.pk for c in claims], status=Status.CONFIRMED)
        related = ClaimRelation.objects.filter(from_claim=claims[1]).exists()
        assert settled.count() == (1 if related else 2)


def test_a_rival_that_came_before_the_lock_is_not_overlooked(
    transactional_db: None, checker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was named after the rivals were read; unlocked, it could be confirmed at the same time."""
    claim, rival = ClaimFactory.create(), ClaimFactory.create()
    read, rivals = iter(range(9)), locks._rivals

    def late(of: Claim) -> set[int]:
        found = rivals(of)
        if next(read) == 0:
            relate_claims(actor=checker, first=claim, second=rival, kind=CONTRADICTS)
        return found

    monkeypatch.setattr(locks, "_rivals", late)
    with transaction.atomic(), pytest.raises(Conflict, match="said to exclude this one"):
        locks.lock_with_rivals(claim)
    with transaction.atomic():
        assert locks.lock_with_rivals(claim).pk == claim.pk
