"""The methodology page: the formula with the numbers in use, a score added up, and the models."""

from __future__ import annotations

import gzip
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from claims.models import Claim
from claims.vocabulary import Publication
from core.chances import sigmoid
from sources.models import Source
from sources.vocabulary import Safety
from tests.factories import ClaimFactory, SourceFactory
from tests.verification.aleppo import SENTENCE, Aleppo
from tests.verification.page_reading import Page, read
from verification.models import Assessment, ModelState, ScoringModel
from verification.scoring import DEFAULT_PARAMETERS, METHOD, Group, Parameters
from verification.selectors import public_reasons, worked_example
from verification.selectors.steps import kept_short

pytestmark = pytest.mark.django_db
PATH = "/methodology"
FIGURES = {"n_reports": 214.0, "n_claims": 61.0, "log_loss_before": 0.412, "log_loss_after": 0.297}
WHY = "Its numbers agree with what we know of these sources."
SHEETS = ("tokens.css", "site.css", "charts.css")
MOST_BYTES, MOST_NODES = 50_000, 1200
NO_EXAMPLE = "No published claim has a score from 3 independent origins yet."


def section(page: Page, ident: str) -> str:
    (found,) = page.tree.xpath(f"//section[@aria-labelledby='{ident}']")
    return " ".join(found.text_content().split())


def sum_of(page: Page) -> list[list[str]]:
    """Factors, what each line adds, and the log-odds after it."""
    return [
        [" ".join(row.xpath(".//code/text()")), *(cell.text_content() for cell in row.xpath("td"))]
        for row in page.tree.xpath("//table[contains(@class, 'addition')]/tbody/tr")
    ]


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("±", ""))


def product(factors: str) -> float:
    """Such as 0.765 × 0.8 × ln(0.9 ÷ 0.12), as a reader would work it out."""
    total = 1.0
    for factor in factors.split(" × "):
        ratio = re.fullmatch(r"ln\((.+) ÷ (.+)\)", factor)
        total *= math.log(float(ratio[1]) / float(ratio[2])) if ratio else number(factor)
    return total


def model(number: int, state: ModelState = ModelState.REPLACED, **columns: object) -> ScoringModel:
    now = timezone.now()
    given = {
        "method": METHOD,
        "parameters": DEFAULT_PARAMETERS.as_dict(),
        "inputs_digest": f"{number:064x}",
        "figures": FIGURES,
        "moves": {"claims": 340, "mean": 0.021, "p99": 0.03, "most": 0.11, "furthest": []},
        "made_at": now,
        "activated_at": now if state in {ModelState.ACTIVE, ModelState.REPLACED} else None,
    }
    return ScoringModel.objects.create(number=number, state=state, **(given | columns))


def refused(number: int, by: User, reason: str = WHY, **columns: object) -> ScoringModel:
    decided = {"decided_by": by, "decided_at": timezone.now(), "decision_reason": reason}
    return model(number, ModelState.REFUSED, **decided, **columns)


# --- the worked example


def test_without_a_score_that_shows_a_point_a_sentence_says_so(aleppo: Aleppo) -> None:
    assert NO_EXAMPLE in section(read(PATH), "example")
    aleppo.file(1, "Outlet", "B")
    assert NO_EXAMPLE in section(read(PATH), "example")


def test_a_reader_can_redo_a_published_score_by_hand(aleppo: Aleppo) -> None:
    claim = aleppo.confirm()
    stored = Assessment.objects.filter(claim=claim).latest("at")
    page = read(PATH)
    (_, start), *rows = ((row[0], row[2]) for row in sum_of(page))
    lines = sum_of(page)[1:]
    assert SENTENCE in section(page, "example")
    assert len(rows) == len(stored.explanation["contributions"]) > 4
    for factors, adds, _ in lines:
        assert product(factors) == pytest.approx(number(adds), abs=2e-3)
    total = number(start) + sum(number(adds) for _, adds, _ in lines)
    assert total == pytest.approx(stored.log_odds, abs=1e-3)
    assert number(lines[-1][2]) == pytest.approx(stored.log_odds, abs=1e-4)
    assert f"= {sigmoid(stored.log_odds):.4f}" in section(page, "example")
    assert page.tree.xpath("//section[@aria-labelledby='example']//table[@class='waterfall']")
    data = Client().get(f"/api/v1/claims/{claim.number}/assessment")
    assert data.json()["log_odds"] == stored.log_odds


def test_the_range_lies_around_its_own_middle(aleppo: Aleppo) -> None:
    claim = aleppo.confirm()
    stored = Assessment.objects.filter(claim=claim).latest("at")
    told = stored.explanation
    assert told["centre"] == pytest.approx(
        told["start"]["log_odds"] + sum(row["centre"] for row in told["contributions"])
    )
    reach = DEFAULT_PARAMETERS.spread * math.sqrt(told["variance"])
    assert stored.low == pytest.approx(sigmoid(told["centre"] - reach))
    assert stored.high == pytest.approx(sigmoid(told["centre"] + reach))
    shown = section(read(PATH), "example")
    assert f"to each side of its middle, +{told['centre']:.4f}: from" in shown
    assert "as far as the score itself" not in shown


