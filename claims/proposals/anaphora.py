"""Replace words that only point back ("these areas", "the neighborhood") by what they point to."""

from __future__ import annotations

import re

from claims.proposals import lexicon
from claims.proposals.memory import Memory, possessive

_PLURALS = "|".join(sorted(lexicon.PLACE_PLURALS))
_SINGULARS = "|".join(sorted(lexicon.SETTLEMENTS))
_THESE_PLACES = re.compile(
    rf"\b(?:[Tt]hese|[Tt]hose|[Bb]oth|[Tt]he (?:two|three|four))(?: \w+)? (?:{_PLURALS})\b"
)
_THE_PLACE = re.compile(
    rf"\b(?:[Tt]he|[Tt]his|[Tt]hat) (?:{_SINGULARS})\b(?!['’]s|-)"
    r"(?! (?:of|near|called|named|council|centre|center|limits|[A-Z]|[a-z]+-[A-Z]))"
)
_MONTHS = "|".join(sorted(lexicon.MONTHS))
_THE_EVENT = re.compile(
    r"\b([Tt]he) (offensive|counter-?offensive|attack|assault|operation|siege|campaign)\b"
    rf"(?! (?:of|against|by|to)\b)(?! (?:on|in) (?!\d|(?:{_MONTHS})))"
)
_OWN = re.compile(r"^(?:Their|Its|His|Her) (?=[a-z])", re.IGNORECASE)
_THEY = re.compile(r"^They\b")


def resolved(text: str, memory: Memory, *, owner: str = "") -> str:
    """A clause with its back references filled in as far as the memory can.

    `owner` is whom a possessive at its beginning refers to.
    """
    text = _with_owner(text, owner)
    if memory.pointed_list(text) is not None:
        return text
    if memory.group is not None and len(memory.group.names) > 1:
        text = _THESE_PLACES.sub(memory.group.text, text, count=1)
    if memory.place:
        text = _THE_PLACE.sub(memory.place, text, count=1)
    return _THE_EVENT.sub(lambda match: _owned(match, memory), text, count=1)


def _with_owner(text: str, owner: str) -> str:
    if not owner:
        return text
    if _THEY.match(text) and owner.lower() not in {"it", "they", "he", "she"}:
        return _THEY.sub(owner, text, count=1)
    return _OWN.sub(lambda _: f"{possessive(owner)} ", text, count=1)


def _owned(match: re.Match[str], memory: Memory) -> str:
    owner = memory.event_owners.get(match.group(2), "")
    if not owner:
        return match.group()
    opens = match.group(1)[0].isupper()
    return f"{owner[0].upper() + owner[1:] if opens else owner} {match.group(2)}"
