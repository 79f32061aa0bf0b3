"""Captures that are begun together: claimed with one update, their robots.txt known beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from sources.capture.guard import Address
from sources.models import Snapshot
from sources.services.leases import Lease
from sources.services.revisits import with_earlier
from sources.services.robots import stops, verdicts_known
from sources.services.turns import address_of, take_turns


@dataclass(frozen=True, slots=True)
class Order:
    """One capture; `is_plain` if the verdict of robots.txt is known and stops it not.

    One that is not plain takes the ordinary way, from robots.txt to settling, in its thread.
    """

    lease: Lease
    snapshot: Snapshot
    asked: Address | None
    is_plain: bool


def take_orders(*, at_most: int) -> list[Order]:
    """Claim up to AT_MOST captures that are first in turn and may start now."""
    leases = take_turns(at_most=at_most)
    if not leases:
        return []
    rows = with_earlier(Snapshot.objects.select_related("document"))
    snapshots = rows.in_bulk([lease.snapshot_id for lease in leases])
    asked = {key: address_of(snapshot) for key, snapshot in snapshots.items()}
    verdicts = verdicts_known({key: address for key, address in asked.items() if address})
    orders = []
    for lease in leases:
        key = lease.snapshot_id
        snapshot, known = snapshots[key], verdicts.get(key)
        is_plain = known is not None and not stops(snapshot.reason, *known)
        if known is not None:
            snapshot.robots = known[0]
        orders.append(Order(lease, snapshot, asked[key], is_plain))
    return orders
