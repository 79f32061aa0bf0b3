from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from audit.chain import Fault, Line, faults
from audit.models import AuditEvent


def history(subject_type: str, subject_id: str | int) -> models.QuerySet[AuditEvent]:
    """Lines about one object, newest first."""
    return AuditEvent.objects.filter(
        subject_type=subject_type, subject_id=str(subject_id)
    ).order_by("-seq")


def chain_faults() -> Iterator[Fault]:
    """Everything wrong with the stored record; streams, so any length fits in memory."""
    return faults(
        Line(event.seq, event.content(), event.previous_hash, event.hash)
        for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000)
    )


def chain_head() -> AuditEvent | None:
    return AuditEvent.objects.order_by("-seq").first()
