"""Documents that are cited without an address: who cites them, and for which claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from claims.models import Evidence, Footnote
from claims.selectors.imports import import_path
from core.bidi import with_turns_shown
from core.errors import Missing
from sources.models import Document
from sources.selectors.documents import missing_addresses

SIZE = 25
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Citing:
    """An article whose footnote cites the document."""

    text: str
    href: str


@dataclass(frozen=True)
class CitedFor:
    """A claim that the document is filed on."""

    number: int
    position: int
    sentence: str
    language: str
    href: str


@dataclass(frozen=True)
class MissingRow:
    """`title`: what the reference says; empty where the article says nothing but a number."""

    number: int
    title: str
    articles: tuple[Citing, ...]
    claims: tuple[CitedFor, ...]

    @property
    def name(self) -> str:
        return self.title or (self.articles[0].text if self.articles else f"Document {self.number}")


@dataclass(frozen=True)
class MissingList:
    rows: tuple[MissingRow, ...]
    older_href: str


def missing_list(after: int | None = None) -> MissingList:
    """The ones that wait longest come first; three queries."""
    waiting: Any = missing_addresses()
    if after is not None:
        waiting = waiting.filter(number__gt=after)
    found = list(_with_citations(waiting)[: SIZE + 1])
    shown = found[:SIZE]
    older = f"{reverse('desk_missing')}?after={shown[-1].number}" if len(found) > SIZE else ""
    return MissingList(tuple(_row(document) for document in shown), older)


def missing_count() -> int:
    """How many addresses are missing, counted no further than MOST_COUNTED."""
    return missing_addresses()[:MOST_COUNTED].count()


def missing_row(number: int) -> MissingRow | None:
    """One of them, or None when its address is known by now."""
    found = list(_with_citations(missing_addresses().filter(number=number)))
    return _row(found[0]) if found else None


def cited_document(number: int) -> Document:
    found = Document.objects.filter(number=number).first()
    if found is None:
        raise Missing(f"There is no document {number}.")
    return found


def _with_citations(documents: Any) -> Any:
    standing = Evidence.objects.filter(withdrawn_at=None).select_related("claim")
    articles = Footnote.objects.select_related("article").defer(
        "article__text", "article__paragraphs", "article__dropped"
    )
    return documents.prefetch_related(
        Prefetch("footnotes", articles.order_by("article__number", "position")),
        Prefetch("evidence", standing.order_by("claim__number", "position")),
    )


def _row(document: Any) -> MissingRow:
    articles = tuple(_citing(footnote) for footnote in document.footnotes.all())
    title = with_turns_shown(document.title)
    return MissingRow(
        number=document.number,
        title="" if title in {cite.text for cite in articles} else title,
        articles=articles,
        claims=tuple(_cited_for(item) for item in document.evidence.all()),
    )


def _citing(footnote: Footnote) -> Citing:
    article = footnote.article
    title = with_turns_shown(article.title) or f"Import {article.number}"
    return Citing(
        text=f"Footnote {footnote.marker} of “{title}”",
        href=f"{import_path(article.number)}#f{footnote.marker}",
    )


def _cited_for(item: Evidence) -> CitedFor:
    href = reverse("desk_claim", kwargs={"number": item.claim.number})
    return CitedFor(
        number=item.claim.number,
        position=item.position,
        sentence=item.claim.sentence,
        language=item.claim.language,
        href=f"{href}?open={item.position}#e{item.position}",
    )
