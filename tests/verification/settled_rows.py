"""Settled claims with what we had said of them, as rows: quickly, and any number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from claims.models import Claim
from claims.vocabulary import Alignment, Publication, Status
from sources.models import Source
from tests.factories import ClaimFactory, EvidenceFactory
from verification.models import Assessment, Forecast, ForecastBasis, SettledReport, StatusEvent
from verification.scoring import Interest

TRIED = "We asked three people who were there, and found no picture of that day."
FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)


def settled(
    said: Sequence[float | None],
    proved_true: Sequence[bool],
    *,
    weight: float = 1.0,
    since: datetime = FIRST,
    apart: timedelta = timedelta(days=1),
) -> list[Claim]:
    """Claims settled one after the other, APART from each other, from SINCE on."""
    claims = Claim.objects.bulk_create(
        Claim(
            sentence=f"The village number {n} was taken",
            status_since=since + n * apart,
            publication=Publication.PUBLISHED,
        )
        for n in range(len(said))
    )
    Forecast.objects.bulk_create(
        _settle(claim, value, weight, true=true)
        for claim, value, true in zip(claims, said, proved_true, strict=True)
    )
    return claims


def _settle(claim: Claim, said: float | None, weight: float, *, true: bool) -> Forecast:
    status = Status.CONFIRMED if true else Status.REFUTED
    event = moved(claim, status)
    basis = ForecastBasis.DRAW if weight > 1 else ForecastBasis.BEFORE_EVIDENCE
    return Forecast(
        claim=claim,
        status_event=event,
        said=said,
        basis=ForecastBasis.NONE if said is None else basis,
        known_at=claim.status_since,
        at_decision=0.97 if true else 0.03,
        proved_true=true,
        weight=weight,
        settled_at=claim.status_since,
    )


def moved(claim: Claim, status: Status) -> StatusEvent:
    """A change of status as an administrator makes it, without the rest."""
    event = StatusEvent.objects.create(
        claim=claim,
        from_status=claim.status,
        to_status=status,
        is_override=True,
        claim_version=1,
        at=claim.status_since,
    )
    Claim.objects.filter(pk=claim.pk).update(status=status, would_change_it="A picture.")
    claim.status = status
    return event


def open_claim(score: float, days: float = 10, **fields: object) -> Claim:
    """An open claim that was first scored DAYS ago."""
    columns = {"confidence": score, "confidence_low": score, "confidence_high": score}
    claim = ClaimFactory.create(**columns, origins_for=1, **fields)
    Assessment.objects.create(
        claim=claim,
        method="test",
        inputs_digest="0" * 64,
        estimate=score,
        low=score,
        high=score,
        log_odds=0,
        origins_for=1,
        explanation={},
        at=timezone.now() - timedelta(days=days),
    )
    return claim


def settled_report(source: Source, *, right: bool = True, **fields: object) -> SettledReport:
    """SOURCE supported a claim that then proved true, or false where it was not RIGHT."""
    columns = {key: fields.pop(key) for key in ("alignment", "supports") if key in fields}
    evidence = EvidenceFactory.create(claim=ClaimFactory.create(**fields), document__source=source)
    status = Status.CONFIRMED if right else Status.REFUTED
    event = moved(evidence.claim, status)
    return SettledReport.objects.create(
        claim=evidence.claim,
        status_event=event,
        evidence=evidence,
        record=f"source-{source.number}",
        source=source,
        interest=Interest.NONE,
        claim_kind=evidence.claim.kind,
        group="ungraded",
        proved_true=right,
        weight=1,
        share=1,
        settled_at=event.at,
        **{"alignment": Alignment.NEUTRAL, "supports": True} | columns,
    )
