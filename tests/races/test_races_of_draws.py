"""The draw of the audit, sent twice at the same moment."""

from __future__ import annotations

from pytest_django.fixtures import Settings

from tests.races.at_once import at_once
from tests.verification.settled_rows import open_claim
from verification.models import AuditEntry, AuditRound
from verification.services.audit_draws import draw_for_audit


def test_two_draws_at_once_take_each_claim_once(transactional_db: None, settings: Settings) -> None:
    settings.AUDIT_RATE = 0.5
    for score in (0.2, 0.4, 0.6, 0.8):
        open_claim(score)
    results = at_once(draw_for_audit, draw_for_audit)
    assert not any(isinstance(result, Exception) for result in results), results
    assert sorted(result is None for result in results) == [False, True]
    assert AuditEntry.objects.count() == 4
    assert AuditRound.objects.get().population == 4
