from __future__ import annotations

from django.urls import include, path

from core.views import gallery, health

urlpatterns = [
    path("healthz", health, name="health"),
    path("desk/_specimens", gallery, name="gallery"),
    path("api/v1/", include("verification.api.urls")),
    path("", include("accounts.urls")),
    path("", include("audit.urls")),
    path("", include("claims.urls")),
    path("", include("verification.urls")),
]
