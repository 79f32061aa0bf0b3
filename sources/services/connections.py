"""How many connections captures have at the same time: to a host, to a network, and in all.

The row of a running capture says whom it is connected to, so a connection is counted as long as
its lease, and a killed worker's is free when its lease is over. Whoever wants a connection counts
under one lock, so that two cannot both take the last one. This machine's own loopback is not
counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from sources.models import Snapshot
from sources.services.leases import Lease, LeaseLost, lease_time
from sources.vocabulary import CaptureState

LOCK = 5_304_001
_NO_LIMIT = 2**31 - 1
# What is lost with a crash of the database is lost with every lease; nobody waits for the disk.
_ENTER = "SELECT set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(%s)"
_TAKE = """
UPDATE sources_snapshot AS mine
   SET contact = %(host)s, network = %(network)s,
       lease_until = statement_timestamp() + make_interval(secs => %(lease)s)
 WHERE id = %(id)s AND fence = %(fence)s AND state = %(running)s
   AND (SELECT count(*) < %(most)s
               AND count(*) FILTER (WHERE contact = %(host)s) < %(host_most)s
               AND count(*) FILTER (WHERE network = %(network)s) < %(network_most)s
          FROM sources_snapshot AS other
         WHERE other.state = %(running)s AND other.network <> '' AND other.id <> mine.id
           AND other.lease_until > statement_timestamp())
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Whom a capture connects to: the host by its key, and the network that it is counted with."""

    host: str
    network: str


def take_connection(lease: Lease, place: Place) -> bool:
    """Count the connection of LEASE to PLACE instead of the one it had; False: there are enough.

    Raises LeaseLost. Nothing is changed unless it is True.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ENTER, [LOCK])
        cursor.execute(_TAKE, _values(lease, place))
        if cursor.fetchone():
            return True
    if lease.lost.is_set() or not _is_ours(lease):
        raise LeaseLost
    return False


def _values(lease: Lease, place: Place) -> dict[str, Any]:
    return {
        "id": lease.snapshot_id,
        "fence": lease.fence,
        "running": CaptureState.RUNNING,
        "lease": lease_time().total_seconds(),
        "host": place.host,
        "network": place.network,
        "most": settings.CAPTURE_CONNECTIONS or _NO_LIMIT,
        "host_most": settings.CAPTURE_HOST_CONNECTIONS or _NO_LIMIT,
        "network_most": settings.CAPTURE_NETWORK_CONNECTIONS or _NO_LIMIT,
    }


def _is_ours(lease: Lease) -> bool:
    rows = Snapshot.objects.filter(
        pk=lease.snapshot_id, fence=lease.fence, state=CaptureState.RUNNING
    )
    return rows.exists()
