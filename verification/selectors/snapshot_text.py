"""The text of an archived copy, with the words that claims quote set apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claims.models import Evidence
from core.bidi import with_turns_shown
from sources.models import Artifact, Snapshot
from sources.outcomes import holds_the_document
from sources.vocabulary import ArtifactKind, ArtifactStatus
from verification.addresses import claim_path

MOST_CHARACTERS = 200_000
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
class CopiedText:
    """What a copy says, by lines; no lines if no text could be read from it."""

    lines: tuple[tuple[Run, ...], ...]
    note: str
    is_cut: bool


def copied_text(snapshot: Snapshot, citing: Sequence[Evidence]) -> CopiedText:
    """The text that was made last, of this copy or of the one that holds its page. One query."""
    holder = snapshot.revisits_id or snapshot.pk
    texts = Artifact.objects.filter(snapshot=holder, kind=ArtifactKind.TEXT)
    text = texts.order_by("-pk").first()
    content = text.content[:MOST_CHARACTERS] if text else ""
    return CopiedText(
        lines=tuple(paragraphs_of(content, citing)),
        note=_text_note(snapshot, text),
        is_cut=text is not None and len(text.content) > MOST_CHARACTERS,
    )


def _text_note(snapshot: Snapshot, text: Artifact | None) -> str:
    if text is None and snapshot.http_status is None and snapshot.given_id is None:
        return ""
    if text is None:
        return "The text of this copy has not been read yet. The file holds the whole page."
    if text.status != ArtifactStatus.OK:
        words = "no text" if text.status == ArtifactStatus.EMPTY else "nothing that we could read"
        return f"The copy holds {words}.{_why(text)} The file holds the whole page."
    if not holds_the_document(snapshot.outcome):
        return "This is not the text of the cited page."
    return f"{CONFIDENCE.get(text.confidence, '')}{_why(text)}"


def _why(text: Artifact) -> str:
    """What the reader of pages said of the text: why there is none, or not all of it."""
    reason = str(text.facts.get("reason", ""))
    return f" {reason}" if reason else ""


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
