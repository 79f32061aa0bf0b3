"""The text of a sealed snapshot: read in the jail, kept as artifacts, told to the document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sources.capture.extract import ExtractedText
from sources.capture.pipeline import NO_TEXT, extract_stored
from sources.models import Artifact, Document, Snapshot
from sources.selectors.captures import holder_of
from sources.services.installation import object_store
from sources.vocabulary import ArtifactKind, ArtifactStatus

_EMPTY = frozenset({"empty", "not_html"})
_DESCRIBED = (
    "title", "authors", "language", "published_at", "published_precision", "published_basis",
)  # fmt: skip


def read_text(snapshot: Snapshot) -> ExtractedText:
    """Read the text out of the stored copy, in a child process."""
    snapshot = holder_of(snapshot)
    offset = main_offset(snapshot)
    if snapshot.warc is None or offset is None:
        return NO_TEXT
    return extract_stored(object_store(), snapshot.warc.sha256, offset)


def main_offset(snapshot: Snapshot) -> int | None:
    """Where the final answer, or the given file, lies in the WARC; None if nothing answered."""
    answers = [
        record for record in snapshot.warc_records if record["type"] in {"response", "resource"}
    ]
    return answers[-1]["offset"] if answers else None


def text_artifacts(snapshot: Snapshot, text: ExtractedText) -> Iterator[Artifact]:
    """The rows that keep TEXT: what is shown, and what the second extractor found."""
    first = text.text_tool if text.text_tool in {"newspaper4k", "pypdf"} else "trafilatura"
    yield _artifact(snapshot, ArtifactKind.TEXT, first, text.text, text)
    if text.text_newspaper:
        second = text.text_newspaper
        yield _artifact(snapshot, ArtifactKind.TEXT_SECOND, "newspaper4k", second, text)


def kept_text(snapshot: Snapshot) -> ExtractedText | None:
    """What was read of SNAPSHOT, as it is kept; None before it was read."""
    rows = {row.kind: row for row in holder_of(snapshot).artifacts.all()}
    shown, second = rows.get(ArtifactKind.TEXT), rows.get(ArtifactKind.TEXT_SECOND)
    if shown is None:
        return None
    return ExtractedText(
        text=shown.content,
        text_tool=shown.tool,
        text_newspaper=second.content if second else "",
        text_confidence=shown.confidence,
        **shown.facts,
    )


def _artifact(
    snapshot: Snapshot, kind: ArtifactKind, tool: str, content: str, text: ExtractedText
) -> Artifact:
    return Artifact(
        snapshot=snapshot,
        kind=kind,
        tool=tool,
        tool_version=version(tool),
        status=_artifact_status(text),
        reason=(f"{text.status}: {text.reason}" if text.reason else "")[:200],
        confidence=text.text_confidence,
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        facts=_facts(text),
    )


def _artifact_status(text: ExtractedText) -> ArtifactStatus:
    if text.status == "ok":
        return ArtifactStatus.OK
    return ArtifactStatus.EMPTY if text.status in _EMPTY else ArtifactStatus.FAILED


def _facts(text: ExtractedText) -> dict[str, Any]:
    return {
        "status": text.status,
        "reason": text.reason,
        "title": text.title,
        "authors": text.authors,
        "published_at": text.published_at,
        "published_precision": text.published_precision,
        "published_basis": text.published_basis,
        "language": text.language,
        "charset": text.charset,
        "charset_basis": text.charset_basis,
        "media_type": text.media_type,
        "fences": text.fences,
    }


def describe_document(document_id: int, text: ExtractedText) -> None:
    """Fill in what nobody has said about the document yet; what a person said stays."""
    document = Document.objects.select_for_update().get(pk=document_id)
    document.title = document.title or text.title[:500]
    document.authors = document.authors or text.authors
    document.language = document.language or text.language[:12]
    if document.published_at is None and text.published_at:
        document.published_at = datetime.fromisoformat(text.published_at)
        document.published_precision = text.published_precision
        document.published_basis = f"the page: {text.published_basis}"[:60]
    document.save(update_fields=_DESCRIBED)
