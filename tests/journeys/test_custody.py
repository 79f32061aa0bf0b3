"""The pages of a copy that is held or taken down, for everybody, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.roles import Role
from claims.vocabulary import Publication
from sources.models import LegalHold, Snapshot, Takedown
from tests.factories import ClaimFactory, EvidenceFactory, SnapshotFactory, UserFactory
from tests.journeys.shown_pages import Shown, show
from tests.journeys.test_every_page import UNREACHABLE, violations, width_at
from tests.journeys.watched_tab import Tabs

pytestmark = pytest.mark.journey

ADMIN = "admin@demo.example"
PAGES = [
    Shown("snapshot", "/snap/{taken}", refusal=451),
    Shown("desk_custody", "/desk/snap/{taken}", ADMIN),
    Shown("desk_custody", "/desk/snap/{held}", ADMIN),
    Shown("desk_custody", "/desk/snap/{standing}", ADMIN),
]


@pytest.fixture
def numbers(transactional_db: None) -> dict[str, int]:
    admin = UserFactory.create(email=ADMIN, role=Role.ADMIN, name="Ada Admin")
    item = EvidenceFactory.create(claim=ClaimFactory.create(publication=Publication.PUBLISHED))
    standing, held = item.snapshot, SnapshotFactory.create()
    SnapshotFactory.create(document=standing.document, revisits=standing)
    taken = SnapshotFactory.create(document=item.document)
    LegalHold.objects.create(
        snapshot=held, reason="A case is open at the high court.", placed_by=admin,
        placed_at=timezone.now(),
    )  # fmt: skip
    Takedown.objects.create(
        snapshot=taken, basis="court_order", words="A court ordered that this is not shown.",
        decided_by=admin, decided_at=timezone.now(),
    )  # fmt: skip
    return {"standing": number(standing), "held": number(held), "taken": number(taken)}


def number(snapshot: Snapshot) -> int:
    snapshot.refresh_from_db()
    return snapshot.number


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.ident)
def test_a_page_of_custody_is_for_everybody(
    tabs: Tabs, shown: Shown, numbers: dict[str, int]
) -> None:
    page = show(tabs, shown, numbers)
    assert list(violations(page)) == []
    assert page.evaluate(UNREACHABLE) == []
    assert width_at(page, 320) == 320
