"""What can become of a claim: the changes of status from here, and what each asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.roles import Permission
from claims.models import Claim, Evidence
from claims.vocabulary import Status
from verification import workflow
from verification.conditions import Check, checklist, confidence_gap
from verification.conditions.confidence import CONFIRMED_FROM, REFUTED_TO
from verification.desk_addresses import open_item_path, proposal_path
from verification.models import StatusProposal
from verification.models.status import ProposalState
from verification.selectors.facts import claim_facts
from verification.selectors.phrases import count
from verification.workflow import Transition

EVEN = 0.5
# What a person writes while changing the status; the editor shows what the evidence must meet.
WRITTEN = frozenset(
    {
        "finding_written",
        "would_change_it_written",
        "reason_written",
        "reason_code_fits",
        "tried_written",
        "review_date_set",
        "end_set",
        "successor_named",
    }
)
BARS = {Status.CONFIRMED: CONFIRMED_FROM, Status.REFUTED: REFUTED_TO}
_BAR_WORDS = {Status.CONFIRMED: "usually 90 or more", Status.REFUTED: "usually 10 or less"}


@dataclass(frozen=True, kw_only=True)
class Target:
    """One choice; see templates/components/pick.html."""

    status: str
    hint: str
    checked: bool
    disabled: bool
    needs_approval: bool
    reaffirms: bool


@dataclass(frozen=True)
class ShownCheck:
    """See templates/components/checks.html; `href` leads to where it is put right."""

    code: str
    met: bool
    label: str
    detail: str
    href: str = ""
    action: str = ""


@dataclass(frozen=True)
class Checks:
    target: Status
    shown: tuple[ShownCheck, ...]

    @property
    def met(self) -> int:
        return sum(check.met for check in self.shown)

    @property
    def total(self) -> int:
        return len(self.shown)

    @property
    def open(self) -> int:
        return self.total - self.met


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A proposal that waits; `review_href` for who may decide it."""

    target: str
    before: str
    proposer: str
    since: datetime
    reason: str
    finding: str
    own: bool
    review_href: str


def transition_to(claim: Claim, target: str) -> Transition | None:
    """The change from the claim's status to TARGET, or None if the table has none."""
    return next((row for row in transitions(claim) if row.target == target), None)


def transitions(claim: Claim) -> tuple[Transition, ...]:
    return workflow.transitions_from(Status(claim.status))


def targets(claim: Claim, chosen: str, pending: Pending | None) -> tuple[Target, ...]:
    return tuple(
        Target(
            status=row.target,
            hint=_hint(row),
            checked=row.target == chosen,
            disabled=pending is not None and row.needs_approval,
            needs_approval=row.needs_approval,
            reaffirms=row.reaffirms,
        )
        for row in transitions(claim)
    )


def _hint(row: Transition) -> str:
    if row.reaffirms:
        return "Still so: reviewed today"
    asked = [
        _BAR_WORDS.get(row.target, ""),
        count(len(row.conditions), "check"),
        "a second person" if row.needs_approval else "",
    ]
    return ", ".join(words for words in asked if words)


def likeliest_target(claim: Claim) -> Status:
    """The status that work on the claim leads to next: where its checks are worth a look."""
    open_to = {row.target for row in transitions(claim)}
    refuting = claim.confidence is not None and claim.confidence < EVEN
    wanted = Status.REFUTED if refuting else Status.CONFIRMED
    return wanted if wanted in open_to else Status.CONTESTED


def evidence_checks(claim: Claim, items: Sequence[Evidence], target: Status) -> Checks | None:
    """What the evidence must meet for TARGET, and a settled status that stands must go on to meet.

    None if the table has no such change.
    """
    change = transition_to(claim, target)
    if change is not None and change.reaffirms and target in BARS:
        change = workflow.transition(Status.CONTESTED, target)
    return _checks(claim, items, change, {}, left_out=WRITTEN)


def all_checks(
    claim: Claim, items: Sequence[Evidence], target: Status, written: Mapping[str, Any]
) -> Checks | None:
    """Every check of TARGET, with what a person has WRITTEN so far."""
    change = transition_to(claim, target)
    return _checks(claim, items, change, written, left_out=frozenset())


def _checks(
    claim: Claim,
    items: Sequence[Evidence],
    change: Transition | None,
    written: Mapping[str, Any],
    *,
    left_out: frozenset[str],
) -> Checks | None:
    if change is None:
        return None
    facts = claim_facts(claim, items, **written)
    shown = [check for check in checklist(change, facts) if check.code not in left_out]
    return Checks(change.target, tuple(_shown(check, claim.number, items) for check in shown))


def _shown(check: Check, number: int, items: Sequence[Evidence]) -> ShownCheck:
    """An open check leads to the first item that it names."""
    named = (
        item.position for item in items if not check.met and f"[{item.position}]" in check.detail
    )
    first = next(named, None)
    if first is None:
        return ShownCheck(check.code, check.met, check.label, check.detail)
    return ShownCheck(
        check.code,
        check.met,
        check.label,
        check.detail,
        href=open_item_path(number, first),
        action=f"Open [{first}]",
    )


def gap_in_words(claim: Claim, target: Status) -> str:
    """How far the score is from what TARGET usually has; "" when it is not."""
    gap = confidence_gap(target, claim.confidence)
    return f"{gap} You can still send it. Say why in the reason." if gap else ""


def pending_proposal(claim: Claim) -> StatusProposal | None:
    return claim.proposals.filter(state=ProposalState.PENDING).select_related("proposer").first()


def pending_of(proposal: StatusProposal | None, actor: User) -> Pending | None:
    if proposal is None:
        return None
    own = proposal.proposer_id == actor.pk
    return Pending(
        target=proposal.target,
        before=proposal.from_status,
        proposer=proposal.proposer.name,
        since=proposal.proposed_at,
        reason=proposal.reason,
        finding=proposal.finding,
        own=own,
        review_href=proposal_path(proposal.key)
        if not own and actor.can(Permission.APPROVE)
        else "",
    )
