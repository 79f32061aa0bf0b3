"""The picture of an archived page, or in words why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.errors import Missing
from sources.cloaking import in_words
from sources.models import Artifact, ArtifactJob, Snapshot
from sources.vocabulary import ArtifactKind, ArtifactStatus, JobKind, JobState
from verification.addresses import snapshot_picture_path
from verification.selectors.public_copies import public_copy


@dataclass(frozen=True)
class PagePicture:
    """A picture with its size in pixels; without one, `note` says why."""

    href: str = ""
    width: int = 0
    height: int = 0
    at: datetime | None = None
    sha256: str = ""
    browser: str = ""
    note: str = ""


def is_pictured(snapshot: Snapshot) -> bool:
    """Whether there is a picture to look at, or something to say about it. No query."""
    return bool(getattr(snapshot, "picture_asked", False))


def picture_of(snapshot: Snapshot) -> PagePicture:
    """The picture that was taken last. One query, or two if there is none."""
    row = _newest(snapshot)
    if row is None:
        return PagePicture(note=_words_without(snapshot))
    if row.status != ArtifactStatus.OK or row.stored is None:
        return PagePicture(note=f"The copy is saved, the picture failed. {row.reason}")
    return PagePicture(
        href=snapshot_picture_path(snapshot.number),
        width=int(row.facts.get("width", 0)),
        height=int(row.facts.get("height", 0)),
        at=row.made_at,
        sha256=row.sha256,
        browser=f"Chromium {row.tool_version}",
        note=_notes(row),
    )


def _notes(row: Artifact) -> str:
    cut = "The page goes on below; we keep no more of it as a picture."
    notes = (cut if row.facts.get("is_cut") else "", in_words(row.facts.get("percent_archived")))
    return " ".join(note for note in notes if note)


def public_picture(number: int) -> str:
    """The key of the picture of copy NUMBER in the store. Missing: it is not public, or is none."""
    row = _newest(public_copy(number))
    if row is None or row.stored is None:
        raise Missing(f"There is no picture of archived copy {number}.")
    return row.stored.sha256


def _newest(snapshot: Snapshot) -> Artifact | None:
    found = Artifact.objects.filter(snapshot=snapshot, kind=ArtifactKind.PICTURE)
    return found.select_related("stored").order_by("-pk").first()


def _words_without(snapshot: Snapshot) -> str:
    failed = ArtifactJob.objects.filter(
        snapshot=snapshot, kind=JobKind.PICTURE, state=JobState.FAILED
    )
    if failed.exists():
        return "The copy is saved, the picture failed."
    return (
        "The copy is saved, the picture has not been taken yet. Load this page again in a minute."
    )
