"""From a link to filed evidence in one step: document, archived copy, evidence."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from audit.services.record import recording
from claims.models import Claim, Evidence
from claims.services.evidence import file_evidence
from sources.services.documents import add_document, request_capture


@recording()
def file_address(
    *, actor: User, claim: Claim, address: str, stance: str, **judged: Any
) -> Evidence:
    """File the page at ADDRESS on CLAIM and ask for an archived copy of it.

    `judged` is what file_evidence takes. Nothing is kept if any step is refused.
    """
    document = add_document(actor=actor, address=address)
    evidence = file_evidence(actor=actor, claim=claim, document=document, stance=stance, **judged)
    request_capture(actor=actor, document=document)
    return evidence
