"""Which archived copies may be replayed, and what a reader is told instead of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from core.errors import Missing
from sources.capture.limits import MIB
from sources.flags import Flag
from sources.models import FetchHop, Snapshot, Takedown
from sources.selectors.captures import holder_of
from sources.selectors.custody import TakenDown
from sources.services.replay import MOST_SHOWN, PAGES, PICTURES
from sources.vocabulary import CaptureState
from verification.replay_addresses import replay_address
from verification.selectors.public_copies import public_copy

SHOWN = PAGES | PICTURES | {"text/plain", ""}


@dataclass(frozen=True)
class Replay:
    """Where the browser gets a copy from, for ten minutes: into a frame, or as a file."""

    origin: str
    frame: str
    file: str
    media_type: str
    is_page: bool
    note: str  # what of it is not shown


def replay_of(snapshot: Snapshot) -> Replay:
    """One query."""
    is_shown = snapshot.media_type in SHOWN and not is_two_kinds(snapshot)
    return Replay(
        origin=settings.SNAPSHOT_HOST,
        frame=replay_address(snapshot.number) if is_shown else "",
        file="" if is_shown else replay_address(snapshot.number, "file"),
        media_type=snapshot.media_type,
        is_page=is_shown and snapshot.media_type in PAGES,
        note=_cut(snapshot) if is_shown and snapshot.media_type not in PICTURES else "",
    )


def _cut(snapshot: Snapshot) -> str:
    """That a page is shown in part, by what its body measured when it was unpacked."""
    holder = holder_of(snapshot)
    hops = FetchHop.objects.filter(snapshot=holder, fence=holder.fence).order_by("-position")
    unpacked = hops.values_list("decoded_bytes", flat=True).first() or 0
    if max(unpacked, holder.payload_size or 0) <= MOST_SHOWN:
        return ""
    most = f"{MOST_SHOWN // MIB} MB"
    return f"The page is longer than we show: this is its beginning, {most} of it."


def is_two_kinds(snapshot: Snapshot) -> bool:
    """Whether one program would take its bytes for a page and another for something else."""
    return str(Flag.POLYGLOT) in snapshot.flags


def replayable(number: int) -> Snapshot:
    """Copy NUMBER, if its bytes may be shown. Missing: it is not public; TakenDown: no longer."""
    snapshot = public_copy(number)
    if snapshot.state != CaptureState.SEALED or snapshot.warc is None:
        raise Missing(f"Nothing is archived under {number} yet.")
    for decided in _takedowns(snapshot):
        raise TakenDown(snapshot, decided)
    return snapshot


def can_be_replayed(snapshot: Snapshot) -> bool:
    """Whether there is a host to show it, something to show, and nobody who forbade it."""
    is_sealed = snapshot.state == CaptureState.SEALED
    is_there = snapshot.http_status is not None or snapshot.given_id is not None
    return bool(settings.SNAPSHOT_HOST) and is_sealed and is_there and not any(_takedowns(snapshot))


def _takedowns(snapshot: Snapshot) -> Iterator[Takedown]:
    """Decisions about the copy, or about the one that holds its bytes."""
    for holder in (snapshot, snapshot.revisits):
        if holder is not None and hasattr(holder, "takedown"):
            yield holder.takedown
