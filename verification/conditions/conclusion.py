"""Conditions for confirmed and, as their mirror image, for refuted.

The mirror is literal: supporting and contradicting change places and nothing else does, because an
item's alignment says whom the statement itself serves, be it a report or a denial.
"""

from __future__ import annotations

from claims.vocabulary import Stance
from verification.conditions.corroboration import (
    ENOUGH_ORIGINS,
    enough_origins,
    one_disinterested,
    unresolved,
)
from verification.conditions.facts import Check, ClaimFacts, EvidenceFact
from verification.conditions.phrases import (
    Items,
    absent,
    chosen,
    named,
    one_per_origin,
    open_items,
    present,
    says,
)


def conclusive_support(facts: ClaimFacts) -> Check:
    return _conclusive("One or more conclusive items", open_items(facts, Stance.SUPPORTS))


def conclusive_contradiction(facts: ClaimFacts) -> Check:
    label = "One or more conclusive items that contradict it"
    return _conclusive(label, open_items(facts, Stance.CONTRADICTS))


def _conclusive(label: str, items: Items) -> Check:
    found = (_visuals(items), _admissions(items), _strong_origins(items))
    return present(
        "conclusive_evidence",
        label,
        found="; ".join(words for words in found if words),
        needs=_what_would_be_conclusive(items),
    )


def _visuals(items: Items) -> str:
    noun = "first-hand, with place and date checked"
    return says(chosen(items, lambda item: item.is_checked_visual), f"is {noun}", f"are {noun}")


def _admissions(items: Items) -> str:
    # An unreliable source (E) admits nothing for its side: credible, then, not merely aligned.
    found = chosen(items, lambda item: item.is_admission and item.credible)
    manner = "against the source’s own interest"
    return says(found, f"speaks {manner}", f"speak {manner}")


def _strong_origins(items: Items) -> str:
    found = one_per_origin(chosen(items, lambda item: item.strong))
    enough = len(found) >= ENOUGH_ORIGINS
    return f"{named(found)} are independent and graded A or B" if enough else ""


def _what_would_be_conclusive(items: Items) -> str:
    needs = (
        "needs a first-hand picture or video with place and date checked, "
        "or an admission against interest, or 2 independent origins graded A or B"
    )
    unchecked = chosen(items, lambda item: item.is_visual)
    return f"{needs}; place and date of {named(unchecked)} unchecked" if unchecked else needs


def independent_support(facts: ClaimFacts) -> Check:
    return enough_origins(
        "independent_origins",
        "Two or more independent origins",
        _weighty(facts, Stance.SUPPORTS),
        lacking=("", ""),
    )


def independent_contradiction(facts: ClaimFacts) -> Check:
    return enough_origins(
        "independent_origins",
        "Two or more independent origins that contradict it",
        _weighty(facts, Stance.CONTRADICTS),
        lacking=(" that contradicts it", " that contradict it"),
    )


def disinterested_support(facts: ClaimFacts) -> Check:
    return one_disinterested("disinterested_origin", _weighty(facts, Stance.SUPPORTS))


def disinterested_contradiction(facts: ClaimFacts) -> Check:
    return one_disinterested("disinterested_origin", _weighty(facts, Stance.CONTRADICTS))


def supports_resolved(facts: ClaimFacts) -> Check:
    return absent(
        "supports_resolved",
        "Every supporting item is resolved",
        blocking=unresolved(open_items(facts, Stance.SUPPORTS)),
        otherwise="none is unresolved",
    )


def nothing_exclusive_confirmed(facts: ClaimFacts) -> Check:
    """Claims that exclude each other are never confirmed together for overlapping times."""
    numbers = ", ".join(str(number) for number in facts.excluded_by)
    return absent(
        "nothing_exclusive_confirmed",
        "No confirmed claim excludes it at the same time",
        blocking=f"cannot hold together with confirmed claim {numbers}" if numbers else "",
        otherwise="there is none",
    )


def _weighty(facts: ClaimFacts, stance: Stance) -> Items:
    return chosen(open_items(facts, stance), _has_weight)


def _has_weight(item: EvidenceFact) -> bool:
    # An origin graded E weighs nothing in the score, so only a checked picture of it is counted.
    return item.of_standing or item.is_checked_visual
