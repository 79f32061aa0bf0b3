"""The evidence of one claim as its editor lists it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from claims.alignment import derived_alignment
from claims.models import Evidence
from claims.vocabulary import Alignment, AlignmentBasis, Directness, Resolution, Stance
from core.bidi import with_turns_shown
from sources.models import Document, Snapshot
from sources.vocabulary import Safety
from verification.addresses import snapshot_path
from verification.desk_addresses import (
    custody_path,
    desk_source_path,
    item_path,
    open_item_path,
)
from verification.scoring import Exclusion
from verification.selectors import phrases
from verification.selectors.captures import newest_captures, why_not_archived
from verification.selectors.facts import is_archived
from verification.selectors.independence import copied_from, families_of
from verification.selectors.known import Known
from verification.selectors.ledger import FULL, side_in_words
from verification.selectors.quotes import Moved, moved_of
from verification.selectors.weighing import Weighing, weighing_of

JUDGED = (
    "stance",
    "directness",
    "credibility",
    "alignment",
    "alignment_reason",
    "quote",
    "quote_language",
    "quote_translation",
    "note",
    "paragraph",
    "footnote",
    "picture",
)
_LEFT = {
    Exclusion.MISTAKEN: "Found to be mistaken, so it isn’t counted.",
    Exclusion.DIFFERENT_EVENT: "Found to be about a different event, so it isn’t counted.",
    Exclusion.INTEGRITY_FAILED: "Its archived copy failed a check, so it isn’t counted.",
}


@dataclass(frozen=True)
class Term:
    """A line of a list of facts; see templates/components/facts.html."""

    term: str
    text: str


@dataclass(frozen=True, kw_only=True)
class DeskRow:
    """One line; see templates/components/evidence_desk.html. `item` is the row that it shows."""

    number: int
    title: str
    href: str
    edit_href: str
    close_href: str
    source: str
    source_href: str
    side: str
    when: str
    stance: str
    contribution: float | None
    why_not: str
    withdrawn_at: datetime | None
    withdrawn_reason: str
    facts: tuple[str, ...]
    open: bool
    archived: bool
    item: Evidence
    derived: str
    seen: str
    moved: Moved | None
    custody_href: str  # where the copy is held or taken down, for those who may

    @property
    def has_address(self) -> bool:
        return bool(self.item.document.address)

    @property
    def live_href(self) -> str:
        address = self.item.document.address or ""
        return address if address.startswith(("http://", "https://")) else ""

    @property
    def snapshot_href(self) -> str:
        snapshot = self.item.snapshot
        return snapshot_path(snapshot.number) if snapshot else ""

    @property
    def is_picture(self) -> bool:
        return self.item.directness == Directness.FIRST_HAND_VISUAL

    @property
    def takes_a_side(self) -> bool:
        return self.stance != Stance.CONTEXT

    @property
    def judgements(self) -> tuple[Term, ...]:
        """What was judged and written, for who may only read."""
        said = (
            ("Quote", with_turns_shown(self.item.quote)),
            ("Translation", with_turns_shown(self.item.quote_translation)),
            ("Why it bears on the claim", self.item.note),
            ("Alignment", Alignment(self.item.alignment).label),
            ("Set by a person", self.item.alignment_reason),
            ("How it was checked", self.item.visual_check),
            ("Answer", self.item.resolution_text),
            ("Place in the article", _locator(self.item)),
        )
        return tuple(Term(term, text) for term, text in said if text)


@dataclass(frozen=True)
class DeskLedger:
    """`full`: log-odds that fill half a bar."""

    rows: tuple[DeskRow, ...]
    captures: Mapping[int, Snapshot]
    full: float

    def row(self, number: int) -> DeskRow | None:
        return next((row for row in self.rows if row.number == number), None)


def document_name(document: Document, footnote: str = "") -> str:
    """How the desk calls a document; unlike readers, it sees what is withheld."""
    if document.title:
        return with_turns_shown(document.title)
    if document.address:
        return with_turns_shown(document.address)
    return f"Footnote {footnote}, address missing" if footnote else "Address missing"


def judgement_digest(item: Evidence) -> str:
    """Changes when anything changes that a person judges about ITEM."""
    values = [str(getattr(item, name)) for name in JUDGED] + [str(item.document.source_id)]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class _Scene:
    """What every row of one claim is seen against."""

    number: int
    favours: int | None
    opened: int | None
    weighing: Weighing
    captures: Mapping[int, Snapshot]
    copies: Mapping[int, Evidence | None]
    custodian: bool


def desk_ledger(known: Known, opened: int | None, *, custodian: bool = False) -> DeskLedger:
    """Strongest first, then what is not counted, then what was withdrawn."""
    scene = _Scene(
        number=known.claim.number,
        favours=known.claim.favours_id,
        opened=opened,
        weighing=weighing_of(known.newest if known.is_scored else None),
        captures=newest_captures(known.items),
        copies=copied_from(families_of(known.items)),
        custodian=custodian,
    )
    rows = sorted((_row(item, scene) for item in known.items), key=_strength)
    strongest = max((abs(value) for value in scene.weighing.values.values()), default=0.0)
    return DeskLedger(tuple(rows), scene.captures, max(FULL, strongest))


def _strength(row: DeskRow) -> tuple[bool, bool, float, int]:
    size = abs(row.contribution) if row.contribution is not None else 0.0
    return row.withdrawn_at is not None, row.contribution is None, -size, row.number


def _row(item: Evidence, scene: _Scene) -> DeskRow:
    document, contribution = item.document, _contribution(item, scene.weighing)
    opening = open_item_path(scene.number, item.position)
    return DeskRow(
        number=item.position,
        title=document_name(document, item.footnote),
        href=opening,
        edit_href=opening,
        close_href=item_path(scene.number, item.position),
        source=document.source.name if document.source else "",
        source_href=desk_source_path(document.source.number) if document.source else "",
        side=side_in_words(item),
        when=_when(document),
        stance=item.stance,
        contribution=contribution,
        why_not=_why_not(item, scene) if contribution is None else "",
        withdrawn_at=item.withdrawn_at,
        withdrawn_reason=item.withdrawn_reason,
        facts=tuple(_facts(item, scene.copies)),
        open=item.position == scene.opened,
        archived=is_archived(item),
        item=item,
        derived=_derived(item, scene.favours),
        seen=judgement_digest(item),
        moved=moved_of(item),
        custody_href=custody_path(item.snapshot.number)
        if scene.custodian and item.snapshot
        else "",
    )


def _derived(item: Evidence, favours: int | None) -> str:
    """Whom it serves, as the affiliations on record say."""
    source = item.document.source
    parties = {row.party_id for row in source.affiliations.all()} if source else set()
    return derived_alignment(stance=item.stance, source_parties=parties, favours=favours).label


def _when(document: Document) -> str:
    if document.published_at is None:
        return ""
    return phrases.published(document.published_at, document.published_precision)


def _contribution(item: Evidence, weighing: Weighing) -> float | None:
    left = weighing.left.get(item.position)
    if left is not None and left.reason == Exclusion.CONTEXT:
        return 0.0
    return None if item.withdrawn_at else weighing.values.get(item.position)


def _why_not(item: Evidence, scene: _Scene) -> str:
    if item.withdrawn_at is not None:
        return "Withdrawn, so it isn’t counted."
    if not is_archived(item):
        return why_not_archived(item.document, scene.captures.get(item.document_id))
    left = scene.weighing.left.get(item.position)
    if left is None:
        return "Not weighed yet. The score is being worked out."
    if left.reason == Exclusion.SUPERSEDED_REPORT:
        return f"Its source said otherwise later, in [{left.by}], so it isn’t counted."
    known = (words for reason, words in _LEFT.items() if reason == left.reason)
    return next(known, "Left out, so it isn’t counted.")


def _facts(item: Evidence, copies: Mapping[int, Evidence | None]) -> Sequence[str]:
    """Short texts: descent, closeness, whom it serves, what was done about it."""
    facts = [_descent(item, copies), Directness(item.directness).label]
    if item.stance != Stance.CONTEXT:
        facts.append(Alignment(item.alignment).label)
    if item.alignment_basis == AlignmentBasis.OVERRIDDEN:
        facts[-1] += ", set by a person"
    if is_archived(item):
        facts.append("Archived")
    if item.visual_checked_at:
        facts.append("Place and date checked")
    if item.resolution:
        facts.append(f"Answered: {Resolution(item.resolution).label.lower()}")
    if item.document.source and item.document.source.safety == Safety.WITHHELD:
        facts.append("Name withheld from readers")
    return [fact for fact in facts if fact]


def _descent(item: Evidence, copies: Mapping[int, Evidence | None]) -> str:
    if item.position not in copies:
        return "Original" if is_archived(item) else ""
    first = copies[item.position]
    return f"Copy of [{first.position}]" if first else "Copy of another report"


def _locator(item: Evidence) -> str:
    places = (
        ("paragraph", item.paragraph),
        ("footnote", item.footnote),
        ("picture", item.picture),
    )
    return ", ".join(f"{word} {place}" for word, place in places if place)
