"""The status of a claim: every change there is, who may make it, and what it asks for.

Pure. What is not in `TRANSITIONS` is refused, here and by the database; only an administrator's
override, which is public and marked, goes round it. Upgrades are dear (evidence and two people),
downgrades are cheap (one person and a reason).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from accounts.roles import Permission, allows
from claims.vocabulary import Status
from verification.conditions.conclusion import (
    conclusive_contradiction,
    conclusive_support,
    disinterested_contradiction,
    disinterested_support,
    independent_contradiction,
    independent_support,
    nothing_exclusive_confirmed,
    supports_resolved,
)
from verification.conditions.corroboration import (
    all_archived,
    all_intact,
    contradicting_origin_of_standing,
    contradictions_resolved,
    credible_disinterested_origin,
    credible_origins,
    no_credible_contradiction,
    supporting_origin_of_standing,
)
from verification.conditions.facts import Condition, ReasonCode
from verification.conditions.reopening import (
    SELF_EXPLAINING,
    newer_item,
    opposing_item_or_cause,
    successor_named,
)
from verification.conditions.statements import (
    MIN_OVERRIDE_REASON,
    document_or_claimant,
    end_set,
    finding_written,
    review_date_set,
    tried_written,
    would_change_it_written,
    written_length,
)

__all__ = [
    "CREATION",
    "TRANSITIONS",
    "ReasonCode",
    "Transition",
    "UnknownTransition",
    "allowed_pairs",
    "approved_pairs",
    "correction_due",
    "may_approve",
    "may_change",
    "may_propose",
    "override_allowed",
    "transition",
    "transitions_from",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    """One change of status. source is None for a claim that does not exist yet.

    needs_approval: a fact-checker proposes and an editor who is not the proposer approves.
    creates_correction: a Correction is due if the opposite was concluded before
    (`correction_due` looks).
    """

    source: Status | None
    target: Status
    needs_approval: bool
    reason_codes: frozenset[ReasonCode]
    conditions: tuple[Condition, ...]
    creates_correction: bool

    @property
    def reaffirms(self) -> bool:
        """The status stays; the claim was looked at again."""
        return self.source == self.target


class UnknownTransition(ValueError):
    """The table has no such change; the message says which there are."""

    def __init__(self, source: Status | None, target: Status) -> None:
        super().__init__(_refusal(source, target))
        self.source = source
        self.target = target


_OPPOSITE = {Status.CONFIRMED: Status.REFUTED, Status.REFUTED: Status.CONFIRMED}

_NEW_EVIDENCE = frozenset(
    {ReasonCode.NEW_SUPPORTING_EVIDENCE, ReasonCode.NEW_CONTRADICTING_EVIDENCE}
)
_CONCLUSIVE = frozenset(
    {
        ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
        ReasonCode.ADMISSION_AGAINST_INTEREST,
        ReasonCode.OFFICIAL_ACKNOWLEDGEMENT,
        ReasonCode.INDEPENDENT_CORROBORATION,
    }
)

_DISPUTED = (supporting_origin_of_standing, contradicting_origin_of_standing)
_CORROBORATED = (credible_origins, credible_disinterested_origin, all_archived)
_CONFIRMED = (
    conclusive_support,
    independent_support,
    disinterested_support,
    all_archived,
    all_intact,
    contradictions_resolved,
    nothing_exclusive_confirmed,
    finding_written,
    would_change_it_written,
)
_REFUTED = (
    conclusive_contradiction,
    independent_contradiction,
    disinterested_contradiction,
    all_archived,
    all_intact,
    supports_resolved,
    finding_written,
    would_change_it_written,
)


def _row(
    sources: Iterable[Status],
    target: Status,
    codes: Iterable[ReasonCode],
    conditions: tuple[Condition, ...],
    *,
    approval: bool = False,
) -> tuple[Transition, ...]:
    """One line of the table: the same change from each of SOURCES."""
    return tuple(
        Transition(
            source=source,
            target=target,
            needs_approval=approval,
            reason_codes=frozenset(codes),
            conditions=conditions,
            creates_correction=target in _OPPOSITE and source != target,
        )
        for source in sources
    )


_UNDECIDED = (Status.UNVERIFIED, Status.CORROBORATED, Status.CONTESTED)

_TOWARDS_AN_ANSWER = (
    *_row(
        [Status.UNVERIFIED],
        Status.CORROBORATED,
        [ReasonCode.INDEPENDENT_CORROBORATION],
        (*_CORROBORATED, no_credible_contradiction),
    ),
    # That no contradiction is left unresolved includes that no credible one is.
    *_row(
        [Status.CONTESTED],
        Status.CORROBORATED,
        [ReasonCode.CONTRADICTION_RESOLVED],
        (*_CORROBORATED, contradictions_resolved),
    ),
    *_row(_UNDECIDED, Status.CONFIRMED, _CONCLUSIVE, _CONFIRMED, approval=True),
    *_row(
        _UNDECIDED,
        Status.REFUTED,
        _CONCLUSIVE | {ReasonCode.MISATTRIBUTED_EVENT},
        _REFUTED,
        approval=True,
    ),
    *_row(
        [Status.UNVERIFIED, Status.CONTESTED],
        Status.UNVERIFIABLE,
        [ReasonCode.EXHAUSTED_LINES_OF_ENQUIRY],
        (tried_written, review_date_set),
        approval=True,
    ),
    *_row(
        [Status.CONFIRMED, Status.CORROBORATED],
        Status.SUPERSEDED,
        [ReasonCode.SITUATION_CHANGED],
        (end_set, successor_named),
        approval=True,
    ),
)

_BACK_INTO_QUESTION = (
    *_row([Status.UNVERIFIED, Status.CORROBORATED], Status.CONTESTED, _NEW_EVIDENCE, _DISPUTED),
    *_row([Status.UNVERIFIABLE], Status.UNVERIFIED, _NEW_EVIDENCE, (newer_item,)),
    *_row([Status.UNVERIFIABLE, Status.SUPERSEDED], Status.CONTESTED, _NEW_EVIDENCE, (newer_item,)),
    *_row(
        [Status.CONFIRMED, Status.REFUTED],
        Status.CONTESTED,
        _NEW_EVIDENCE | SELF_EXPLAINING,
        (opposing_item_or_cause,),
    ),
)

_REAFFIRMED = tuple(
    row for status in Status for row in _row([status], status, [ReasonCode.PERIODIC_REVIEW], ())
)

CREATION = Transition(
    source=None,
    target=Status.UNVERIFIED,
    needs_approval=False,
    reason_codes=frozenset(),
    conditions=(document_or_claimant,),
    creates_correction=False,
)


TRANSITIONS: Mapping[tuple[Status, Status], Transition] = MappingProxyType(
    {
        (row.source, row.target): row
        for row in (*_TOWARDS_AN_ANSWER, *_BACK_INTO_QUESTION, *_REAFFIRMED)
        if row.source is not None
    }
)


def transition(source: Status | None, target: Status) -> Transition:
    """Look the row up, or raise UnknownTransition; SOURCE None asks for the start of a claim."""
    if source is None and target == CREATION.target:
        return CREATION
    known = TRANSITIONS.get((source, target)) if source is not None else None
    if known is None:
        raise UnknownTransition(source, target)
    return known


def transitions_from(source: Status) -> tuple[Transition, ...]:
    """List what can become of a claim: in the order of the statuses, reaffirmation last."""
    found = [TRANSITIONS[source, target] for target in Status if (source, target) in TRANSITIONS]
    return tuple(sorted(found, key=lambda row: row.reaffirms))


def _refusal(source: Status | None, target: Status) -> str:
    if source is None:
        return f"A new claim starts as {CREATION.target.label}, not as {target.label}."
    if _OPPOSITE.get(source) == target:
        return (
            f"{source.label} never becomes {target.label} directly. "
            f"Reopen it as {Status.CONTESTED.label} first."
        )
    changes = (row.target.label for row in transitions_from(source) if not row.reaffirms)
    return f"{source.label} does not become {target.label}. It can become: {', '.join(changes)}."


def allowed_pairs() -> frozenset[tuple[str, str]]:
    """List the stored values of every pair, reaffirmations included, for the database."""
    return frozenset((source.value, target.value) for source, target in TRANSITIONS)


def approved_pairs() -> frozenset[tuple[str, str]]:
    """List the stored values of every pair that a second person approves, for the database."""
    return frozenset(
        (source.value, target.value)
        for (source, target), row in TRANSITIONS.items()
        if row.needs_approval
    )


def may_change(role: str, change: Transition) -> bool:
    """Whether ROLE alone may make the change."""
    return not change.needs_approval and allows(role, Permission.PROPOSE)


def may_propose(role: str, change: Transition) -> bool:
    """Whether ROLE may ask for a change that another person has to approve."""
    return change.needs_approval and allows(role, Permission.PROPOSE)


def may_approve(role: str, proposer_id: Hashable, actor_id: Hashable) -> bool:
    """Whether ROLE may decide a proposal: nobody decides their own, whatever their role."""
    return proposer_id != actor_id and allows(role, Permission.APPROVE)


def override_allowed(role: str, reason: str) -> bool:
    """Whether an override may go round the table; it stays marked in the public history."""
    enough = written_length(reason) >= MIN_OVERRIDE_REASON
    return enough and allows(role, Permission.ADMINISTER)


def correction_due(target: Status, earlier: Iterable[Status]) -> bool:
    """Whether arriving at TARGET takes back what was said.

    EARLIER is the claim's statuses in order of time, overrides included; the latest conclusion
    among them counts, whatever came between.
    """
    conclusions = [status for status in earlier if status in _OPPOSITE]
    return bool(conclusions) and _OPPOSITE.get(target) == conclusions[-1]
