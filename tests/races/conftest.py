"""Claims that are ready to be decided, committed, so that several connections see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from claims.models import Claim
from claims.services.evidence import check_visual
from claims.vocabulary import Alignment, Directness, Status
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from verification.conditions import ReasonCode
from verification.models import StatusProposal
from verification.services.proposals import propose_status
from verification.services.status import Change

CONFIRM = Change(
    target=Status.CONFIRMED,
    reason_code=ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
    reason="The photographs match a street corner; the losing side admits it.",
    finding="Photographs and an admission say so.",
    would_change_it="Dated images that show the other side inside.",
    decided_by=(1, 2),
)


@pytest.fixture(autouse=True)
def _messages_go_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker and no worker: what a message would start is no part of these races."""
    monkeypatch.setattr("core.jobs._send", lambda *_: None)


@pytest.fixture
def decidable(transactional_db: None, checker: User) -> Callable[..., Claim]:
    """Make claims with conclusive evidence, one at a time."""

    def make(**fields: object) -> Claim:
        claim = ClaimFactory.create(**fields)
        for more in (
            {"directness": Directness.FIRST_HAND_VISUAL},
            {"alignment": Alignment.AGAINST_INTEREST},
        ):
            EvidenceFactory.create(claim=claim, document__source=SourceFactory.graded("C"), **more)
        check_visual(actor=checker, claim=claim, position=1, how="Matched to a street corner.")
        claim.refresh_from_db()
        return claim

    return make


@pytest.fixture
def proposed(decidable: Callable[..., Claim], checker: User) -> Callable[..., StatusProposal]:
    """Make claims whose confirmation waits for a second person."""

    def make(**fields: object) -> StatusProposal:
        return propose_status(actor=checker, claim=decidable(**fields), change=CONFIRM)

    return make
