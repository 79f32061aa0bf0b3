"""Documents: one thing published at one address; and asking for archived copies of them."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from core.errors import Conflict, Invalid
from core.jobs import enqueue
from sources.capture.hosts import host_of
from sources.models import Document, Snapshot, Source
from sources.selectors.custody import is_private
from sources.selectors.documents import address_digest, document_at, source_of_address
from sources.services.turns import priority_of, refuse_too_many, turn_of
from sources.urlnorm import InvalidAddress, canonical_address, lookup_key
from sources.vocabulary import CaptureReason, CaptureState, DocumentKind

ONE_MINUTE = 60
WAITING = (CaptureState.QUEUED, CaptureState.RUNNING, CaptureState.RETRY_WAIT)


def canonical(address: str) -> str:
    """ADDRESS in canonical form, or Invalid with what to enter instead."""
    try:
        return canonical_address(address.strip())
    except InvalidAddress as error:
        raise Invalid(str(error), code="invalid_address") from error


@recording()
def add_document(
    *,
    actor: User | None,
    address: str,
    source: Source | None = None,
    title: str = "",
    kind: str = DocumentKind.ARTICLE,
    language: str = "",
    published_at: datetime | None = None,
) -> Document:
    """The document at ADDRESS: the one that we have, or a new one. Adding twice changes nothing."""
    if actor is not None:
        require(actor, Permission.EDIT)
    address = canonical(address)
    existing = document_at(address)
    if existing is not None:
        return existing
    document = Document(
        source=source or source_of_address(address),
        title=title[:500],
        kind=kind,
        language=language,
        published_at=published_at,
        published_precision="minute" if published_at else "",
        published_basis="a person" if published_at else "",
        added_by=actor,
    )
    _set_address(document, address)
    try:
        with transaction.atomic():
            document.save()
    except IntegrityError:
        # Somebody added the same address between our look and our write.
        return Document.objects.get(address_digest=document.address_digest)
    record_event(
        actor=actor, tag="sources:document:added", subject=document, after={"address": address}
    )
    return document


def _set_address(document: Document, address: str) -> None:
    document.address = address
    document.address_digest = address_digest(address)
    document.lookup_key = lookup_key(address)


@recording()
def add_missing_document(*, actor: User | None, title: str = "") -> Document:
    """A document that somebody cites without an address: it joins the queue of missing ones."""
    document = Document.objects.create(title=title[:500], added_by=actor)
    record_event(
        actor=actor,
        tag="sources:document:cited_without_address",
        subject=document,
        after={"title": document.title},
    )
    return document


@recording()
def locate_document(*, actor: User, document: Document, address: str) -> Document:
    """Give a document that had no address its address."""
    require(actor, Permission.EDIT)
    document = Document.objects.select_for_update().get(pk=document.pk)
    address = canonical(address)
    if document.address is not None:
        raise Conflict(f"This document already has an address: {document.address}.")
    other = document_at(address)
    if other is not None:
        raise Conflict(
            f"That address is already document {other.number}. File that document as evidence.",
            code="known_document",
            document=other.number,
        )
    _set_address(document, address)
    document.source = document.source or source_of_address(address)
    document.save()
    record_event(
        actor=actor, tag="sources:document:located", subject=document, after={"address": address}
    )
    return document


@recording()
def describe_document(
    *,
    actor: User,
    document: Document,
    source: Source | None = None,
    title: str | None = None,
    kind: str | None = None,
    language: str | None = None,
    published_at: datetime | None = None,
) -> Document:
    """Say what a person knows of a document: its source, title, kind, language, date."""
    require(actor, Permission.EDIT)
    document = Document.objects.select_for_update().get(pk=document.pk)
    changes = {
        "source": source,
        "title": title,
        "kind": kind,
        "language": language,
        "published_at": published_at,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    for name, value in given.items():
        setattr(document, name, value)
    if published_at is not None:
        document.published_precision, document.published_basis = "minute", "a person"
    document.save()
    record_event(
        actor=actor,
        tag="sources:document:described",
        subject=document,
        after={name: str(getattr(value, "number", value)) for name, value in given.items()},
    )
    return document


@recording()
def request_capture(
    *,
    actor: User | None,
    document: Document,
    reason: str = CaptureReason.USER,
    in_bulk: bool = False,
) -> Snapshot:
    """Ask for an archived copy; a copy asked for within the last minute is the same one.

    IN_BULK: one of many that follow from one decision. Those stand behind what people ask for one
    by one, and are not counted against CAPTURE_RATE_PER_MINUTE; beyond that, raises TooMany.
    """
    if actor is not None:
        require(actor, Permission.EDIT)
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.address is None:
        raise Conflict("This document has no address yet. Find the address first.")
    recent = _recent_capture(document)
    if recent is not None and (actor is None or _is_for_people(recent, actor, reason)):
        return recent
    if actor is not None and not in_bulk:
        refuse_too_many(actor)
    snapshot = Snapshot.objects.create(
        document=document,
        requested_by=actor,
        reason=reason,
        next_attempt_at=timezone.now(),
        host=host_of(document.address),
        priority=priority_of(reason, in_bulk=in_bulk),
        turn=turn_of(actor),
    )
    record_event(
        actor=actor,
        tag="sources:snapshot:requested",
        subject=snapshot,
        after={"document": document.number},
    )
    enqueue("sources.capture", snapshot_id=snapshot.pk)
    return snapshot


def _is_for_people(snapshot: Snapshot, actor: User, reason: str) -> bool:
    """Whether ACTOR may have SNAPSHOT, which was asked for already; a schedule's becomes theirs.

    A schedule obeys robots.txt and keeps to itself what a page asks not to be kept; a person who
    asks for one page gets it.
    """
    if snapshot.reason != CaptureReason.SCHEDULE:
        return True
    if snapshot.state == CaptureState.SEALED:
        return not is_private(snapshot)
    rows = Snapshot.objects.filter(pk=snapshot.pk, state__in=WAITING)
    priority = priority_of(reason, in_bulk=False)
    is_theirs = rows.update(requested_by=actor, reason=reason, priority=priority) == 1
    snapshot.refresh_from_db()
    return is_theirs or not is_private(snapshot)


def _recent_capture(document: Document) -> Snapshot | None:
    newest = document.snapshots.order_by("-number").first()
    if newest is None or newest.state not in {*WAITING, CaptureState.SEALED}:
        return None
    age = (timezone.now() - newest.requested_at).total_seconds()
    return newest if newest.state in WAITING or age < ONE_MINUTE else None
