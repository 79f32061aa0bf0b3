"""The evidence ledger of a claim's page: one row an item, strongest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from claims.models import Evidence
from claims.vocabulary import (
    Alignment,
    AlignmentBasis,
    Directness,
    Resolution,
    Sensitivity,
    Stance,
)
from core.bidi import with_turns_shown
from sources.models import Snapshot
from verification.addresses import snapshot_path
from verification.scoring import Exclusion
from verification.selectors import phrases, redaction
from verification.selectors.captures import NOT_COUNTED, newest_captures, why_not_archived
from verification.selectors.facts import is_archived
from verification.selectors.independence import copied_from, families_of, said_at
from verification.selectors.known import Known, stance_of
from verification.selectors.quotes import Moved, moved_of
from verification.selectors.weighing import Weighing, weighing_of

SHOWN = 12
FULL = 2.0  # log-odds that fill one half of a bar, unless one item moved more
TOLD_DIRECTNESS = frozenset(
    {Directness.FIRST_HAND_VISUAL, Directness.FIRST_HAND_WITNESS, Directness.OFFICIAL_STATEMENT}
)
_LEFT = {
    Exclusion.MISTAKEN: f"Found to be mistaken, {NOT_COUNTED}",
    Exclusion.DIFFERENT_EVENT: f"Found to be about a different event, {NOT_COUNTED}",
    Exclusion.INTEGRITY_FAILED: f"Its archived copy failed a check, {NOT_COUNTED}",
}


@dataclass(frozen=True)
class Tag:
    text: str
    key: bool = False


@dataclass(frozen=True)
class Remark:
    """A sentence that a person wrote about an item, with what it is."""

    lead: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the ledger; see templates/components/evidence.html."""

    number: int
    title: str
    language: str
    href: str
    source: str
    source_href: str
    side: str
    when: str
    stance: str
    contribution: float | None
    why_not: str
    quote: str
    quote_language: str
    translation: str
    tags: tuple[Tag, ...]
    remarks: tuple[Remark, ...]
    archive_href: str
    archived_at: datetime | None
    sha256: str
    withdrawn_at: datetime | None
    withdrawn_reason: str
    graphic: bool
    moved: Moved | None


@dataclass(frozen=True)
class Ledger:
    """`more` rows are left out; `full`: log-odds that fill half a bar."""

    rows: tuple[Row, ...]
    more: int
    full: float = FULL


def sides_of(item: Evidence) -> list[str]:
    """Names of the parties that the item's source belongs to, in order."""
    source = item.document.source
    return sorted(row.party.name for row in source.affiliations.all()) if source else []


def side_in_words(item: Evidence) -> str:
    if item.document.source is None:
        return "Source not known yet"
    return ", ".join(sides_of(item)) or "Not aligned"


def ledger_of(known: Known, *, whole: bool = False) -> Ledger:
    """Strongest first; what is not counted follows, what was withdrawn comes last."""
    weighing = weighing_of(known.newest)
    captures = {} if known.is_past else newest_captures(known.items)
    tags = _all_tags(known.items)
    rows = sorted(
        (
            _row(item, known, weighing, captures.get(item.document_id), tags[item.position])
            for item in known.items
        ),
        key=_strength,
    )
    shown = rows if whole else rows[:SHOWN]
    strongest = max((abs(value) for value in weighing.values.values()), default=0.0)
    return Ledger(tuple(shown), len(rows) - len(shown), max(FULL, strongest))


def _strength(row: Row) -> tuple[bool, bool, float, int]:
    counted = row.contribution is not None
    size = abs(row.contribution) if row.contribution is not None else 0.0
    return row.withdrawn_at is not None, not counted, -size, row.number


def _row(
    item: Evidence,
    known: Known,
    weighing: Weighing,
    capture: Snapshot | None,
    tags: tuple[Tag, ...],
) -> Row:
    document, withheld = item.document, redaction.is_withheld(item.document)
    value = _contribution(item, weighing)
    copy = item.snapshot if is_archived(item) else None
    return Row(
        number=item.position,
        title=redaction.evidence_title(item),
        language="" if withheld or not document.title else document.language,
        href=redaction.live_address(document),
        source=redaction.source_name(document.source),
        source_href=redaction.source_href(document.source),
        side=side_in_words(item),
        when=phrases.published(document.published_at, document.published_precision)
        if document.published_at
        else "",
        stance=stance_of(item),
        contribution=value,
        why_not="" if value is not None else _why_not(item, weighing, capture),
        quote=with_turns_shown(item.quote),
        quote_language=item.quote_language or document.language,
        translation=with_turns_shown(item.quote_translation),
        tags=tags,
        remarks=tuple(_remarks(item)),
        archive_href=snapshot_path(copy.number) if copy and not withheld else "",
        archived_at=copy.sealed_at if copy else None,
        sha256=copy.warc.sha256 if copy and copy.warc else "",
        withdrawn_at=item.withdrawn_at,
        withdrawn_reason=item.withdrawn_reason,
        graphic=_is_graphic(item, known),
        moved=_moved(item, known),
    )


