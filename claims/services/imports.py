"""Importing an article: its text, its footnotes as documents, its proposed claims as drafts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from claims.models import ArticleImport, ClaimDraft, Event, Footnote
from claims.proposals import (
    Article,
    Form,
    Paragraph,
    Proposal,
    Proposals,
    Reference,
    guessed_form,
    propose,
    read_article,
    readable_text,
)
from claims.services.creating import create_claims
from claims.services.drafts import keep_all
from core.errors import Invalid
from sources.models import Document
from sources.services.documents import add_document, add_missing_document

__all__ = ["confirm_year", "create_claims", "import_article", "keep_all", "proposals_in"]

MOST_CLAIMS = 2_000
MOST_FOOTNOTES = 1_000
YEARS = range(1900, 2100)
_MEDIA_TYPES = {
    Form.PLAIN: "text/plain",
    Form.MARKDOWN: "text/markdown",
    Form.HTML: "text/html",
}


@dataclass(frozen=True)
class Reading:
    """An input as read: its text without control characters, its form, what it proposes."""

    text: str
    form: Form
    proposals: Proposals

    @property
    def digest(self) -> str:
        """SHA-256 of the text without white space around it: the same text is one import."""
        return hashlib.sha256(self.text.strip().encode()).hexdigest()


def proposals_in(
    *, text: str | bytes, form: Form | None = None, published: date | None = None
) -> Reading:
    """What an import would find; nothing is stored. Raises Invalid where it cannot be read."""
    words = readable_text(text)
    form = form or guessed_form(words)
    proposals = propose(read_article(words, form=form, published=published))
    _check_size(proposals)
    return Reading(words, form, proposals)


def _check_size(proposals: Proposals) -> None:
    notes = len(proposals.article.references)
    if len(proposals.claims) > MOST_CLAIMS or notes > MOST_FOOTNOTES:
        raise Invalid(
            f"This holds {len(proposals.claims)} claims and {notes} footnotes, more than one "
            "screen can serve. Import it in parts.",
            code="article_too_long",
        )


def import_article(
    *,
    actor: User | None,
    text: str | bytes,
    event: Event | None = None,
    form: Form | None = None,
    published: date | None = None,
    address: str = "",
) -> ArticleImport:
    """Import an article once: the same text again returns the import that exists, unchanged.

    ADDRESS is where the article itself was published, if it is known. Without ACTOR the software
    itself imports, as a command does.
    """
    if actor is not None:
        require(actor, Permission.EDIT)
    reading = proposals_in(text=text, form=form, published=published)
    known = ArticleImport.objects.filter(text_digest=reading.digest).first()
    if known is not None:
        return known
    try:
        return _store(actor, reading, event, address)
    except IntegrityError:
        # Somebody imported the same text between our look and our write.
        return ArticleImport.objects.get(text_digest=reading.digest)


@recording()
def _store(
    actor: User | None, reading: Reading, event: Event | None, address: str
) -> ArticleImport:
    article, claims = reading.proposals.article, reading.proposals.claims
    document = add_document(actor=actor, address=address) if address else None
    row = ArticleImport.objects.create(
        title=article.title[:500],
        text=reading.text,
        text_digest=reading.digest,
        media_type=_MEDIA_TYPES[reading.form],
        document=document,
        event=event,
        paragraphs=[_paragraph(article, paragraph) for paragraph in article.paragraphs],
        dropped=[{"text": d.text, "reason": str(d.reason)} for d in article.dropped],
        year=article.year,
        year_inferred=not article.stated_years,
        imported_by=actor,
        imported_at=timezone.now(),
    )
    for position, reference in enumerate(article.references, start=1):
        _add_footnote(actor, row, position, reference)
    ClaimDraft.objects.bulk_create(
        _draft(row, position, claim) for position, claim in enumerate(claims, start=1)
    )
    record_event(
        actor=actor,
        tag="claims:import:added",
        subject=row,
        after={"title": row.title, "proposals": len(claims), "footnotes": len(article.references)},
    )
    return row


def _paragraph(article: Article, paragraph: Paragraph) -> dict[str, Any]:
    """A paragraph as printed, and its markers as [start, end, number] in it."""
    inside = [n for n in article.notes if paragraph.start <= n.start and n.end <= paragraph.end]
    shift = paragraph.start
    return {
        "where": paragraph.where,
        "text": paragraph.text,
        "notes": [[note.start - shift, note.end - shift, note.number] for note in inside],
    }


def _draft(row: ArticleImport, position: int, claim: Proposal) -> ClaimDraft:
    return ClaimDraft(
        article=row,
        position=position,
        sentence=claim.sentence,
        proposed=claim.sentence,
        quote=claim.quote,
        paragraph=str(claim.where),
        footnotes=list(claim.footnotes),
        flags=[str(flag) for flag in claim.flags],
        kind=str(claim.kind),
    )


def _add_footnote(
    actor: User | None, row: ArticleImport, position: int, reference: Reference
) -> Footnote:
    return Footnote.objects.create(
        article=row,
        marker=str(reference.number),
        position=position,
        text=reference.text,
        document=_document(actor, reference),
    )


def _document(actor: User | None, reference: Reference) -> Document:
    """What a footnote cites; without a usable address it joins the queue of missing ones.

    Without words of its own it has no title, so that the page, once found, gives its own.
    """
    title = reference.text
    if reference.address:
        try:
            return add_document(actor=actor, address=reference.address, title=reference.text)
        except Invalid:
            title = f"{title} ({reference.address})".strip()
    return add_missing_document(actor=actor, title=title)


@recording()
def confirm_year(*, actor: User, article: ArticleImport, year: int) -> ArticleImport:
    """A person says which year dates without one mean."""
    require(actor, Permission.EDIT)
    if year not in YEARS:
        raise Invalid(f"Enter a year between {YEARS.start} and {YEARS.stop - 1}.")
    article = ArticleImport.objects.select_for_update().get(pk=article.pk)
    before = {"year": article.year, "inferred": article.year_inferred}
    article.year, article.year_inferred = year, False
    article.save(update_fields=["year", "year_inferred"])
    record_event(
        actor=actor,
        tag="claims:import:year_confirmed",
        subject=article,
        before=before,
        after={"year": year, "inferred": False},
    )
    return article
