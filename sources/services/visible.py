"""Everything a sealed page shows as text: read in the jail when somebody asks, kept as an artifact.

The extractors' texts are selections and leave things out, so that a sentence is gone is only ever
said from this one.
"""

from __future__ import annotations

import hashlib

from audit.services.record import record_event, recording
from sources.capture.visible import TOOL, TOOL_VERSION, VisibleText, visible_text
from sources.models import Artifact, Snapshot
from sources.selectors.captures import holder_of
from sources.selectors.custody import is_taken_down
from sources.services.installation import object_store
from sources.services.texts import main_offset
from sources.vocabulary import ArtifactKind, ArtifactStatus

_EMPTY = frozenset({"empty", "not_html"})


def text_by_kind(snapshot: Snapshot) -> dict[str, Artifact]:
    """The newest artifact of each kind that holds text."""
    rows = holder_of(snapshot).artifacts.exclude(kind=ArtifactKind.PICTURE).order_by("pk")
    return {row.kind: row for row in rows}


def visible_of(snapshot: Snapshot) -> str:
    """All visible text of SNAPSHOT; what is not HTML says no more than its extracted text.

    "" if it could not be read, or may not be: then nothing can be said to be missing from it.
    Starts a child process the first time, so it is never called inside a transaction.
    """
    if is_taken_down(snapshot) or is_taken_down(holder_of(snapshot)):
        return ""
    known = text_by_kind(snapshot)
    if ArtifactKind.VISIBLE not in known:
        known[ArtifactKind.VISIBLE] = _read(holder_of(snapshot))
    shown = known[ArtifactKind.VISIBLE]
    if shown.status == ArtifactStatus.OK:
        return shown.content
    extracted = known.get(ArtifactKind.TEXT)
    is_empty = shown.status == ArtifactStatus.EMPTY
    return extracted.content if extracted and is_empty else ""


def _read(snapshot: Snapshot) -> Artifact:
    offset = main_offset(snapshot)
    if snapshot.warc is None or offset is None:
        found = VisibleText("empty", reason="Nothing was archived that could hold text.")
    else:
        found = visible_text(object_store(), snapshot.warc.sha256, offset)
    return _keep(snapshot, found)


@recording()
def _keep(snapshot: Snapshot, found: VisibleText) -> Artifact:
    """Two who read it at once keep it once."""
    artifact, is_new = Artifact.objects.get_or_create(
        snapshot=snapshot,
        kind=ArtifactKind.VISIBLE,
        tool=TOOL,
        tool_version=TOOL_VERSION,
        defaults={
            "status": _status(found),
            "reason": f"{found.status}: {found.reason}"[:200] if found.reason else "",
            "content": found.text,
            "sha256": hashlib.sha256(found.text.encode()).hexdigest(),
        },
    )
    if is_new:
        record_event(
            actor=None,
            tag="sources:artifact:made",
            subject=snapshot,
            after={
                "kind": str(artifact.kind),
                "tool": artifact.tool,
                "tool_version": artifact.tool_version,
                "status": str(artifact.status),
                "sha256": artifact.sha256,
            },
        )
    return artifact


def _status(found: VisibleText) -> ArtifactStatus:
    if found.status == "ok":
        return ArtifactStatus.OK
    return ArtifactStatus.EMPTY if found.status in _EMPTY else ArtifactStatus.FAILED
