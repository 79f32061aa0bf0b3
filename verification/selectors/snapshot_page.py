"""The public page of an archived copy: its text, where it came from, who cites it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from claims.models import Evidence
from claims.vocabulary import Publication
from core.bidi import with_turns_shown, without_turns
from core.errors import Missing
from sources.explanations import error_in_words, outcome_in_words, step_in_words
from sources.models import Artifact, Document, FetchHop, Snapshot
from sources.outcomes import holds_the_document
from sources.vocabulary import ArtifactKind, ArtifactStatus, CaptureState, Safety
from verification.addresses import claim_path, snapshot_path, snapshot_warc_path
from verification.selectors.brief import Fact
from verification.selectors.phrases import language_name, published
from verification.selectors.redaction import (
    document_title,
    live_address,
    source_href,
    source_name,
)

MOST_CITATIONS = 25
MOST_CAPTURES = 12
MOST_CHARACTERS = 200_000
WAITING = (CaptureState.QUEUED, CaptureState.RUNNING, CaptureState.RETRY_WAIT)
CONFIDENCE = {
    "high": "Both of our programs that read pages found the same text.",
    "medium": "Our two programs that read pages found partly different text.",
    "low": "Our programs that read pages disagree about the text. Check it against the page.",
}


@dataclass(frozen=True)
class Run:
    """A piece of text; `claim` is the number of a claim that quotes it."""

    text: str
    claim: int | None = None
    href: str = ""


@dataclass(frozen=True)
class Citation:
    number: int
    href: str
    sentence: str
    language: str
    status: str
    stance: str


@dataclass(frozen=True)
class Capture:
    """Another capture of the same document."""

    number: int
    href: str
    at: datetime
    state: str
    is_this: bool
    same_bytes: bool


@dataclass(frozen=True)
class Hop:
    """One request on the way to the page."""

    url: str
    status: int | None
    error: str


@dataclass(frozen=True)
class Copied:
    """What a sealed copy holds. `text` is empty if no text could be read from it."""

    at: datetime | None
    note: str
    warc_href: str
    warc_bytes: int
    text: tuple[tuple[Run, ...], ...]
    text_note: str
    is_cut: bool


@dataclass(frozen=True, kw_only=True)
class SnapshotPage:
    number: int
    href: str
    title: str
    language: str
    text_language: str
    authors: str
    published: str
    published_basis: str
    source: str
    source_href: str
    live: str
    state_words: str
    tone: str
    waiting: bool
    facts: tuple[Fact, ...]
    requested_at: datetime
    copy: Copied | None
    hops: tuple[Hop, ...]
    captures: tuple[Capture, ...]
    citations: tuple[Citation, ...]


def _public(number: int) -> Snapshot:
    """Snapshot NUMBER of a document that a published claim cites and that names nobody withheld."""
    cited = Evidence.objects.filter(
        document=OuterRef("document"), claim__publication=Publication.PUBLISHED
    )
    snapshot = (
        Snapshot.objects.filter(Exists(cited), number=number)
        .exclude(document__source__safety=Safety.WITHHELD)
        .select_related("document__source", "warc")
        .first()
    )
    if snapshot is None:
        raise Missing(f"There is no archived copy {number}.")
    return snapshot


@dataclass(frozen=True)
class WarcFile:
    """The archived file of a sealed copy: its key in the object store, its size, a name for it."""

    sha256: str
    size: int
    name: str


def public_warc(number: int) -> WarcFile:
    """The file of copy NUMBER. Missing: it is not public, or nothing is sealed."""
    snapshot = _public(number)
    if snapshot.state != CaptureState.SEALED or snapshot.warc is None:
        raise Missing(f"Nothing is archived under {number} yet.")
    name = f"corroborate-snapshot-{number}.warc.gz"
    return WarcFile(snapshot.warc.sha256, snapshot.warc.size, name)


def snapshot_page(number: int) -> SnapshotPage:
    """A public snapshot. Six queries."""
    snapshot = _public(number)
    document = snapshot.document
    citing = _citing(document)
    sealed = snapshot.state == CaptureState.SEALED
    return SnapshotPage(
        number=number,
        href=snapshot_path(number),
        title=document_title(document),
        language=document.language if document.title else "",
        text_language=document.language,
        authors=with_turns_shown(", ".join(document.authors)),
        published=published(document.published_at, document.published_precision)
        if document.published_at
        else "",
        published_basis=document.published_basis,
        source=source_name(document.source),
        source_href=source_href(document.source),
        live=live_address(document),
        state_words=_state_in_words(snapshot),
        tone="note" if snapshot.state in WAITING else "fail",
        waiting=snapshot.state in WAITING,
        requested_at=snapshot.requested_at,
        facts=_facts(snapshot),
        copy=_copied(snapshot, citing) if sealed else None,
        hops=tuple(_hop(row) for row in _hops(snapshot)),
        captures=_captures(snapshot),
        citations=tuple(_citation(item) for item in citing),
    )


def _state_in_words(snapshot: Snapshot) -> str:
    if snapshot.state == CaptureState.RUNNING:
        return f"We are {step_in_words(snapshot.step)}."
    words = {
        CaptureState.QUEUED: "Waiting to be captured.",
        CaptureState.RETRY_WAIT: f"{error_in_words(snapshot.error)} We will try again.",
        CaptureState.SEALED: outcome_in_words(snapshot.outcome),
        CaptureState.FAILED: f"We couldn’t archive this page. {error_in_words(snapshot.error)}",
        CaptureState.REFUSED: f"We did not try to archive it. {error_in_words(snapshot.error)}",
        CaptureState.CANCELLED: "The capture was cancelled.",
    }
    return next(text for state, text in words.items() if state == snapshot.state)


def _citing(document: Document) -> list[Evidence]:
    return list(
        Evidence.objects.filter(document=document, claim__publication=Publication.PUBLISHED)
        .select_related("claim")
        .order_by("claim__number", "position")[:MOST_CITATIONS]
    )


def _citation(item: Evidence) -> Citation:
    claim = item.claim
    return Citation(
        number=claim.number,
        href=f"{claim_path(claim.number, claim.sentence)}#e{item.position}",
        sentence=without_turns(claim.sentence),
        language=claim.language,
        status=claim.status,
        stance=item.stance,
    )


def _hops(snapshot: Snapshot) -> list[FetchHop]:
    """The trail of the attempt that settled the capture."""
    return list(FetchHop.objects.filter(snapshot=snapshot, fence=snapshot.fence))


def _hop(row: FetchHop) -> Hop:
    error = error_in_words(row.error) if row.error else ""
    return Hop(with_turns_shown(row.url), row.status, error)


def _captures(snapshot: Snapshot) -> tuple[Capture, ...]:
    """Newest first, this one among them."""
    found = Snapshot.objects.filter(document=snapshot.document_id).order_by("-number")
    return tuple(
        Capture(
            number=row.number,
            href=snapshot_path(row.number),
            at=row.sealed_at or row.requested_at,
            state=str(row.get_state_display()),
            is_this=row.pk == snapshot.pk,
            same_bytes=bool(row.payload_sha256) and row.payload_sha256 == snapshot.payload_sha256,
        )
        for row in found[:MOST_CAPTURES]
    )


def _copied(snapshot: Snapshot, citing: Sequence[Evidence]) -> Copied:
    text = (
        Artifact.objects.filter(snapshot=snapshot, kind=ArtifactKind.TEXT).order_by("-pk").first()
    )
    content = text.content[:MOST_CHARACTERS] if text else ""
    return Copied(
        at=snapshot.sealed_at,
        note=outcome_in_words(snapshot.outcome),
        warc_href=snapshot_warc_path(snapshot.number),
        warc_bytes=snapshot.warc.size if snapshot.warc else 0,
        text=tuple(paragraphs_of(content, citing)),
        text_note=_text_note(snapshot, text),
        is_cut=text is not None and len(text.content) > MOST_CHARACTERS,
    )


def _facts(snapshot: Snapshot) -> tuple[Fact, ...]:
    document, warc = snapshot.document, snapshot.warc
    size = snapshot.payload_size
    facts = (
        Fact("Final address", with_turns_shown(snapshot.final_url)),
        Fact("Cited address", with_turns_shown(document.address or "")),
        Fact("HTTP status", str(snapshot.http_status or "")),
        Fact("Type", snapshot.media_type),
        Fact("Language", language_name(document.language)),
        Fact("Size", f"{size:,} bytes" if size is not None else ""),
        Fact("SHA-256 of the page", snapshot.payload_sha256),
        Fact("SHA-256 of the WARC", warc.sha256 if warc else ""),
        Fact("Captured with", snapshot.tool),
    )
    same = document.address == snapshot.final_url
    return tuple(
        fact for fact in facts if fact.text and not (same and fact.term == "Cited address")
    )


def _text_note(snapshot: Snapshot, text: Artifact | None) -> str:
    if text is None:
        return "The text of this copy has not been read yet. The file below holds the whole page."
    if text.status != ArtifactStatus.OK:
        words = "no text" if text.status == ArtifactStatus.EMPTY else "nothing that we could read"
        return f"The copy holds {words}. The file below holds the whole page."
    if not holds_the_document(snapshot.outcome):
        return "This is not the text of the cited page."
    return CONFIDENCE.get(text.confidence, "")


def paragraphs_of(text: str, citing: Sequence[Evidence]) -> list[tuple[Run, ...]]:
    """TEXT by lines, with the words that claims quote set apart; the first of two overlaps wins."""
    spans = _quoted(text, citing)
    lines, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append(tuple(_runs(text, start, start + len(line), spans)))
        start += len(line) + 1
    return lines


def _quoted(text: str, citing: Sequence[Evidence]) -> list[tuple[int, int, Evidence]]:
    spans: list[tuple[int, int, Evidence]] = []
    for item in citing:
        at = text.find(item.quote) if item.quote else -1
        end = at + len(item.quote)
        if at >= 0 and all(end <= first or last <= at for first, last, _ in spans):
            spans.append((at, end, item))
    return sorted(spans, key=lambda span: span[:2])


def _runs(text: str, start: int, end: int, spans: Sequence[tuple[int, int, Evidence]]) -> list[Run]:
    runs, cursor = [], start
    for first, last, item in spans:
        begin, stop = max(first, cursor), min(last, end)
        if begin >= stop:
            continue
        if begin > cursor:
            runs.append(Run(with_turns_shown(text[cursor:begin])))
        claim = item.claim
        href = f"{claim_path(claim.number, claim.sentence)}#e{item.position}"
        runs.append(Run(with_turns_shown(text[begin:stop]), claim.number, href))
        cursor = stop
    if cursor < end:
        runs.append(Run(with_turns_shown(text[cursor:end])))
    return runs
