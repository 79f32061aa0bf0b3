from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import User
from claims.models import Claim
from claims.selectors.evidence import evidence_of
from sources.services.origins import decide_derivation
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    EvidenceFactory,
    SnapshotFactory,
    SourceFactory,
)
from verification.selectors.facts import cited_objects, claim_facts, derivation_of, score_input
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db


def filed(claim: Claim, day: int, **fields: object) -> None:
    document = DocumentFactory.create(
        published_at=datetime(2016, 11, day, tzinfo=UTC), **fields.pop("document", {})
    )
    EvidenceFactory.create(claim=claim, document=document, **fields)


def test_reports_are_ordered_by_publication_not_by_filing() -> None:
    claim = ClaimFactory.create()
    filed(claim, 12)
    filed(claim, 11)
    reports = score_input(claim, list(evidence_of(claim))).reports
    assert [report.key for report in reports] == ["2", "1"]


def test_a_late_filed_denial_does_not_outrank_a_newer_admission() -> None:
    claim = ClaimFactory.create()
    source = SourceFactory.graded("C")
    filed(claim, 12, document={"source": source}, stance="supports")
    filed(claim, 11, document={"source": source}, stance="contradicts")
    score = assess_claim(claim_id=claim.pk)
    assert [(entry.key, entry.reason) for entry in score.dropped] == [("2", "superseded_report")]
    assert score.estimate > 0.5


def test_outlets_of_one_owner_are_one_origin_for_conditions_and_score_alike() -> None:
    claim = ClaimFactory.create()
    ministry = SourceFactory.graded("B")
    for _ in range(2):
        outlet = SourceFactory.graded("B", owner=ministry)
        filed(claim, 11, document={"source": outlet})
    facts = claim_facts(claim, evidence_of(claim))
    assert len({fact.origin for fact in facts.evidence}) == 1
    assert assess_claim(claim_id=claim.pk).origins_supporting == 1


def test_what_a_person_rejected_is_no_copy(checker: User) -> None:
    claim = ClaimFactory.create()
    filed(claim, 11)
    filed(claim, 12)
    first, second = (item.document for item in evidence_of(claim))
    decide_derivation(actor=checker, document=second, is_copy=True, first=first)
    assert len({fact.origin for fact in claim_facts(claim, evidence_of(claim)).evidence}) == 1
    decide_derivation(actor=checker, document=second, is_copy=False)
    assert len({fact.origin for fact in claim_facts(claim, evidence_of(claim)).evidence}) == 2
    assert derivation_of(EvidenceFactory._meta.model.objects.get(document=second)) is None


def test_what_is_not_archived_moves_nothing() -> None:
    claim = ClaimFactory.create()
    filed(claim, 11, snapshot=None)
    assert assess_claim(claim_id=claim.pk) is None
    claim.refresh_from_db()
    assert claim.confidence is None
    assert not claim.assessments.exists()


def test_a_copy_whose_page_lies_in_a_damaged_file_is_not_intact(checker: User) -> None:
    """A page that was the same again is kept in the file of an earlier copy."""
    claim = ClaimFactory.create()
    item = EvidenceFactory.create(claim=claim)
    earlier = item.snapshot
    again = SnapshotFactory.create(document=item.document, revisits=earlier)
    claim.evidence.update(snapshot=again)
    items = list(evidence_of(claim))
    assert cited_objects(items) == {earlier.warc.sha256, again.warc.sha256}
    for damaged, intact in (
        (earlier.warc.sha256, False),
        (again.warc.sha256, False),
        ("0" * 64, True),
    ):
        assert claim_facts(claim, items, damaged={damaged}).evidence[0].intact is intact
