from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView

from verification.api import calibration, commands, queries, what_if

app_name = "api"
urlpatterns = [
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("claims", queries.ClaimList.as_view(), name="claims"),
    path("claims/<int:number>", queries.ClaimDetail.as_view(), name="claim"),
    path("claims/<int:number>/evidence", commands.FileEvidence.as_view(), name="evidence"),
    path("claims/<int:number>/assessment", queries.NewestAssessment.as_view(), name="assessment"),
    path("claims/<int:number>/assessments", queries.AssessmentList.as_view(), name="assessments"),
    path(
        "claims/<int:number>/status-events",
        queries.ClaimStatusEvents.as_view(),
        name="claim_status_events",
    ),
    path("status-events", queries.StatusEventList.as_view(), name="status_events"),
    path("sources", queries.SourceList.as_view(), name="sources"),
    path("sources/<int:number>", queries.SourceDetail.as_view(), name="source"),
    path("sources/<int:number>/what-if", what_if.WhatIf.as_view(), name="source_what_if"),
    path("calibration", calibration.CalibrationDetail.as_view(), name="calibration"),
    path("snapshots", queries.SnapshotList.as_view(), name="snapshots"),
    path("snapshots/<int:number>", queries.SnapshotDetail.as_view(), name="snapshot"),
]
