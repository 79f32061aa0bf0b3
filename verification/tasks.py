from __future__ import annotations

from celery import shared_task

from verification.services import (
    assess,
    audit_draws,
    damage,
    dependence,
    forecasts,
    joint,
    models,
    notifications,
    outcomes,
    proposals,
    snapshots,
)


@shared_task(name="verification.evidence_changed")
def evidence_changed(claim_id: int, cause: str = "") -> None:
    proposals.evidence_changed(claim_id=claim_id, cause=cause)


@shared_task(name="verification.snapshot_sealed")
def snapshot_sealed(snapshot_id: int) -> None:
    snapshots.snapshot_sealed(snapshot_id=snapshot_id)


@shared_task(name="verification.source_graded")
def source_graded(source_id: int) -> None:
    snapshots.source_graded(source_id=source_id)


@shared_task(name="verification.side_changed")
def side_changed(source_id: int, actor_id: int) -> None:
    snapshots.side_changed(source_id=source_id, actor_id=actor_id)


@shared_task(name="verification.origin_decided")
def origin_decided(document_id: int) -> None:
    snapshots.origin_decided(document_id=document_id)


@shared_task(name="verification.snapshot_taken_down")
def snapshot_taken_down(snapshot_id: int) -> None:
    snapshots.snapshot_taken_down(snapshot_id=snapshot_id)


@shared_task(name="verification.sweep")
def sweep() -> None:
    assess.sweep_assessments()


@shared_task(name="verification.sweep_copies")
def sweep_copies() -> None:
    snapshots.sweep_copies()


@shared_task(name="verification.quotes_moved")
def quotes_moved(snapshot_id: int) -> None:
    notifications.tell_of_moved_quotes(snapshot_id=snapshot_id)


@shared_task(name="verification.sweep_notifications")
def sweep_notifications() -> None:
    notifications.sweep_notifications()


@shared_task(name="verification.tell_of_damage")
def tell_of_damage() -> None:
    damage.tell_of_damage()


@shared_task(name="verification.draw_for_audit")
def draw_for_audit() -> None:
    audit_draws.draw_for_audit()


@shared_task(name="verification.sweep_forecasts")
def sweep_forecasts() -> None:
    forecasts.sweep_forecasts()


# Over everything there is: they may take longer than other tasks, and may be done again.
SOFT, HARD = 7200, 7500


@shared_task(name="verification.fit_model", soft_time_limit=SOFT, time_limit=HARD)
def fit_model() -> None:
    models.fit_model()


@shared_task(name="verification.fit_joint", soft_time_limit=SOFT, time_limit=HARD)
def fit_joint() -> None:
    joint.fit_joint()


@shared_task(name="verification.model_changed", soft_time_limit=SOFT, time_limit=HARD)
def model_changed(model_id: int) -> None:
    models.spread_model(model_id=model_id)


@shared_task(name="verification.sweep_models")
def sweep_models() -> None:
    models.sweep_models()


@shared_task(name="verification.records_changed", soft_time_limit=SOFT, time_limit=HARD)
def records_changed(change_id: int) -> None:
    outcomes.spread_change(change_id=change_id)


@shared_task(name="verification.score_again")
def score_again(claim_ids: list[int], cause: str = "") -> None:
    proposals.evidence_of_several_changed(claim_ids=claim_ids, cause=cause)


@shared_task(name="verification.sweep_records")
def sweep_records() -> None:
    outcomes.sweep_records()


@shared_task(name="verification.propose_groups", soft_time_limit=SOFT, time_limit=HARD)
def propose_groups() -> None:
    dependence.propose_groups()


@shared_task(name="verification.group_changed", soft_time_limit=SOFT, time_limit=HARD)
def group_changed(group_id: int) -> None:
    dependence.spread_group(group_id=group_id)


@shared_task(name="verification.sweep_groups")
def sweep_groups() -> None:
    dependence.sweep_groups()
