"""The addresses of SNAPSHOT_HOST; it has no others, and the main host has none of these."""

from __future__ import annotations

from django.urls import path

from verification.views import replay

urlpatterns = [
    path("r/<str:token>/", replay.page, name="replay"),
    path("r/<str:token>/a/<int:at>", replay.part, name="replay_part"),
    path("r/<str:token>/file", replay.file, name="replay_file"),
]

handler400 = handler403 = handler404 = "verification.views.replay.nothing_here"
handler500 = "verification.views.replay.our_fault"
