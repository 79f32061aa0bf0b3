from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from claims.vocabulary import Sensitivity, Status
from tests.factories import ClaimFactory
from tests.verification.aleppo import (
    CHECKER,
    CONFIRMED_REASON,
    FINDING,
    SENTENCE,
    WOULD_CHANGE,
    Aleppo,
    hours,
    override,
)
from tests.verification.page_reading import Page, read, said

pytestmark = pytest.mark.django_db


def test_a_confirmed_claim_says_status_finding_and_score_with_its_range(confirmed: Page) -> None:
    assert confirmed.status == 200
    assert confirmed.title == f"Confirmed: {SENTENCE}"
    assert confirmed.all("//h1") == [SENTENCE]
    verdict = confirmed.part("finding")
    assert verdict.startswith("Confirmed since 12 Nov 2026, 16:40 UTC. Contested for 18 hours")
    assert FINDING in verdict
    assert "in 100, " in verdict
    assert "Range: " in verdict
    assert verdict.index(FINDING) < verdict.index("Range: ")


def test_reading_order_is_status_finding_score_brief_evidence_why(confirmed: Page) -> None:
    text = confirmed.text
    parts = [SENTENCE, "Confirmed", FINDING, "How likely is it", "In brief", "The evidence"]
    parts += ["Would it stand without", "Who reported what", "Who copied whom"]
    parts += ["How the finding changed", "Use this page"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_brief_counts_sources_and_says_what_would_change_the_finding(confirmed: Page) -> None:
    terms = confirmed.all("//section[@class='brief']//dt")
    values = confirmed.all("//section[@class='brief']//dd")
    brief = dict(zip(terms, values, strict=True))
    assert brief["Sources"] == "7 found: 5 support it, 1 contradicts it and 1 gives context"
    assert brief["Independent"].startswith("5 origins")
    assert brief["Would change it"] == WOULD_CHANGE
    assert brief["First said by"] == "Grey Ridge channel"
    assert brief["Last checked"] == "12 Nov 2026, 16:40 UTC"


def test_steps_of_the_score_follow_the_numbers_and_name_copies(confirmed: Page) -> None:
    steps = confirmed.all("//table[contains(@class,'waterfall')]/tbody/tr/th")
    assert [step.split("]")[0] for step in steps[1:-1]] == ["[1", "[2", "[3", "[5", "[6", "[7"]
    assert "counts 0 because it repeats [1]" in steps[2]
    assert "third independent origin; counts 1.3 times what" in steps[4]
    assert "place and date checked" in steps[6]


def test_the_page_shows_what_the_score_would_be_without_one_source(confirmed: Page) -> None:
    without = confirmed.part("without")
    assert "[7] Photo Notebook" in without
    assert "Everything from Government and allies" in without


def test_sides_are_counted_with_origins_and_copies(confirmed: Page) -> None:
    table = confirmed.tree.xpath("//table[contains(@class,'split')]/tbody/tr")
    rows = [[said(cell) for cell in row if cell.get("class") != "u"] for row in table]
    assert rows == [
        ["Government and allies", "0", "3", "0"],
        ["Opposition and allies", "1", "1", "0"],
        ["Not aligned", "0", "1", "1"],
    ]
    hollow = table[0].xpath(".//*[contains(@class,'g-hollow')]")
    assert len(hollow) == 1, "the agency repeats the channel"


def test_copies_hang_under_the_report_that_they_repeat(confirmed: Page) -> None:
    copying = confirmed.part("copying")
    assert "6 reports stand on their own" in copying
    assert "[2] State Bulletin 91% same wording, 43 minutes later" in copying


def test_the_history_names_roles_and_reasons_and_no_person(confirmed: Page) -> None:
    history = confirmed.part("history")
    assert "Proposed by a fact-checker, approved by an editor." in history
    assert CONFIRMED_REASON in history
    assert "Approved 16:40" in history
    assert CHECKER not in confirmed.text


def test_fewer_than_three_origins_show_the_range_and_no_point(aleppo: Aleppo) -> None:
    aleppo.contest()
    page = read(aleppo.path)
    verdict = page.part("finding")
    assert "Too few independent origins for one number." in verdict
    assert "Range: " not in verdict
    assert "Why this range?" in page.part("why")
    assert "Would it stand without" not in page.text


def test_a_third_origin_brings_the_point(aleppo: Aleppo) -> None:
    aleppo.contest()
    aleppo.file(6, "Quarter Lantern", "C")
    assert "Range: " in read(aleppo.path).part("finding")


def test_a_contested_claim_lets_both_sides_speak(aleppo: Aleppo) -> None:
    aleppo.contest()
    verdict = read(aleppo.path).part("finding")
    yes, no = verdict.split("Those who say no")
    assert "Grey Ridge channel" in yes
    assert "State Bulletin" not in verdict, "a copy is no further voice"
    assert "Operations room" in no


def test_a_claim_without_evidence_is_not_scored(client: Client) -> None:
    claim = ClaimFactory.create(sentence="The hills were captured")
    page = read(f"/c/{claim.number}/the-hills-were-captured")
    assert page.title == "Unverified: The hills were captured"
    assert "Not scored yet" in page.part("finding")
    assert "A score appears after the first archived source." in page.part("finding")
    assert "No sources yet." in page.part("evidence")
    assert "Why this range?" not in page.text


def test_a_change_of_the_last_day_is_pointed_out(aleppo: Aleppo) -> None:
    aleppo.contest()
    with time_machine.travel(hours(4) + timedelta(hours=23)):
        assert "Changed in the last 24 hours, from Unverified." in read(aleppo.path).text
    with time_machine.travel(hours(4) + timedelta(hours=25)):
        assert "Changed in the last 24 hours" not in read(aleppo.path).text


def test_a_correction_stands_above_the_verdict_for_ever(
    aleppo: Aleppo, administrator: User
) -> None:
    override(aleppo.confirm(), administrator, Status.REFUTED)
    text = read(aleppo.path).text
    assert "Corrected on" in text
    assert f"We first said: Confirmed. {FINDING} Now: Refuted." in text
    assert text.index("Corrected on") < text.index("How likely is it")
    assert "Override of the rules." in text


def test_a_superseded_claim_leads_to_what_followed(aleppo: Aleppo, administrator: User) -> None:
    later = ClaimFactory.create(sentence="The suburb was lost again in spring")
    aleppo.claim.superseded_by, aleppo.claim.time_from = later, hours(0)
    aleppo.claim.time_precision = "day"
    aleppo.claim.save()
    override(aleppo.claim, administrator, Status.SUPERSEDED, later)
    page = read(aleppo.path)
    assert "This was so 11 November 2026" in page.text
    assert f"/c/{later.number}/the-suburb-was-lost-again-in-spring" in page.links()


def test_graphic_pictures_are_never_shown(aleppo: Aleppo) -> None:
    aleppo.claim.sensitivity = Sensitivity.GRAPHIC
    aleppo.claim.save()
    aleppo.file(1, "Photo Notebook", "C", directness="first_hand_visual", quote="the dead lie here")
    page = read(aleppo.path)
    assert "This source shows dead or wounded people." in page.text
    assert "the dead lie here" not in page.text
