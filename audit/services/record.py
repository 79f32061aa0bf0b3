from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from audit import chain
from audit.models import CHAIN_LOCK, AuditEvent
from core import origin
from core.rows import insert_rows

SYSTEM = "Corroborate"


class _Held(threading.local):
    """How many `recording` blocks this thread, and so its connection, is within."""

    blocks = 0


_held = _Held()


@contextmanager
def recording() -> Iterator[None]:
    """One transaction of a service that writes the record; also a decorator.

    It holds the end of the chain from its first statement, so those who write history do so one
    after the other. Taken later, beside locks on rows, two writers could each hold what the other
    needs: the one a claim, the other the chain. The outermost block holds it for those within.
    """
    with transaction.atomic():
        if not _held.blocks:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
        _held.blocks += 1
        try:
            yield
        finally:
            _held.blocks -= 1


def _joined() -> AbstractContextManager[None]:
    """The block that the caller began, or one of its own: a line needs no savepoint."""
    return nullcontext() if _held.blocks else recording()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one line of the record says. `tag` reads package:subject:action. Values must be JSON."""

    tag: str
    subject: models.Model
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""


def record_event(
    *,
    actor: User | None,
    tag: str,
    subject: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Append one line to the record, in the caller's transaction, which `recording` began.

    `actor` None means the software itself. For the rest see Entry.
    """
    entry = Entry(tag=tag, subject=subject, before=before, after=after, reason=reason)
    (event,) = record_events(actor=actor, entries=[entry])
    return event


def record_events(*, actor: User | None, entries: Iterable[Entry]) -> list[AuditEvent]:
    """Append one line for each of ENTRIES, in this order."""
    with _joined():
        return _append(actor, entries)


def _append(actor: User | None, entries: Iterable[Entry]) -> list[AuditEvent]:
    last = AuditEvent.objects.order_by("-seq").values("seq", "hash").first()
    seq, previous = (last["seq"], last["hash"]) if last else (0, "")
    events = []
    for entry in entries:
        event = _line(actor, entry, seq + 1, previous)
        seq, previous = event.seq, event.hash
        events.append(event)
    insert_rows(events)
    return events


def _line(actor: User | None, entry: Entry, seq: int, previous_hash: str) -> AuditEvent:
    where, subject = origin.current(), entry.subject
    event = AuditEvent(
        seq=seq,
        at=timezone.now(),
        actor=actor,
        actor_name=actor.name if actor else SYSTEM,
        origin=where.kind,
        request_id=where.request_id,
        subject_type=subject._meta.label_lower,  # noqa: SLF001  # public in spite of its name
        subject_id=str(getattr(subject, "number", None) or subject.pk),
        tag=entry.tag,
        before=_plain(entry.before),
        after=_plain(entry.after),
        reason=entry.reason,
        previous_hash=previous_hash,
    )
    event.hash = chain.line_hash(event.previous_hash, event.content())
    return event


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values as they will read back from JSON: times as ISO 8601, enums as text."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values or {}), default=_as_text))
    return plain


def _as_text(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
