from __future__ import annotations

from django.urls import path

from audit.views import record

urlpatterns = [
    path("record", record.record, name="record"),
    path("record/checkpoints", record.checkpoints, name="checkpoints"),
]
