from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from claims.models import Claim
from claims.vocabulary import Status
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from tests.verification.aleppo import Aleppo, override
from tests.verification.every_feature import World
from verification.selectors.known import known_now
from verification.selectors.reasons import reasons_of
from verification.services import assess_many as many
from verification.services.assess import assess_claim, assess_together
from verification.services.assess_many import Portion, assess_all

pytestmark = pytest.mark.django_db


def run(cause: str = "all", after: int = 0) -> list[Portion]:
    return list(assess_all(cause=cause, after=after))


def shown(claim: Claim) -> tuple[float | int | None, ...]:
    claim.refresh_from_db()
    return (
        claim.confidence,
        claim.confidence_low,
        claim.confidence_high,
        claim.origins_for,
        claim.origins_against,
    )


@pytest.fixture
def claim() -> Claim:
    return contested()


def contested() -> Claim:
    """Three independent sources for, one against."""
    made: Claim = ClaimFactory.create()
    for grade, stance in (
        ("A", "supports"),
        ("B", "supports"),
        (None, "supports"),
        ("C", "contradicts"),
    ):
        EvidenceFactory.create(
            claim=made, document__source=SourceFactory.graded(grade), stance=stance
        )
    return made


def test_every_claim_shows_what_it_would_if_it_were_scored_alone() -> None:
    world = World()
    run()
    together = [shown(claim) for claim in world.claims]
    assert any(numbers[0] is not None for numbers in together)
    assert any(numbers[0] is None for numbers in together)
    for claim in world.claims:
        assess_claim(claim_id=claim.pk)
    assert [shown(claim) for claim in world.claims] == together


def test_portions_do_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    run()
    whole = [shown(claim) for claim in world.claims]
    Claim.objects.update(confidence=None, confidence_low=None, confidence_high=None)
    monkeypatch.setattr(many, "PORTION", 5)
    portions = run()
    assert [portion.claims for portion in portions] == [5, 5, 2]
    assert [shown(claim) for claim in world.claims] == whole


def test_a_run_is_taken_up_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(many, "PORTION", 5)
    ended = next(iter(assess_all(cause="all")))
    assert [portion.claims for portion in run(after=ended.last)] == [5, 2]
    assert all(portion.changed == 0 for portion in run())
    assert shown(world.claims[-2])[0] is not None


def test_only_claims_whose_numbers_changed_get_an_assessment(claim: Claim) -> None:
    assert sum(portion.changed for portion in run()) == 1
    assert sum(portion.changed for portion in run()) == 0
    assert claim.assessments.count() == 1
    EvidenceFactory.create(claim=claim, document__source=SourceFactory.graded("A"))
    assert sum(portion.changed for portion in run("more was filed")) == 1
    assert [row.cause for row in claim.assessments.order_by("pk")] == ["all", "more was filed"]


def test_what_is_counted_no_more_is_taken_off_the_claim_and_kept_in_its_course(
    claim: Claim,
) -> None:
    run()
    claim.evidence.update(withdrawn_at=timezone.now(), withdrawn_reason="filed by mistake")
    run()
    assert shown(claim) == (None, None, None, 0, 0)
    assert claim.assessments.count() == 2
    assert not known_now(claim, timezone.now()).is_scored


def test_a_claim_that_waits_for_its_own_score_is_left_to_it(claim: Claim) -> None:
    Claim.objects.update(assess_due_at=timezone.now())
    assert [(portion.changed, portion.left_alone) for portion in run()] == [(0, 1)]
    assert shown(claim)[0] is None


