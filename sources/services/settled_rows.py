"""The rows of captures that have ended: what is written of many costs little more than of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core.rows import as_json
from sources.capture.hop import Hop
from sources.capture.pipeline import SOFTWARE, CaptureResult
from sources.models import FetchHop, Snapshot, StoredObject
from sources.services.leases import LeaseLost
from sources.vocabulary import CaptureState

_WRITTEN = (
    "state", "outcome", "error", "error_detail", "final_url", "http_status", "media_type",
    "warc_id", "payload_sha256", "payload_size", "warc_records", "revisits_id",
    "capture_finished_at", "sealed_at", "next_attempt_at", "lease_until", "step", "tool", "flags",
    "robots", "manifest", "manifest_sha256", "contact", "network",
)  # fmt: skip
# The table itself says how its columns are read from JSON.
_WRITE = """
UPDATE sources_snapshot AS held
   SET ({columns}) = ROW ({values})
  FROM jsonb_populate_recordset(NULL::sources_snapshot, %(rows)s::jsonb) AS new
 WHERE held.id = new.id AND held.fence = new.fence AND held.state = %(running)s
""".format(columns=", ".join(_WRITTEN), values=", ".join(f"new.{name}" for name in _WRITTEN))
# In the order of the keys, so that two workers that keep the same objects wait for each other.
_KEEP = """
INSERT INTO sources_storedobject (sha256, size, media_type, stored_at)
SELECT new.key, new.size, 'application/warc', statement_timestamp()
  FROM unnest(%(keys)s::text[], %(sizes)s::bigint[]) AS new (key, size)
 ORDER BY new.key
    ON CONFLICT (sha256) DO NOTHING
RETURNING id, sha256, size, media_type, stored_at
"""


def write_ended(snapshots: Sequence[Snapshot]) -> None:
    """Write what SNAPSHOTS, locked as running, came to; the fence is asked for again here.

    Raises LeaseLost if one of them is not its worker's any more; nothing may be kept then.
    """
    if not snapshots:
        return
    rows = [
        {"id": row.pk, "fence": row.fence, **{name: getattr(row, name) for name in _WRITTEN}}
        for row in snapshots
    ]
    values = {"rows": as_json(rows), "running": CaptureState.RUNNING}
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        if cursor.rowcount != len(snapshots):
            raise LeaseLost


def stored_objects(results: Sequence[CaptureResult]) -> dict[str, StoredObject]:
    """The rows of the objects of RESULTS, by hash; made where they are new."""
    sizes = {result.warc_sha256: result.warc_bytes for result in results if result.warc_sha256}
    if not sizes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"keys": list(sizes), "sizes": list(sizes.values())})
        rows = {row[1]: StoredObject(*row) for row in cursor.fetchall()}
    known = StoredObject.objects.filter(sha256__in=sizes.keys() - rows.keys())
    return rows | {row.sha256: row for row in known}


def columns_of(result: CaptureResult, warc: StoredObject | None, now: datetime) -> dict[str, Any]:
    final = result.final
    return {
        "state": result.state,
        "outcome": result.outcome or "",
        "error": result.error or "",
        "error_detail": result.error_detail[:500],
        "final_url": result.final_url,
        "http_status": final.status if final else None,
        "media_type": final.head.media_type[:120] if final and final.head else "",
        "warc": warc,
        "payload_sha256": final.payload_sha256 if final else "",
        "payload_size": final.payload_bytes if final else None,
        "warc_records": [record.as_json() for record in result.records],
        "revisits_id": result.holder.key if result.holder else None,
        "capture_finished_at": now,
        "sealed_at": now if result.state == CaptureState.SEALED else None,
        "next_attempt_at": None,
        "lease_until": None,
        "step": "",
        "contact": "",
        "network": "",
        "tool": SOFTWARE,
    }


def hop_row(snapshot_id: int, fence: int, hop: Hop) -> FetchHop:
    facts = hop.as_json()
    return FetchHop(
        snapshot_id=snapshot_id,
        fence=fence,
        position=hop.position,
        url=hop.url,
        resolved=facts["resolved"],
        address=facts["ip"],
        port=facts["port"],
        tls=facts["tls"] or {},
        status=facts["status"],
        header_bytes=facts["header_bytes"],
        body_bytes=facts["body_bytes"],
        decoded_bytes=facts["decoded_bytes"],
        error=facts["error"] or "",
        timings=facts["timings"],
    )
