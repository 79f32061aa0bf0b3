from __future__ import annotations

from django.urls import include, path

from verification.views import (
    bundles,
    memento,
    public,
    public_diffs,
    public_snapshots,
    public_sources,
)

urlpatterns = [
    path("", public.home, name="home"),
    path("search", public.search, name="search"),
    path("c/<int:number>", public.claim, name="claim_number"),
    path("c/<int:number>/bundle.wacz", bundles.claim_bundle, name="claim_bundle"),
    path("c/<int:number>/<str:slug>", public.claim, name="claim"),
    path("e/<int:number>", public.event, name="event_number"),
    path("e/<int:number>/<str:slug>", public.event, name="event"),
    path("sources", public_sources.sources, name="sources"),
    path("s/<int:number>", public_sources.source, name="source_number"),
    path("s/<int:number>/<str:slug>", public_sources.source, name="source"),
    path("snap/<int:number>", public_snapshots.snapshot, name="snapshot"),
    path("snap/<int:number>/bundle.wacz", bundles.snapshot_bundle, name="snapshot_bundle"),
    path("snap/<int:number>/picture.png", public_snapshots.picture, name="snapshot_picture"),
    path("snap/<int:number>/warc", public_snapshots.warc, name="snapshot_warc"),
    path("snap/<int:number>/diff/<int:other>", public_diffs.diff, name="snapshot_diff"),
    path("timegate/<path:address>", memento.timegate, name="timegate"),
    path("timemap/link/<int:page>/<path:address>", memento.timemap, name="timemap_page"),
    path("timemap/link/<path:address>", memento.timemap, name="timemap"),
    path("methodology", public.methodology, name="methodology"),
    path("", include("verification.urls_desk")),
]
