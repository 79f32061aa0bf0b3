"""What a source judged otherwise would do to open scores, before anybody saves it."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from claims.models import Claim, Evidence
from claims.services.evidence import quote_digest
from claims.vocabulary import AlignmentBasis, Stance, Status
from sources.models import Party, Source
from sources.services.catalogue import affiliate_source, grade_source
from sources.services.judgement import change_owner, end_side
from sources.vocabulary import Grade
from tests.factories import ClaimFactory, EvidenceFactory, PartyFactory, SourceFactory
from tests.verification.aleppo import override
from tests.verification.every_feature import World
from verification.selectors.what_if import Move, Seen, Tried, moves
from verification.selectors.what_if_page import MOST_SHOWN, crossed, ordered
from verification.services.assess_many import assess_all

pytestmark = pytest.mark.django_db
WHY = "Its reports of the last two years were looked at again."


def claim_of(*sources: Source, **fields: object) -> Claim:
    claim: Claim = ClaimFactory.create()
    for source in sources:
        EvidenceFactory.create(claim=claim, document__source=source, **fields)
    return claim


def told(tried: Tried) -> dict[int, Move]:
    return {move.claim: move for move in moves(tried)}


def stored(claim: int) -> Seen:
    row = Claim.objects.get(pk=claim)
    assert row.confidence is not None
    assert row.confidence_low is not None
    assert row.confidence_high is not None
    return Seen(row.confidence, row.confidence_low, row.confidence_high)


def reopened(claim: Claim, administrator: User) -> Claim:
    """Settled once, so that its own outcome is left out of its score."""
    override(claim, administrator, Status.CONFIRMED)
    override(claim, administrator, Status.CONTESTED)
    return claim


@pytest.fixture
def world(administrator: User) -> World:
    made = World()
    items = list(Evidence.objects.all())
    for item in items:  # as the services would have filed them
        item.added_by, item.quote = administrator, f"Words number {item.pk}."
        item.quote_digest = quote_digest(item.quote)
    Evidence.objects.bulk_update(items, ["added_by", "quote", "quote_digest"])
    party = Party.objects.get()
    Claim.objects.filter(pk__in=[one.pk for one in made.claims[::2]]).update(favours=party)
    reopened(made.claims[0], administrator)
    override(made.claims[1], administrator, Status.CONFIRMED)
    for _ in assess_all(cause="a test"):
        pass
    return made


def heard(world: World) -> Source:
    """A source whose report counts in the first claim."""
    counted = world.claims[0].evidence.filter(
        stance=Stance.SUPPORTS, withdrawn_at=None, resolution="", visual_checked_at=None
    )
    item = counted.filter(document__source__isnull=False, snapshot__outcome="ok").first()
    assert item is not None
    assert item.document.source is not None
    return item.document.source


def test_looking_writes_nothing(world: World, editor_client: Client) -> None:
    source = heard(world)
    rows = {model: model.objects.count() for model in apps.get_models()}
    before = list(Claim.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as asked:
        page = editor_client.get(f"/desk/s/{source.number}?grade=A&party=government")
    assert page.status_code == HTTPStatus.OK
    assert "Changes " in page.content.decode()
    writing = re.compile(r"^\s*(insert|update|delete|create|truncate|copy .* from)", re.IGNORECASE)
    assert [one["sql"] for one in asked if writing.match(one["sql"])] == []
    assert {model: model.objects.count() for model in apps.get_models()} == rows
    assert list(Claim.objects.order_by("pk").values()) == before


def test_the_queries_do_not_grow_with_the_claims(editor_client: Client) -> None:
    source = SourceFactory.graded("C")
    owner = SourceFactory.create()
    path = (
        f"/desk/s/{source.number}?grade=A&party={PartyFactory.create().slug}&owner={owner.number}"
    )
    claim_of(source)
    editor_client.get(path)
    with CaptureQueriesContext(connection) as few:
        editor_client.get(path)
    for _ in range(60):
        claim_of(source, SourceFactory.create())
    with CaptureQueriesContext(connection) as many:
        page = editor_client.get(path).content.decode()
    assert len(many) == len(few)
    assert "Changes 61 scores, none across a bar." in page
    assert page.count("<tr") > MOST_SHOWN
    assert "And 11 more that would move less." in page


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.89, 0.90, "Reaches 90, the bar for Confirmed"),
        (0.90, 0.89, "Falls below 90, the bar for Confirmed"),
        (0.11, 0.10, "Goes down to 10, the bar for Refuted"),
        (0.10, 0.11, "Rises above 10, the bar for Refuted"),
        (0.95, 0.05, "Falls below 90, the bar for Confirmed; Goes down to 10, the bar for Refuted"),
        (0.902, 0.898, "Falls below 90, the bar for Confirmed (from 90.2 to 89.8)"),
        (0.90004, 0.89996, "Falls below 90, the bar for Confirmed (from 90.004 to 89.996)"),
        (0.90, 0.99, ""),
        (0.11, 0.89, ""),
    ],
)
def test_it_says_which_bar_is_crossed(before: float, after: float, said: str) -> None:
    assert crossed(Move(1, Seen(before, 0.0, 1.0), Seen(after, 0.0, 1.0))) == said


def test_claims_across_a_bar_come_first_then_by_how_far() -> None:
    far, across, near = (
        Move(number, Seen(before, 0.0, 1.0), Seen(after, 0.0, 1.0))
        for number, before, after in ((1, 0.3, 0.6), (2, 0.89, 0.91), (3, 0.5, 0.51))
    )
    assert ordered([near, far, across]) == [across, far, near]


def agree(found: dict[int, Move], before: dict[int, Seen], world: World, settled: Claim) -> None:
    """FOUND is what is stored now, and what was BEFORE."""
    assert settled.pk not in found
    assert world.claims[0].pk in found
    assert any(move.size > 0 for move in found.values())
    for claim, move in found.items():
        assert move.before == before[claim]
        assert move.after == stored(claim)


@pytest.mark.parametrize("grade", [Grade.A, Grade.E])
def test_the_preview_of_a_grade_is_what_the_grade_then_does(
    grade: Grade, world: World, checker: User, django_capture_on_commit_callbacks: object
) -> None:
    source = heard(world)
    found = told(Tried(source=source, grade=grade))
    before = {claim: stored(claim) for claim in found}
    with django_capture_on_commit_callbacks(execute=True):
        grade_source(actor=checker, source=source, grade=grade, rationale=WHY)
    agree(found, before, world, world.claims[1])


def test_the_preview_of_a_side_is_what_the_side_then_does(
    world: World, checker: User, django_capture_on_commit_callbacks: object
) -> None:
    source, party = heard(world), Party.objects.get()
    source.affiliations.all().delete()
    by_hand = world.claims[2].evidence.filter(document__source=source)
    by_hand.update(alignment_basis=AlignmentBasis.OVERRIDDEN, alignment_reason="A person knows.")
    found = told(Tried(source=source, party=party))
    before = {claim: stored(claim) for claim in found}
    with django_capture_on_commit_callbacks(execute=True):
        affiliate_source(actor=checker, source=source, party=party, rationale=WHY)
    agree(found, before, world, world.claims[1])


def test_the_preview_of_a_side_that_ends_is_what_its_end_then_does(
    world: World, checker: User, django_capture_on_commit_callbacks: object
) -> None:
    source, party = heard(world), Party.objects.get()
    source.affiliations.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        affiliate_source(actor=checker, source=source, party=party, rationale=WHY)
    found = told(Tried(source=source, ended=party))
    before = {claim: stored(claim) for claim in found}
    with django_capture_on_commit_callbacks(execute=True):
        end_side(actor=checker, source=source, party=party, rationale=WHY)
    agree(found, before, world, world.claims[1])


def test_the_preview_of_another_owner_is_what_the_owner_then_does(
    checker: User, administrator: User, django_capture_on_commit_callbacks: object
) -> None:
    one, other, house = SourceFactory.graded("B"), SourceFactory.graded("B"), SourceFactory.create()
    other.owner = house
    other.save()
    claim, again = claim_of(one, other), claim_of(one, other)
    reopened(again, administrator)
    for _ in assess_all(cause="a test"):
        pass
    for tried in (Tried(source=one, owner=house), Tried(source=one, unowned=True)):
        found = told(tried)
        before = {pk: stored(pk) for pk in found}
        with django_capture_on_commit_callbacks(execute=True):
            change_owner(actor=checker, source=one, owner=tried.owner, rationale=WHY)
        assert set(found) == {claim.pk, again.pk}
        for pk, move in found.items():
            assert move.size > 0
            assert (move.before, move.after) == (before[pk], stored(pk))
