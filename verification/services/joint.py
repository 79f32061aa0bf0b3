"""Making and keeping a fit in joint mode (method cred-a/1), apart from the models in use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from audit.services.record import record_event, recording
from claims.models import Claim
from claims.selectors.claims import published_claims
from verification.learning import counts
from verification.learning.joint import ASSISTED, METHOD, Lent, OpenReport, lent
from verification.models import JointFit, ScoringModel
from verification.selectors.assisted import open_reports, taught
from verification.selectors.audit_draws import OPEN
from verification.selectors.records import active_model, parameters_of, scorings_of

MOST = 5000
"""Open claims that take part: those that changed last. Bounds the work, the row and the memory."""

PORTION = 500


@dataclass(frozen=True)
class Known:
    """What a fit is made of. `digest` names all of it."""

    settled: Sequence[counts.SettledReport]
    still_open: Sequence[OpenReport]
    model: ScoringModel | None
    digest: str


def fit_joint() -> JointFit | None:
    """Fit the open claims together with the settled ones; None if there is nothing new.

    Only public claims lend, for anybody may ask for what comes out. Runs any number of times.
    """
    known = _known()
    newest = JointFit.objects.values_list("inputs_digest", flat=True).first()
    if not known.still_open or newest == known.digest:
        return None
    return _keep(known, lent(known.settled, known.still_open, parameters_of(known.model)))


def _known() -> Known:
    model = active_model()
    settled, still_open = sorted(taught()), sorted(_still_open(model))
    told = [METHOD, ASSISTED, parameters_of(model).digest, counts.digest(settled), *still_open]
    digest = hashlib.sha256("\n".join(map(repr, told)).encode()).hexdigest()
    return Known(settled, still_open, model, digest)


def _still_open(model: ScoringModel | None) -> Iterable[OpenReport]:
    parameters = parameters_of(model)
    claims = published_claims().filter(merged_into=None, status__in=OPEN, confidence__isnull=False)
    keys = list(claims.order_by("-changed_at", "-number").values_list("pk", flat=True)[:MOST])
    for start in range(0, len(keys), PORTION):
        portion = Claim.objects.filter(pk__in=keys[start : start + PORTION])
        for pk, scoring in scorings_of(list(portion)).items():
            yield from open_reports(pk, scoring.told, parameters)


@recording()
def _keep(known: Known, found: Lent) -> JointFit:
    newest = JointFit.objects.aggregate(newest=Max("number"))["newest"]
    fit = JointFit.objects.create(
        number=(newest or 0) + 1,
        method=METHOD,
        scoring_model=known.model,
        share=ASSISTED,
        records=_records(found),
        claims=_claims(known.still_open, found.believed),
        inputs_digest=known.digest,
        made_at=timezone.now(),
    )
    after = {"method": METHOD, "inputs_digest": fit.inputs_digest, "claims": len(fit.claims)}
    record_event(actor=None, tag="verification:joint:fitted", subject=fit, after=after)
    return fit


def _records(found: Lent) -> Mapping[str, Mapping[str, Sequence[float]]]:
    rows: dict[str, dict[str, Sequence[float]]] = {}
    for (name, interest), record in found.records.items():
        counted = (record.n1, record.n1_plus, record.n0, record.n0_plus)
        rows.setdefault(name, {})[interest] = counted
    return rows


def _claims(
    still_open: Iterable[OpenReport], believed: Mapping[str, float]
) -> Mapping[str, tuple[float, list[tuple[str, str, bool]]]]:
    rows: dict[str, tuple[float, list[tuple[str, str, bool]]]] = {}
    for row in still_open:
        lender = rows.setdefault(row.claim, (believed[row.claim], []))
        lender[1].append((row.source, row.interest.value, row.supports))
    return rows
