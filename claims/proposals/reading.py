"""From what a person pasted or a file held to an `Article`: checks, form, reader, assembly."""

from __future__ import annotations

import re
from datetime import date

from claims.proposals.article import LIMIT_BYTES, Article, ArticleTooLong, NotAnArticle
from claims.proposals.assembly import assembled
from claims.proposals.html import read_html
from claims.proposals.markdown import read_markdown
from claims.proposals.plain import read_plain
from core.terms import Term

LIMIT_MARKUP_BYTES = 2_000_000
_HIGH_BYTE = 0xC0
_UNREADABLE_SHARE = 0.02
_UNREADABLE_AT_LEAST = 5
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_LINE_END = re.compile(r"\r\n?|\u2028|\u2029|\x85")
_HTML = re.compile(r"<!doctype html|<html\b|<body\b|<(?:p|div|article|h1)[ >]", re.IGNORECASE)
_MARKDOWN = re.compile(
    r"\A---\n.{0,5000}?\n---\n|^#{1,6} \S|\]\((?:https?://|#)|^ {0,3}\[\^[^\]\s]{1,60}\]:",
    re.MULTILINE | re.DOTALL,
)


class Form(Term):
    PLAIN = "plain", "Plain text"
    MARKDOWN = "markdown", "Markdown"
    HTML = "html", "HTML"


_READERS = {Form.PLAIN: read_plain, Form.MARKDOWN: read_markdown, Form.HTML: read_html}


def read_article(
    data: str | bytes, *, form: Form | None = None, published: date | None = None
) -> Article:
    """Read an article; `form` is guessed from the text if not given.

    `published` is the day of publication if it is known from elsewhere; it goes before a date that
    the markup states and serves only to suggest a year. Raises ArticleTooLong over 200,000 bytes
    of text (2,000,000 of HTML), NotAnArticle where there is no readable text.
    """
    text = readable_text(data)
    form = form or guessed_form(text)
    _check_length(text, LIMIT_MARKUP_BYTES if form is Form.HTML else LIMIT_BYTES)
    source = _READERS[form](text)
    _check_length(source.text, LIMIT_BYTES)
    return assembled(source, published=published)


def guessed_form(text: str) -> Form:
    head = text[:20_000]
    if _HTML.search(head):
        return Form.HTML
    return Form.MARKDOWN if _MARKDOWN.search(head) else Form.PLAIN


def readable_text(data: str | bytes) -> str:
    """Text with plain line ends and without control characters, which no article needs."""
    if len(data) > LIMIT_MARKUP_BYTES:
        raise _too_long(len(data), LIMIT_MARKUP_BYTES)
    text = data if isinstance(data, str) else _decoded(data)
    text = text.encode("utf-8", "replace").decode("utf-8").removeprefix("\ufeff")
    unreadable = len(_CONTROL.findall(text))
    if unreadable > max(_UNREADABLE_SHARE * len(text), _UNREADABLE_AT_LEAST):
        raise NotAnArticle("This is not text. Paste the words of the article, or its page.")
    text = _LINE_END.sub("\n", _CONTROL.sub("", text))
    if not any(character.isalnum() for character in text):
        raise NotAnArticle("There is no text in this. Paste the words of the article.")
    return text


def _decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 with its mark; an old page in Arabic letters if most bytes are high ones."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        high = sum(byte >= _HIGH_BYTE for byte in data)
        return data.decode("cp1256" if high > len(data) / 4 else "cp1252", "replace")


def _check_length(text: str, limit: int) -> None:
    size = len(text.encode())
    if size > limit:
        raise _too_long(size, limit)


def _too_long(size: int, limit: int) -> ArticleTooLong:
    return ArticleTooLong(
        f"The article is longer than {limit // 1000} kB. Import it in parts.",
        bytes=size,
        limit=limit,
    )
