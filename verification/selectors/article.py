"""The paragraph of an imported article that a claim stands in, and the article's other claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from claims.footnotes import Note, NoteStyle, mask
from claims.models import Claim, ClaimDraft
from claims.vocabulary import Publication, Status
from core.bidi import with_turns_shown, without_turns
from verification.addresses import claim_path, event_path
from verification.selectors.known import Known

MOST_RELATED = 6


@dataclass(frozen=True)
class Marked:
    """Characters start to end of a paragraph are the words of a claim."""

    start: int
    end: int
    status: str
    href: str = ""
    here: bool = False


@dataclass(frozen=True)
class Piece:
    """A run of a paragraph; see templates/components/article.html."""

    text: str
    status: str = ""
    href: str = ""
    here: bool = False
    footnote: str = ""


@dataclass(frozen=True)
class Paragraph:
    number: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class InArticle:
    title: str
    language: str
    where: str
    paragraphs: tuple[Paragraph, ...]
    statuses: tuple[str, ...]


@dataclass(frozen=True)
class Related:
    href: str
    sentence: str
    language: str
    status: str


@dataclass(frozen=True)
class Context:
    """`heading` names what the related claims share with this one."""

    article: InArticle | None
    heading: str
    related: tuple[Related, ...]


def context_of(known: Known) -> Context:
    """The article that the claim was imported from, or else its event. One query at most.

    Other claims are shown as they are now, so the page of an earlier moment leaves them out.
    """
    draft: ClaimDraft | None = getattr(known.claim, "draft", None)
    if known.is_past:
        return Context(_in_article(draft, [draft], known) if draft else None, "", ())
    if draft is None:
        return Context(None, "More claims of this event", _of_event(known.claim))
    drafts = list(
        ClaimDraft.objects.filter(
            article=draft.article_id, claim__publication=Publication.PUBLISHED
        )
        .select_related("claim")
        .order_by("position")
    )
    related = [row.claim for row in drafts if row.claim and row.claim_id != known.claim.pk]
    return Context(
        article=_in_article(draft, drafts, known),
        heading="More claims from this article",
        related=tuple(_related(claim) for claim in _nearest(related, known.claim)),
    )


def _nearest(claims: Sequence[Claim], claim: Claim) -> list[Claim]:
    """The closest neighbours by number, in the order of the article."""
    kept = sorted(claims, key=lambda other: abs(other.number - claim.number))[:MOST_RELATED]
    return sorted(kept, key=lambda other: other.number)


def _of_event(claim: Claim) -> tuple[Related, ...]:
    if claim.event_id is None:
        return ()
    others = (
        Claim.objects.filter(event=claim.event_id, publication=Publication.PUBLISHED)
        .exclude(pk=claim.pk)
        .order_by("-changed_at", "-number")[:MOST_RELATED]
    )
    return tuple(_related(other) for other in others)


def _related(claim: Claim) -> Related:
    sentence = without_turns(claim.sentence)
    return Related(claim_path(claim.number, claim.sentence), sentence, claim.language, claim.status)


def _in_article(draft: ClaimDraft, drafts: Sequence[ClaimDraft], known: Known) -> InArticle | None:
    row = _paragraph_of(draft)
    if row is None:
        return None
    text, notes = row["text"], _notes(row)
    beside = [each for each in drafts if each.paragraph == draft.paragraph]
    marks = [_marked(each, text, notes, known) for each in beside]
    shown = [mark for mark in marks if mark is not None]
    return InArticle(
        title=with_turns_shown(draft.article.title),
        language=known.claim.language,
        where="Picture caption" if draft.paragraph == "caption" else f"Paragraph {draft.paragraph}",
        paragraphs=(Paragraph(draft.paragraph, pieces_of(text, shown, notes)),),
        statuses=tuple(dict.fromkeys(mark.status for mark in shown)),
    )


def _paragraph_of(draft: ClaimDraft) -> dict[str, Any] | None:
    """The paragraph that the draft names; of several captions, the one that holds its words."""
    named = [row for row in draft.article.paragraphs if str(row["where"]) == draft.paragraph]
    holding = (row for row in named if span_of(draft.quote, row["text"], _notes(row)))
    return next(holding, named[0] if named else None)


def _notes(row: dict[str, Any]) -> tuple[Note, ...]:
    """Markers as the import found them; how they were printed matters no longer."""
    return tuple(Note(start, end, number, NoteStyle.LABEL) for start, end, number in row["notes"])


def _marked(row: ClaimDraft, text: str, notes: Sequence[Note], known: Known) -> Marked | None:
    span = span_of(row.quote, text, notes)
    if span is None or row.claim is None:
        return None
    here = row.claim_id == known.claim.pk
    status = known.status if here else Status(row.claim.status)
    href = "" if here else claim_path(row.claim.number, row.claim.sentence)
    return Marked(*span, status=status, href=href, here=here)


def span_of(quote: str, text: str, notes: Sequence[Note]) -> tuple[int, int] | None:
    """Where QUOTE stands in TEXT, with or without the markers inside it; None if it does not."""
    if not quote:
        return None
    at = text.find(quote)
    if at >= 0:
        return at, at + len(quote)
    masked = mask(text, notes)
    at = masked.text.find(quote)
    return masked.raw_span(at, at + len(quote)) if at >= 0 else None


def pieces_of(text: str, marks: Sequence[Marked], notes: Sequence[Note]) -> tuple[Piece, ...]:
    """TEXT cut at marks and markers; of marks that overlap, the one for this page wins."""
    kept = _apart(marks)
    cuts = {0, len(text)}
    cuts |= {edge for mark in kept for edge in (mark.start, mark.end)}
    cuts |= {edge for note in notes for edge in (note.start, note.end)}
    edges = sorted(cuts)
    numbers = {(note.start, note.end): str(note.number) for note in notes}
    pieces: list[Piece] = []
    for start, end in pairwise(edges):
        if (start, end) in numbers:
            pieces.append(Piece("", footnote=numbers[start, end]))
            continue
        mark = next((m for m in kept if m.start <= start and end <= m.end), None)
        words = with_turns_shown(text[start:end])
        pieces.append(Piece(words, mark.status, mark.href, mark.here) if mark else Piece(words))
    return tuple(pieces)


def _apart(marks: Sequence[Marked]) -> list[Marked]:
    kept: list[Marked] = []
    for mark in sorted(marks, key=lambda m: (not m.here, m.start, -m.end)):
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return kept


def event_link(claim: Claim) -> tuple[str, str] | None:
    """Title and address of the claim's event."""
    event = claim.event
    return (event.title, event_path(event.number, event.slug)) if event else None
