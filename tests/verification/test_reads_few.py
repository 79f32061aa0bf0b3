"""What a page reads does not grow with the number of claims: each question has its index.

Measured with a million of them: docs/scale.md.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from claims.models import Claim, Evidence
from claims.selectors.relations import rivals_of
from claims.services.locks import lock_with_rivals
from claims.vocabulary import Publication, RelationKind
from sources.models import FixityCheck, Source, StoredObject
from sources.selectors.fixity import damaged_now
from tests.factories import ClaimFactory, UserFactory
from tests.plans import indexes, nodes, plans_of, read_whole
from verification.selectors import home
from verification.selectors.choices import recent_claims
from verification.selectors.source_page import public_sources, source_list

pytestmark = pytest.mark.django_db

MANY = 3000


@pytest.fixture
def claim() -> Claim:
    made: Claim = ClaimFactory.create()
    return made


@pytest.mark.usefixtures("thousands")
def test_rivals_are_found_by_what_excludes_them(claim: Claim) -> None:
    for ask in (lambda: list(rivals_of(claim)), lambda: lock_with_rivals(claim)):
        for plan in plans_of(ask):
            assert "claims_claim" not in read_whole(plan)


@pytest.mark.usefixtures("thousands")
def test_with_or_between_joins_every_claim_would_be_read(claim: Claim) -> None:
    kind = RelationKind.CONTRADICTS
    either = Claim.objects.filter(
        Q(relations__to_claim=claim, relations__kind=kind)
        | Q(related_from__from_claim=claim, related_from__kind=kind)
    )
    (plan,) = plans_of(lambda: list(either.distinct()))
    assert "claims_claim" in read_whole(plan)


@pytest.fixture
def thousands() -> None:
    """So many that the server weighs what it would read."""
    villages = [
        ClaimFactory.build(sentence=f"Village number {number} was captured", owner=None)
        for number in range(MANY)
    ]
    Claim.objects.bulk_create(villages)
    analyse("claims_claim")


@pytest.mark.usefixtures("thousands")
@pytest.mark.parametrize("text", ["suburb", "suburb captured", "ضاحية", "number 17"])
def test_a_search_goes_by_the_index_of_words(text: str) -> None:
    plans = plans_of(lambda: home.search(text=text, status="", before=""))
    asked = [plan for plan in plans if "claim_words" in indexes(plan)]
    assert asked
    for plan in asked:
        assert "claims_claim" not in read_whole(plan)


@pytest.mark.usefixtures("thousands")
def test_where_many_match_a_search_goes_by_the_order_of_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found in another way, they are the same claims in the same order."""
    few = home.search(text="village", status="", before="")
    monkeypatch.setattr(home, "FEW", 2)
    plans = plans_of(lambda: home.search(text="village", status="", before=""))
    assert any("claim_recent" in indexes(plan) for plan in plans)
    many = home.search(text="village", status="", before="")
    assert few.claims.rows
    assert many == few


@pytest.fixture
def outlets() -> None:
    Source.objects.bulk_create(Source(name=f"Outlet {number}") for number in range(MANY))
    analyse("sources_source")


@pytest.mark.usefixtures("outlets", "thousands")
def test_the_list_of_sources_asks_of_one_after_the_other() -> None:
    plan = plans_of(source_list)[0]
    assert "source_by_name" in indexes(plan)
    assert not _lists_all(plan)


@pytest.mark.usefixtures("outlets", "thousands")
def test_of_two_questions_joined_by_or_the_server_makes_a_list() -> None:
    published = Publication.PUBLISHED
    cited = Evidence.objects.filter(document__source=OuterRef("pk"), claim__publication=published)
    named = Claim.objects.filter(claimant=OuterRef("pk"), publication=published)
    either = Source.objects.filter(Exists(cited) | Exists(named)).order_by("name", "number")
    assert any(_lists_all(plan) for plan in plans_of(lambda: list(either)))
    assert not any(_lists_all(plan) for plan in plans_of(lambda: list(public_sources())))


def _lists_all(plan: dict[str, object]) -> bool:
    """A filter asks a list of all that fit, which was made before: a hashed subplan."""
    return any("hashed SubPlan" in str(node.get("Filter")) for node in nodes(plan))


@pytest.mark.usefixtures("thousands")
def test_claims_to_choose_from_are_the_newest_and_no_others_are_read() -> None:
    (plan,) = plans_of(lambda: recent_claims(UserFactory.create()))[-1:]
    assert "claim_changed" in indexes(plan)


def test_damaged_objects_are_found_by_the_checks_that_failed() -> None:
    """Three thousand were checked, and one was damaged."""
    stored = StoredObject.objects.bulk_create(
        StoredObject(sha256=f"{number:064x}", size=1, media_type="application/warc")
        for number in range(MANY)
    )
    FixityCheck.objects.bulk_create(
        FixityCheck(stored=one, checked_at=timezone.now(), ok=number > 0)
        for number, one in enumerate(stored)
    )
    analyse("sources_storedobject", "sources_fixitycheck")
    (plan,) = plans_of(lambda: list(damaged_now()))
    assert "fixity_failed" in indexes(plan)
    assert "sources_storedobject" not in read_whole(plan)
    assert list(damaged_now()) == stored[:1]


def analyse(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table}")
