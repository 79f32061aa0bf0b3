"""What an administrator sees before a copy is held or taken down."""

from __future__ import annotations

from dataclasses import dataclass

from claims.models import Evidence
from core.errors import Missing
from sources.models import FixityCheck, LegalHold, Snapshot, Takedown
from sources.selectors.custody import revisiting, standing_hold, takedown_of
from sources.selectors.fixity import unmended
from sources.vocabulary import CaptureState, TakedownBasis
from verification.addresses import snapshot_path
from verification.desk_addresses import desk_claim_path
from verification.selectors.redaction import document_title

MOST_SHOWN = 50


@dataclass(frozen=True)
class CitingClaim:
    number: int
    href: str
    sentence: str
    language: str


@dataclass(frozen=True)
class CustodyPage:
    """`needed_by`: later copies that show the page of this file.

    `shows`: the earlier copy whose page this one shows.
    """

    snapshot: Snapshot
    number: int
    href: str
    title: str
    sha256: str
    hold: LegalHold | None
    takedown: Takedown | None
    basis: str
    is_removed: bool
    needed_by: tuple[int, ...]
    shows: int | None
    claims: tuple[CitingClaim, ...]
    damage: FixityCheck | None  # the last look, if it found other bytes and could not mend them


def custody_page(number: int) -> CustodyPage:
    """Copy NUMBER, public or not. Missing: nothing is sealed under it."""
    rows = Snapshot.objects.select_related("document", "warc__tombstone", "takedown", "revisits")
    snapshot = rows.filter(number=number, state=CaptureState.SEALED).first()
    if snapshot is None or snapshot.warc is None:
        raise Missing(f"Nothing is archived under {number}.")
    takedown = takedown_of(snapshot)
    return CustodyPage(
        snapshot=snapshot,
        number=number,
        href=snapshot_path(number),
        title=document_title(snapshot.document),
        sha256=snapshot.warc.sha256,
        hold=standing_hold(snapshot),
        takedown=takedown,
        basis=TakedownBasis(takedown.basis).label if takedown else "",
        is_removed=hasattr(snapshot.warc, "tombstone"),
        needed_by=tuple(revisiting(snapshot).values_list("number", flat=True)[:MOST_SHOWN]),
        shows=snapshot.revisits.number if snapshot.revisits else None,
        claims=_citing(snapshot),
        damage=unmended(snapshot.warc),
    )


def _citing(snapshot: Snapshot) -> tuple[CitingClaim, ...]:
    items = Evidence.objects.filter(snapshot=snapshot).select_related("claim")
    claims = {item.claim.number: item.claim for item in items.order_by("claim__number")}
    return tuple(
        CitingClaim(number, desk_claim_path(number), claim.sentence, claim.language)
        for number, claim in list(claims.items())[:MOST_SHOWN]
    )
