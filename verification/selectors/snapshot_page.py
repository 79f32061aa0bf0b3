"""The public page of an archived copy: one of its views, where it came from, who cites it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from claims.models import Evidence
from claims.vocabulary import Publication
from core.bidi import with_turns_shown, without_turns
from sources.changes import is_good
from sources.explanations import error_in_words, step_in_words
from sources.failures import result_in_words
from sources.models import Document, Snapshot
from sources.outcomes import holds_the_document
from sources.selectors.captures import came_of
from sources.selectors.changes import heaviest_changes
from sources.selectors.custody import is_taken_down
from sources.vocabulary import CaptureReason, CaptureState, Change
from verification.addresses import (
    claim_path,
    diff_path,
    snapshot_bundle_path,
    snapshot_path,
    snapshot_warc_path,
)
from verification.memento import memento_headers
from verification.selectors.phrases import published
from verification.selectors.public_copies import public_copies, public_copy
from verification.selectors.redaction import (
    document_title,
    live_address,
    source_href,
    source_name,
)
from verification.selectors.replay import Replay, replay_of
from verification.selectors.snapshot_cancelled import cancelled_in_words
from verification.selectors.snapshot_details import Details, copy_details
from verification.selectors.snapshot_picture import PagePicture, picture_of
from verification.selectors.snapshot_tabs import Tab, View, tabs, view_of
from verification.selectors.snapshot_text import CopiedText, copied_text

MOST_CITATIONS = 25
MOST_CAPTURES = 12
GIVEN = {
    CaptureReason.IMPORT: "This copy was taken out of a web archive file that somebody gave us. "
    "Nobody here fetched it: where and when it was fetched is the word of whoever made that file.",
    CaptureReason.PROVIDED: "This copy is a file that somebody gave us. Nobody here fetched it.",
}
NO_NEWS = (Change.BOILERPLATE.label, Change.UNREACHABLE.label, Change.RESTORED.label)
WAITING = (CaptureState.QUEUED, CaptureState.RUNNING, CaptureState.RETRY_WAIT)


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
    change: str
    compare_href: str

    @property
    def remarks(self) -> tuple[str, ...]:
        """What there is to say of it."""
        same = "The same bytes as this one" if self.same_bytes and not self.is_this else ""
        return tuple(words for words in (self.state, same, self.change) if words)


@dataclass(frozen=True)
class Later:
    """What became of the page after this copy was made."""

    words: str
    at: datetime
    href: str
    action: str


@dataclass(frozen=True)
class Copied:
    """A sealed copy: when it was made, what is to be known of it, and its file."""

    at: datetime | None
    origin: str  # who made it, and from what
    note: str
    file_note: str  # what the file holds
    warc_href: str
    warc_bytes: int
    bundle_href: str  # empty: sealed before manifests were kept
    same_as: int | None  # the earlier copy that holds the same page
    same_href: str


@dataclass(frozen=True, kw_only=True)
class SnapshotPage:
    """What every view shows; of `text`, `replay`, `picture` and `details` the one whose view it is.

    `headers` make the answer a Memento, if there is something to remember.
    """

    number: int
    href: str
    view: View
    tabs: tuple[Tab, ...]
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
    requested_at: datetime
    copy: Copied | None
    caution: str
    text: CopiedText | None
    replay: Replay | None
    picture: PagePicture | None
    details: Details | None
    captures: tuple[Capture, ...]
    citations: tuple[Citation, ...]
    headers: tuple[tuple[str, str], ...]
    later: Later | None

    @property
    def template(self) -> str:
        return f"snapshot/{self.view}.html"


def snapshot_page(number: int, asked: str = "") -> SnapshotPage:
    """A public snapshot in the view that is ASKED for, or its text. At most seven queries."""
    snapshot = public_copy(number)
    document = snapshot.document
    view = view_of(asked, snapshot)
    citing = _citing(document)
    captures = _captures(snapshot)
    return SnapshotPage(
        number=number,
        href=snapshot_path(number),
        view=view,
        tabs=tabs(snapshot, view),
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
        copy=_copied(snapshot) if snapshot.state == CaptureState.SEALED else None,
        caution=_caution(snapshot),
        text=copied_text(snapshot, citing) if view == View.TEXT else None,
        replay=replay_of(snapshot) if view == View.PAGE else None,
        picture=picture_of(snapshot) if view == View.PICTURE else None,
        details=copy_details(snapshot) if view == View.DETAILS else None,
        captures=captures,
        citations=tuple(_citation(item) for item in citing),
        headers=tuple(memento_headers(snapshot)),
        later=_later(captures, number),
    )


def _state_in_words(snapshot: Snapshot) -> str:
    if snapshot.state == CaptureState.RUNNING:
        return f"We are {step_in_words(snapshot.step)}."
    if snapshot.state == CaptureState.CANCELLED:
        return cancelled_in_words(snapshot)
    words = {
        CaptureState.QUEUED: "Waiting to be captured.",
        CaptureState.RETRY_WAIT: f"{error_in_words(snapshot.error)} We will try again.",
        CaptureState.SEALED: result_in_words(came_of(snapshot)),
        CaptureState.FAILED: f"We couldn’t archive this page. {error_in_words(snapshot.error)}",
        CaptureState.REFUSED: f"We did not try to archive it. {error_in_words(snapshot.error)}",
    }
    return next(text for state, text in words.items() if state == snapshot.state)


def _caution(snapshot: Snapshot) -> str:
    """What came instead of the page, to be read before anything that is shown of it."""
    if snapshot.state != CaptureState.SEALED or holds_the_document(snapshot.outcome):
        return ""
    return f"{result_in_words(came_of(snapshot))} It doesn’t count as a copy of the page."


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


def _captures(snapshot: Snapshot) -> tuple[Capture, ...]:
    """Newest first, this one among them, with what each showed that the one before did not."""
    rows = public_copies().filter(document=snapshot.document_id).select_related("takedown")
    found = list(rows.order_by("-number")[:MOST_CAPTURES])
    changes = heaviest_changes([row.pk for row in found])
    return tuple(_capture(row, snapshot, changes.get(row.pk)) for row in found)


def _capture(row: Snapshot, this: Snapshot, change: Change | None) -> Capture:
    same_bytes = bool(row.payload_sha256) and row.payload_sha256 == this.payload_sha256
    is_compared = row.pk != this.pk and not same_bytes and _is_copy(row) and _is_copy(this)
    return Capture(
        number=row.number,
        href=snapshot_path(row.number),
        at=row.sealed_at or row.requested_at,
        state=_came_to(row),
        is_this=row.pk == this.pk,
        same_bytes=same_bytes,
        change=change.label if change else "",
        compare_href=diff_path(*sorted((this.number, row.number))) if is_compared else "",
    )


def _came_to(row: Snapshot) -> str:
    """What became of a capture, shortly; that it was archived goes without saying."""
    if is_taken_down(row):
        return "Taken down"
    if row.state != CaptureState.SEALED:
        return str(row.get_state_display())
    words = "" if holds_the_document(row.outcome) else result_in_words(came_of(row))
    return words.partition(". ")[0].removesuffix(".")


def _origin(snapshot: Snapshot) -> str:
    if snapshot.http_status is None and snapshot.given_id is None:
        return "The site sent nothing. This records that we tried."
    if snapshot.reason in GIVEN:
        return GIVEN[CaptureReason(snapshot.reason)]
    if snapshot.via:
        host = urlsplit(snapshot.via).hostname or "another archive"
        return f"This is a copy we made from {host}’s copy of the page, not from the page itself."
    return "This is a copy we made."


def _file_note(snapshot: Snapshot) -> str:
    if snapshot.reason in GIVEN:
        return "What we were given, in one file."
    if snapshot.http_status is None:
        return "What was tried, in one file."
    return "The page as its server sent it, in one file."


def _is_copy(row: Snapshot) -> bool:
    is_sealed = row.state == CaptureState.SEALED and not is_taken_down(row)
    return is_sealed and is_good(row.outcome, row.flags)


def _later(captures: tuple[Capture, ...], number: int) -> Later | None:
    """The newest change that a later capture showed."""
    changed = (row for row in captures if row.number > number and row.change)
    for row in changed:
        if row.change not in NO_NEWS:
            href, action = row.compare_href or row.href, "See that capture"
            return Later(f"{row.change}.", row.at, href, "Compare" if row.compare_href else action)
    return None


def _copied(snapshot: Snapshot) -> Copied:
    return Copied(
        at=snapshot.capture_started_at or snapshot.sealed_at,
        origin=_origin(snapshot),
        note="" if _caution(snapshot) else result_in_words(came_of(snapshot)),
        file_note=_file_note(snapshot),
        warc_href=snapshot_warc_path(snapshot.number),
        bundle_href=snapshot_bundle_path(snapshot.number) if snapshot.manifest else "",
        warc_bytes=snapshot.warc.size if snapshot.warc else 0,
        same_as=snapshot.revisits.number if snapshot.revisits else None,
        same_href=snapshot_path(snapshot.revisits.number) if snapshot.revisits else "",
    )
