"""Open claims drawn for people to settle: once in their life, on record, and never by choice."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings
from settled_rows import TRIED, open_claim

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim
from claims.vocabulary import Publication, Status
from core.errors import Conflict, Invalid, Missing, NotAllowed
from tests.factories import ClaimFactory
from tests.verification.aleppo import override
from verification.learning.draws import Open, digest, drawn, seed_of
from verification.models import AuditEntry, AuditRound
from verification.selectors.audit_draws import sampling_weights
from verification.services.audit_draws import close_draw, draw_for_audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_are_drawn(settings: Settings) -> None:
    settings.AUDIT_RATE = 1.0


def test_a_draw_is_kept_whole_and_can_be_done_again(settings: Settings) -> None:
    settings.AUDIT_RATE = 0.25
    claims = [open_claim(0.05 + 0.9 * n / 30) for n in range(30)]
    done = draw_for_audit()
    assert done is not None
    took_part = [Open(claim.number, claim.confidence or 0) for claim in claims]
    taken = AuditEntry.objects.filter(round=done, drawn=True).values_list(
        "claim__number", flat=True
    )
    assert set(taken) == drawn(took_part, 0.25, done.seed)
    assert done.population_digest == digest(took_part)
    assert done.seed == seed_of(done.record_hash, 1)
    assert (done.population, done.drawn) == (30, len(taken))


def test_the_seed_follows_from_the_record_and_the_draw_stands_in_it(all_are_drawn: None) -> None:
    claim = open_claim(0.4)
    done = draw_for_audit()
    assert done is not None
    line = AuditEvent.objects.get(tag="verification:audit:drawn")
    assert line.after["claims"] == [claim.number]
    assert line.after["seed"] == done.seed
    assert line.previous_hash == done.record_hash


def test_a_claim_takes_part_once_however_often_the_task_runs(settings: Settings) -> None:
    settings.AUDIT_RATE = 1e-9
    open_claim(0.4)
    assert draw_for_audit() is not None
    settings.AUDIT_RATE = 1.0
    assert draw_for_audit() is None
    late = open_claim(0.6)
    assert draw_for_audit() is not None
    assert [entry.claim for entry in AuditEntry.objects.filter(drawn=True)] == [late]


def test_what_one_draw_leaves_the_next_one_takes(all_are_drawn: None) -> None:
    for _ in range(3):
        open_claim(0.4)
    while draw_for_audit(limit=2):
        pass
    assert list(AuditRound.objects.values_list("number", "population")) == [(1, 2), (2, 1)]
    assert AuditEntry.objects.count() == 3


def test_claims_that_are_settled_hidden_unscored_or_new_take_no_part(
    all_are_drawn: None, administrator: User
) -> None:
    open_claim(0.4, publication=Publication.DRAFT)
    open_claim(0.4, days=1)
    ClaimFactory.create()
    override(open_claim(0.4), administrator, Status.CONFIRMED)
    assert draw_for_audit() is None


def test_a_claim_that_was_settled_once_takes_no_part_when_it_is_open_again(
    all_are_drawn: None, administrator: User
) -> None:
    claim = open_claim(0.4)
    override(claim, administrator, Status.CONFIRMED)
    override(claim, administrator, Status.CONTESTED)
    Claim.objects.filter(pk=claim.pk).update(confidence=0.4, origins_for=1)
    assert draw_for_audit() is None


def test_a_rate_of_nothing_draws_nothing(settings: Settings) -> None:
    settings.AUDIT_RATE = 0
    open_claim(0.4)
    assert draw_for_audit() is None
    assert not AuditEntry.objects.exists()


def test_a_settled_claim_stands_for_as_many_as_its_draw_says(settings: Settings) -> None:
    settings.AUDIT_RATE = 1.0
    chosen, picked = ClaimFactory.create(), open_claim(0.4)
    draw_for_audit()
    assert sampling_weights([chosen.pk, picked.pk]) == {chosen.pk: 1.0, picked.pk: 1.0}
    with pgtrigger.ignore("verification.AuditEntry:audit_entry_no_update"):
        AuditEntry.objects.update(probability=0.02)
    assert sampling_weights([chosen.pk, picked.pk]) == {chosen.pk: 1.0, picked.pk: 50.0}


@pytest.mark.parametrize("table", ["auditentry", "auditround"])
@pytest.mark.parametrize(
    "change", ["DELETE FROM {}", "UPDATE {} SET id = 7", "TRUNCATE {} CASCADE"]
)
def test_the_database_lets_nobody_take_a_draw_back(
    all_are_drawn: None, table: str, change: str
) -> None:
    open_claim(0.4)
    draw_for_audit()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(f"verification_{table}"))
    assert AuditEntry.objects.count() == AuditRound.objects.count() == 1


def test_a_corroborated_claim_that_nobody_can_settle_is_closed_with_what_was_tried(
    all_are_drawn: None, editor: User
) -> None:
    claim = open_claim(0.8)
    draw_for_audit()
    set_status(claim, Status.CORROBORATED)
    closing = close_draw(actor=editor, number=claim.number, tried=f"  {TRIED} ")
    assert (closing.tried, closing.by) == (TRIED, editor)
    assert AuditEvent.objects.get(tag="verification:audit:closed").reason == TRIED
    with pytest.raises(Conflict, match="already"):
        close_draw(actor=editor, number=claim.number, tried=TRIED)


def test_one_person_alone_cannot_let_a_drawn_claim_go(
    all_are_drawn: None, checker: User, editor: User
) -> None:
    claim = open_claim(0.4)
    draw_for_audit()
    with pytest.raises(Conflict, match="propose Unverifiable"):
        close_draw(actor=editor, number=claim.number, tried=TRIED)
    set_status(claim, Status.CORROBORATED)
    with pytest.raises(NotAllowed):
        close_draw(actor=checker, number=claim.number, tried=TRIED)
    with pytest.raises(Invalid, match="what was tried"):
        close_draw(actor=editor, number=claim.number, tried="No.")
    with pytest.raises(Missing):
        close_draw(actor=editor, number=ClaimFactory.create().number, tried=TRIED)


def set_status(claim: Claim, status: Status) -> None:
    with pgtrigger.ignore("verification.GuardedClaim:claim_status_follows_the_table"):
        Claim.objects.filter(pk=claim.pk).update(status=status)
