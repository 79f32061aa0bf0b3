"""Make a clause a sentence that stands alone: idioms, passives without an agent, lists."""

from __future__ import annotations

import re
from collections.abc import Callable

from claims.proposals import cues, lexicon
from claims.proposals.clauses import Clause, Role
from claims.proposals.lexicon import Happening
from claims.proposals.memory import Listing, Memory
from claims.proposals.names import place_groups
from claims.proposals.sides import beaten_side, side_of
from claims.proposals.times import find_times

LONGEST = 240
SHORTEST = 10

_FIGHTING = "|".join(sorted(lexicon.FIGHTING))
_MANNER = re.compile(
    rf",? (?:after|following|amid|despite|with)(?: [a-z]+)? (?:{_FIGHTING})(?=,|$| and\b)"
)


def _forced(match: re.Match[str]) -> str:
    past = lexicon.PAST_OF.get(match.group(1))
    return past or match.group()


_SIMPLER: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\b(?:ground|came) to a (?:halt|standstill|stop)\b"), "halted"),
    (
        re.compile(
            r"\blaunched (?:an?|the|several|another|new)(?: [\w-]+){0,2}? (?:attack|assault)s? "
            r"(?:on|against) "
        ),
        "attacked ",
    ),
    (re.compile(r"^No attempts? (?:at|to) (.+?) (?:was|were) made\b"), r"No \1 was attempted"),
    (re.compile(r"\b(?:was|were) forced to ([a-z]+)\b"), _forced),
)
_TRAILING_JUDGEMENT = re.compile(
    r",? and (?:now )?(?:is|was|are|were|has|have|marks|marked|remains?|remained) .+$"
)
_COST = re.compile(
    r"\b(?:cost|inflicted(?: upon| on)?) (?P<who>(?:the )?[\w' -]{2,60}?) "
    r"(?P<harm>(?:[\w-]+ )?(?:casualties|losses|deaths|injuries))\b"
)
_NOMINAL = {
    "resistance": "resisted", "withdrawal": "withdrew", "retreat": "retreated",
    "surrender": "surrendered", "protests": "protested", "defections": "defected",
}  # fmt: skip
_WITH_EVENT = re.compile(
    rf",? with (?:[a-z]+ )?(?P<event>{'|'.join(_NOMINAL)}) (?:by|from) (?P<who>.+?)"
    r"(?: (?:stiff|fierce|heavy|strong|weak|light|intense|limited|minimal))?$"
)
_SHOWN = re.compile(
    r"\b(?:from|of|in|inside|showing|show|showed|shows) (?:the |a |an )?(?:newly |recently )?"
    r"(?P<done>[a-z]+ed|retaken|overrun|lost)\s+(?P<noun>[a-z]+)\b"
)
_ONE = {"were": "was", "have": "has", "are": "is"}
_NO_QUOTES = str.maketrans("", "", '"“”')
_BIDI = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def harm_suffered(clause: Clause, memory: Memory) -> str | None:
    """Read "which cost Y casualties" as "Y suffered casualties in X".

    X is where the thing that cost them was told to be.
    """
    match = _COST.search(clause.text)
    if match is None:
        return None
    anaphor = clause.subject.split()[-1:] if clause.role is Role.RELATIVE else []
    place = memory.event_places.get(anaphor[0], "") if anaphor else ""
    where = f" in {place}" if place else ""
    return f"{match.group('who')} suffered {match.group('harm')}{where}"


def reported_content(clause: Clause) -> str | None:
    """Read "Reports circulated that X had happened" as "X had happened"."""
    if not cues.ABOUT_REPORTS.match(clause.text) or len(clause.verbs) < 2:  # noqa: PLR2004
        return None
    _, that, told = clause.text.partition(" that ")
    return told if that else None


def nominal_event(clause: Clause) -> str | None:
    """Read "Fighting erupted within X, with resistance by Y" as "Y resisted in X"."""
    match = _WITH_EVENT.search(clause.text)
    if match is None:
        return None
    groups = place_groups(clause.text[: match.start()])
    where = f" in {groups[-1].names[-1]}" if groups else ""
    return f"{match.group('who')} {_NOMINAL[match.group('event')]}{where}"


def shown_event(clause: Clause, memory: Memory) -> tuple[str, Happening] | None:
    """Read "photos from the recaptured suburb" as "X was recaptured by the government"."""
    if not cues.EVIDENCE.match(clause.subject or clause.text):
        return None
    match = _SHOWN.search(clause.text)
    known = lexicon.PARTICIPLES.get(match.group("done")) if match else None
    if match is None or known is None or match.group("noun") not in lexicon.PLACE_NOUNS:
        return None
    noun = match.group("noun")
    place = memory.place if noun in lexicon.SETTLEMENTS else f"the {noun}"
    if not place:
        return None
    loser = beaten_side(clause.text)
    agent = memory.party(loser.other) if loser else ""
    by = f" by {agent}" if agent and known[1] is Happening.CONTROL else ""
    return f"{place} was {match.group('done')}{by}", known[1]


