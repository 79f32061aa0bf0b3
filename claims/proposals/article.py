"""What an article consists of once it is read: paragraphs, captions, notes, references, leftovers.

Every offset counts characters of `Article.text`, where note markers stand as printed (markers that
markup carried are printed as `[3]`). Slicing `text` with an offset pair gives exactly the words of
the article; a paragraph's own `text` differs from its slice only in line breaks, shown as spaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from claims.footnotes import Note
from core.errors import Invalid
from core.terms import Term

LIMIT_BYTES = 200_000

Where = int | Literal["caption"]
"""The number of a body paragraph, counted from 1, or "caption"."""


class ArticleTooLong(Invalid):
    """The text is longer than one review screen can serve; `details` hold bytes and limit."""

    status = 413
    code = "article_too_long"


class NotAnArticle(Invalid):
    """The input is not text, or there is nothing to read in it."""

    code = "not_an_article"


class DropReason(Term):
    """Why a line of the input is no part of the article; dropped lines are shown struck through."""

    FURNITURE = "furniture", "Part of the page, not of the article"
    REPEATED = "repeated", "Printed twice"
    HEADING = "heading", "Heading"
    TABLE = "table", "Row of a table"


@dataclass(frozen=True, slots=True)
class Dropped:
    text: str
    reason: DropReason


@dataclass(frozen=True, slots=True)
class Paragraph:
    where: Where
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a marker points to. Both `text` and `address` may be unknown: an evidence gap."""

    number: int
    text: str = ""
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article as read. `language` is "en", "ar", or "und" where no rules are known.

    `references` holds one entry per number used in the text or listed at its end, in rising order.
    `stated_years` are the years that the text itself dates things with, in rising order.
    `inferred_year` is a suggestion for dates where it states none, else None.
    """

    title: str
    text: str
    language: str
    paragraphs: tuple[Paragraph, ...]
    notes: tuple[Note, ...]
    references: tuple[Reference, ...]
    dropped: tuple[Dropped, ...]
    published: date | None
    stated_years: tuple[int, ...]
    inferred_year: int | None

    @property
    def year(self) -> int | None:
        """The year of dates without one: the only one stated, or else the inferred one."""
        return self.stated_years[0] if len(self.stated_years) == 1 else self.inferred_year

    @property
    def body(self) -> tuple[Paragraph, ...]:
        """The numbered paragraphs, without captions."""
        return tuple(p for p in self.paragraphs if p.where != "caption")

    @property
    def captions(self) -> tuple[Paragraph, ...]:
        return tuple(p for p in self.paragraphs if p.where == "caption")
