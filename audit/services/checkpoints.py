"""Checkpoints over the record, so that a stranger can keep one hash and hold us to all of it."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from audit import chain, merkle
from audit.models import AuditEvent, Checkpoint
from core.jobs import enqueue

# Two workers cannot both make the next checkpoint.
CHECKPOINT_LOCK = 720_161_113


@transaction.atomic
def make_checkpoint() -> Checkpoint | None:
    """The next checkpoint, over all lines since the last; None if there are none.

    It writes no line of the record itself, or there would always be something new. Stamping is
    enqueued, because an authority is asked over the network.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHECKPOINT_LOCK])
    last = Checkpoint.objects.order_by("-number").first()
    first_seq = last.last_seq + 1 if last else 1
    newest = AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first()
    if newest is None or newest < first_seq:
        return None
    checkpoint = Checkpoint(
        number=last.number + 1 if last else 1,
        first_seq=first_seq,
        last_seq=newest,
        root=merkle.root_of(_leaves(first_seq, newest)).hex(),
        previous_hash=last.hash if last else "",
        made_at=timezone.now(),
    )
    checkpoint.hash = chain.line_hash(checkpoint.previous_hash, checkpoint.content())
    checkpoint.save(force_insert=True)
    enqueue("sources.stamp", checkpoint=checkpoint.number)
    return checkpoint


def _leaves(first_seq: int, last_seq: int) -> map[bytes]:
    hashes = AuditEvent.objects.filter(seq__range=(first_seq, last_seq)).order_by("seq")
    return map(bytes.fromhex, hashes.values_list("hash", flat=True).iterator(chunk_size=5000))
