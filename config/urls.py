from __future__ import annotations

from django.urls import include, path

from core.views import health

urlpatterns = [
    path("healthz", health, name="health"),
    path("", include("accounts.urls")),
]
