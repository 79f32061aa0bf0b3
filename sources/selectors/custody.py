"""Holds and takedowns of archived copies, which are private, and who still needs their bytes."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.errors import DomainError
from sources.flags import Flag
from sources.models import Artifact, LegalHold, Snapshot, StoredObject, Takedown, Tombstone
from sources.vocabulary import CaptureReason, TakedownBasis

# The page asks robots to keep no copies, and no person asked for this one: it is compared with
# the others, and its hash is in the record; it is shown to nobody.
KEPT_PRIVATE = Q(reason=CaptureReason.SCHEDULE, flags__contains=[str(Flag.NOARCHIVE)])


class TakenDown(DomainError):
    """The copy is not shown any more: HTTP 451, with the basis, the date and the hash."""

    status = 451
    code = "taken_down"
    template = "451.html"

    def __init__(self, snapshot: Snapshot, takedown: Takedown) -> None:
        self.words, self.at = takedown.words, takedown.decided_at
        super().__init__(
            f"Archived copy {snapshot.number} was taken down. "
            f"{TakedownBasis(takedown.basis).label}, decided on "
            f"{takedown.decided_at:%-d %b %Y}. {takedown.words}",
            snapshot=snapshot.number,
            basis=str(takedown.basis),
            basis_words=TakedownBasis(takedown.basis).label,
            taken_down_at=takedown.decided_at.isoformat(),
            warc_sha256=snapshot.warc.sha256 if snapshot.warc else None,
            manifest_sha256=snapshot.manifest_sha256 or None,
        )


def takedown_of(snapshot: Snapshot) -> Takedown | None:
    """Read `takedown` with select_related where there are many."""
    try:
        return snapshot.takedown
    except ObjectDoesNotExist:
        return None


def is_taken_down(snapshot: Snapshot) -> bool:
    return takedown_of(snapshot) is not None


def refuse_taken_down(snapshot: Snapshot) -> None:
    """Raise TakenDown if SNAPSHOT was taken down; the hashes stay public, the bytes do not."""
    found = takedown_of(snapshot)
    if found is not None:
        raise TakenDown(snapshot, found)


def is_private(snapshot: Snapshot) -> bool:
    """Whether SNAPSHOT is one of KEPT_PRIVATE."""
    return snapshot.reason == CaptureReason.SCHEDULE and Flag.NOARCHIVE in snapshot.flags


def standing_hold(snapshot: Snapshot) -> LegalHold | None:
    return LegalHold.objects.filter(snapshot=snapshot, lifted_at__isnull=True).first()


def revisiting(snapshot: Snapshot) -> QuerySet[Snapshot]:
    """Copies that are not taken down and whose page lies in the file of SNAPSHOT."""
    return _standing().filter(revisits=snapshot).order_by("number")


def removable_objects() -> QuerySet[StoredObject]:
    """Objects whose every copy was taken down: nobody needs their bytes any more.

    A file is needed by the copy that it is, by copies that were taken out of it, by copies whose
    page it holds (revisits), and by copies whose picture it is. While one of these stands, the
    bytes stay, and only that one shows them.
    """
    taken = Takedown.objects.filter(
        Q(snapshot__warc=OuterRef("pk"))
        | Q(snapshot__given=OuterRef("pk"))
        | Q(snapshot__artifacts__stored=OuterRef("pk"))
    )
    standing = _standing().filter(
        Q(warc=OuterRef("pk")) | Q(given=OuterRef("pk")) | Q(revisits__warc=OuterRef("pk"))
    )
    pictured = Artifact.objects.filter(stored=OuterRef("pk"), snapshot__takedown__isnull=True)
    buried = Tombstone.objects.filter(stored=OuterRef("pk"))
    return (
        StoredObject.objects.filter(Exists(taken))
        .exclude(Exists(standing))
        .exclude(Exists(pictured))
        .exclude(Exists(buried))
        .order_by("pk")
    )


def is_removed(sha256: str) -> bool:
    """Whether these very bytes went, or are about to go, after a takedown; ask before storing."""
    gone = Tombstone.objects.filter(stored__sha256=sha256).exists()
    return gone or removable_objects().filter(sha256=sha256).exists()


def _standing() -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(takedown__isnull=True)
