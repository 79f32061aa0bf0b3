"""Threads of one process that end captures at the same time settle them in one transaction.

Whoever writes the record holds its end, so captures are settled one transaction after the other
anyway. While one is under way, those that end meanwhile gather; the first of them then settles all.
(Databases call this a group commit.)
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sources.models import Snapshot
from sources.services.leases import LeaseLost
from sources.services.settle import Settled, settle_captures

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Place:
    """One who waits; `came_to` is the snapshot, or what kept it from being written."""

    ended: Settled
    came_to: Snapshot | BaseException | None = None


_waiting: list[_Place] = []
_entrance = threading.Lock()
_desk = threading.Lock()


def settle_together(ended: Settled) -> Snapshot:
    """Record ENDED, beside what other threads have ended.

    Raises LeaseLost, with nothing written, if the lease is another's by now; and whatever kept
    this one from being written, which keeps no other.
    """
    place = _Place(ended)
    with _entrance:
        _waiting.append(place)
    with _desk:
        if place.came_to is None:
            with _entrance:
                places, _waiting[:] = _waiting[:], []
            _serve(places)
    return _snapshot_of(place)


def settle_each(ended: Sequence[Settled]) -> list[tuple[Settled, BaseException]]:
    """Record all of ENDED together, or, if one cannot be written, each by itself.

    Returns those that were not written, and why.
    """
    places = [_Place(one) for one in ended]
    _serve(places)
    return [
        (place.ended, place.came_to) for place in places if isinstance(place.came_to, BaseException)
    ]


def _snapshot_of(place: _Place) -> Snapshot:
    if isinstance(place.came_to, Snapshot):
        return place.came_to
    raise place.came_to or AssertionError("everybody in the queue is served")


def _serve(places: Sequence[_Place]) -> None:
    try:
        _settle(places)
    except Exception as problem:  # the named boundary: one row must not keep the others
        if len(places) == 1:
            places[0].came_to = problem
            return
        logger.exception("%s captures could not be settled together.", len(places))
        for place in places:
            _serve([place])
    except BaseException as problem:  # the process ends: let nobody wait for ever
        for place in places:
            place.came_to = problem
        raise


def _settle(places: Sequence[_Place]) -> None:
    snapshots = settle_captures(ended=[place.ended for place in places])
    found = {snapshot.pk: snapshot for snapshot in snapshots}
    for place in places:
        place.came_to = found.get(place.ended.lease.snapshot_id) or LeaseLost()
