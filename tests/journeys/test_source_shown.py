"""A source with a track record, in a real browser."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from claims.models import Claim
from claims.vocabulary import Alignment, ClaimKind, Stance
from sources.models import Affiliation, Derivation, Origin, Snapshot, Source
from sources.services.judgement import note_source
from sources.vocabulary import CaptureState, SourceKind
from tests.factories import DocumentFactory, EvidenceFactory, PartyFactory, SourceFactory
from tests.journeys.conftest import add_people
from tests.journeys.shown_pages import CHECKER, EDITOR, Shown, show
from tests.journeys.test_every_page import UNREACHABLE, violations, width_at
from tests.journeys.watched_tab import Tabs
from tests.verification.settled_rows import settled_report
from verification.selectors.source_life import MOST_CHANGES
from verification.services.assess import assess_claim

pytestmark = pytest.mark.journey

DESK = Shown("desk_source", "/desk/s/{source}", EDITOR)
PUBLIC = Shown("source", "/s/{source}")
OLD = "Its first reports named nobody; two of them were borne out."
NEW = "Since the spring it repeats a channel of one side without saying so."
LEFT = "The council was dissolved, and its press office with it."
UNREAD = ("Shells on the old market", "The bakery opens again")
ERRORS = ("dns_not_found", "connect_timeout", "connect_timeout")
RECORD = [
    (19, True, ClaimKind.CONTROL, Alignment.SELF_SERVING),
    (4, False, ClaimKind.CONTROL, Alignment.SELF_SERVING),
    (11, True, ClaimKind.OCCURRENCE, Alignment.AGAINST_INTEREST),
    (4, True, ClaimKind.ATTRIBUTION, Alignment.NEUTRAL),
    (8, True, ClaimKind.QUANTITY, Alignment.NEUTRAL),
]


@pytest.fixture(scope="module")
def source(db: None) -> Source:
    """46 settled reports, three of claims that are open."""
    with transaction.atomic():
        add_people()
        found: Source = SourceFactory.create(
            name="Quarter Lantern",
            kind=SourceKind.OUTLET,
            languages=["ar", "en"],
            description="A local news page that people of the quarter write.",
        )
        Affiliation.objects.create(
            source=found,
            party=PartyFactory.create(name="Opposition and allies"),
            rationale="Written in opposition-held streets by people who work for its council.",
        )
        for times, right, kind, alignment in RECORD:
            for _ in range(times):
                settled_report(found, right=right, kind=kind, alignment=alignment)
        for stance in (Stance.SUPPORTS, Stance.CONTRADICTS, Stance.SUPPORTS):
            score(EvidenceFactory.create(document__source=found, stance=stance).claim)
        judge(found)
    return found


def judge(source: Source) -> None:
    """Two grades, an owner, somebody else's rating, and a claim that is nearly sure."""
    PartyFactory.create(name="Government and allies")
    checker, now = User.objects.get(email=CHECKER), timezone.now()
    for days, grade, why in ((400, "C", OLD), (12, "D", NEW)):
        at = now - timedelta(days=days)
        source.grades.create(grade=grade, rationale=why, graded_by=checker, graded_at=at)
    source.ratings.create(
        rater="Media Watch", value="Mixed for facts", scale="Very high to very low"
    )
    agency, blog = (SourceFactory.create(name=name) for name in ("Harbour Agency", "Street Notes"))
    for first, *others in ((agency, source, blog), (agency, source), (source, blog)):
        origin = Origin.objects.create(first_document=DocumentFactory.create(source=first))
        for other in others:
            document = DocumentFactory.create(source=other, published_at=now)
            Derivation.objects.create(document=document, origin=origin, method="shared wording")
    cited = source.documents.filter(evidence__isnull=False).latest("pk")
    others = [DocumentFactory.create(source=source, title=title) for title in UNREAD]
    for document, error in zip((*others, cited), ERRORS, strict=True):
        Snapshot.objects.create(
            document=document,
            state=CaptureState.FAILED,
            error=error,
            capture_finished_at=now,
        )
    source.owner = SourceFactory.create(name="Lantern Media Group")
    source.save()
    note_source(actor=checker, source=source, text="The editor answers by phone before noon.")
    for number in range(MOST_CHANGES):
        note_source(actor=checker, source=source, text=f"Asked again, {number + 1} times by now.")
    left = PartyFactory.create(name="Harbour council")
    day = now.date()
    Affiliation.objects.create(
        source=source, party=left, to_date=day, rationale=OLD, end_reason=LEFT
    )
    sure = EvidenceFactory.create(document__source=source, stance=Stance.SUPPORTS).claim
    EvidenceFactory.create(claim=sure, document__source=SourceFactory.graded("B"), credibility=1)
    score(sure)


def score(claim: Claim) -> None:
    assess_claim(claim_id=claim.pk)


def for_everybody(page: Page, name: str) -> None:
    assert list(violations(page)) == []
    assert page.evaluate(UNREACHABLE) == []
    assert width_at(page, 320) == 320
    if folder := os.environ.get("SHOTS"):
        for width, scheme in ((1280, "light"), (390, "light"), (1280, "dark"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)


def test_the_desk_sees_more_and_what_another_grade_would_change(tabs: Tabs, source: Source) -> None:
    page = show(tabs, DESK, {"source": source.number})
    page.get_by_label("With the grade").select_option("A")
    page.get_by_label("Also on the side of").select_option(label="Government and allies")
    page.get_by_role("button", name="Show what it would change").click()
    page.get_by_text("Changes 4 scores, 1 across a bar.", exact=True).wait_for()
    page.get_by_text("Save this judgement").click()
    for_everybody(page, "desk-source")


@pytest.mark.parametrize("script", [True, False])
def test_an_owner_is_named_and_older_history_is_read(
    script: bool, tabs: Tabs, source: Source
) -> None:
    asking = replace(DESK, refusal=422)
    page = show(tabs, asking, {"source": source.number}, script=script)
    page.get_by_label("Owned by").fill("street")
    page.get_by_role("button", name="Show what it would change").click()
    page.get_by_role("link", name="Did you mean: Street Notes, source").wait_for()
    if script:
        for_everybody(page, "desk-owner")
    (meant,) = page.locator("#owners option").evaluate_all("all => all.map(one => one.value)")
    page.get_by_label("Owned by").fill(meant)
    page.get_by_role("button", name="Show what it would change").click()
    page.get_by_text("Owned by Street Notes:").wait_for()
    page.get_by_role("navigation", name="Pages of its history").get_by_text("Older").click()
    page.get_by_text("The editor answers by phone before noon.").wait_for()
    if script:
        for_everybody(page, "desk-history")


def test_the_track_record_is_for_everybody(tabs: Tabs, source: Source) -> None:
    page = show(tabs, PUBLIC, {"source": source.number})
    page.get_by_text("91 in 100, range 82 to 96", exact=True).wait_for()
    page.get_by_text(LEFT).wait_for()
    for_everybody(page, "source")
