"""What pages may say of a source whose name is withheld to protect a person: its kind, no more."""

from __future__ import annotations

from urllib.parse import urlsplit

from claims.models import Evidence
from core.bidi import with_turns_shown
from sources.models import Document, Source
from sources.vocabulary import Safety
from verification.addresses import source_path


def is_withheld(document: Document) -> bool:
    """Title, address and copy would name the person as surely as the name."""
    return document.source is not None and document.source.safety == Safety.WITHHELD


def source_name(source: Source | None) -> str:
    return with_turns_shown(source.public_name) if source else ""


def source_href(source: Source | None) -> str:
    return source_path(source.number, source.public_name) if source else ""


def live_address(document: Document) -> str:
    """The document's own address if a reader may follow it: the web only, never withheld."""
    address = document.address or ""
    is_web = urlsplit(address).scheme in {"http", "https"} if address else False
    return address if is_web and not is_withheld(document) else ""


def document_title(document: Document) -> str:
    kind = str(document.get_kind_display())
    if is_withheld(document):
        return f"{kind}, withheld to protect a person"
    if document.title:
        return with_turns_shown(document.title)
    host = urlsplit(document.address).hostname if document.address else ""
    return f"{kind} at {host}" if host else f"{kind}, not found yet"


def evidence_title(item: Evidence) -> str:
    document = item.document
    if item.footnote and not document.address and not document.title:
        return f"Footnote {item.footnote}, source not found yet"
    return document_title(document)


def who_says(item: Evidence) -> str:
    """The item in a word: its source's name, which the desk writes in its own language."""
    return source_name(item.document.source) or evidence_title(item)
