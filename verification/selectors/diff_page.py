"""The public page that compares two archived copies of one document, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from claims.models import Evidence
from claims.vocabulary import Publication
from core.bidi import with_turns_shown
from core.errors import Missing
from core.terms import Term
from sources.diff import Line, compare, is_too_long
from sources.models import Artifact, Document, Snapshot
from sources.vocabulary import ArtifactKind, ArtifactStatus, CaptureState
from verification.addresses import claim_path, diff_path, snapshot_path
from verification.selectors.list_links import FilterLink
from verification.selectors.public_copies import public_copy
from verification.selectors.redaction import document_title

MOST_ROWS = 400
MOST_SHOWN = 200_000  # characters
MOST_CITATIONS = 25
AROUND = 1  # unchanged lines that are shown before and after a changed one


class TextShown(Term):
    """Which text of the copies is compared."""

    ARTICLE = "article", "The article"
    ALL = "all", "Everything on the page"


@dataclass(frozen=True)
class Copy:
    number: int
    href: str
    at: datetime | None


@dataclass(frozen=True)
class Use:
    """A claim that quotes words of a line."""

    number: int
    href: str


@dataclass(frozen=True)
class Piece:
    text: str
    changed: bool


@dataclass(frozen=True)
class Row:
    """A line ("old", "new", "same"), or `folded` lines that are the same on both sides."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    uses: tuple[Use, ...] = ()
    folded: int = 0


@dataclass(frozen=True, kw_only=True)
class DiffPage:
    """`removed` and `added`: numbers of changed lines; `is_cut`: more than the page shows."""

    title: str
    language: str
    before: Copy
    after: Copy
    rows: tuple[Row, ...]
    removed: int
    added: int
    uses: tuple[Use, ...]
    note: str
    is_cut: bool
    views: tuple[FilterLink, ...]
    only_href: str
    only_evidence: bool


def diff_page(number: int, other: int, *, text: str = "", only_evidence: bool = False) -> DiffPage:
    """Copies NUMBER and OTHER of one document, the earlier one first. At most seven queries."""
    before, after = (public_copy(known) for known in sorted((number, other)))
    if before.pk == after.pk or before.document_id != after.document_id:
        raise Missing(f"Copies {number} and {other} are not two copies of one page.")
    for copy in (before, after):
        _require_sealed(copy)
    texts = _texts(before, after)
    chosen = _chosen(texts, text)
    pair = texts.get(chosen, ("", ""))
    uses = _quotes(before.document, pair)
    lines = compare(*pair)
    rows = _rows(lines, uses, only_evidence=only_evidence)
    path = diff_path(before.number, after.number)
    return DiffPage(
        title=document_title(before.document),
        language=before.document.language,
        before=_copy(before),
        after=_copy(after),
        rows=_clipped(rows),
        removed=sum(1 for line in lines if line.kind == "old"),
        added=sum(1 for line in lines if line.kind == "new"),
        uses=_used(lines, uses),
        note=_note(texts, chosen, lines),
        is_cut=len(_clipped(rows)) < len(rows) or any(map(is_too_long, pair)),
        views=_views(texts, chosen, path, only_evidence=only_evidence),
        only_href=_href(path, chosen, only_evidence=not only_evidence),
        only_evidence=only_evidence,
    )


def _require_sealed(copy: Snapshot) -> None:
    if copy.state != CaptureState.SEALED:
        raise Missing(f"Nothing is archived under {copy.number} yet.")


def _copy(snapshot: Snapshot) -> Copy:
    at = snapshot.capture_started_at or snapshot.sealed_at
    return Copy(snapshot.number, snapshot_path(snapshot.number), at)


Pair = tuple[str, str]


def _texts(before: Snapshot, after: Snapshot) -> dict[TextShown, Pair]:
    """The texts that are kept of both copies; nothing is read from archived pages here."""
    holders = [copy.revisits_id or copy.pk for copy in (before, after)]
    kinds = {ArtifactKind.TEXT: TextShown.ARTICLE, ArtifactKind.VISIBLE: TextShown.ALL}
    kept: dict[tuple[int, str], str] = {}
    rows = Artifact.objects.filter(
        snapshot__in=holders, kind__in=kinds, status=ArtifactStatus.OK
    ).order_by("pk")
    for key, kind, content in rows.values_list("snapshot", "kind", "content"):
        kept[key, kind] = content
    return {
        shown: (kept[holders[0], kind], kept[holders[1], kind])
        for kind, shown in kinds.items()
        if (holders[0], kind) in kept and (holders[1], kind) in kept
    }


def _chosen(texts: dict[TextShown, Pair], asked: str) -> TextShown:
    """What was asked for, else the article if it differs: around it every page differs a little."""
    for shown in texts:
        if shown == asked:
            return shown
    article = texts.get(TextShown.ARTICLE)
    differs = article is not None and article[0] != article[1]
    return TextShown.ARTICLE if differs or TextShown.ALL not in texts else TextShown.ALL


