"""How an archived copy came to be, and what it can be checked by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import date_format

from core.bidi import with_turns_shown
from sources.explanations import error_in_words
from sources.failures import result_in_words
from sources.models import Artifact, FetchHop, Snapshot
from sources.selectors.captures import came_of
from sources.selectors.workers import worker_label
from sources.vocabulary import (
    ArtifactKind,
    ArtifactStatus,
    CaptureReason,
    CaptureState,
    RobotsVerdict,
)
from verification.selectors.brief import Fact
from verification.selectors.phrases import language_name
from verification.selectors.snapshot_proof import proof_of

ROBOTS = {
    RobotsVerdict.ALLOWED: "The site’s robots.txt allowed it",
    RobotsVerdict.DISALLOWED: "The site’s robots.txt asks robots to stay away. A person asked for "
    "this one page, which we archive all the same",
    RobotsVerdict.UNAVAILABLE: "The site’s robots.txt could not be read",
}


@dataclass(frozen=True)
class Hop:
    """One request on the way to the page."""

    url: str
    status: int | None
    error: str


@dataclass(frozen=True)
class FactGroup:
    """`is_exact`: hashes and the like, to be compared letter by letter."""

    heading: str
    facts: tuple[Fact, ...]
    is_exact: bool = False


@dataclass(frozen=True)
class Details:
    """Groups of facts, those without any left out; and the way that the capture went."""

    groups: tuple[FactGroup, ...]
    hops: tuple[Hop, ...]


def copy_details(snapshot: Snapshot) -> Details:
    """At most five queries."""
    is_sealed = snapshot.state == CaptureState.SEALED
    groups = (
        _group("What was captured" if is_sealed else "What was asked for", _captured(snapshot)),
        _group("How", _how(snapshot)),
        _group("What it is checked by", _checked_by(snapshot), is_exact=True),
        _group("When it was sealed", proof_of(snapshot), is_exact=True),
    )
    return Details(
        groups=tuple(group for group in groups if group.facts),
        hops=tuple(_hop(row) for row in _hops(snapshot)),
    )


def _group(heading: str, facts: Iterable[Fact], *, is_exact: bool = False) -> FactGroup:
    return FactGroup(heading, tuple(fact for fact in facts if fact.text), is_exact)


def _captured(snapshot: Snapshot) -> list[Fact]:
    document, size = snapshot.document, snapshot.payload_size
    is_sealed = snapshot.state == CaptureState.SEALED
    cited = "" if document.address == snapshot.final_url else document.address or ""
    return [
        Fact("Final address", with_turns_shown(snapshot.final_url)),
        Fact("Cited address", with_turns_shown(cited)),
        Fact("Fetched instead", with_turns_shown(snapshot.via)),
        Fact("HTTP status", str(snapshot.http_status or "")),
        Fact("What came", result_in_words(came_of(snapshot)) if is_sealed else ""),
        Fact("Title", with_turns_shown(document.title)),
        Fact("Type", snapshot.media_type),
        Fact("Language", language_name(document.language)),
        Fact("Size", f"{size:,} bytes" if size is not None else ""),
    ]


def _how(snapshot: Snapshot) -> list[Fact]:
    reason = next((one for one in CaptureReason if one == snapshot.reason), None)
    began = snapshot.capture_started_at
    return [
        Fact("Why", reason.label if reason else ""),
        Fact("Began", f"{date_format(began, 'j M Y, H:i:s')} UTC" if began else ""),
        Fact("Captured with", snapshot.tool),
        Fact("Captured by", worker_label(snapshot.worker)),
        Fact("Robots", next((text for key, text in ROBOTS.items() if key == snapshot.robots), "")),
    ]


def _checked_by(snapshot: Snapshot) -> list[Fact]:
    warc = snapshot.warc
    return [
        Fact("SHA-256 of the page", snapshot.payload_sha256),
        Fact("SHA-256 of the WARC", warc.sha256 if warc else ""),
        Fact("The page is kept in the WARC", _holding(snapshot)),
        Fact("SHA-256 of the text", _text_sha256(snapshot)),
        Fact("SHA-256 of the manifest", snapshot.manifest_sha256),
    ]


def _holding(snapshot: Snapshot) -> str:
    """The file of the earlier copy that holds the same page, if one does."""
    holder = snapshot.revisits
    return f"{holder.warc.sha256} of copy {holder.number}" if holder and holder.warc else ""


def _text_sha256(snapshot: Snapshot) -> str:
    """Of the text that is shown: the one that was made last."""
    texts = Artifact.objects.filter(
        snapshot=snapshot.revisits_id or snapshot.pk,
        kind=ArtifactKind.TEXT,
        status=ArtifactStatus.OK,
    )
    found = texts.order_by("-pk").values_list("sha256", flat=True).first()
    return str(found or "")


def _hops(snapshot: Snapshot) -> list[FetchHop]:
    """The trail of the attempt that settled the capture."""
    return list(FetchHop.objects.filter(snapshot=snapshot, fence=snapshot.fence))


def _hop(row: FetchHop) -> Hop:
    error = error_in_words(row.error) if row.error else ""
    return Hop(with_turns_shown(row.url), row.status, error)
