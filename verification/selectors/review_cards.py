"""A proposal as whoever decides it must see it: what changes, on what evidence, how firmly."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.roles import Permission
from claims.models import Claim, Evidence
from claims.selectors.evidence import evidence_of_all
from claims.vocabulary import Status
from core.chances import in_hundred
from verification import workflow
from verification.conditions import Check, ReasonCode, checklist, evidence_set_digest
from verification.desk_addresses import desk_claim_path, open_item_path
from verification.models import Assessment, StatusEvent, StatusProposal
from verification.selectors.editor_rows import document_name
from verification.selectors.facts import claim_facts, confirmed_rivals_of_all, is_archived
from verification.selectors.known import FEWEST_FOR_A_POINT, shows_a_point
from verification.selectors.phrases import day, lasting, moment
from verification.selectors.weighing import weighing_of


@dataclass(frozen=True)
class Reworded:
    """A text that the proposal replaces; `before` may be empty, and equals `after` if it stays."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Deciding:
    """An item that decided it. `without`: the score without it, in words."""

    number: int
    title: str
    href: str
    stance: str
    source: str
    archived: bool
    withdrawn: bool
    without: str


@dataclass(frozen=True)
class Fact:
    """See templates/components/facts.html."""

    term: str
    text: str
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One proposal that waits. `stale`: why it can no longer be approved as it stands.

    `estimate`, `low`, `high`: the score now, 0 to 1; `was`: what it was at the last change.
    """

    key: str
    number: int
    href: str
    sentence: str
    language: str
    before: str
    target: str
    proposer: str
    at: datetime
    age: str
    texts: tuple[Reworded, ...]
    facts: tuple[Fact, ...]
    kind_of_reason: str
    reason: str
    evidence: tuple[Deciding, ...]
    checks: tuple[Check, ...]
    estimate: float | None
    low: float | None
    high: float | None
    was: str
    gap: str
    stale: str
    own: bool
    may_decide: bool

    @property
    def met(self) -> int:
        return sum(check.met for check in self.checks)


@dataclass(frozen=True)
class _Scene:
    """What all cards of a page are made from, by the claim's primary key."""

    actor: User
    now: datetime
    items: Mapping[int, Sequence[Evidence]]
    rivals: Mapping[int, tuple[int, ...]]
    scores: Mapping[int, Assessment]
    events: Mapping[int, StatusEvent]


def cards_of(proposals: Sequence[StatusProposal], actor: User, now: datetime) -> tuple[Card, ...]:
    """In the order given. Six queries and those of the prefetch, however many there are."""
    claims = [proposal.claim for proposal in proposals]
    scene = _Scene(
        actor=actor,
        now=now,
        items=evidence_of_all(claims),
        rivals=confirmed_rivals_of_all(claims),
        scores=_newest(Assessment, claims),
        events=_newest(StatusEvent, claims),
    )
    return tuple(_card(proposal, scene) for proposal in proposals)


def _newest(model: Any, claims: Collection[Claim]) -> Mapping[int, Any]:
    found = model.objects.filter(claim__in=[claim.pk for claim in claims])
    newest = found.order_by("claim_id", "-at", "-pk").distinct("claim_id")
    return {row.claim_id: row for row in newest}


def _card(proposal: StatusProposal, scene: _Scene) -> Card:
    claim, own = proposal.claim, proposal.proposer_id == scene.actor.pk
    checks, digest = _looked_at(proposal, scene)
    pointed = claim.origins_for + claim.origins_against >= FEWEST_FOR_A_POINT
    code = next((one for one in ReasonCode if one == proposal.reason_code), None)
    return Card(
        key=str(proposal.key),
        number=claim.number,
        href=desk_claim_path(claim.number),
        sentence=claim.sentence,
        language=claim.language,
        before=claim.status,
        target=proposal.target,
        proposer=proposal.proposer.name,
        at=proposal.proposed_at,
        age=f"{lasting(scene.now - proposal.proposed_at)} ago",
        texts=_texts(proposal),
        facts=_facts(proposal),
        kind_of_reason=code.label if code else "",
        reason=proposal.reason,
        evidence=_deciding(proposal, scene),
        checks=checks,
        estimate=claim.confidence if pointed else None,
        low=claim.confidence_low,
        high=claim.confidence_high,
        was=_was(scene.events.get(claim.pk)),
        gap=proposal.confidence_gap,
        stale=_stale(proposal, digest, own=own),
        own=own,
        may_decide=not own and scene.actor.can(Permission.APPROVE),
    )