def test_what_was_scored_by_itself_meanwhile_is_not_overwritten(
    claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing another source was filed and counted."""
    write: Callable[..., int] = many.write_scores

    def late(*args: object) -> int:
        EvidenceFactory.create(claim=claim, document__source=SourceFactory.graded("A"))
        assess_claim(claim_id=claim.pk)
        return write(*args)

    monkeypatch.setattr(many, "write_scores", late)
    assert [(portion.changed, portion.left_alone) for portion in run()] == [(0, 1)]
    assert claim.assessments.count() == 1
    assert shown(claim)[3] == 4
    assert claim.assess_due_at is not None  # nobody knows which of the two knew more


def test_as_many_statements_for_one_claim_as_for_many(claim: Claim) -> None:
    def statements() -> int:
        Claim.objects.update(confidence=None, confidence_low=None, confidence_high=None)
        with CaptureQueriesContext(connection) as queries:
            run()
        return len(queries)

    one = statements()
    World()
    assert statements() == one


def test_some_claims_are_scored_and_the_others_are_not(claim: Claim) -> None:
    other = EvidenceFactory.create().claim
    ids = np.array([other.pk], np.int64)
    assert [portion.claims for portion in many.assess_many(claim_ids=ids, cause="settled")] == [1]
    assert shown(claim)[0] is None
    assert shown(other)[0] is not None


def test_pages_and_api_show_the_steps_of_a_score_that_was_made_with_many(
    aleppo: Aleppo, client: Client
) -> None:
    """As if the claim had been scored by itself."""
    claim, address = aleppo.claim, f"/api/v1/claims/{aleppo.claim.number}/assessment"
    aleppo.contest()
    alone, reasons = client.get(address).json(), reasons_of(known_now(claim, timezone.now()))
    Claim.objects.update(confidence=None, confidence_low=None, confidence_high=None)
    run()
    newest = claim.assessments.order_by("-pk").first()
    assert newest is not None
    assert newest.explanation == {
        "steps": "worked out when read",
        "counted": True,
        "snapshot": "defaults/1",
    }
    together = client.get(address).json()
    assert together["estimate"] == alone["estimate"]
    assert together["explanation"] == {**alone["explanation"], "counted": True}
    assert reasons is not None
    assert reasons_of(known_now(claim, timezone.now())) == reasons
    assert client.get(aleppo.path).status_code == HTTPStatus.OK


def test_scoring_it_alone_afterwards_adds_nothing(claim: Claim) -> None:
    run()
    assess_claim(claim_id=claim.pk)
    assert claim.assessments.count() == 1


def test_steps_that_would_explain_another_number_are_not_shown(claim: Claim) -> None:
    run()
    EvidenceFactory.create(claim=claim, document__source=SourceFactory.graded("A"))
    known = known_now(claim, timezone.now())
    assert known.is_scored
    assert known.newest is not None
    assert known.newest.explanation["contributions"] == []
    page = Client().get(f"/c/{claim.number}", follow=True)
    assert page.status_code == HTTPStatus.OK


def test_a_settled_claim_among_many_is_scored_without_its_own_outcome(
    claim: Claim, administrator: User
) -> None:
    """With the records as they are its sources would be credited with the claim itself."""
    override(claim, administrator, Status.CONFIRMED)
    alone = shown(claim)
    Claim.objects.update(confidence=None, confidence_low=None, confidence_high=None)
    assert sum(portion.claims for portion in run()) == 1
    assert shown(claim) == alone


def test_an_open_claim_among_many_knows_the_records(claim: Claim, administrator: User) -> None:
    other: Claim = ClaimFactory.create()
    EvidenceFactory.create(claim=other, document__source=claim.evidence.first().document.source)
    run()
    before = shown(other)
    override(claim, administrator, Status.CONFIRMED)
    run("records changed")
    together = shown(other)
    assert together != before
    assess_claim(claim_id=other.pk)
    assert shown(other) == together


def test_several_are_scored_together_as_each_would_be_alone(administrator: User) -> None:
    """Some of them settled, each with the record of its sources without its own outcome."""
    world = World()
    keys = [claim.pk for claim in world.claims]
    for claim in world.claims[:3]:
        override(claim, administrator, Status.CONFIRMED)
    for key in keys:
        assess_claim(claim_id=key)
    alone = [(shown(claim), newest_of(claim)) for claim in world.claims]
    Claim.objects.update(confidence=None, origins_for=0, assess_due_at=timezone.now())
    assert assess_together(claim_ids=keys) == 0
    assert [(shown(claim), newest_of(claim)) for claim in world.claims] == alone
    assert not Claim.objects.filter(pk__in=keys, assess_due_at__isnull=False).exists()
    world.claims[1].evidence.update(withdrawn_at=timezone.now(), withdrawn_reason="by mistake")
    assert assess_together(claim_ids=keys, cause="withdrawn") == 1
    together = (shown(world.claims[1]), newest_of(world.claims[1]))
    assert together != alone[1]
    assess_claim(claim_id=keys[1])
    assert (shown(world.claims[1]), newest_of(world.claims[1])) == together


def newest_of(claim: Claim) -> tuple[str, object] | None:
    newest = claim.assessments.order_by("-at", "-pk").first()
    return None if newest is None else (newest.inputs_digest, newest.explanation)


def test_settled_claims_among_many_take_as_many_statements_for_one_as_for_three(
    administrator: User,
) -> None:
    def statements() -> int:
        Claim.objects.update(confidence=None, confidence_low=None, confidence_high=None)
        with CaptureQueriesContext(connection) as queries:
            run()
        return len(queries)

    override(contested(), administrator, Status.CONFIRMED)
    contested()
    one = statements()
    for _ in range(2):
        override(contested(), administrator, Status.REFUTED)
    assert statements() == one
