"""Claims in public lists, by key: the thousandth page costs what the first does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import F, Q

from claims.models import Claim
from claims.vocabulary import Status
from core.bidi import without_turns
from core.errors import Invalid
from verification.addresses import claim_path
from verification.models import StatusEvent
from verification.selectors.known import FEWEST_FOR_A_POINT

SIZE = 25
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class ClaimRow:
    """See templates/components/claim_row.html."""

    href: str
    sentence: str
    language: str
    status: str
    estimate: float | None
    low: float | None
    high: float | None
    finding: str
    changed: str
    at: datetime


@dataclass(frozen=True)
class ClaimList:
    """`older`: the key to go on from, empty on the last page."""

    rows: tuple[ClaimRow, ...]
    older: str


def recent_first(claims: models.QuerySet[Claim], before: str = "", size: int = SIZE) -> ClaimList:
    """The claims that changed last, of those that changed before the key BEFORE."""
    if before:
        at, number = _place(before)
        claims = claims.filter(Q(changed_at__lt=at) | Q(changed_at=at, number__lt=number))
    found = list(claims.order_by("-changed_at", "-number")[: size + 1])
    shown = found[:size]
    older = _key(shown[-1]) if len(found) > size else ""
    return ClaimList(tuple(rows_of(shown)), older)


def _key(claim: Claim) -> str:
    return f"{(claim.changed_at - _EPOCH) // _MICROSECOND}-{claim.number}"


def _place(key: str) -> tuple[datetime, int]:
    moment, _, number = key.partition("-")
    try:
        return _EPOCH + int(moment) * _MICROSECOND, int(number)
    except (ValueError, OverflowError) as error:
        raise Invalid("This is not a page of the list. Start from its first page.") from error


def rows_of(claims: Sequence[Claim]) -> list[ClaimRow]:
    """One query for all of them."""
    changes = _last_changes(claims)
    return [_row(claim, changes.get(claim.pk)) for claim in claims]


def _last_changes(claims: Iterable[Claim]) -> Mapping[int, StatusEvent]:
    found = (
        StatusEvent.objects.filter(claim__in=[claim.pk for claim in claims])
        .exclude(from_status=F("to_status"))
        .order_by("claim_id", "-at", "-pk")
        .distinct("claim_id")
    )
    return {event.claim_id: event for event in found}


def _row(claim: Claim, change: StatusEvent | None) -> ClaimRow:
    pointed = claim.origins_for + claim.origins_against >= FEWEST_FOR_A_POINT
    return ClaimRow(
        href=claim_path(claim.number, claim.sentence),
        sentence=without_turns(claim.sentence),
        language=claim.language,
        status=claim.status,
        estimate=claim.confidence if pointed else None,
        low=claim.confidence_low,
        high=claim.confidence_high,
        finding=without_turns(claim.finding),
        changed=_changed(change),
        at=change.at if change else claim.created_at,
    )


def _changed(change: StatusEvent | None) -> str:
    if change is None:
        return "Added."
    return f"Was {Status(change.from_status).label.lower()} before." if change.from_status else ""