@dataclass(frozen=True)
class _Quoted:
    """Where a claim's words stand in the earlier text, and in the later one; -1: nowhere."""

    use: Use
    spans: dict[str, tuple[int, int]]


def _quotes(document: Document, pair: Pair) -> tuple[_Quoted, ...]:
    cited = (
        Evidence.objects.filter(document=document, claim__publication=Publication.PUBLISHED)
        .exclude(quote="")
        .select_related("claim")
        .order_by("claim__number", "position")[:MOST_CITATIONS]
    )
    return tuple(_quoted(item, pair) for item in cited)


def _quoted(item: Evidence, pair: Pair) -> _Quoted:
    claim = item.claim
    href = f"{claim_path(claim.number, claim.sentence)}#e{item.position}"
    spans = {}
    for side, text in zip(("old", "new"), pair, strict=True):
        for words in (item.quote, item.quote_now if side == "new" else ""):
            at = text.find(words) if words else -1
            if at >= 0:
                spans[side] = (at, at + len(words))
                break
    return _Quoted(Use(claim.number, href), spans)


def _uses_of(line: Line, quotes: Sequence[_Quoted]) -> tuple[Use, ...]:
    side = "old" if line.kind == "old" else "new"
    found = [
        quoted.use
        for quoted in quotes
        if side in quoted.spans
        and quoted.spans[side][0] < line.end
        and line.start < quoted.spans[side][1]
    ]
    return tuple(dict.fromkeys(found))


def _used(lines: Sequence[Line], quotes: Sequence[_Quoted]) -> tuple[Use, ...]:
    """Claims that quote a line which changed."""
    changed = [use for line in lines if line.kind != "same" for use in _uses_of(line, quotes)]
    return tuple(sorted(set(changed), key=lambda use: use.number))


def _rows(lines: Sequence[Line], quotes: Sequence[_Quoted], *, only_evidence: bool) -> list[Row]:
    """Lines, with runs of the same ones folded; with ONLY_EVIDENCE, of what no claim quotes."""
    uses = [_uses_of(line, quotes) for line in lines]
    if only_evidence:
        keep = _with_counterparts(lines, {at for at, found in enumerate(uses) if found})
    else:
        changed = [at for at, line in enumerate(lines) if line.kind != "same"]
        keep = {near for at in changed for near in range(at - AROUND, at + AROUND + 1)}
    rows: list[Row] = []
    for at, line in enumerate(lines):
        if at in keep:
            rows.append(Row(line.kind, tuple(_pieces(line)), uses[at]))
        elif rows and rows[-1].folded:
            rows[-1] = replace(rows[-1], folded=rows[-1].folded + 1)
        else:
            rows.append(Row("fold", folded=1))
    return rows


def _with_counterparts(lines: Sequence[Line], keep: set[int]) -> set[int]:
    """KEEP, and what stands in the place of a line that went, or stood in that of one that came."""
    beside = {"old": (1, "new"), "new": (-1, "old")}
    found = set(keep)
    for at in keep & {at for at, line in enumerate(lines) if line.kind in beside}:
        step, kind = beside[lines[at].kind]
        if 0 <= at + step < len(lines) and lines[at + step].kind == kind:
            found.add(at + step)
    return found


def _pieces(line: Line) -> Iterator[Piece]:
    for run in line.runs:
        yield Piece(with_turns_shown(run.text), run.changed)


def _clipped(rows: Sequence[Row]) -> tuple[Row, ...]:
    shown: list[Row] = []
    left = MOST_SHOWN
    for row in rows[:MOST_ROWS]:
        left -= sum(len(piece.text) for piece in row.pieces)
        if left < 0:
            break
        shown.append(row)
    return tuple(shown)


def _note(texts: dict[TextShown, Pair], chosen: TextShown, lines: Sequence[Line]) -> str:
    if not texts:
        return "Of one of these copies no text could be read, so there is nothing to compare."
    if any(line.kind != "same" for line in lines):
        return ""
    if chosen == TextShown.ARTICLE and TextShown.ALL not in texts:
        return "The text of the article is the same in both copies."
    return "The text is the same in both copies."


def _views(
    texts: dict[TextShown, Pair], chosen: TextShown, path: str, *, only_evidence: bool
) -> tuple[FilterLink, ...]:
    if len(texts) < len(TextShown):
        return ()
    return tuple(
        FilterLink(
            _href(path, shown, only_evidence=only_evidence), shown.label, None, shown == chosen
        )
        for shown in TextShown
    )


def _href(path: str, shown: TextShown, *, only_evidence: bool) -> str:
    asked = {"text": str(shown), **({"only": "evidence"} if only_evidence else {})}
    return f"{path}?{urlencode(asked)}"
