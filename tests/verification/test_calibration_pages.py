"""Our own calibration: on the methodology page, on the desk, and as data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from page_reading import Page
from pytest_django import DjangoAssertNumQueries
from settled_rows import FIRST, moved, settled

from accounts.models import User
from claims.vocabulary import Publication, Stance, Status
from tests.factories import DocumentFactory, EvidenceFactory, SourceFactory
from tests.verification.aleppo import Aleppo
from verification.models import Assessment, ModelState, ScoringModel
from verification.selectors.calibration import as_json, reliability
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db

TOO_EARLY = "Too early to measure."
GOOD = [0.82, 0.85, 0.81, 0.88, 0.15]
CAME = [True, True, True, False, False]


def shown(client: Client, path: str) -> Page:
    return Page(client.get(path))


def section(page: Page) -> str:
    (found,) = page.tree.xpath("//section[@aria-labelledby='calibration']")
    return " ".join(found.text_content().split())


def test_a_young_desk_says_how_many_claims_are_missing(client: Client) -> None:
    settled([0.8] * 12, [True] * 12)
    page = shown(client, "/methodology")
    assert f"{TOO_EARLY} 12 of 30." in section(page)
    assert page.tree.xpath("//*[@role='img']") == []


def test_readers_see_what_we_said_what_came_true_and_how_many(client: Client) -> None:
    settled(GOOD * 8, CAME * 8)
    page = shown(client, "/methodology")
    (chart,) = page.tree.xpath("//figure[contains(@class, 'calibration')]//*[@role='img']")
    assert chart.xpath("string(desc)") == (
        "Said 15 in 100, came true 0 in 100; said 84 in 100, came true 75 in 100."
    )
    rows = [
        [cell.text_content() for cell in row]
        for row in page.tree.xpath("//section[@aria-labelledby='calibration']//tbody/tr")
    ]
    assert rows == [["10–20", "15", "0", "0–32", "8"], ["80–90", "84", "75", "58–87", "32"]]
    assert "from 40 settled claims" in section(page)
    assert "None of the settled claims was picked by chance" in section(page)


def test_programs_get_the_numbers_of_the_page(client: Client) -> None:
    settled(GOOD * 8, CAME * 8)
    data = client.get("/api/v1/calibration").json()
    assert data == as_json(reliability())
    assert data["settled_with_score"] == 40
    assert [one["n"] for one in data["bins"]] == [8, 32]
    assert data["brier"] == pytest.approx((0.18**2 + 0.15**2 + 0.19**2 + 0.88**2 + 0.15**2) / 5)
    assert client.get("/api/v1/calibration?since=2026").status_code == 422


def test_with_nothing_settled_programs_get_an_empty_table(client: Client) -> None:
    data = client.get("/api/v1/calibration").json()
    assert (data["too_early"], data["brier"], data["bins"]) == (True, None, [])


def test_a_drawn_claim_counts_for_all_that_it_stands_for(client: Client) -> None:
    settled([0.8] * 30, [True] * 30)
    settled([0.8] * 2, [False] * 2, weight=50)
    found = reliability()
    (only,) = found.bins
    assert only.happened == pytest.approx(30 / 130)
    assert found.drawn == 2
    assert "2 of the settled claims were picked by chance" in section(shown(client, "/methodology"))


def test_claims_without_a_score_before_are_counted_apart() -> None:
    settled([None, 0.7], [True, True])
    found = reliability()
    assert (found.n, found.unscored) == (1, 1)


def test_a_conclusion_that_was_taken_back_no_longer_counts() -> None:
    (claim,) = settled([0.7], [True])
    moved(claim, Status.CONTESTED)
    assert reliability().n == 0
    moved(claim, Status.CORROBORATED)
    moved(claim, Status.SUPERSEDED)
    assert reliability().n == 0


def test_what_was_so_and_has_ended_goes_on_counting() -> None:
    (claim,) = settled([0.7], [True])
    moved(claim, Status.SUPERSEDED)
    assert reliability().n == 1


def test_withdrawing_a_claim_from_the_public_does_not_mend_the_calibration() -> None:
    (claim,) = settled([0.9], [False])
    before = reliability()
    claim.__class__.objects.filter(pk=claim.pk).update(publication=Publication.WITHDRAWN)
    assert reliability() == before


def test_no_later_score_or_fit_changes_what_was_settled_before(aleppo: Aleppo) -> None:
    """A fit that saw the outcome would say 99; the calibration goes on with what was said."""
    claim = aleppo.confirm()
    before = reliability()
    assert before.n == 1
    newest = Assessment.objects.filter(claim=claim).latest("at")
    newest.pk, newest.method, newest.estimate, newest.high = None, "a later fit", 0.99, 0.999
    newest.save(force_insert=True)
    EvidenceFactory.create(claim=claim, document__source=SourceFactory.graded("A"))
    assess_claim(claim_id=claim.pk, cause="again")
    assert reliability() == before


def test_judging_the_score_at_the_decision_would_flatter(checker_client: Client) -> None:
    settled([0.5] * 40, [True, False] * 20)
    page = shown(checker_client, "/desk/calibration")
    assert "Brier score 0.250" in page.text
    assert "Brier score at the decision 0.001" in page.text
    assert "it is not what we judge" in page.text


def test_the_desk_sees_statuses_months_sources_and_the_worst_errors(checker_client: Client) -> None:
    claims = settled([0.9, 0.2, 0.3, 0.8], [True, True, False, False], apart=timedelta(days=20))
    report = DocumentFactory.create(source__name="Valley Post")
    for claim, stance in zip(
        claims[:3], (Stance.SUPPORTS, Stance.CONTRADICTS, "context"), strict=True
    ):
        EvidenceFactory.create(claim=claim, document=report, stance=stance)
    EvidenceFactory.create(claim=claims[0], document=report, quote_digest="1" * 64)
    page = shown(checker_client, "/desk/calibration")
    assert f"{TOO_EARLY} 4 of 30." in page.text
    assert table(page, "statuses") == [["Confirmed", "2", "55", "1"], ["Refuted", "2", "55", "1"]]
    assert [row[:5] for row in table(page, "months")] == [
        ["Apr 2026", "2", "55", "0", "0.37"],
        ["Mar 2026", "2", "55", "2", "0.33"],
    ]
    assert table(page, "sources") == [["Valley Post", "2", "55", "2", "0.33"]]
    surprises = page.tree.xpath("//section[@id='surprises']//li//a")
    assert [one.text_content() for one in surprises] == [claims[1].sentence, claims[3].sentence]


def table(page: Page, ident: str) -> list[list[str]]:
    rows = page.tree.xpath(f"//section[@id='{ident}']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_scores_that_become_worse_are_told_on_the_desk_and_on_the_health_page(
    checker_client: Client,
) -> None:
    settled([0.9] * 100, [True] * 90 + [False] * 10)
    settled([0.9] * 100, [True, False] * 50, since=FIRST + timedelta(days=100))
    health = shown(checker_client, "/desk/health")
    assert "1 thing needs a person." in health.text
    assert "The scores have become worse: Brier 0.41 and ECE 0.40 over the last 100" in (
        health.text
    )
    assert "have become worse" in shown(checker_client, "/desk/calibration").text


def test_steady_scores_are_a_line_of_the_health_page(checker_client: Client) -> None:
    settled([0.9, 0.9, 0.1, 0.9] * 50, [True, True, False, False] * 50)
    page = shown(checker_client, "/desk/health")
    assert "Calibration drift None (Brier 0.21, 99 d)" in page.text
    assert "Nothing needs a person." in page.text


def test_the_health_page_names_the_model_in_use_and_one_that_waits(
    checker_client: Client,
) -> None:
    assert "nothing was learnt yet" in shown(checker_client, "/desk/health").text
    for number, state in ((1, ModelState.ACTIVE), (2, ModelState.WAITING)):
        ScoringModel.objects.create(
            number=number,
            method="test",
            parameters={},
            inputs_digest="0" * 64,
            figures={},
            made_at=FIRST,
            activated_at=FIRST if state == ModelState.ACTIVE else None,
            state=state,
        )
    page = shown(checker_client, "/desk/health")
    assert "Model 1, learnt 1 Mar 2026, 12:00 UTC" in page.text
    assert "Model 2 was learnt and waits for a person." in page.text
    assert "1 thing needs a person." in page.text


def test_of_few_claims_the_health_page_says_that_it_is_too_early(checker_client: Client) -> None:
    settled([0.9] * 59, [True] * 59)
    page = shown(checker_client, "/desk/health")
    assert "Too early to say: 59 of 60 settled claims" in page.text


@pytest.mark.parametrize("number", [3, 40])
@pytest.mark.parametrize(
    ("path", "most"), [("/methodology", 8), ("/desk/calibration", 16), ("/api/v1/calibration", 3)]
)
def test_the_queries_do_not_grow(
    number: int,
    path: str,
    most: int,
    checker_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for claim in settled([0.9] * number, [False] * number):
        EvidenceFactory.create(claim=claim, snapshot=None)
    with django_assert_max_num_queries(most):
        assert shown(checker_client, path).status == 200


def test_an_auditor_may_read_the_calibration(auditor: User, client: Client) -> None:
    client.force_login(auditor)
    assert shown(client, "/desk/calibration").status == 200
