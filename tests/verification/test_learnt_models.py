"""A model is learnt at night, moves open scores openly, and waits where it would move them far."""

from __future__ import annotations

import json
from http import HTTPStatus
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, transaction
from django.test import Client

from accounts.models import User
from claims.models import Claim
from claims.selectors.evidence import evidence_of
from claims.vocabulary import Stance, Status
from core.errors import Conflict, Invalid, NotAllowed
from sources.models import Source
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from tests.verification.aleppo import override
from verification.models import Credibility, ModelState, Notification, ScoringModel
from verification.selectors.records import models_of, scoring_of
from verification.services import models, moves
from verification.services.assess import assess_claim
from verification.services.models import decide_model, fit_model, spread_model

pytestmark = pytest.mark.django_db
WHY = "The new numbers agree with what we know of these sources."


def claim_of(*sources: Source, against: Source | None = None) -> Claim:
    claim: Claim = ClaimFactory.create()
    for source in sources:
        EvidenceFactory.create(claim=claim, document__source=source)
    if against:
        EvidenceFactory.create(claim=claim, document__source=against, stance=Stance.CONTRADICTS)
    return claim


@pytest.fixture
def sources() -> list[Source]:
    return [SourceFactory.graded(grade) for grade in ("B", "C", "D")]


@pytest.fixture
def settled(administrator: User, sources: list[Source]) -> list[Claim]:
    """Ten claims; the third source was wrong each time."""
    claims = [claim_of(*sources[:2], against=sources[2]) for _ in range(10)]
    for claim in claims:
        override(claim, administrator, Status.CONFIRMED)
    return claims


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "MOST", 1.0)
    monkeypatch.setattr(moves, "MOST_P99", 1.0)


def shown(claim: Claim) -> tuple[float | None, float | None]:
    claim.refresh_from_db()
    return claim.confidence, claim.confidence_low


def test_too_few_settled_claims_teach_nothing(administrator: User, sources: list[Source]) -> None:
    override(claim_of(*sources), administrator, Status.CONFIRMED)
    assert fit_model() is None
    assert not ScoringModel.objects.exists()


@pytest.mark.usefixtures("lenient", "settled")
def test_a_model_comes_into_use_and_open_claims_name_it(sources: list[Source]) -> None:
    claim = claim_of(sources[0])
    assess_claim(claim_id=claim.pk)
    before = shown(claim)
    model = fit_model()
    assert model is not None
    assert (model.number, model.state, str(model)) == (1, ModelState.ACTIVE, "model 1")
    assert spread_model(model_id=model.pk) == 1
    assert spread_model(model_id=model.pk) == 0
    assert not Credibility.objects.exclude(scoring_model=model).exists()
    newest = claim.assessments.first()
    assert newest is not None
    assert (newest.scoring_model, newest.cause) == (model, "model 1 came into use")
    assert shown(claim) != before
    page = Client().get(f"/c/{claim.number}", follow=True).content.decode()
    assert "Scored with model 1" in page
    together = shown(claim)
    assess_claim(claim_id=claim.pk)
    assert shown(claim) == together
    assert fit_model() is None  # from the same rows


@pytest.mark.usefixtures("lenient")
def test_no_fit_that_saw_an_outcome_ever_scores_the_claim(
    settled: list[Claim], sources: list[Source], administrator: User
) -> None:
    """Not while it is settled, and not when it is reopened, until a fit was made without it."""
    opened = claim_of(*sources)
    first = fit_model()
    assert models_of([settled[0].pk, opened.pk]) == {settled[0].pk: None, opened.pk: first}
    override(settled[0], administrator, Status.CONTESTED)
    assert models_of([settled[0].pk])[settled[0].pk] is None
    second = fit_model()
    assert second is not None
    assert models_of([settled[0].pk])[settled[0].pk] == second
    override(settled[0], administrator, Status.CONFIRMED)
    third = fit_model()
    assert third is not None
    assert models_of([settled[0].pk])[settled[0].pk] == second
    scoring = scoring_of(settled[0], list(evidence_of(settled[0])))
    assert scoring.parameters.version == "model/2"