def _looked_at(proposal: StatusProposal, scene: _Scene) -> tuple[tuple[Check, ...], str]:
    """The checks as they are now, and the fingerprint of the evidence as it is now."""
    claim = proposal.claim
    follows = proposal.superseded_by
    facts = claim_facts(
        claim,
        scene.items[claim.pk],
        excluded_by=scene.rivals[claim.pk],
        finding=proposal.finding,
        would_change_it=proposal.would_change_it,
        tried=proposal.unknowns,
        reason=proposal.reason,
        reason_code=ReasonCode(proposal.reason_code) if proposal.reason_code else None,
        review_due_at=proposal.review_due_at,
        time_to=proposal.time_to,
        superseded_by=follows.number if follows else None,
    )
    digest = evidence_set_digest(facts)
    try:
        change = workflow.transition(Status(claim.status), Status(proposal.target))
    except workflow.UnknownTransition:
        return (), digest
    return checklist(change, facts), digest


def _stale(proposal: StatusProposal, digest: str, *, own: bool) -> str:
    if proposal.claim.status != proposal.from_status:
        status = Status(proposal.claim.status).label
        return f"The claim became {status} after this was proposed. Propose anew."
    if digest == proposal.evidence_digest:
        return ""
    again = "Take it back, look again" if own else f"Ask {proposal.proposer.name} to look again"
    return f"The evidence changed after this was proposed. {again}, and propose anew."


def _texts(proposal: StatusProposal) -> tuple[Reworded, ...]:
    claim = proposal.claim
    written = (
        Reworded("Finding", claim.finding, proposal.finding),
        Reworded("What would change this", claim.would_change_it, proposal.would_change_it),
        Reworded("What was tried", claim.unknowns, proposal.unknowns),
    )
    return tuple(text for text in written if text.after)


def _facts(proposal: StatusProposal) -> tuple[Fact, ...]:
    follows, ends, due = proposal.superseded_by, proposal.time_to, proposal.review_due_at
    facts = []
    if ends:
        facts.append(Fact("Ended", moment(ends)))
    if follows:
        facts.append(
            Fact("Followed by", f"{follows.number}. {follows.sentence}", _path(follows.number))
        )
    if due:
        facts.append(Fact("Look at it again", day(due)))
    return tuple(facts)


def _path(number: int) -> str:
    return desk_claim_path(number)


def _deciding(proposal: StatusProposal, scene: _Scene) -> tuple[Deciding, ...]:
    picked = {item.pk for item in proposal.decided_by_evidence.all()}
    score = scene.scores.get(proposal.claim_id)
    without = weighing_of(score).without if score and shows_a_point(score) else {}
    return tuple(
        Deciding(
            number=item.position,
            title=document_name(item.document, item.footnote),
            href=open_item_path(proposal.claim.number, item.position),
            stance=item.stance,
            source=item.document.source.name if item.document.source else "",
            archived=is_archived(item),
            withdrawn=item.withdrawn_at is not None,
            without=_without(without.get(item.position)),
        )
        for item in scene.items[proposal.claim_id]
        if item.pk in picked
    )


def _without(estimate: float | None) -> str:
    return f"without it {in_hundred(estimate)}" if estimate is not None else ""


def _was(event: StatusEvent | None) -> str:
    """The score when the claim came to its present status."""
    if event is None or event.confidence_low is None or event.confidence_high is None:
        return ""
    span = f"{in_hundred(event.confidence_low)} to {in_hundred(event.confidence_high)}"
    return f"Was {span} when it became {Status(event.to_status).label}."
