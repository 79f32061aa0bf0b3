"""The desk's audit queue: claims that chance picked, which people are asked to settle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from claims.vocabulary import Publication, Status
from core.errors import Invalid
from verification.conditions.phrases import count
from verification.desk_addresses import desk_claim_path, desk_status_path
from verification.models import AuditEntry, AuditRound
from verification.selectors.ages import short_age
from verification.selectors.audit_draws import OPEN

SIZE = 25
_WAITS = Q(
    claim__status__in=OPEN,
    claim__publication=Publication.PUBLISHED,
    claim__merged_into=None,
    closing=None,
)
_CAME_TO = {
    Status.CONFIRMED: "Settled: it counts in the calibration.",
    Status.REFUTED: "Settled: it counts in the calibration.",
    Status.UNVERIFIABLE: "Could not be settled.",
    Status.SUPERSEDED: "Overtaken by events before it was settled.",
}


@dataclass(frozen=True, kw_only=True)
class DrawnRow:
    """A drawn claim. `why` says how it came here; `settle_href` leads to where it is settled.

    `may_close`: its status has no way to *unverifiable*, so what was tried can be written here.
    """

    number: int
    href: str
    sentence: str
    language: str
    status: str
    why: str
    came_to: str
    age: str
    settle_href: str = ""
    may_close: bool = False
    tried: str = ""
    closed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    waiting: tuple[DrawnRow, ...]
    waits: int
    older_href: str
    done: tuple[DrawnRow, ...]
    answered: int
    last: AuditRound | None
    share: str
    after_days: float


def audit_page(actor: User, *, now: datetime, after: str = "") -> AuditPage:
    """Those that wait, longest first, and the last ones that were answered. Five queries."""
    drawn = _drawn()
    waiting = drawn.filter(_WAITS).order_by("pk")
    rows = list(waiting.filter(pk__gt=_place(after))[: SIZE + 1])
    shown = rows[:SIZE]
    done = drawn.exclude(_WAITS).order_by("-claim__status_since", "-pk")
    older = f"{reverse('desk_audit')}?after={shown[-1].pk}" if len(rows) > SIZE else ""
    return AuditPage(
        waiting=tuple(_waiting(entry, actor, now) for entry in shown),
        waits=waiting.count(),
        older_href=older,
        done=tuple(_row(entry, now) for entry in done[:SIZE]),
        answered=done.count(),
        last=AuditRound.objects.order_by("-number").first(),
        share=f"{settings.AUDIT_RATE * 100:g} in 100" if settings.AUDIT_RATE else "none",
        after_days=settings.AUDIT_AFTER_DAYS,
    )


def _drawn() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(drawn=True).select_related("claim", "round", "closing__by")


def _place(after: str) -> int:
    if after and not after.isdecimal():
        raise Invalid("This is not a page of the audit queue. Start from its first page.")
    return int(after or 0)


def _waiting(entry: AuditEntry, actor: User, now: datetime) -> DrawnRow:
    open_ended = entry.claim.status == Status.CORROBORATED
    return _row(
        entry,
        now,
        settle_href=desk_status_path(entry.claim.number),
        may_close=open_ended and actor.can(Permission.APPROVE),
    )


def _row(
    entry: AuditEntry, now: datetime, *, settle_href: str = "", may_close: bool = False
) -> DrawnRow:
    claim, closing = entry.claim, getattr(entry, "closing", None)
    return DrawnRow(
        number=claim.number,
        href=desk_claim_path(claim.number),
        sentence=claim.sentence,
        language=claim.language,
        status=claim.status,
        why=_why(entry),
        came_to=_came_to(entry),
        age=short_age(entry.round.made_at, now),
        settle_href=settle_href,
        may_close=may_close,
        tried=closing.tried if closing else "",
        closed_by=closing.by.name if closing else "",
    )


def _why(entry: AuditEntry) -> str:
    low, high = entry.bucket * 10, entry.bucket * 10 + 10
    stands = count(max(1, round(1 / entry.probability)), "open claim")
    return (
        f"Draw {entry.round.number}, {entry.round.made_at:%-d %b %Y}: scored between {low} and "
        f"{high}, it stands for {stands}."
    )


def _came_to(entry: AuditEntry) -> str:
    claim = entry.claim
    if getattr(entry, "closing", None):
        return "Could not be settled."
    if claim.merged_into_id:
        return "Merged into another claim."
    if claim.publication != Publication.PUBLISHED:
        return "No longer public."
    return _CAME_TO.get(Status(claim.status), "")