@pytest.mark.usefixtures("settled")
def test_a_model_that_moves_scores_far_waits_and_changes_nothing(
    sources: list[Source], editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = claim_of(sources[2])
    assess_claim(claim_id=claim.pk)
    before = shown(claim)
    monkeypatch.setattr(moves, "MOST", 1e-6)
    model = fit_model()
    assert model is not None
    assert model.state == ModelState.WAITING
    assert spread_model(model_id=model.pk) == 0
    assess_claim(claim_id=claim.pk)
    assert shown(claim) == before
    told = Notification.objects.get(recipient=editor)
    assert told.href == "/desk/models"
    assert fit_model() is None


@pytest.fixture
def waiting(settled: list[Claim], sources: list[Source]) -> ScoringModel:
    claim = claim_of(sources[2])
    assess_claim(claim_id=claim.pk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moves, "MOST", 1e-6)
        model = fit_model()
    assert model is not None
    return model


def test_a_person_decides_with_a_reason_once(
    waiting: ScoringModel, editor: User, checker: User
) -> None:
    with pytest.raises(NotAllowed):
        decide_model(actor=checker, number=waiting.number, use=True, reason=WHY)
    with pytest.raises(Invalid):
        decide_model(actor=editor, number=waiting.number, use=False, reason="no")
    refused = decide_model(actor=editor, number=waiting.number, use=False, reason=WHY)
    assert refused.state == ModelState.REFUSED
    with pytest.raises(Conflict):
        decide_model(actor=editor, number=waiting.number, use=True, reason=WHY)
    assert fit_model() is None
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        ScoringModel.objects.update(state=ModelState.WAITING)


def test_the_page_shows_what_would_move_and_takes_the_decision(
    waiting: ScoringModel, editor: User, checker: User, client: Client
) -> None:
    client.force_login(checker)
    page = client.get("/desk/models").content.decode()
    assert "Model 1 waits for a person" in page
    assert "An editor or an administrator decides." in page
    client.force_login(editor)
    address = f"/desk/models/{waiting.number}"
    short = client.post(address, {"use": "yes", "reason": "ok"})
    assert short.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.post(address, {"use": "yes", "reason": WHY}).status_code == HTTPStatus.SEE_OTHER
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (ModelState.ACTIVE, editor)
    assert WHY in client.get("/desk/models").content.decode()


@pytest.mark.usefixtures("lenient", "settled")
def test_a_claim_is_scored_under_any_stored_model_and_nothing_is_kept(
    sources: list[Source], client: Client
) -> None:
    claim = claim_of(sources[0])
    assess_claim(claim_id=claim.pk)
    model = fit_model()
    assert model is not None
    address = f"/api/v1/claims/{claim.number}/assessment"
    official = client.get(address).json()
    defaults = client.get(address, {"method": "defaults/1"}).json()
    learnt = client.get(address, {"method": "model/1"}).json()
    assert (defaults["model"], learnt["model"], learnt["id"]) == ("defaults/1", "model/1", None)
    assert learnt["estimate"] != defaults["estimate"] == official["estimate"]
    assert client.get(address).json() == official
    assert claim.assessments.count() == 1


@pytest.mark.parametrize(
    ("name", "status"), [("model/9", 404), ("model/x", 422), ("", 422), ("model/-1", 422)]
)
def test_an_unknown_model_is_refused_with_words(name: str, status: int, client: Client) -> None:
    claim = ClaimFactory.create()
    answer = client.get(f"/api/v1/claims/{claim.number}/assessment", {"method": name})
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_the_command_scores_all_or_some_and_says_where_it_ended(
    sources: list[Source], capsys: pytest.CaptureFixture[str]
) -> None:
    claims = [claim_of(sources[0]) for _ in range(2)]
    out = StringIO()
    call_command("assess", claims[0].number, json=True, stdout=out)
    assert json.loads(out.getvalue())["changed"] == 1
    out = StringIO()
    call_command("assess", all=True, json=True, stdout=out)
    totals = json.loads(out.getvalue())
    assert (totals["claims"], totals["changed"], totals["last"]) == (2, 1, claims[1].pk)
    assert f"Last key: {claims[1].pk}" in capsys.readouterr().err
    out = StringIO()
    call_command("assess", all=True, after=claims[0].pk, json=True, stdout=out)
    assert json.loads(out.getvalue())["claims"] == 1
    for wrong in ([], [claims[0].number, 999_999]):
        with pytest.raises(CommandError):
            call_command("assess", *wrong, stdout=StringIO())


def test_the_fit_by_hand_says_what_it_made() -> None:
    out = StringIO()
    call_command("fit_scores", stdout=out)
    assert out.getvalue() == "Nothing new: no model was made.\n"


@pytest.mark.usefixtures("lenient", "settled")
def test_a_run_that_was_overtaken_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read the same rows; without the check there would be two models of them."""
    known = models._known

    def overtaken() -> models.Known:
        found = known()
        monkeypatch.setattr(models, "_known", known)
        assert fit_model() is not None
        return found

    monkeypatch.setattr(models, "_known", overtaken)
    assert fit_model() is None
    assert ScoringModel.objects.count() == 1
