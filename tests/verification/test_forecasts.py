"""What we had said of a claim is written down as it is settled, and nothing later changes it."""

from __future__ import annotations

import pgtrigger
import pytest
import time_machine
from django.db import ProgrammingError, transaction
from pytest_django.fixtures import Settings

from accounts.models import User
from claims.vocabulary import Alignment, Status
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from tests.verification.aleppo import Aleppo, hours, override
from verification.models import AuditEntry, Forecast, ForecastBasis, StatusEvent
from verification.services.assess import assess_claim
from verification.services.audit_draws import draw_for_audit
from verification.services.forecasts import sweep_forecasts

pytestmark = pytest.mark.django_db


def test_the_score_before_the_deciding_evidence_was_complete_is_kept(aleppo: Aleppo) -> None:
    """[5] and [7] decided; [7] was filed in hour 19 and checked in hour 20."""
    claim = aleppo.confirm()
    forecast = Forecast.objects.get()
    before = claim.assessments.filter(at__lt=hours(20)).order_by("-at").first()
    assert before is not None
    assert forecast.said == before.estimate
    assert forecast.assessment == before
    assert forecast.known_at == hours(20)
    assert forecast.basis == ForecastBasis.BEFORE_EVIDENCE
    assert forecast.proved_true is True
    assert forecast.weight == 1


def test_the_score_that_knows_the_decision_is_kept_beside_it_and_is_another(aleppo: Aleppo) -> None:
    """Judging that one would flatter: it holds the checked picture that decided."""
    claim = aleppo.confirm()
    forecast = Forecast.objects.get()
    assert forecast.at_decision == claim.status_events.get(to_status="confirmed").confidence
    assert forecast.said is not None
    assert forecast.at_decision is not None
    assert forecast.said < forecast.at_decision


def test_a_claim_that_its_first_report_decided_was_given_no_score_before(
    administrator: User,
) -> None:
    claim = ClaimFactory.create()
    override(claim, administrator, Status.REFUTED)
    forecast = Forecast.objects.get()
    assert (forecast.said, forecast.basis) == (None, ForecastBasis.NONE)
    assert forecast.proved_true is False


def test_a_drawn_claim_is_judged_by_its_score_when_it_was_drawn(
    aleppo: Aleppo, administrator: User, settings: Settings
) -> None:
    settings.AUDIT_RATE, settings.AUDIT_AFTER_DAYS = 1.0, 0
    aleppo.contest()
    with time_machine.travel(hours(6), tick=False):
        draw_for_audit()
    with pgtrigger.ignore("verification.AuditEntry:audit_entry_no_update"):
        AuditEntry.objects.update(probability=0.02)
    at_draw = aleppo._fresh().confidence
    for position in range(4, 6):
        aleppo.file(9 + position, f"Wire {position}", "A", alignment=Alignment.NEUTRAL)
    later = aleppo._fresh().confidence
    with time_machine.travel(hours(30), tick=False):
        override(aleppo.claim, administrator, Status.CONFIRMED)
    forecast = Forecast.objects.get()
    assert forecast.said == at_draw != later
    assert (forecast.basis, forecast.weight) == (ForecastBasis.DRAW, 50)


def test_later_scores_and_evidence_leave_a_forecast_as_it_was(aleppo: Aleppo) -> None:
    claim = aleppo.confirm()
    before = Forecast.objects.values().get()
    aleppo.reopen()
    EvidenceFactory.create(claim=claim, document__source=SourceFactory.graded("A"))
    assess_claim(claim_id=claim.pk, cause="again")
    assert sweep_forecasts() == 0
    assert Forecast.objects.values().get() == before


def test_the_database_lets_nobody_rewrite_a_forecast(aleppo: Aleppo) -> None:
    aleppo.confirm()
    for change in (
        lambda: Forecast.objects.update(said=0.99),
        lambda: Forecast.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_a_claim_that_is_settled_again_keeps_what_was_said_first(
    aleppo: Aleppo, administrator: User
) -> None:
    aleppo.confirm()
    first = Forecast.objects.get()
    claim = aleppo.reopen()
    with time_machine.travel(hours(30), tick=False):
        override(claim, administrator, Status.REFUTED)
    again = Forecast.objects.latest("settled_at")
    assert again.pk != first.pk
    assert (again.said, again.assessment, again.known_at) == (
        first.said,
        first.assessment,
        first.known_at,
    )
    assert again.proved_true is False


def test_settlements_from_before_are_written_down_by_the_sweep(aleppo: Aleppo) -> None:
    aleppo.confirm()
    kept = Forecast.objects.values("said", "known_at", "basis").get()
    with pgtrigger.ignore("verification.Forecast:forecast_no_delete"):
        Forecast.objects.all().delete()
    assert sweep_forecasts() == 1
    assert sweep_forecasts() == 0
    assert Forecast.objects.values("said", "known_at", "basis").get() == kept


def test_a_status_that_settles_nothing_leaves_no_forecast(aleppo: Aleppo) -> None:
    aleppo.contest()
    assert StatusEvent.objects.count() == 1
    assert not Forecast.objects.exists()
