from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from claims.models import Claim
from claims.selectors.evidence import evidence_of
from claims.services.evidence import edit_evidence, file_evidence
from core.errors import Conflict
from tests.factories import ClaimFactory, EvidenceFactory, SnapshotFactory, SourceFactory
from verification.scoring import assess
from verification.selectors.records import scoring_of
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db

MOST_STATEMENTS = 20
"""To file a report and to score its claim again, however many reports there are."""


def with_reports(count: int) -> Claim:
    claim: Claim = ClaimFactory.create()
    for _ in range(count):
        EvidenceFactory.create(claim=claim, document__source=SourceFactory.graded("B"))
    assess_claim(claim_id=claim.pk)
    return claim


@pytest.mark.parametrize("count", [2, 12])
def test_it_takes_few_statements_whatever_was_filed_before(
    checker: User, django_capture_on_commit_callbacks: Any, count: int
) -> None:
    claim, copy = with_reports(count), SnapshotFactory.create()
    with (
        CaptureQueriesContext(connection) as asked,
        django_capture_on_commit_callbacks(execute=True),
    ):
        file_evidence(actor=checker, claim=claim, document=copy.document, stance="supports")
    statements = [row["sql"] for row in asked if "SAVEPOINT" not in row["sql"]]
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    before = claim.confidence
    claim.refresh_from_db()
    assert claim.assessments.count() == 2
    assert claim.confidence != before


def test_the_score_is_that_of_all_its_reports_anew(
    checker: User, django_capture_on_commit_callbacks: Any
) -> None:
    claim, copy = with_reports(3), SnapshotFactory.create()
    with django_capture_on_commit_callbacks(execute=True):
        file_evidence(actor=checker, claim=claim, document=copy.document, stance="contradicts")
    claim.refresh_from_db()
    scoring = scoring_of(claim, list(evidence_of(claim)))
    score = assess(scoring.told, scoring.parameters)
    shown = (claim.confidence, claim.confidence_low, claim.confidence_high)
    assert shown == (score.estimate, score.low, score.high)
    assert claim.assess_due_at is None


def test_a_second_of_the_same_is_refused_by_its_position(checker: User) -> None:
    claim, copy = with_reports(1), SnapshotFactory.create()
    words: dict[str, Any] = {"actor": checker, "claim": claim}
    filed = file_evidence(**words, document=copy.document, stance="supports", quote="held")
    with pytest.raises(Conflict, match=r"Already here as \[2\]"):
        file_evidence(**words, document=copy.document, stance="supports", quote=" held ")
    other = file_evidence(**words, document=copy.document, stance="supports", quote="taken")
    with pytest.raises(Conflict, match=r"Already here as \[2\]"):
        edit_evidence(**words, position=other.position, quote="held")
    edit_evidence(**words, position=filed.position, quote="held", note="the same item may stay")
    assert claim.evidence.count() == 3
