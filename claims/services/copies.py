"""Copies of cited pages that cannot be captured from where they were published."""

from __future__ import annotations

from typing import BinaryIO

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from claims.models import Claim
from claims.services.evidence import evidence_at
from sources.models import Snapshot
from sources.services.brought import provide_file
from sources.services.second_hand import request_capture_via


def provide_copy(*, actor: User, claim: Claim, position: int, file: BinaryIO) -> Snapshot:
    """Seal a file that ACTOR has as a copy of the document of an item; the newest of several."""
    require(actor, Permission.EDIT)
    evidence = evidence_at(claim=claim, position=position)
    return provide_file(actor=actor, document=evidence.document, file=file)[-1]


def capture_elsewhere(*, actor: User, claim: Claim, position: int, address: str) -> Snapshot:
    """Capture another archive's copy of the document of an item."""
    require(actor, Permission.EDIT)
    evidence = evidence_at(claim=claim, position=position)
    return request_capture_via(actor=actor, document=evidence.document, address=address)
