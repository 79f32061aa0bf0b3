"""Imported articles: the list of them, and everything that the review of one shows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from claims.models import ArticleImport, ClaimDraft, Event, Footnote
from claims.models.imports import DraftDecision
from claims.proposals import DropReason
from claims.selectors.drafts import flags_in_words, footnotes_in_words, place_in_words
from claims.selectors.highlights import Cited, MarkedParagraph, marked_paragraphs
from core.bidi import with_turns_shown
from core.errors import Missing

SIZE = 25
MOST_EVENTS = 60


@dataclass(frozen=True)
class ImportRow:
    number: int
    href: str
    title: str
    by: str
    at: datetime
    tally: str


@dataclass(frozen=True)
class ImportList:
    rows: tuple[ImportRow, ...]
    older_href: str


def imports(before: int | None = None) -> ImportList:
    """The newest first; one query."""
    rows: Any = ArticleImport.objects.select_related("imported_by").order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    tallies = {
        _tallied(one): Count("drafts", filter=Q(drafts__decision=one)) for one in DraftDecision
    }
    light = rows.defer("text", "paragraphs", "dropped").annotate(**tallies)
    found = list(light[: SIZE + 1])
    shown = found[:SIZE]
    older = f"{reverse('desk_import')}?before={shown[-1].number}" if len(found) > SIZE else ""
    return ImportList(tuple(_import_row(row) for row in shown), older)


def _tallied(decision: DraftDecision) -> str:
    return f"drafts_{decision}"


def _import_row(row: Any) -> ImportRow:
    numbers = {one: getattr(row, _tallied(one)) for one in DraftDecision}
    return ImportRow(
        number=row.number,
        href=import_path(row.number),
        title=row.title or f"Import {row.number}",
        by=row.imported_by.name if row.imported_by else "Corroborate",
        at=row.imported_at,
        tally=_tally(numbers),
    )


_TALLIED = (
    (DraftDecision.CREATED, "Created"),
    (DraftDecision.KEPT, "Kept"),
    (DraftDecision.DROPPED, "Dropped"),
    (DraftDecision.UNDECIDED, "Undecided"),
)


def _tally(numbers: Mapping[DraftDecision, int]) -> str:
    """Kept 11 · Dropped 4 · Undecided 3; what there is none of is left out."""
    said = [f"{word} {numbers[one]}" for one, word in _TALLIED if numbers.get(one)]
    return " · ".join(said) or "Nothing proposed"


def import_path(number: int, **terms: Any) -> str:
    path = reverse("desk_import_review", kwargs={"number": number})
    query = "&".join(f"{name}={value}" for name, value in terms.items() if value)
    return f"{path}?{query}" if query else path


def import_at(number: int) -> ArticleImport:
    found = (
        ArticleImport.objects.select_related("event", "document", "imported_by")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Missing(f"There is no import {number}.")
    return found


def draft_at(article: ArticleImport, position: int) -> ClaimDraft:
    found = article.drafts.filter(position=position).first()
    if found is None:
        raise Missing(f"This article has no proposal {position}.")
    return found


def footnote_at(article: ArticleImport, marker: str) -> Footnote:
    found = article.footnotes.select_related("document").filter(marker=marker).first()
    if found is None:
        raise Missing(f"This article has no footnote {marker}.")
    return found


def event_choices() -> list[tuple[str, str]]:
    """Number and title of the newest events."""
    newest = Event.objects.order_by("-number")[:MOST_EVENTS]
    return [(str(event.number), event.title) for event in newest]


def event_of(number: str) -> Event | None:
    return Event.objects.filter(number=int(number)).first() if number else None


@dataclass(frozen=True, kw_only=True)
class DraftCard:
    """One proposal. `proposed`: the words before somebody edited them, if somebody did."""

    position: int
    sentence: str
    proposed: str
    quote: str
    decision: DraftDecision
    place: str
    notes: str
    flags: tuple[str, ...]
    claim_number: int | None
    may_join: bool
    open: bool
    open_href: str
    close_href: str
    seen: str

    @property
    def is_open_to_change(self) -> bool:
        return self.decision != DraftDecision.CREATED


@dataclass(frozen=True)
class NoteRow:
    """A footnote. Without an `address` it is missing; `cited`: positions of proposals."""

    marker: str
    text: str
    address: str
    document: int
    cited: tuple[int, ...]


@dataclass(frozen=True)
class DroppedText:
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ImportPage:
    """`year_state`: missing, inferred, or empty when there is nothing to ask."""

    number: int
    href: str
    title: str
    summary: str
    by: str
    at: datetime
    event: str
    address: str
    year: int | None
    year_state: str
    paragraphs: tuple[MarkedParagraph, ...]
    dropped: tuple[DroppedText, ...]
    cards: tuple[DraftCard, ...]
    notes: tuple[NoteRow, ...]
    kept: int
    undecided: int
    created: int
    tally: str

    @property
    def missing(self) -> int:
        return sum(not note.address for note in self.notes)

    def card(self, position: int) -> DraftCard | None:
        return next((card for card in self.cards if card.position == position), None)

    def paragraphs_of(self, card: DraftCard) -> list[MarkedParagraph]:
        """Where a proposal may be pinned, to be drawn again."""
        return [paragraph for paragraph in self.paragraphs if paragraph.label == card.place]


def import_page(number: int, opened: int | None = None) -> ImportPage:
    """Three queries, however long the article is."""
    article = import_at(number)
    drafts = list(article.drafts.select_related("claim").order_by("position"))
    footnotes = list(article.footnotes.select_related("document").order_by("position"))
    numbers = Counter(DraftDecision(draft.decision) for draft in drafts)
    return ImportPage(
        number=article.number,
        href=import_path(article.number),
        title=with_turns_shown(article.title) or f"Import {article.number}",
        summary=_summary(drafts, footnotes),
        by=article.imported_by.name if article.imported_by else "Corroborate",
        at=article.imported_at,
        event=article.event.title if article.event else "",
        address=(article.document.address or "") if article.document else "",
        year=article.year,
        year_state=_year_state(article, drafts),
        paragraphs=marked_paragraphs(article.paragraphs, [_cited(draft) for draft in drafts]),
        dropped=tuple(_dropped(row) for row in article.dropped),
        cards=tuple(_cards(article, drafts, opened)),
        notes=_notes(footnotes, drafts),
        kept=numbers[DraftDecision.KEPT],
        undecided=numbers[DraftDecision.UNDECIDED],
        created=numbers[DraftDecision.CREATED],
        tally=_tally(numbers),
    )


def _summary(drafts: list[ClaimDraft], footnotes: list[Footnote]) -> str:
    """18 claims proposed · 10 footnotes, 0 with an address."""
    claims = f"{len(drafts)} {'claim' if len(drafts) == 1 else 'claims'} proposed"
    addressed = sum(footnote.document.address is not None for footnote in footnotes)
    noun = "footnote" if len(footnotes) == 1 else "footnotes"
    return f"{claims} · {len(footnotes)} {noun}, {addressed} with an address"


def _year_state(article: ArticleImport, drafts: Iterable[ClaimDraft]) -> str:
    """Whether to ask for the year: not once it is known, nor once every proposal is decided."""
    open_ones = (DraftDecision.UNDECIDED, DraftDecision.KEPT)
    if not article.year_inferred or not any(draft.decision in open_ones for draft in drafts):
        return ""
    return "missing" if article.year is None else "inferred"


def _cited(draft: ClaimDraft) -> Cited:
    return Cited(draft.position, draft.paragraph, draft.quote, str(draft.decision))


def _dropped(row: Any) -> DroppedText:
    labels = {str(reason): reason.label for reason in DropReason}
    return DroppedText(with_turns_shown(row["text"]), labels.get(row["reason"], "Dropped"))


def _cards(
    article: ArticleImport, drafts: list[ClaimDraft], opened: int | None
) -> Iterable[DraftCard]:
    above: set[str] = set()
    for draft in drafts:
        decision = DraftDecision(draft.decision)
        yield DraftCard(
            position=draft.position,
            sentence=draft.sentence,
            proposed=draft.proposed if draft.proposed != draft.sentence else "",
            quote=with_turns_shown(draft.quote),
            decision=decision,
            place=place_in_words(draft.paragraph),
            notes=footnotes_in_words(draft.footnotes),
            flags=flags_in_words(draft.flags),
            claim_number=draft.claim.number if draft.claim else None,
            may_join=draft.paragraph in above,
            open=draft.position == opened and decision != DraftDecision.CREATED,
            open_href=f"{import_path(article.number, open=draft.position)}#p{draft.position}",
            close_href=f"{import_path(article.number)}#p{draft.position}",
            seen=draft_digest(draft),
        )
        if decision in {DraftDecision.UNDECIDED, DraftDecision.KEPT}:
            above.add(draft.paragraph)


def draft_digest(draft: ClaimDraft) -> str:
    """Changes when the proposal at a position becomes another, or gets other words."""
    text = f"{draft.pk} {draft.sentence} {draft.quote}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _notes(footnotes: Iterable[Footnote], drafts: Iterable[ClaimDraft]) -> tuple[NoteRow, ...]:
    cited: dict[str, list[int]] = {}
    for draft in drafts:
        for marker in draft.footnotes:
            cited.setdefault(str(marker), []).append(draft.position)
    return tuple(
        NoteRow(
            marker=footnote.marker,
            text=with_turns_shown(footnote.text),
            address=footnote.document.address or "",
            document=footnote.document.number,
            cited=tuple(cited.get(footnote.marker, ())),
        )
        for footnote in footnotes
    )
