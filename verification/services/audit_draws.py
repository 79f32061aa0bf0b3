"""The draw of open claims that people are asked to settle, and the ones that cannot be settled."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.selectors.lines import chain_head
from audit.services.record import record_event, recording
from claims.models import Claim
from claims.vocabulary import Status
from core.errors import Conflict, Invalid, Missing
from verification.learning.draws import Open, bucket, digest, drawn, seed_of
from verification.models import AuditClosing, AuditEntry, AuditRound
from verification.selectors.audit_draws import waiting_for_a_draw

MOST = 10_000
"""Claims in one draw, so that its transaction stays short; the next draw takes the others."""

LEAST_TRIED = 40
"""Characters in which a person says what was tried."""


@recording()
def draw_for_audit(*, now: datetime | None = None, limit: int = MOST) -> AuditRound | None:
    """Put every open claim that is due through the one draw of its life; None if none is.

    Runs any number of times: a claim that took part does not take part again. Who comes out
    follows from the newest line of the record, so nobody can choose, or draw again.
    """
    now = now or timezone.now()
    if settings.AUDIT_RATE == 0:
        return None
    scored_by = now - timedelta(days=settings.AUDIT_AFTER_DAYS)
    claims = list(waiting_for_a_draw(scored_by=scored_by)[:limit])
    return _draw(claims, now) if claims else None


def _draw(claims: list[Claim], now: datetime) -> AuditRound:
    people = {claim: Open(claim.number, claim.confidence or 0.0) for claim in claims}
    head, newest = chain_head(), AuditRound.objects.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    previous = head.hash if head else ""
    seed = seed_of(previous, number)
    taken = drawn(people.values(), settings.AUDIT_RATE, seed)
    done = AuditRound.objects.create(
        number=number,
        rate=settings.AUDIT_RATE,
        seed=seed,
        record_hash=previous,
        population=len(claims),
        population_digest=digest(people.values()),
        drawn=len(taken),
        made_at=now,
    )
    AuditEntry.objects.bulk_create(
        (_entry(done, claim, taken) for claim in claims), batch_size=2_000
    )
    _record(done, taken)
    return done


def _entry(done: AuditRound, claim: Claim, taken: frozenset[int]) -> AuditEntry:
    score = claim.confidence or 0.0
    return AuditEntry(
        claim=claim,
        round=done,
        bucket=bucket(score),
        confidence=score,
        probability=done.rate,
        drawn=claim.number in taken,
    )


def _record(done: AuditRound, taken: frozenset[int]) -> None:
    record_event(
        actor=None,
        tag="verification:audit:drawn",
        subject=done,
        after={
            "rate": done.rate,
            "seed": done.seed,
            "record_hash": done.record_hash,
            "population": done.population,
            "population_digest": done.population_digest,
            "claims": sorted(taken),
        },
    )


@recording()
def close_draw(*, actor: User, number: int, tried: str) -> AuditClosing:
    """Say that drawn claim NUMBER could not be settled, and what was TRIED; it stays on record.

    Only where its status has no way to *unverifiable*; else that is proposed, and two people agree.
    """
    require(actor, Permission.APPROVE)
    entry = _lock_drawn(number)
    if Status(entry.claim.status) != Status.CORROBORATED:
        raise Conflict(
            f"This claim is {Status(entry.claim.status).label.lower()}. If it cannot be settled, "
            "propose Unverifiable: a second person looks, and the draw is answered by that.",
        )
    if len(" ".join(tried.split())) < LEAST_TRIED:
        raise Invalid(f"Say what was tried. {LEAST_TRIED} characters or more.")
    closing = AuditClosing.objects.create(
        entry=entry, by=actor, tried=tried.strip(), at=timezone.now()
    )
    record_event(
        actor=actor, tag="verification:audit:closed", subject=entry.claim, reason=closing.tried
    )
    return closing


def _lock_drawn(number: int) -> AuditEntry:
    claim = Claim.objects.select_for_update().filter(number=number).first()
    entry = AuditEntry.objects.filter(claim=claim, drawn=True).select_related("claim").first()
    if claim is None or entry is None:
        raise Missing("No such claim was drawn.")
    if AuditClosing.objects.filter(entry=entry).exists():
        raise Conflict("Somebody has already said that this claim could not be settled.")
    return entry
