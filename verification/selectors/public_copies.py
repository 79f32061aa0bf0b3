"""Which archived copies the public may see, and the files that they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef, Q

from claims.models import Evidence
from claims.vocabulary import Publication
from core.errors import Missing
from sources.models import Snapshot
from sources.selectors.captures import gone_since
from sources.selectors.custody import KEPT_PRIVATE, refuse_taken_down
from sources.selectors.pictures import picture_asked
from sources.vocabulary import CaptureState, Safety


def public_copies() -> models.QuerySet[Snapshot]:
    """Snapshots of documents that a published claim cites and that name nobody withheld.

    Not those that a schedule made of pages that ask for no copies.
    """
    cited = Evidence.objects.filter(
        document=OuterRef("document"), claim__publication=Publication.PUBLISHED
    )
    named = Q(document__source__safety=Safety.WITHHELD)
    return Snapshot.objects.filter(Exists(cited)).exclude(named).exclude(KEPT_PRIVATE)


def public_copy(number: int) -> Snapshot:
    """Snapshot NUMBER. Missing: there is none, or it is not for the public; nobody can tell.

    TakenDown: it was public, and is shown no more.
    """
    related = ("document__source", "warc", "takedown", "revisits__warc", "revisits__takedown")
    rows = public_copies().annotate(gone_since=gone_since(), picture_asked=picture_asked())
    snapshot = rows.filter(number=number).select_related(*related).first()
    if snapshot is None:
        raise Missing(f"There is no archived copy {number}.")
    refuse_taken_down(snapshot)
    return snapshot


@dataclass(frozen=True)
class WarcFile:
    """The archived file of a sealed copy: its key in the object store, its size, a name for it."""

    sha256: str
    size: int
    name: str


def public_warc(number: int) -> WarcFile:
    """The file of copy NUMBER. Missing: it is not public, or nothing is sealed."""
    snapshot = public_copy(number)
    if snapshot.state != CaptureState.SEALED or snapshot.warc is None:
        raise Missing(f"Nothing is archived under {number} yet.")
    name = f"corroborate-snapshot-{number}.warc.gz"
    return WarcFile(snapshot.warc.sha256, snapshot.warc.size, name)
