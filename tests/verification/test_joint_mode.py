"""Joint mode: a second, named method for analysis, never mixed with the official scores."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim
from claims.vocabulary import Publication, Status
from tests.verification.aleppo import override
from tests.verification.test_assisted import doubted
from verification.models import Assessment, JointFit, ScoringModel
from verification.selectors import assisted, joint
from verification.services import joint as service
from verification.services.joint import fit_joint

pytestmark = pytest.mark.django_db
METHOD = "cred-a/1"


def asked(claim: Claim, method: str | None = METHOD) -> dict[str, Any]:
    query = {"method": method} if method else {}
    response = Client().get(f"/api/v1/claims/{claim.number}/assessment", query)
    return {"http": response.status_code} | response.json()


@pytest.fixture
def claims() -> list[Claim]:
    return doubted(6)


def test_before_a_fit_it_is_refused_with_words(claims: list[Claim]) -> None:
    answer = asked(claims[0])
    assert (answer["http"], answer["code"]) == (404, "no_joint_fit")
    assert "manage.py fit_scores --joint" in answer["detail"]
    assert METHOD in asked(claims[0], "cred-z/9")["detail"]


def test_open_claims_teach_in_it_as_in_the_assisted_view(claims: list[Claim]) -> None:
    fit_joint()
    rows = {row.number: row for row in assisted.assisted_page().rows}
    for claim in claims:
        answer = asked(claim)
        assert answer["estimate"] == pytest.approx(rows[claim.number].assisted, abs=1e-9)
        assert abs(answer["estimate"] - rows[claim.number].official) > 1e-5
        steps = [row["value"] for row in answer["explanation"]["contributions"]]
        whole = answer["explanation"]["start"]["log_odds"] + sum(steps)
        assert whole == pytest.approx(answer["log_odds"], abs=1e-9)


def test_it_names_itself_and_the_official_score_stays(claims: list[Claim]) -> None:
    before = asked(claims[0], None), Assessment.objects.count()
    fit_joint()
    answer = asked(claims[0])
    assert (answer["id"], answer["method"]) == (None, METHOD)
    assert answer["model"] == "cred-a/1 fit 1 on defaults/1"
    assert "not the official score" in answer["cause"]
    assert (asked(claims[0], None), Assessment.objects.count()) == before
    assert not ScoringModel.objects.exists()


def test_no_claim_teaches_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    (alone,) = doubted(1)
    fit_joint()
    official = asked(alone, None)["log_odds"]
    assert asked(alone)["log_odds"] == pytest.approx(official, abs=1e-9)
    joint._soft.cache_clear()
    monkeypatch.setattr(joint, "_own", lambda *_given: {})
    assert abs(asked(alone)["log_odds"] - official) > 1e-4
    joint._soft.cache_clear()


def test_its_own_outcome_never_counts(claims: list[Claim], administrator: User) -> None:
    fit_joint()
    before = asked(claims[0])["estimate"]
    override(claims[0], administrator, Status.REFUTED)
    assert asked(claims[0])["estimate"] == pytest.approx(before, abs=1e-9)


def test_claims_that_are_not_public_lend_nothing() -> None:
    claims = doubted(3)
    Claim.objects.filter(pk__in=[claims[1].pk, claims[2].pk]).update(publication=Publication.DRAFT)
    fit = fit_joint()
    assert fit is not None
    assert list(fit.claims) == [str(claims[0].pk)]
    official = asked(claims[0], None)["log_odds"]
    assert asked(claims[0])["log_odds"] == pytest.approx(official, abs=1e-9)


def test_only_so_many_claims_take_part(
    claims: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 4)
    monkeypatch.setattr(service, "PORTION", 3)
    fit = fit_joint()
    assert fit is not None
    assert sorted(fit.claims, key=int) == [str(claim.pk) for claim in claims[2:]]


def test_the_command_makes_a_fit_once_from_the_same_claims(claims: list[Claim]) -> None:
    out = StringIO()
    call_command("fit_scores", "--joint", stdout=out)
    assert "Joint fit 1 was made of 6 open claims." in out.getvalue()
    assert AuditEvent.objects.filter(tag="verification:joint:fitted").count() == 1
    call_command("fit_scores", "--joint", stdout=out)
    assert "Nothing new: no fit was made." in out.getvalue()
    more = doubted(1)
    call_command("fit_scores", "--joint", stdout=out)
    assert str(JointFit.objects.get(number=2)) == "joint fit 2"
    assert asked(more[0])["model"] == "cred-a/1 fit 2 on defaults/1"


def test_without_open_claims_there_is_nothing_to_fit() -> None:
    assert fit_joint() is None


def test_a_fit_never_changes(claims: list[Claim]) -> None:
    fit_joint()
    with pytest.raises(ProgrammingError), transaction.atomic():
        JointFit.objects.update(share=0.5)


@pytest.mark.parametrize("number", [2, 9])
def test_to_ask_costs_the_same_however_many_claims_lend(
    number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    claims = doubted(number)
    fit_joint()
    with django_assert_max_num_queries(8):
        assert asked(claims[0])["http"] == 200
