"""What readers, programs and the desk see of a copy that was taken down."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from claims.models import Claim, Evidence
from claims.selectors.evidence import evidence_of
from claims.vocabulary import Publication
from sources.models import LegalHold, Snapshot, Takedown
from sources.services import takedowns
from sources.services.takedowns import take_down
from sources.vocabulary import TakedownBasis
from tests.conftest import signed_in
from tests.factories import ClaimFactory, EvidenceFactory, SnapshotFactory, TextFactory
from verification.selectors.captures import newest_captures, why_not_archived
from verification.selectors.facts import claim_facts, is_archived
from verification.services.snapshots import snapshot_sealed, snapshot_taken_down

pytestmark = pytest.mark.django_db

WORDS = "A court ordered that this page is not shown."
SECRET = "What nobody may read any more."


@pytest.fixture(autouse=True)
def _unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takedowns, "enqueue", lambda *_a, **_k: None)


@pytest.fixture
def item() -> Evidence:
    claim = ClaimFactory.create(publication=Publication.PUBLISHED)
    item = EvidenceFactory.create(claim=claim)
    TextFactory.create(snapshot=item.snapshot, content=SECRET)
    return item


@pytest.fixture
def taken(item: Evidence, administrator: User) -> Snapshot:
    take_down(
        actor=administrator, snapshot=item.snapshot, basis=TakedownBasis.COURT_ORDER, words=WORDS
    )
    return Snapshot.objects.select_related("warc").get(pk=item.snapshot_id)


@pytest.mark.parametrize("ending", ["", "?view=details", "/warc"])
def test_every_page_of_it_says_451_with_basis_date_and_hash(
    client: Client, taken: Snapshot, ending: str
) -> None:
    response = client.get(f"/snap/{taken.number}{ending}")
    assert response.status_code == 451
    page = response.content.decode()
    assert "Order of a court" in page
    assert WORDS in page
    assert f'<time datetime="{taken.takedown.decided_at:%Y-%m-%d}' in page
    assert taken.warc.sha256 in page
    assert SECRET not in page


def test_before_the_takedown_it_is_read(client: Client, item: Evidence) -> None:
    """The guard of the guard: without it the text is on the page and the file is given out."""
    assert SECRET in client.get(f"/snap/{item.snapshot.number}").content.decode()
    file = client.get(f"/snap/{item.snapshot.number}/warc")
    assert b"".join(file.streaming_content).startswith(b"archived bytes")


def test_the_api_says_451_and_lists_it_without_its_text(client: Client, taken: Snapshot) -> None:
    response = client.get(f"/api/v1/snapshots/{taken.number}")
    assert response.status_code == 451
    problem = response.json()
    assert (problem["code"], problem["basis"]) == ("taken_down", "court_order")
    assert problem["warc_sha256"] == taken.warc.sha256
    assert problem["taken_down_at"] == taken.takedown.decided_at.isoformat()
    listed = client.get("/api/v1/snapshots").json()["results"][0]
    assert (listed["number"], listed["text"]) == (taken.number, None)
    assert listed["taken_down"]["words"] == WORDS
    assert SECRET not in str(listed)


def test_a_stranger_learns_nothing_of_a_copy_that_was_never_public(
    client: Client, administrator: User
) -> None:
    snapshot = SnapshotFactory.create()
    take_down(actor=administrator, snapshot=snapshot, basis=TakedownBasis.PRIVACY, words=WORDS)
    assert client.get(f"/snap/{snapshot.number}").status_code == 404
    assert client.get(f"/api/v1/snapshots/{snapshot.number}").status_code == 404


def test_evidence_that_cites_it_is_not_archived_any_more(item: Evidence, taken: Snapshot) -> None:
    found = evidence_of(item.claim).get()
    assert not is_archived(found)
    fact = claim_facts(item.claim, [found]).evidence[0]
    assert (fact.archived, fact.intact) == (False, False)
    words = why_not_archived(found.document, newest_captures([found])[found.document_id])
    assert words == "The archived copy was taken down, so it isn’t counted."


def test_the_claim_page_says_so(client: Client, item: Evidence, taken: Snapshot) -> None:
    page = client.get(f"/c/{item.claim.number}", follow=True).content.decode()
    assert "was taken down" in page
    assert f'href="/snap/{taken.number}"' not in page


def test_the_claim_is_scored_again(item: Evidence, taken: Snapshot) -> None:
    Claim.objects.filter(pk=item.claim_id).update(assess_due_at=None)
    snapshot_taken_down(snapshot_id=taken.pk)
    assert Claim.objects.get(pk=item.claim_id).assess_due_at is not None


def test_a_late_message_does_not_cite_it_again(item: Evidence, taken: Snapshot) -> None:
    other = EvidenceFactory.create(document=item.document, snapshot=None)
    snapshot_sealed(snapshot_id=taken.pk)
    other.refresh_from_db()
    assert other.snapshot is None


def form(snapshot: Snapshot, name: str = "") -> str:
    return reverse(f"desk_custody{name}", args=[snapshot.number])


def test_an_administrator_holds_releases_and_takes_down_without_script(
    item: Evidence, administrator: User
) -> None:
    client, snapshot = signed_in(administrator), item.snapshot
    page = client.get(form(snapshot)).content.decode()
    assert item.claim.sentence in page
    client.post(form(snapshot, "_hold"), {"reason": "A case is open at the high court."})
    assert LegalHold.objects.get().lifted_at is None
    refused = client.post(form(snapshot, "_take_down"), {"basis": "court_order", "words": WORDS})
    assert refused.status_code == 409
    assert "Lift the hold first" in refused.content.decode()
    client.post(form(snapshot, "_release"))
    done = client.post(
        form(snapshot, "_take_down"), {"basis": "court_order", "words": WORDS}, follow=True
    )
    assert "was taken down" in done.content.decode()
    assert Takedown.objects.get().decided_by == administrator


def test_a_form_with_mistakes_keeps_what_was_written(item: Evidence, administrator: User) -> None:
    client = signed_in(administrator)
    response = client.post(form(item.snapshot, "_take_down"), {"basis": "", "words": "too short"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Choose what the takedown rests on." in page
    assert "too short" in page
    assert not Takedown.objects.exists()


def test_what_is_not_archived_has_no_custody_page(administrator: User) -> None:
    waiting = SnapshotFactory.create(state="queued", warc=None)
    assert signed_in(administrator).get(form(waiting)).status_code == 404
