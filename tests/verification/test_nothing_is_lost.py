"""What must be done although a message, a moment or a line of the record was missed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim, Evidence
from claims.services.evidence import edit_evidence, file_evidence
from claims.vocabulary import Stance
from core.errors import Conflict
from sources.models import Document, Snapshot
from sources.services.catalogue import affiliate_source, grade_source
from sources.services.origins import decide_derivation
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    EvidenceFactory,
    PartyFactory,
    SnapshotFactory,
    SourceFactory,
)
from verification.services.assess import assess_claim
from verification.services.snapshots import snapshot_sealed
from verification.tasks import sweep_copies

pytestmark = pytest.mark.django_db

EARLIER = timezone.now() - timedelta(minutes=5)


@pytest.fixture
def waiting() -> Evidence:
    return EvidenceFactory.create(snapshot=None)


def sealed(document: Document, **fields: object) -> Snapshot:
    return SnapshotFactory.create(document=document, **{"sealed_at": EARLIER, **fields})


def test_a_copy_whose_message_was_lost_is_cited_by_the_sweep(
    waiting: Evidence, django_capture_on_commit_callbacks: object
) -> None:
    copy = sealed(waiting.document)
    with django_capture_on_commit_callbacks(execute=True):
        sweep_copies()
    waiting.refresh_from_db()
    assert waiting.snapshot == copy


def test_the_sweep_sends_an_error_page_to_nobody(
    waiting: Evidence, django_capture_on_commit_callbacks: object
) -> None:
    sealed(waiting.document, outcome="http_error", http_status=404)
    with django_capture_on_commit_callbacks() as sent:
        sweep_copies()
    assert sent == []


def test_evidence_does_not_cite_an_error_page(checker: User) -> None:
    claim, document = ClaimFactory.create(), DocumentFactory.create()
    sealed(document, outcome="http_error", http_status=404)
    filed = file_evidence(actor=checker, claim=claim, document=document, stance="supports")
    assert filed.snapshot is None
    copy = sealed(document)
    snapshot_sealed(snapshot_id=copy.pk)
    filed.refresh_from_db()
    assert filed.snapshot == copy


def test_evidence_cites_the_good_copy_below_a_newer_error_page(checker: User) -> None:
    document = DocumentFactory.create()
    copy = sealed(document)
    sealed(document, outcome="gone", http_status=410)
    filed = file_evidence(
        actor=checker, claim=ClaimFactory.create(), document=document, stance="supports"
    )
    assert filed.snapshot == copy


def test_the_record_says_when_a_copy_was_cited(waiting: Evidence) -> None:
    copy = sealed(waiting.document)
    snapshot_sealed(snapshot_id=copy.pk)
    line = AuditEvent.objects.get(tag="claims:evidence:archived")
    assert line.subject_id == str(waiting.claim.number)
    assert line.after == {"evidence": ["[1]"], "snapshot": copy.number}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("note", "It names the street."),
        ("quote_translation", "The suburb is held."),
        ("quote_language", "ar"),
        ("picture", "3"),
    ],
)
def test_the_record_says_what_was_edited(checker: User, field: str, value: str) -> None:
    item = EvidenceFactory.create()
    edit_evidence(actor=checker, claim=item.claim, position=1, **{field: value})
    line = AuditEvent.objects.get(tag="claims:evidence:edited")
    assert line.before[field] == ""
    assert line.after[field] == value


def test_no_item_becomes_a_second_of_the_same(checker: User) -> None:
    first = EvidenceFactory.create()
    EvidenceFactory.create(
        claim=first.claim, document=first.document, stance=Stance.CONTRADICTS, quote=first.quote
    )
    with pytest.raises(Conflict, match=r"Already here as \[1\]"):
        edit_evidence(actor=checker, claim=first.claim, position=2, stance=Stance.SUPPORTS)
    assert first.claim.evidence.get(position=2).stance == Stance.CONTRADICTS


@pytest.fixture
def scored() -> Claim:
    item = EvidenceFactory.create(document__source=SourceFactory.graded("D"))
    assess_claim(claim_id=item.claim_id)
    return Claim.objects.get(pk=item.claim_id)


def test_a_new_grade_moves_the_score(
    scored: Claim, checker: User, django_capture_on_commit_callbacks: object
) -> None:
    source = scored.evidence.get().document.source
    with django_capture_on_commit_callbacks(execute=True):
        grade_source(actor=checker, source=source, grade="A", rationale="Right for ten years.")
    after = Claim.objects.get(pk=scored.pk)
    assert after.confidence > scored.confidence
    assert after.assessments.count() == 2


def test_a_new_side_is_weighed(
    scored: Claim, checker: User, django_capture_on_commit_callbacks: object
) -> None:
    source = scored.evidence.get().document.source
    with django_capture_on_commit_callbacks(execute=True):
        affiliate_source(
            actor=checker,
            source=source,
            party=PartyFactory.create(),
            rationale="It says so itself.",
        )
    assert scored.assessments.count() == 2


def test_a_copy_that_a_person_found_moves_the_score(
    scored: Claim, checker: User, django_capture_on_commit_callbacks: object
) -> None:
    first = scored.evidence.get().document
    copy = EvidenceFactory.create(claim=scored).document
    assess_claim(claim_id=scored.pk)
    before = Claim.objects.get(pk=scored.pk)
    with django_capture_on_commit_callbacks(execute=True):
        decide_derivation(actor=checker, document=copy, is_copy=True, first=first)
    assert Claim.objects.get(pk=scored.pk).origins_for == before.origins_for - 1
