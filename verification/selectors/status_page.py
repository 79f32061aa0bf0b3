"""The page on which a claim's status is changed or proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.roles import Permission
from claims.models import Claim
from claims.selectors.claims import claim_for
from verification.models import StatusProposal
from verification.selectors.editor_rows import DeskLedger, desk_ledger
from verification.selectors.editor_score import ScorePanel, score_panel
from verification.selectors.known import Known, known_now
from verification.selectors.phrases import count
from verification.selectors.targets import (
    Checks,
    Pending,
    Target,
    all_checks,
    gap_in_words,
    pending_of,
    pending_proposal,
    targets,
    transition_to,
)
from verification.workflow import Transition


@dataclass(frozen=True, kw_only=True)
class StatusPage:
    """`change` is the chosen one; without it there are no checks and no gap."""

    claim: Claim
    number: int
    sentence: str
    language: str
    status: str
    since: datetime
    version: int
    known: Known
    ledger: DeskLedger
    score: ScorePanel
    targets: tuple[Target, ...]
    change: Transition | None
    checks: Checks | None
    gap: str
    proposal: StatusProposal | None
    pending: Pending | None
    may_propose: bool

    @property
    def before(self) -> str:
        """The status that readers see until the change, if it is another."""
        return "" if self.change and self.change.reaffirms else self.status

    @property
    def open_in_words(self) -> str:
        """How many checks are still open; "" for none."""
        still = self.checks.open if self.checks else 0
        if not still:
            return ""
        verb = "is" if still == 1 else "are"
        return f"{count(still, 'check')} {verb} still open. Each must be met before it can be sent."

    @property
    def verb(self) -> str:
        """What the button does."""
        if self.change is None:
            return ""
        if self.change.reaffirms:
            return "Still so: reviewed today"
        return "Send for approval" if self.change.needs_approval else "Change status"

    @property
    def takes_input(self) -> bool:
        """Whether the chosen change can be sent now by whoever looks."""
        waits = self.pending is not None and self.change is not None
        return (
            self.may_propose
            and self.change is not None
            and not (waits and self.change.needs_approval)
        )

    def with_written(self, written: Mapping[str, Any]) -> StatusPage:
        """The same page with its checks answered from what a person has WRITTEN so far."""
        if self.change is None:
            return self
        checks = all_checks(self.claim, self.known.items, self.change.target, written)
        return replace(self, checks=checks)


def status_page(actor: User, number: int, *, target: str, now: datetime) -> StatusPage:
    claim = claim_for(actor, number)
    known = known_now(claim, now)
    proposal = pending_proposal(claim)
    pending = pending_of(proposal, actor)
    change = transition_to(claim, target)
    return StatusPage(
        claim=claim,
        number=claim.number,
        sentence=claim.sentence,
        language=claim.language,
        status=claim.status,
        since=claim.status_since,
        version=claim.version,
        known=known,
        ledger=desk_ledger(known, None),
        score=score_panel(known),
        targets=targets(claim, target, pending),
        change=change,
        checks=None,
        gap=gap_in_words(claim, change.target) if change else "",
        proposal=proposal,
        pending=pending,
        may_propose=actor.can(Permission.PROPOSE),
    )
