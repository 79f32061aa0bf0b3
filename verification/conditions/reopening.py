"""Conditions for leaving a settled status: something is newer, was found wrong, or has ended."""

from __future__ import annotations

from claims.vocabulary import Stance, Status
from verification.conditions.facts import Check, ClaimFacts, EvidenceFact, ReasonCode
from verification.conditions.phrases import Items, chosen, named, present

# These name the cause themselves; no new item need be on file.
SELF_EXPLAINING = frozenset(
    {
        ReasonCode.SOURCE_RETRACTED,
        ReasonCode.EVIDENCE_INTEGRITY_FAILED,
        ReasonCode.QUOTE_CHANGED,
        ReasonCode.READER_CHALLENGE,
    }
)


def newer_item(facts: ClaimFacts) -> Check:
    return present(
        "newer_item",
        "One or more items newer than the decision",
        found=named(_newer(facts)),
        needs="needs 1 item added after the decision",
    )


def opposing_item_or_cause(facts: ClaimFacts) -> Check:
    """Ask for what contradicts a confirmed claim, or supports a refuted one."""
    opposing = Stance.SUPPORTS if facts.status == Status.REFUTED else Stance.CONTRADICTS
    cause = facts.reason_code
    opposed_by = chosen(_newer(facts), lambda item: item.stance == opposing)
    return present(
        "opposing_item_or_cause",
        f"A newer item that {opposing}, or a cause named by the kind of reason",
        found=_cause(facts) if cause in SELF_EXPLAINING else named(opposed_by),
        needs=f"needs 1 item that {opposing}, added after the decision",
    )


def _cause(facts: ClaimFacts) -> str:
    """The cause with the items that show it, where they are on record: "…: [5]".

    A person may know of a change that no capture of ours shows, so the cause alone is enough.
    """
    cause = facts.reason_code
    if cause is None:
        return ""
    items = named(chosen(facts.evidence, lambda item: item.counted and _shows(item, cause)))
    return f"{cause.label}: {items}" if items else cause.label


def _shows(item: EvidenceFact, cause: ReasonCode) -> bool:
    if cause == ReasonCode.QUOTE_CHANGED:
        return item.quote_moved
    is_damaged = item.archived and not item.intact
    return cause == ReasonCode.EVIDENCE_INTEGRITY_FAILED and is_damaged


def successor_named(facts: ClaimFacts) -> Check:
    key, claim = facts.superseding_item, facts.superseded_by
    shown = chosen(facts.evidence, lambda item: item.key == key and not item.withdrawn)
    return present(
        "successor_named",
        "The claim or the item that shows it has ended",
        found=named(shown) if claim is None else f"claim {claim}",
        needs="name the claim that follows, or the item that shows the end",
    )


def _newer(facts: ClaimFacts) -> Items:
    began = facts.decided_at
    return chosen(facts.evidence, lambda item: item.open and (not began or item.added_at > began))