def _moved(item: Evidence, known: Known) -> Moved | None:
    """What became of the quote; words that may not be shown are not shown here either."""
    moved = moved_of(item)
    return replace(moved, now="") if moved and _is_graphic(item, known) else moved


def _is_graphic(item: Evidence, known: Known) -> bool:
    return (
        known.claim.sensitivity == Sensitivity.GRAPHIC
        and item.directness == Directness.FIRST_HAND_VISUAL
    )


def _contribution(item: Evidence, weighing: Weighing) -> float | None:
    """Log-odds that the item moved; 0 for what only gives context; None for what isn't counted."""
    if item.withdrawn_at is not None:
        return None
    if stance_of(item) is Stance.CONTEXT:
        return 0.0 if is_archived(item) else None
    return weighing.values.get(item.position)


def _why_not(item: Evidence, weighing: Weighing, capture: Snapshot | None) -> str:
    if item.withdrawn_at is not None:
        return f"Withdrawn, {NOT_COUNTED}"
    if not is_archived(item):
        return why_not_archived(item.document, capture)
    left = weighing.left.get(item.position)
    if left is None:
        return "Not weighed yet. The score is being worked out."
    if left.reason == Exclusion.SUPERSEDED_REPORT:
        return f"Its source said otherwise later, in [{left.by}], {NOT_COUNTED}"
    known = (words for reason, words in _LEFT.items() if reason == left.reason)
    return next(known, f"Left out, {NOT_COUNTED}")


def _remarks(item: Evidence) -> list[Remark]:
    said = []
    if item.visual_checked_at and item.visual_check:
        said.append(Remark("How it was checked.", item.visual_check))
    if item.alignment_basis == AlignmentBasis.OVERRIDDEN:
        label = Alignment(item.alignment).label
        said.append(Remark(f"{label}.", item.alignment_reason))
    if item.resolution:
        said.append(Remark(f"{Resolution(item.resolution).label}.", item.resolution_text))
    return said


def _all_tags(items: Sequence[Evidence]) -> Mapping[int, tuple[Tag, ...]]:
    families = families_of(items)
    copies = copied_from(families)
    dated = [item for item in items if item.document.published_at and item.withdrawn_at is None]
    earliest = min(dated, key=said_at).position if len(dated) > 1 else 0
    return {
        item.position: _with_one_key(
            [*_character(item), *_descent(item, copies, earliest), *_locators(item)]
        )
        for item in items
    }


def _with_one_key(tags: list[Tag]) -> tuple[Tag, ...]:
    """At most one tag is set in bold, the first that may be, and it comes first."""
    key = next((tag for tag in tags if tag.key), None)
    rest = [Tag(tag.text) for tag in tags if tag is not key]
    return (key, *rest) if key else tuple(rest)


def _character(item: Evidence) -> list[Tag]:
    tags = []
    if item.visual_checked_at:
        tags.append(Tag("Place and date checked", key=True))
    if item.alignment == Alignment.AGAINST_INTEREST:
        tags.append(Tag(Alignment.AGAINST_INTEREST.label, key=True))
    serves = item.alignment == Alignment.SELF_SERVING and item.stance != Stance.CONTEXT
    # A checked picture speaks for itself: who published it matters no longer.
    if serves and not item.visual_checked_at:
        tags.append(Tag(Alignment.SELF_SERVING.label))
    if item.directness in TOLD_DIRECTNESS:
        tags.append(Tag(Directness(item.directness).label))
    return tags


def _descent(item: Evidence, copies: Mapping[int, Evidence | None], earliest: int) -> list[Tag]:
    if item.position in copies:
        first = copies[item.position]
        return [Tag(f"Copy of [{first.position}]" if first else "Copy of another report")]
    if item.position == earliest:
        return [Tag("First report", key=True)]
    return [Tag("Original report")] if is_archived(item) else []


def _locators(item: Evidence) -> list[Tag]:
    words = (("Article footnote", item.footnote), ("Picture", item.picture))
    return [Tag(f"{word} {place}") for word, place in words if place]
