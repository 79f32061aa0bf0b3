"""Learning a model from settled claims, and what becomes of it.

A fit reads what is settled under the lock of the record, so that it either knows an outcome or was
made before it. A model that moves the scores of open claims too far waits for a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission, Role
from audit.services.record import record_event, recording
from core.errors import Conflict, Invalid, Missing
from core.jobs import enqueue
from verification.desk_addresses import models_path
from verification.learning import counts
from verification.learning.fit import ENOUGH, Fit, fit
from verification.models import (
    Forecast,
    ModelState,
    Notification,
    NotificationKind,
    ScoringModel,
    SettledReport,
)
from verification.scoring import DEFAULT_PARAMETERS, METHOD, Interest
from verification.selectors.records import active_model, parameters_of
from verification.services.assess_many import assess_many
from verification.services.credibility import refresh_all
from verification.services.moves import measured, open_claims, too_far
from verification.services.outcomes import sweep_outcomes

LEAST_REASON = 20
"""Characters in which a person says why a model is used or not."""

SPREAD_AGAIN_AFTER = timedelta(hours=3)


@dataclass(frozen=True)
class Known:
    """What was settled at a moment, and the digest of that and of what it is fitted onto."""

    rows: tuple[counts.SettledReport, ...]
    digest: str
    at: datetime

    @property
    def claims(self) -> int:
        return len({row.claim for row in self.rows})


def fit_model() -> ScoringModel | None:
    """Learn a model from all that is settled; None if there is nothing new, or too little.

    The first model takes ten settled claims. Runs any number of times: from the same rows nothing
    new is made.
    """
    sweep_outcomes()
    known, newest = _known(), ScoringModel.objects.order_by("-number").first()
    too_few = newest is None and known.claims < ENOUGH
    if too_few or (newest is not None and newest.inputs_digest == known.digest):
        return None
    number = newest.number + 1 if newest else 1
    found = fit(known.rows, DEFAULT_PARAMETERS, f"model/{number}")
    moves = measured(parameters_of(active_model()), found.parameters)
    return _keep(number, found, known, moves)


@recording()
def _known() -> Known:
    rows = tuple(_rows())
    text = f"{METHOD} {DEFAULT_PARAMETERS.canonical} {counts.digest(rows)}"
    return Known(rows, hashlib.sha256(text.encode()).hexdigest(), timezone.now())


def _rows() -> list[counts.SettledReport]:
    """Settled reports as the pure fit takes them, with the inverse chance of a draw."""
    weights = dict(Forecast.objects.values_list("status_event", "weight"))
    settled = SettledReport.objects.filter(reopened_at=None).select_related("claim")
    return [
        counts.SettledReport(
            claim=str(row.claim.number),
            kind=row.claim_kind,
            source=row.record,
            group=row.group,
            interest=Interest(row.interest),
            supports=row.supports,
            proved_true=row.proved_true,
            weight=row.weight,
            share=row.share,
            sampling_weight=weights.get(row.status_event_id, 1.0),
        )
        for row in settled.order_by("pk").iterator(chunk_size=5000)
    ]


@recording()
def _keep(
    number: int, found: Fit, known: Known, moves: Mapping[str, object]
) -> ScoringModel | None:
    """Write the model, and use it unless it moves too much; None if another run was faster."""
    if ScoringModel.objects.filter(number__gte=number).exists():
        return None
    ScoringModel.objects.filter(state=ModelState.WAITING).update(state=ModelState.REPLACED)
    model = ScoringModel.objects.create(
        number=number,
        method=METHOD,
        parameters=found.parameters.as_dict(),
        inputs_digest=known.digest,
        figures=dict(found.figures),
        moves=dict(moves),
        made_at=known.at,
        state=ModelState.WAITING,
    )
    _record(None, model, "learnt", "")
    if too_far(moves):
        _tell(model)
    else:
        _activate(None, model, "It moves no score far.")
    return model


def _record(actor: User | None, model: ScoringModel, what: str, reason: str) -> None:
    after = {"state": str(model.state), "inputs_digest": model.inputs_digest, "moves": model.moves}
    record_event(
        actor=actor, tag=f"verification:model:{what}", subject=model, after=after, reason=reason
    )


def _tell(model: ScoringModel) -> None:
    people = User.objects.filter(is_active=True, role__in=[Role.EDITOR, Role.ADMIN])
    rows = [
        Notification(
            recipient=person,
            kind=NotificationKind.MODEL_WAITING,
            words=f"Model {model.number} would move open scores far. Decide whether it is used.",
            href=models_path(),
            cause=f"model:{model.number}",
            at=timezone.now(),
        )
        for person in people.order_by("pk")
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def _activate(actor: User | None, model: ScoringModel, reason: str) -> None:
    ScoringModel.objects.filter(state=ModelState.ACTIVE).update(state=ModelState.REPLACED)
    model.state, model.activated_at = ModelState.ACTIVE, timezone.now()
    model.save(update_fields=["state", "activated_at"])
    _record(actor, model, "used", reason)
    enqueue("verification.model_changed", model_id=model.pk)


@recording()
def decide_model(*, actor: User, number: int, use: bool, reason: str) -> ScoringModel:
    """Use a model that waits, or refuse it. Raises NotAllowed, Missing, Conflict or Invalid."""
    require(actor, Permission.APPROVE)
    model = ScoringModel.objects.select_for_update(of=("self",)).filter(number=number).first()
    if model is None:
        raise Missing("There is no such model.")
    if model.state != ModelState.WAITING:
        state = model.get_state_display().lower()
        raise Conflict(f"Model {number} no longer waits: it is {state}. Look at the newest.")
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Invalid(f"Say why, in {LEAST_REASON} characters or more.")
    model.decided_by, model.decided_at, model.decision_reason = actor, timezone.now(), reason
    if use:
        model.save(update_fields=["decided_by", "decided_at", "decision_reason"])
        _activate(actor, model, reason)
    else:
        model.state = ModelState.REFUSED
        model.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
        _record(actor, model, "refused", reason)
    return model


def spread_model(*, model_id: int) -> int:
    """Score every open claim with a model that came into use; how many got another number.

    Runs any number of times. Settled claims keep the model that they were settled with.
    """
    model = ScoringModel.objects.filter(pk=model_id, state=ModelState.ACTIVE).first()
    if model is None or model.spread_at is not None:
        return 0
    refresh_all()
    cause = f"model {model.number} came into use"
    moved = sum(part.changed for part in assess_many(claim_ids=open_claims(), cause=cause))
    ScoringModel.objects.filter(pk=model_id, state=ModelState.ACTIVE, spread_at=None).update(
        spread_at=timezone.now()
    )
    return moved


def sweep_models() -> None:
    """Spread the model in use if its message was lost or its run did not come to an end."""
    due = timezone.now() - SPREAD_AGAIN_AFTER
    for model in ScoringModel.objects.filter(
        state=ModelState.ACTIVE, spread_at=None, activated_at__lt=due
    ):
        enqueue("verification.model_changed", model_id=model.pk)
