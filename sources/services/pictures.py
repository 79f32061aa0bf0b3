"""Pictures of captured pages, where this installation has a browser for them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings

from sources.capture.picture import Picture, take_picture
from sources.capture.sniff import HTML
from sources.cloaking import percent_archived
from sources.models import Artifact, Snapshot, StoredObject
from sources.services.installation import capture_policy, object_store
from sources.services.visible import visible_of
from sources.vocabulary import ArtifactKind, ArtifactStatus, CaptureReason

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOL = "chromium"
NONE = "none"
# Debian's shell first: the same browser without windows, which starts in a third of the time.
_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)
_PAGES = frozenset({HTML, "application/xhtml+xml", ""})
_MOST_LISTED = 60
# A browser takes half a gigabyte and a whole processor; the lease of a job outlasts this wait.
_SEATS = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 40.0


class AllBusy(Exception):
    """This worker has as many browsers running as it may; the job is tried again."""


def browser() -> str | None:
    """The path of the browser that takes pictures, or None if there is none."""
    named = settings.CHROMIUM
    if named == NONE:
        return None
    names = (named,) if named else _NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


def to_be_pictured(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """The copies of SNAPSHOTS of which a picture is wanted: pages that a person asked for."""
    if settings.CHROMIUM == NONE:
        return []
    return [
        row
        for row in snapshots
        if row.reason == CaptureReason.USER
        and row.requested_by_id is not None
        and row.media_type in _PAGES
    ]


def picture_artifact(snapshot: Snapshot, chromium: str) -> Artifact:
    """Take the picture, store it, and return the row to add; a failure is a row too."""
    address = snapshot.via or snapshot.document.address or ""
    with _seat():
        picture = take_picture(address, chromium=chromium, policy=capture_policy())
    return Artifact(
        snapshot=snapshot,
        kind=ArtifactKind.PICTURE,
        tool=TOOL,
        tool_version=picture.tool_version or "unknown",
        status=ArtifactStatus.OK if picture.png else ArtifactStatus.FAILED,
        reason=picture.reason[:200],
        facts={**_facts(picture), "percent_archived": _percent(snapshot, picture)},
        **(_stored(picture.png) if picture.png else {}),
    )


@contextmanager
def _seat() -> Iterator[None]:
    if not _SEATS.acquire(timeout=_WAIT_SECONDS):
        raise AllBusy
    try:
        yield
    finally:
        _SEATS.release()


def _stored(png: bytes) -> dict[str, Any]:
    """Put the picture into the store; like every object it counts once it was read back."""
    store = object_store()
    key = store.put(png)
    if not store.verify(key):
        raise OSError("The store gave back another picture than it was given.")
    row, _ = StoredObject.objects.get_or_create(
        sha256=key, defaults={"size": len(png), "media_type": "image/png"}
    )
    return {"stored": row, "sha256": key}


def _percent(snapshot: Snapshot, picture: Picture) -> int | None:
    """How much of what the browser was shown is archived; None where that cannot be said."""
    archived = visible_of(snapshot) if picture.words else ""
    return percent_archived(picture.words, archived) if archived else None


def _facts(picture: Picture) -> dict[str, Any]:
    asked = [{"url": row.url, "refused": row.refused} for row in picture.asked]
    return {
        "width": picture.width,
        "height": picture.height,
        "is_cut": picture.is_cut,
        "final_url": picture.final_url[:2000],
        "requests": len(asked),
        "refused": [row for row in asked if row["refused"]][:_MOST_LISTED],
        "asked": asked[:_MOST_LISTED],
        "dismissed": list(picture.dismissed),
    }
