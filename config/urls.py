from __future__ import annotations

from django.urls import include, path

from core.views import health

urlpatterns = [
    path("healthz", health, name="health"),
    path("api/v1/", include("verification.api.urls")),
    path("", include("accounts.urls")),
]
