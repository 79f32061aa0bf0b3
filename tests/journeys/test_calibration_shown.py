"""Calibration and the audit queue with numbers in them, in a real browser."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

from claims.vocabulary import Stance, Status
from tests.factories import ClaimFactory, DocumentFactory, EvidenceFactory, SourceFactory
from tests.journeys.conftest import add_people
from tests.journeys.shown_pages import EDITOR, Shown, show
from tests.journeys.test_every_page import UNREACHABLE, violations, width_at
from tests.journeys.watched_tab import Tabs
from tests.verification.settled_rows import TRIED, moved, open_claim, settled
from verification.services.assess import assess_claim
from verification.services.audit_draws import close_draw, draw_for_audit

pytestmark = pytest.mark.journey

PAGES = [
    Shown("methodology", "/methodology#calibration"),
    Shown("desk_calibration", "/desk/calibration", EDITOR),
    Shown("desk_audit", "/desk/audit", EDITOR),
    Shown("desk_assisted", "/desk/assisted", EDITOR),
    Shown("desk_health", "/desk/health", EDITOR),
]
SAID = [0.12, 0.35, 0.55, 0.62, 0.78, 0.83, 0.91, 0.94, 0.08, 0.97]
CAME = [False, False, True, False, True, True, True, True, False, True]


@pytest.fixture(scope="module")
def numbers(db: None) -> None:
    """90 settled claims of half a year, the newest worse; five drawn ones, one of them answered."""
    with transaction.atomic(), override_settings(AUDIT_RATE=1.0):
        _, editor = add_people()
        claims = settled(SAID * 6, CAME * 6, apart=timedelta(days=2))
        claims += settled(SAID * 3, [not one for one in CAME * 3], since=claims[-1].status_since)
        for name, every in (("Valley Post", 2), ("Hill radio", 3), ("صوت الوادي", 5)):
            report = DocumentFactory.create(source=SourceFactory.create(name=name))
            for claim in claims[::every]:
                EvidenceFactory.create(
                    claim=claim, document=report, snapshot=None, stance=Stance.SUPPORTS
                )
        for claim in [ClaimFactory.create() for _ in range(3)]:
            for source in SourceFactory.create_batch(2):
                EvidenceFactory.create(claim=claim, document__source=source)
            assess_claim(claim_id=claim.pk)
        drawn = [open_claim(score) for score in (0.25, 0.55, 0.67, 0.83, 0.95)]
        draw_for_audit()
        moved(drawn[1], Status.CORROBORATED)
        moved(drawn[2], Status.CORROBORATED)
        moved(drawn[4], Status.UNVERIFIABLE)
        close_draw(actor=editor, number=drawn[1].number, tried=TRIED)


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_numbers_are_for_everybody(tabs: Tabs, numbers: None, shown: Shown) -> None:
    page = show(tabs, shown, {})
    for summary in page.locator("details:not(.account) > summary").all():
        summary.click()
    assert list(violations(page)) == []
    assert page.evaluate(UNREACHABLE) == []
    assert width_at(page, 320) == 320
    if folder := os.environ.get("SHOTS"):
        for width, scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{shown.name}-{width}.png", full_page=True)
