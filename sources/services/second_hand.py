"""Captures of the copy that another web archive made of a page."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from core.errors import Conflict, Invalid
from core.jobs import enqueue
from sources.capture.guard import Refused, read_address
from sources.capture.hosts import host_of
from sources.models import Document, Snapshot
from sources.services.turns import refuse_too_many, turn_of
from sources.urlnorm import InvalidAddress, lookup_key, unwrap_archive
from sources.vocabulary import CaptureReason, CaptureState

WAITING = (CaptureState.QUEUED, CaptureState.RUNNING, CaptureState.RETRY_WAIT)


@recording()
def request_capture_via(*, actor: User, document: Document, address: str) -> Snapshot:
    """Ask for a capture of another archive's copy of DOCUMENT, at ADDRESS, instead of the page.

    Invalid: the address is no archive's, or is that of another page. Whether it may be fetched is
    decided by the guard, as for every capture.
    """
    require(actor, Permission.EDIT)
    via = _copy_of(document, address.strip())
    document = Document.objects.select_for_update().get(pk=document.pk)
    waiting = document.snapshots.filter(state__in=WAITING).first()
    if waiting is not None:
        raise Conflict("A capture of this page is under way. Wait until it has ended.")
    refuse_too_many(actor)
    snapshot = Snapshot.objects.create(
        document=document, requested_by=actor, reason=CaptureReason.USER, via=via,
        next_attempt_at=timezone.now(), host=host_of(via), turn=turn_of(actor),
    )  # fmt: skip
    record_event(
        actor=actor,
        tag="sources:snapshot:requested",
        subject=snapshot,
        after={"document": document.number, "via": via},
    )
    enqueue("sources.capture", snapshot_id=snapshot.pk)
    return snapshot


def _copy_of(document: Document, address: str) -> str:
    """ADDRESS in its normal spelling, if it is an archive's copy of DOCUMENT."""
    if document.address is None:
        raise Conflict("This document has no address yet. Find the address first.")
    try:
        via, inner = read_address(address).url, unwrap_archive(address)
        same = lookup_key(inner) == lookup_key(document.address)
    except (Refused, InvalidAddress) as error:
        raise Invalid(f"This is no address of an archived copy. {error}") from error
    if inner == address:
        raise Invalid(
            "We know no archive there. Enter the long address of the copy, in which the page’s own "
            "address stands, such as https://web.archive.org/web/2016…/https://…"
        )
    if not same:
        raise Invalid(f"That is a copy of another page. This one is {document.address}.")
    return via
