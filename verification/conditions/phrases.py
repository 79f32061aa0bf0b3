"""Which items are meant, and how a check says so in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from claims.vocabulary import Stance
from verification.conditions.facts import Check, ClaimFacts, EvidenceFact

Items = tuple[EvidenceFact, ...]


def open_items(facts: ClaimFacts, stance: Stance) -> Items:
    """Choose the items of one stance that are neither withdrawn nor resolved."""
    return tuple(item for item in facts.evidence if item.open and item.stance == stance)


def chosen(items: Iterable[EvidenceFact], rule: Callable[[EvidenceFact], bool]) -> Items:
    return tuple(item for item in items if rule(item))


def one_per_origin(items: Iterable[EvidenceFact]) -> Items:
    """Keep the first item of each independence group, in the order given."""
    first: dict[str, EvidenceFact] = {}
    for item in items:
        first.setdefault(item.origin, item)
    return tuple(first.values())


def present(code: str, label: str, *, found: str, needs: str) -> Check:
    """Answer a condition that is met when something was found."""
    return Check(code, bool(found), label, found or needs)


def absent(code: str, label: str, *, blocking: str, otherwise: str) -> Check:
    """Answer a condition that is met when nothing blocks."""
    return Check(code, not blocking, label, blocking or otherwise)


def named(items: Sequence[EvidenceFact]) -> str:
    """Write "[3]", "[3] and [5]" or "[1], [3] and [5]"; nothing for no item."""
    *others, last = [item.label for item in items] or [""]
    return f"{', '.join(others)} and {last}" if others else last


def says(items: Sequence[EvidenceFact], singular: str, plural: str) -> str:
    """Write the items and what they do: "[3] is …", "[3] and [5] are …"; nothing for no item."""
    return f"{named(items)} {singular if len(items) == 1 else plural}" if items else ""


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
