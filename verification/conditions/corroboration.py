"""Conditions for contested and corroborated, and for the archived copies that all rests on."""

from __future__ import annotations

from claims.vocabulary import Stance
from verification.conditions.facts import Check, ClaimFacts
from verification.conditions.phrases import (
    Items,
    absent,
    chosen,
    count,
    named,
    one_per_origin,
    open_items,
    present,
    says,
)

ENOUGH_ORIGINS = 2


def supporting_origin_of_standing(facts: ClaimFacts) -> Check:
    return _origin_of_standing(facts, Stance.SUPPORTS, "supporting")


def contradicting_origin_of_standing(facts: ClaimFacts) -> Check:
    return _origin_of_standing(facts, Stance.CONTRADICTS, "contradicting")


def _origin_of_standing(facts: ClaimFacts, stance: Stance, word: str) -> Check:
    found = chosen(open_items(facts, stance), lambda item: item.of_standing)
    return present(
        f"{word}_origin_of_standing",
        f"One or more {word} origins of standing",
        found=named(one_per_origin(found)),
        needs=f"needs 1 {word} origin that is not graded E, not withdrawn and not resolved",
    )


def credible_origins(facts: ClaimFacts) -> Check:
    return enough_origins(
        "credible_origins",
        "Two or more independent credible origins",
        _credible(facts, Stance.SUPPORTS),
        lacking=(" that is credible", " that are credible"),
    )


def enough_origins(code: str, label: str, items: Items, *, lacking: tuple[str, str]) -> Check:
    """Answer whether ITEMS come from two or more origins.

    LACKING ends the words "needs 1 more independent origin" and "needs 2 more …".
    """
    origins = one_per_origin(items)
    missing = ENOUGH_ORIGINS - len(origins)
    found = f"{count(len(origins), 'independent origin')}: {named(origins)}"
    tail = lacking[0] if missing == 1 else lacking[1]
    return present(
        code,
        label,
        found=found if missing <= 0 else "",
        needs=f"needs {count(missing, 'more independent origin')}{tail}",
    )


def credible_disinterested_origin(facts: ClaimFacts) -> Check:
    return one_disinterested("credible_disinterested_origin", _credible(facts, Stance.SUPPORTS))


def one_disinterested(code: str, items: Items) -> Check:
    """Answer whether one of ITEMS is not from the side that gains, nor a copy of another."""
    return present(
        code,
        "One or more of them not from the side that gains",
        found=named(one_per_origin(chosen(items, lambda item: item.disinterested))),
        needs="needs 1 origin that is not from the side that gains",
    )


def no_credible_contradiction(facts: ClaimFacts) -> Check:
    return absent(
        "no_credible_contradiction",
        "No unresolved credible contradiction",
        blocking=unresolved(_credible(facts, Stance.CONTRADICTS)),
        otherwise="there is none",
    )


def contradictions_resolved(facts: ClaimFacts) -> Check:
    return absent(
        "contradictions_resolved",
        "Every contradicting item is resolved",
        blocking=unresolved(open_items(facts, Stance.CONTRADICTS)),
        otherwise="none is unresolved",
    )


def unresolved(items: Items) -> str:
    """Name open items of one stance: "[3] contradicts and has no resolution"."""
    if not items:
        return ""
    verb = str(items[0].stance)  # "contradicts"; without its last letter for several items
    return says(items, f"{verb} and has no resolution", f"{verb[:-1]} and have no resolution")


def all_archived(facts: ClaimFacts) -> Check:
    counted = chosen(facts.evidence, lambda item: item.counted)
    lacking = chosen(counted, lambda item: not item.archived)
    return absent(
        "all_archived",
        "Every counted document is archived",
        blocking=says(lacking, "is not archived", "are not archived"),
        otherwise=f"{len(counted)} of {len(counted)}",
    )


def all_intact(facts: ClaimFacts) -> Check:
    archived = chosen(facts.evidence, lambda item: item.counted and item.archived)
    broken = chosen(archived, lambda item: not item.intact)
    failed = "failed the integrity check"
    return absent(
        "all_intact",
        "Every archived copy is intact",
        blocking=says(broken, failed, failed),
        otherwise=f"{len(archived)} of {len(archived)}",
    )


def _credible(facts: ClaimFacts, stance: Stance) -> Items:
    return chosen(open_items(facts, stance), lambda item: item.credible)
