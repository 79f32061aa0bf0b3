"""Public copies of an address, by when they were captured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from core.errors import Missing
from sources.models import Snapshot
from sources.urlnorm import InvalidAddress, lookup_key
from sources.vocabulary import CaptureState
from verification.memento import Moment
from verification.selectors.public_copies import public_copies

PAGE_SIZE = 1000


@dataclass(frozen=True)
class MementoPage:
    moments: tuple[Moment, ...]
    pages: int


def nearest_memento(address: str, wanted: datetime | None) -> Moment:
    """The copy captured nearest to WANTED, or the latest. Missing: there is no public copy."""
    copies = _mementos(address)
    if wanted is None:
        return _moment(copies.order_by("-capture_started_at", "-number").first(), address)
    before = (
        copies.filter(capture_started_at__lte=wanted)
        .order_by("-capture_started_at", "-number")
        .first()
    )
    after = (
        copies.filter(capture_started_at__gt=wanted)
        .order_by("capture_started_at", "number")
        .first()
    )
    known = [_moment(copy, address) for copy in (before, after) if copy is not None]
    if not known:
        return _moment(None, address)
    return min(known, key=lambda moment: abs(moment.at - wanted))


def memento_page(address: str, page: int) -> MementoPage:
    """Page PAGE of the copies of ADDRESS, oldest first. Missing: there is no such page."""
    copies = _mementos(address).order_by("capture_started_at", "number")
    start = (page - 1) * PAGE_SIZE
    found = [_moment(copy, address) for copy in copies[start : start + PAGE_SIZE]] if page else []
    if not found:
        return MementoPage((_moment(None, address),), 0)
    return MementoPage(tuple(found), -(-copies.count() // PAGE_SIZE))


def _mementos(address: str) -> models.QuerySet[Snapshot]:
    """Answers that were archived and may be shown; a site that did not answer is no Memento."""
    try:
        key = lookup_key(address)
    except InvalidAddress as error:
        raise Missing(str(error)) from error
    return public_copies().filter(
        document__lookup_key=key,
        state=CaptureState.SEALED,
        http_status__isnull=False,
        given__isnull=True,
        capture_started_at__isnull=False,
        takedown__isnull=True,
        revisits__takedown__isnull=True,
    )


def _moment(copy: Snapshot | None, address: str) -> Moment:
    if copy is None or copy.capture_started_at is None:
        raise Missing(f"We have no public copy of {address}.")
    return Moment(copy.number, copy.capture_started_at)