def test_a_range_of_an_earlier_method_lies_around_the_score(aleppo: Aleppo) -> None:
    claim = aleppo.confirm()
    row = Assessment.objects.filter(claim=claim).latest("at")
    row.pk, row.at, row.method = None, timezone.now(), "cred-d/1"
    del row.explanation["centre"]
    row.save(force_insert=True)
    around = f"to each side of its middle, +{row.log_odds:.4f}"
    assert around in section(read(PATH), "example")
    made_together(claim)
    assert around in section(read(PATH), "example")


def test_a_score_of_many_reports_ends_in_one_line_for_the_rest(
    aleppo: Aleppo, monkeypatch: pytest.MonkeyPatch
) -> None:
    aleppo.confirm()
    whole = sum_of(read(PATH))
    monkeypatch.setattr(worked_example, "BY_HAND", 3)
    page = read(PATH)
    short = sum_of(page)
    assert short[:4] == whole[:4]
    assert f"{len(whole) - 4} more, each of them smaller" in section(page, "example")
    assert len(short) == 5
    assert short[-1][2] == whole[-1][2]


def made_together(claim: Claim, off: float = 0.0) -> None:
    """The newest score again, as a run over many claims keeps it: without steps."""
    row = Assessment.objects.filter(claim=claim).latest("at")
    row.pk, row.at, row.log_odds = None, timezone.now(), row.log_odds + off
    row.explanation = kept_short(counted=True, snapshot=DEFAULT_PARAMETERS.version)
    row.save(force_insert=True)


def test_a_score_that_keeps_no_steps_is_shown_if_they_come_to_it(aleppo: Aleppo) -> None:
    claim = aleppo.confirm()
    stored = sum_of(read(PATH))
    made_together(claim)
    page = read(PATH)
    assert sum_of(page) == stored
    assert "come to the score that is stored" in section(page, "example")
    made_together(claim, off=0.01)
    assert NO_EXAMPLE in read(PATH).text


@pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.WITHDRAWN])
def test_what_is_not_public_is_never_the_example(aleppo: Aleppo, publication: str) -> None:
    claim = aleppo.confirm()
    assert SENTENCE in read(PATH).text
    Claim.objects.filter(pk=claim.pk).update(publication=publication)
    page = read(PATH)
    assert SENTENCE not in page.text
    assert NO_EXAMPLE in page.text


def test_a_withheld_source_is_not_named_in_the_example(aleppo: Aleppo) -> None:
    aleppo.confirm()
    assert "Quarter Lantern" in read(PATH).text
    Source.objects.filter(name="Quarter Lantern").update(
        safety=Safety.WITHHELD, safety_reason="Lives there."
    )
    page = read(PATH)
    assert "Quarter Lantern" not in page.response.content.decode()
    assert "Name withheld to protect a person" in section(page, "example")


# --- the numbers


def test_the_numbers_are_those_of_the_model_in_use() -> None:
    assert "nothing was learnt from settled claims yet" in section(read(PATH), "score")
    learnt = replace(
        DEFAULT_PARAMETERS,
        version="model/7",
        effect=0.731,
        intercept=-0.125,
        priors={"control": 0.62},
        effects={"source-41": 1.25, "source-42": 0.5},
    )
    model(7, ModelState.ACTIVE, parameters=learnt.as_dict())
    said = section(read(PATH), "score")
    assert "0.731; for 2 sources with settled reports, learnt for each: from 0.5 to 1.25" in said
    assert "−0.1250. It corrects" in said
    assert "who holds a place 62" in said
    assert f"Method {METHOD}, model 7" in said
    assert "source-41" not in read(PATH).response.content.decode()


def test_grades_and_weights_are_in_tables() -> None:
    rows = " ".join(" ".join(read(PATH).all("//table//tr")).split())
    assert "C Fairly reliable 0.850 0.250 10" in rows
    assert "3: Possibly true 0.7" in rows
    assert "Official statement 0.9" in rows


# --- changes of the method


def test_readers_see_what_each_model_was_learnt_from_and_who_decided(editor: User) -> None:
    model(1)
    refused(2, editor)
    model(3, ModelState.ACTIVE)
    model(4, ModelState.WAITING)
    page = read(PATH)
    entries = page.all("//ol[contains(@class, 'changes')]/li")
    shown = page.all("//ol[contains(@class, 'changes')]/li/p/b")
    assert shown == ["Model 4", "Model 3", "Model 2", "Model 1"]
    assert "Waits for a person. It would move open scores far" in entries[0]
    assert "In use. Used without a person’s decision" in entries[1]
    assert f"Refused. An editor decided. {WHY}" in entries[2]
    assert "214 reports on 61 settled claims" in entries[2]
    assert "0.412 before, 0.297 after" in entries[2]
    assert "By 2.1 in 100 on average over 340 open claims, by 11.0 at most" in entries[2]
    assert editor.name not in page.text


