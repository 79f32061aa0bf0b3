"""The desk's pages. One list for each part of the work."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from verification.views import (
    adding,
    board,
    calibration,
    copies,
    custody,
    dependence,
    editor,
    evidence,
    health,
    models,
    notifications,
    queue,
    review,
    sources,
    status,
)

_COPY = "desk/snap/<int:number>"
_ITEM = "desk/c/<int:number>/evidence/<int:position>"

EDITING: list[URLPattern | URLResolver] = [
    path("desk/add", adding.add, name="desk_add"),
    path("desk/c/<int:number>", editor.claim, name="desk_claim"),
    path("desk/c/<int:number>/evidence", editor.add_evidence, name="desk_evidence_add"),
    path(_ITEM, evidence.edit, name="desk_evidence"),
    path(f"{_ITEM}/withdraw", evidence.withdraw, name="desk_evidence_withdraw"),
    path(f"{_ITEM}/resolve", evidence.resolve, name="desk_evidence_resolve"),
    path(f"{_ITEM}/visual", evidence.visual, name="desk_evidence_visual"),
    path(f"{_ITEM}/locate", evidence.locate, name="desk_evidence_locate"),
    path(f"{_ITEM}/file", copies.provide, name="desk_evidence_file"),
    path(f"{_ITEM}/elsewhere", copies.elsewhere, name="desk_evidence_elsewhere"),
    path(f"{_ITEM}/capture", evidence.capture, name="desk_evidence_capture"),
    path("desk/c/<int:number>/status", status.status, name="desk_status"),
    path("desk/c/<int:number>/take-back", status.take_back, name="desk_take_back"),
]

LISTS: list[URLPattern | URLResolver] = [
    path("desk/", queue.queue, name="desk_queue"),
    path("desk/publish", queue.publish, name="desk_publish"),
    path("desk/notifications", notifications.notifications, name="desk_notifications"),
    path("desk/notifications/read", notifications.read, name="desk_notifications_read"),
    path("desk/contested", board.board, name="desk_contested"),
    path("desk/review", review.inbox, name="desk_review"),
    path("desk/review/<uuid:key>", review.proposal, name="desk_proposal"),
    path("desk/review/<uuid:key>/approve", review.approve, name="desk_review_approve"),
    path("desk/review/<uuid:key>/send-back", review.send_back, name="desk_review_send_back"),
    path("desk/review/<uuid:key>/take-back", review.take_back, name="desk_review_take_back"),
]

CALIBRATION: list[URLPattern | URLResolver] = [
    path("desk/calibration", calibration.calibration, name="desk_calibration"),
    path("desk/assisted", calibration.assisted, name="desk_assisted"),
    path("desk/audit", calibration.audit, name="desk_audit"),
    path("desk/audit/<int:number>/close", calibration.close, name="desk_audit_close"),
]

SOURCES: list[URLPattern | URLResolver] = [
    path("desk/s/<int:number>", sources.source, name="desk_source"),
    path("desk/s/<int:number>/judge", sources.judge, name="desk_source_judge"),
    path("desk/s/<int:number>/note", sources.note, name="desk_source_note"),
    path("desk/s/<int:number>/rate", sources.rate, name="desk_source_rate"),
    path(
        "desk/s/<int:number>/ratings/<int:rating>/take-back",
        sources.unrate,
        name="desk_source_unrate",
    ),
]

MODELS: list[URLPattern | URLResolver] = [
    path("desk/models", models.page, name="desk_models"),
    path("desk/models/<int:number>", models.decide, name="desk_model_decide"),
    path("desk/dependence", dependence.page, name="desk_dependence"),
    path("desk/dependence/<int:number>", dependence.decide, name="desk_group_decide"),
    path("desk/dependence/<int:number>/end", dependence.end, name="desk_group_end"),
]

HEALTH: list[URLPattern | URLResolver] = [
    path("desk/health", health.page, name="desk_health"),
    path("desk/health/retry", health.retry, name="desk_health_retry"),
]

CUSTODY: list[URLPattern | URLResolver] = [
    path(_COPY, custody.custody, name="desk_custody"),
    path(f"{_COPY}/take-down", custody.take_down_copy, name="desk_custody_take_down"),
    path(f"{_COPY}/hold", custody.hold_copy, name="desk_custody_hold"),
    path(f"{_COPY}/release", custody.release_copy, name="desk_custody_release"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *LISTS,
    *EDITING,
    *CUSTODY,
    *CALIBRATION,
    *SOURCES,
    *MODELS,
    *HEALTH,
]
