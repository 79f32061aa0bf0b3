"""A claim in brief: where, when, who said so first, on how many legs it stands."""

from __future__ import annotations

from dataclasses import dataclass

from claims.models import Claim
from claims.vocabulary import Stance
from core.bidi import without_turns
from verification.selectors.facts import is_archived
from verification.selectors.independence import said_at
from verification.selectors.known import Known, independent_origins, stance_of
from verification.selectors.phrases import count, listed, moment, time_span
from verification.selectors.redaction import source_href, source_name


@dataclass(frozen=True)
class Fact:
    term: str
    text: str
    href: str = ""
    note: str = ""
    note_language: str = ""


def brief_of(known: Known) -> list[Fact]:
    claim = known.claim
    facts = [
        _where(claim),
        Fact("When", _when(claim), note=_how_known(claim)),
        _first_said(known),
        Fact("Sources", _sources(known), note=_uncounted(known)),
        _independent(known),
        Fact("Not known", without_turns("" if known.is_past else claim.unknowns)),
        Fact("Would change it", without_turns(known.would_change_it)),
        Fact("Last checked", _checked(known)),
    ]
    return [fact for fact in facts if fact.text]


def _where(claim: Claim) -> Fact:
    """The place, with its name in the first other language that is known."""
    if claim.place is None:
        return Fact("Where", "")
    name = claim.place.name
    others = ((code, str(other)) for code, other in claim.place.names.items() if other != name)
    language, other = next(others, ("", ""))
    return Fact("Where", name, note=other, note_language=language)


def _when(claim: Claim) -> str:
    return time_span(claim.time_from, claim.time_to, claim.time_precision)


def _how_known(claim: Claim) -> str:
    return "(not stated in the article; inferred)" if claim.time_inferred else ""


def _first_said(known: Known) -> Fact:
    """Whoever the claim is ascribed to, else the source of the earliest document that says it."""
    claimant = known.claim.claimant
    if claimant is None:
        said = [
            item
            for item in known.items
            if stance_of(item) is Stance.SUPPORTS and item.document.published_at
        ]
        claimant = min(said, key=said_at).document.source if said else None
    return Fact("First said by", source_name(claimant), source_href(claimant))


def _sources(known: Known) -> str:
    standing = [item for item in known.items if item.withdrawn_at is None]
    if not standing:
        return "None yet"
    tally = {stance: sum(stance_of(item) is stance for item in standing) for stance in Stance}
    parts = (
        (tally[Stance.SUPPORTS], "supports it", "support it"),
        (tally[Stance.CONTRADICTS], "contradicts it", "contradict it"),
        (tally[Stance.CONTEXT], "gives context", "give context"),
    )
    said = [f"{number} {one if number == 1 else many}" for number, one, many in parts if number]
    return f"{len(standing)} found: {listed(said)}"


def _uncounted(known: Known) -> str:
    missing = sum(not is_archived(item) for item in known.items if item.withdrawn_at is None)
    return f"({missing} not archived, so not counted)" if missing else ""


def _independent(known: Known) -> Fact:
    if known.newest is None or not known.is_scored:
        return Fact("Independent", "")
    origins = count(independent_origins(known.newest), "origin")
    return Fact("Independent", f"{origins} with weight. Copies don’t count twice", "#copying")


def _checked(known: Known) -> str:
    reviewed = known.claim.last_reviewed_at
    if reviewed is None or reviewed > known.at:
        reviewed = known.events[-1].at if known.events else None
    return moment(reviewed) if reviewed else "Not yet"
