"""What has been told so far: the places, parties and events that later words point back to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from claims.proposals import lexicon
from claims.proposals.names import PlaceGroup, names, place_groups
from claims.proposals.sides import Side, labels, side_of
from claims.proposals.times import find_times

_LIST = re.compile(r"\b((?:[\w-]+ ){1,7})\(([^()]{3,300})\)")
_SEPARATOR = re.compile(r",? and |, ")
_OWNED_EVENT = re.compile(
    r"(?P<owner>\b[Tt]he \w+(?: \w+)?'s?|\b(?:government|rebel|opposition|army|regime|insurgent))"
    r" (?:latest |initial |new |first |second )?"
    r"(?P<event>offensive|counter-?offensive|attack|assault|operation|siege|advance|campaign)\b"
)
_THESE = re.compile(r"(?:These|Those|All) ([a-z]+s)\b", re.IGNORECASE)
_SINCE = re.compile(r"^(?:Beginning|Starting|From)(?: on| in)?\b")


@dataclass(frozen=True, slots=True)
class Listing:
    """Things that were listed by name: who acted on them then, and from when on."""

    items: tuple[str, ...]
    actor: str
    since: str


@dataclass(slots=True)
class Memory:
    """Filled clause by clause in reading order."""

    place: str = ""
    group: PlaceGroup | None = None
    subject: str = ""
    sides: dict[Side, str] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)
    event_places: dict[str, str] = field(default_factory=dict)
    event_owners: dict[str, str] = field(default_factory=dict)

    def observe(self, text: str, *, subject: str = "", lead: str = "") -> None:
        """Take in the words of one clause; `lead` is the phrase that opened its sentence."""
        groups = [*place_groups(lead), *place_groups(text)]
        if groups:
            self.group = groups[-1]
            self.place = groups[-1].names[-1]
        self.sides |= labels(text)
        if subject:
            self.subject = subject
        self._observe_listings(text, subject, lead)
        self._observe_events(text)

    def _observe_listings(self, text: str, subject: str, lead: str) -> None:
        since = next((t.text for t in find_times(lead)), "") if _SINCE.match(lead) else ""
        for match in _LIST.finditer(text):
            items = tuple(item.strip() for item in _SEPARATOR.split(match.group(2)))
            if len(items) > 1 and all(item and _is_name(item) for item in items):
                for word in match.group(1).split():
                    if word.endswith("s"):
                        self.listings[word] = Listing(items, subject, since)

    def _observe_events(self, text: str) -> None:
        here = place_groups(text)
        for word in re.findall(r"[a-z]+", text):
            if here and word in lexicon.FIGHTING:
                self.event_places[word] = here[-1].names[-1]
        for match in _OWNED_EVENT.finditer(text):
            owner = match.group("owner")
            side = side_of(owner)
            if owner[0].islower() and side is not None:
                owner = f"the {side}'s"
            self.event_owners[match.group("event")] = owner[0].lower() + owner[1:]

    def pointed_list(self, text: str) -> Listing | None:
        """What "These hills …" at the start of a clause points to."""
        opening = _THESE.match(text)
        return self.listings.get(opening.group(1)) if opening else None

    def party(self, side: Side | None) -> str:
        """What the text last called a side, empty if it has not named it."""
        return self.sides.get(side, "") if side else ""


def _is_name(item: str) -> bool:
    found = names(f"in {item}")
    return len(found) == 1 and found[0].text == item


def possessive(noun_phrase: str) -> str:
    """Make an owner: "Opposition forces in the city" → "The opposition's"."""
    head = re.split(r" (?:in|on|of|at|from|near|with|who|that)\b|,", noun_phrase, maxsplit=1)[0]
    forces = re.fullmatch(r"(?:the )?(\w+) (?:forces|fighters|troops|units)", head, re.IGNORECASE)
    if forces and side_of(forces.group(1).lower()) is not None:
        head = f"the {forces.group(1).lower()}"
    owner = f"{head}'" if head.endswith("s") else f"{head}'s"
    return owner[0].upper() + owner[1:]
