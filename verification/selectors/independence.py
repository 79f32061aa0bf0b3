"""Who repeats whom among the evidence of one claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from claims.models import Evidence
from sources.models import Derivation
from verification.selectors.facts import derivation_of, origin_key


@dataclass(frozen=True)
class Family:
    """One origin: the item that begins it, if it is filed here, and the items that repeat it.

    `derivation` belongs to an item whose first report is not filed on this claim.
    """

    key: str
    first: Evidence | None
    copies: tuple[Evidence, ...]
    derivation: Derivation | None = None

    @property
    def origin_id(self) -> int | None:
        _, _, number = self.key.partition("origin-")
        return int(number) if number else None


def families_of(items: Sequence[Evidence]) -> list[Family]:
    """All origins, the earliest first; copies in order of time."""
    members: dict[str, list[Evidence]] = {}
    for item in sorted(items, key=said_at):
        members.setdefault(origin_key(item), []).append(item)
    return [_family(key, group) for key, group in members.items()]


def _family(key: str, group: list[Evidence]) -> Family:
    first = next((item for item in group if derivation_of(item) is None), None)
    copies = tuple(item for item in group if item is not first)
    derivation = derivation_of(copies[0]) if first is None else None
    return Family(key, first, copies, derivation)


def said_at(item: Evidence) -> tuple[datetime, int]:
    """When the document was published, as far as anybody knows; sorts items by time."""
    return item.document.published_at or item.document.added_at, item.position


def copied_from(families: Sequence[Family]) -> Mapping[int, Evidence | None]:
    """By position of each copy: the item that it repeats, or None if that is not filed here."""
    return {copy.position: family.first for family in families for copy in family.copies}
