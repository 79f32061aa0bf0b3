from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from audit import chain
from audit.models import CHAIN_LOCK, AuditEvent
from core import origin

SYSTEM = "Corroborate"


@transaction.atomic
def record_event(
    *,
    actor: User | None,
    tag: str,
    subject: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Append one line to the record, in the caller's transaction.

    `tag` reads package:subject:action. `actor` None means the software itself. Values must be JSON.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = AuditEvent.objects.order_by("-seq").values("seq", "hash").first()
    where = origin.current()
    event = AuditEvent(
        seq=last["seq"] + 1 if last else 1,
        at=timezone.now(),
        actor=actor,
        actor_name=actor.name if actor else SYSTEM,
        origin=where.kind,
        request_id=where.request_id,
        subject_type=subject._meta.label_lower,
        subject_id=str(getattr(subject, "number", None) or subject.pk),
        tag=tag,
        before=_plain(before),
        after=_plain(after),
        reason=reason,
        previous_hash=last["hash"] if last else "",
    )
    event.hash = chain.line_hash(event.previous_hash, content(event))
    event.save(force_insert=True)
    return event


def content(event: AuditEvent) -> dict[str, Any]:
    """What the hash of a line covers: everything but the two hashes."""
    return {
        "seq": event.seq,
        "at": _utc(event.at),
        "actor": event.actor_id,
        "actor_name": event.actor_name,
        "origin": event.origin,
        "request_id": str(event.request_id) if event.request_id else None,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "tag": event.tag,
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
    }


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values as they will read back from JSON: times as ISO 8601, enums as text."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values or {}), default=_as_text))
    return plain


def _as_text(value: object) -> str:
    return _utc(value) if isinstance(value, datetime) else str(value)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