def simplified(text: str) -> str:
    """Plain verbs for idioms; no hedging adverb, no manner of fighting, no judgement tacked on."""
    text = cues.HEDGE_ADVERBS.sub("", text)
    text = _MANNER.sub("", text)
    tail = _TRAILING_JUDGEMENT.search(text)
    if tail and cues.FIGURATIVE.search(tail.group()):
        text = text[: tail.start()]
    for pattern, plain in _SIMPLER:
        text = pattern.sub(plain, text)
    return text


def with_agent(text: str, clause: Clause, agent: str) -> str:
    """Name who captured, where a passive leaves it open and the context tells the party."""
    bare = (
        agent
        and any(verb.passive and verb.happening is Happening.CONTROL for verb in clause.verbs)
        and " by " not in clause.predicate
        and " in " not in clause.predicate
    )
    return f"{text} by {agent}" if bare else text


def agent_of(listing: Listing, memory: Memory) -> str:
    """Who acted on listed things, by side where the text names the side.

    An agent that is taken from the context is known no closer than that.
    """
    return memory.party(side_of(listing.actor)) or listing.actor


def split_list(text: str, clause: Clause, memory: Memory) -> list[str]:
    """One sentence for each of the things that a clause says were taken, attacked or lost."""
    listing = memory.pointed_list(text)
    if listing is not None:
        predicate = with_agent(text.split(" ", 2)[2], clause, agent_of(listing, memory))
        since = f" after {listing.since.removeprefix('in ')}" if listing.since else ""
        dated = "" if any(find_times(predicate)) else since
        return [f"{item} {_singular(predicate)}{dated}" for item in listing.items]
    return _listed_subjects(text, clause) or _listed_objects(text) or [text]


_TOLL = re.compile(r", (?:killing|injuring|wounding|displacing|destroying|leaving)\b")
_TAKEN = re.compile(
    r"(.+? (?:captured|recaptured|seized|retook|liberated|occupied|overran|shelled|bombed|attacked"
    r"|lost|abandoned) )"
)
_SPLITTABLE = frozenset({Happening.CONTROL, Happening.HARM, Happening.ATTACK, Happening.LOSS})


def _listed_subjects(text: str, clause: Clause) -> list[str]:
    """One sentence for each of "A, B, and C were captured"."""
    groups = place_groups(text)
    if not groups or not clause.happenings & _SPLITTABLE:
        return []
    first = groups[0]
    before, after = text[: first.start].lower(), text[first.end :].lstrip()
    opens = before in {"", "the towns of ", "the villages of ", "both ", "the cities of "}
    if not opens or len(first.names) == 1 or not after.startswith(clause.predicate[:12]):
        return []
    return [f"{name} {_singular(after)}" for name in first.names]


def _listed_objects(text: str) -> list[str]:
    """One sentence for each of "The army captured A and B", unless they share a toll."""
    active = None if _TOLL.search(text) else _TAKEN.match(text)
    groups = [g for g in place_groups(text) if active and g.start >= active.end()]
    if active is None or not groups or len(groups[0].names) == 1 or groups[0].one_area:
        return []
    between = text[active.end() : groups[0].start]
    if between not in {"", "the towns of ", "the villages of ", "both ", "the cities of "}:
        return []
    return [f"{active.group(1)}{name}{text[groups[0].end :]}" for name in groups[0].names]


def _singular(predicate: str) -> str:
    first, _, rest = predicate.partition(" ")
    return f"{_ONE.get(first, first)} {rest}".strip()


def with_lead(text: str, clause: Clause) -> str:
    """Put the phrase that opens the sentence before a main clause if it says when or where."""
    lead = clause.lead
    if clause.role is not Role.MAIN or not lead or len(lead) > LONGEST // 3:
        return text
    when = any(find_times(lead)) and not any(find_times(text))
    where = lead.split(" ", 1)[0] in _WHERE and bool(place_groups(lead))
    if not when and not where:
        return text
    opening, _, rest = text.partition(" ")
    if opening.lower() in lexicon.DETERMINERS:
        opening = opening.lower()
    return f"{lead}, {opening} {rest}"


_WHERE = frozenset({"In", "At", "Near", "Around", "Outside", "Inside", "Across", "Throughout"})


def finished(text: str) -> str:
    """Capital at the start, no stop at the end, nothing invisible, within the length of a claim."""
    text = re.sub(r" +([,;:.])", r"\1", " ".join(_BIDI.sub("", text).split()))
    if text.count('"') == 1 or text.count("“") != text.count("”"):
        text = text.translate(_NO_QUOTES)
    text = text.strip(" ,;:.–-…")
    text = text[:1].upper() + text[1:]
    return text if len(text) <= LONGEST else _shortened(text)


def _shortened(text: str) -> str:
    bare = re.sub(r" ?\([^()]*\)", "", text)
    if len(bare) <= LONGEST:
        return bare
    cut = bare[: LONGEST - 1]
    ends = [cut.rfind(sign) for sign in ("; ", ", ", "، ", "؛ ")]
    end = max(ends)
    if end < LONGEST // 2:
        end = cut.rfind(" ")
    return f"{cut[: end if end > 0 else len(cut)].rstrip(' ,;،؛')}…"
