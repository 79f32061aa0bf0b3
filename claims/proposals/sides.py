"""The two sides that reports of a conflict name, as far as general words tell them."""

from __future__ import annotations

import re
from enum import StrEnum


class Side(StrEnum):
    GOVERNMENT = "government"
    OPPOSITION = "opposition"

    @property
    def other(self) -> Side:
        return Side.OPPOSITION if self is Side.GOVERNMENT else Side.GOVERNMENT


_WORDS = re.compile(
    r"(?P<opposition>\bFree \w+ Army\b|\b(?:opposition|rebels?|insurgents?|anti-government)\b)"
    r"|(?P<government>\b(?:government|regime|loyalists?|pro-government|army)\b"
    r"|\b[A-Z]\w+ (?:\w+ )?Army\b)"
    r"(?: (?P<forces>forces|troops|units|fighters|soldiers))?"
)
_BEATEN = re.compile(
    r"\b(?P<side>opposition|rebels?'?s?|insurgents?'?|government|regime|army)'?s? "
    r"(?:\w+ )?(?:defeat|loss|retreat|withdrawal|collapse|surrender|rout|evacuation)\b"
)


def side_of(text: str) -> Side | None:
    """The side of the first party that a noun phrase names."""
    match = _WORDS.search(text)
    if match is None:
        return None
    return Side.OPPOSITION if match.group("opposition") else Side.GOVERNMENT


def beaten_side(text: str) -> Side | None:
    """Whose defeat a clause speaks of."""
    match = _BEATEN.search(text)
    return side_of(match.group("side").rstrip("'s") + " forces") if match else None


def labels(text: str) -> dict[Side, str]:
    """What a text last called each side that it names: "the government", "rebel forces"."""
    found: dict[Side, str] = {}
    for match in _WORDS.finditer(text):
        name = match.group("opposition") or match.group("government")
        if name[0].isupper():
            continue
        side = Side.OPPOSITION if match.group("opposition") else Side.GOVERNMENT
        forces = match.group("forces")
        plain = f"the {name}" if name.endswith("s") or name not in {"rebel", "insurgent"} else ""
        found[side] = f"{name} {forces}" if forces else plain or f"the {name}s"
    return found