def test_a_model_names_neither_sources_nor_claims_to_readers(editor: User) -> None:
    claim = ClaimFactory.create(
        sentence="The convoy leaves on Friday", publication=Publication.DRAFT
    )
    withheld = SourceFactory.create(
        name="Amal of the bakery", safety=Safety.WITHHELD, safety_reason="Lives there."
    )
    parameters = Parameters(effects={f"source-{withheld.number}": 1.5}).as_dict()
    furthest = [{"claim": claim.pk, "before": 0.2, "after": 0.9}]
    moves = {"claims": 1, "mean": 0.7, "p99": 0.7, "most": 0.7, "furthest": furthest}
    told = "It takes too much from AMAL of the bakery, who was right."
    refused(1, editor, told, parameters=parameters, moves=moves)
    whole = read(PATH).response.content.decode()
    for secret in ("convoy", "bakery", f"source-{withheld.number}", "furthest"):
        assert secret not in whole
    assert public_reasons.KEPT_BACK in whole


def test_a_reason_is_shown_once_nobody_in_it_is_protected(editor: User) -> None:
    refused(1, editor, "It takes too much from Amal of the bakery, who was right.")
    assert "Amal of the bakery" in read(PATH).text


@pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.WITHDRAWN])
@pytest.mark.parametrize(
    "told",
    [
        "It believes that\n the CONVOY leaves  on Friday, which nobody has shown.",
        "It moved claim {number} too far for what is filed on it.",
        "It moved /desk/c/{number} too far for what is filed on it.",
    ],
)
def test_a_reason_that_names_a_private_claim_stays_at_the_desk(
    editor: User, told: str, publication: Publication
) -> None:
    claim = ClaimFactory.create(sentence="The convoy leaves on Friday.")
    reason = told.format(number=claim.number)
    refused(1, editor, reason)
    assert " ".join(reason.split()) in " ".join(read(PATH).text.split())
    Claim.objects.filter(pk=claim.pk).update(publication=publication)
    whole = read(PATH).response.content.decode()
    assert public_reasons.NOT_PUBLIC in whole
    assert "too far" not in whole
    assert "convoy" not in whole.casefold()


def test_twenty_models_are_shown_and_the_others_stand_behind_a_link() -> None:
    for count in range(1, 22):
        model(count)
    first = read(PATH)
    assert len(first.all("//ol[contains(@class, 'changes')]/li")) == 20
    assert "?before=2#changes" in first.links()
    older = read(f"{PATH}?before=2")
    assert older.all("//ol[contains(@class, 'changes')]/li/p/b") == ["Model 1"]
    assert older.tree.xpath("//meta[@name='robots']/@content") == ["noindex"]


@pytest.mark.parametrize("before", ["x", "²", "-1", "9" * 9])
def test_a_page_of_the_list_that_is_none_is_refused_with_words(before: str) -> None:
    response = Client().get(PATH, {"before": before})
    assert response.status_code == 422
    assert "Start from its first page." in response.content.decode()


def test_the_page_and_its_sheets_are_fewer_bytes_than_a_phone_minds(
    aleppo: Aleppo, editor: User
) -> None:
    aleppo.confirm()
    for count in range(1, 21):
        refused(count, editor)
    sheets = (Path(settings.BASE_DIR) / "static/css" / name for name in SHEETS)
    page = read(PATH)
    assert len(page.tree.xpath("//*")) < MOST_NODES
    sent = [page.response.content, *(sheet.read_bytes() for sheet in sheets)]
    assert sum(len(gzip.compress(part)) for part in sent) < MOST_BYTES


def test_the_queries_do_not_grow(
    aleppo: Aleppo, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    aleppo.confirm()
    for count in range(1, 12):
        refused(count, editor)
    model(12, ModelState.ACTIVE)
    with django_assert_max_num_queries(13):
        assert read(PATH).status == 200


def test_kinds_that_a_model_tells_apart_stand_below_their_grade() -> None:
    """Ratings by others do not: each report of a page is listed with its own rates."""
    groups = {
        **DEFAULT_PARAMETERS.groups,
        "B/outlet": Group(0.812, 0.123, 16),
        "B/outlet/Media Watch: Mixed": Group(0.71, 0.31, 16),
    }
    learnt = replace(DEFAULT_PARAMETERS, groups=groups)
    model(8, ModelState.ACTIVE, parameters=learnt.as_dict())
    rows = read(PATH).all("//table[caption='Where sources start']/tbody/tr")
    place = next(number for number, row in enumerate(rows) if row.startswith("B "))
    assert rows[place + 1].split() == ["of", "these:", "News", "outlet", "0.812", "0.123", "16"]
    assert not any("Media Watch" in row for row in rows)
