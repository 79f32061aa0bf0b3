"""The assisted view: what the open claims would be given if they taught each other a little.

Method cred-a/1 (scoring.md 1.5) with λ = 0.05. It agrees with the loudest where sources copy each
other, so it is for analysis at the desk alone: worked out as somebody looks, kept nowhere, and
never mixed with the official scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from claims.models import Claim
from claims.vocabulary import Stance
from verification.desk_addresses import desk_claim_path
from verification.learning.counts import SettledReport as Taught
from verification.learning.joint import ASSISTED, METHOD, OpenReport, assisted
from verification.learning.settling import record_of
from verification.models import SettledReport
from verification.scoring import ClaimInput, Interest, Parameters
from verification.scoring.coins import group_of
from verification.scoring.ledger import discounts_of, open_ledger
from verification.selectors.audit_draws import OPEN, sampling_weights
from verification.selectors.records import active_model, parameters_of, scorings_of
from verification.selectors.waiting import live_claims

MOST = 500
"""Open claims that take part: those that changed last."""


@dataclass(frozen=True)
class AssistedRow:
    """`official`: the stored score; `assisted`: this method's; `points`: of 100, apart."""

    number: int
    href: str
    sentence: str
    language: str
    status: str
    official: float
    assisted: float
    points: int


@dataclass(frozen=True)
class AssistedPage:
    """Claims that the two methods part furthest first."""

    method: str
    share: float
    rows: tuple[AssistedRow, ...]
    settled: int
    is_cut: bool


def assisted_page() -> AssistedPage:
    """About eight queries, however many claims take part."""
    claims = list(
        live_claims()
        .filter(status__in=OPEN, confidence__isnull=False)
        .order_by("-changed_at", "-number")[: MOST + 1]
    )
    known = list(taught())
    estimates = _estimates(claims[:MOST], known)
    rows = (_row(claim, estimates[str(claim.pk)]) for claim in claims if str(claim.pk) in estimates)
    return AssistedPage(
        method=METHOD,
        share=ASSISTED,
        rows=tuple(sorted(rows, key=lambda row: (-abs(row.points), row.number))),
        settled=len({row.claim for row in known}),
        is_cut=len(claims) > MOST,
    )


def _estimates(claims: Sequence[Claim], known: Sequence[Taught]) -> Mapping[str, float]:
    """By primary key, as text; under the model in use, also for a claim that keeps an older one."""
    parameters = parameters_of(active_model())
    reports = [
        report
        for pk, scoring in scorings_of(claims).items()
        for report in open_reports(pk, scoring.told, parameters)
    ]
    return assisted(known, reports, parameters) if reports else {}


def open_reports(claim: int, told: ClaimInput, parameters: Parameters) -> Iterator[OpenReport]:
    """What counts for an open claim, with its weight and the part that independence leaves."""
    ledger = open_ledger(told, parameters)
    shares = discounts_of(ledger.balance(), parameters.crowding)
    for row in ledger.standing():
        report = row.report
        yield OpenReport(
            claim=str(claim),
            kind=told.kind,
            source=record_of(report),
            group=group_of(report),
            interest=report.interest,
            supports=report.stance is Stance.SUPPORTS,
            weight=row.weight,
            share=shares.get(report.key, 1.0),
        )


def taught() -> Iterator[Taught]:
    """Settled reports as the fit takes them."""
    rows = list(SettledReport.objects.filter(reopened_at=None).order_by("pk"))
    weights = sampling_weights({row.claim_id for row in rows})
    for row in rows:
        yield Taught(
            claim=str(row.claim_id),
            kind=row.claim_kind,
            source=row.record,
            group=row.group,
            interest=Interest(row.interest),
            supports=row.supports,
            proved_true=row.proved_true,
            weight=row.weight,
            share=row.share,
            sampling_weight=weights[row.claim_id],
        )


def _row(claim: Claim, estimate: float) -> AssistedRow:
    official = claim.confidence or 0.0
    return AssistedRow(
        number=claim.number,
        href=desk_claim_path(claim.number),
        sentence=claim.sentence,
        language=claim.language,
        status=claim.status,
        official=official,
        assisted=estimate,
        points=round(estimate * 100) - round(official * 100),
    )
