"""The desk's pages of imported articles and of what they cite without an address."""

from __future__ import annotations

from django.urls import path

from claims.views import drafts, imports, missing

_ARTICLE = "desk/import/<int:number>"
_DRAFT = f"{_ARTICLE}/proposals/<int:position>"

urlpatterns = [
    path("desk/import", imports.articles, name="desk_import"),
    path(_ARTICLE, imports.review, name="desk_import_review"),
    path(f"{_DRAFT}/decide", drafts.decide, name="desk_import_decide"),
    path(f"{_DRAFT}/edit", drafts.edit, name="desk_import_edit"),
    path(f"{_DRAFT}/join", drafts.join, name="desk_import_join"),
    path(f"{_ARTICLE}/keep-all", drafts.keep, name="desk_import_keep_all"),
    path(f"{_ARTICLE}/create", drafts.create, name="desk_import_create"),
    path(f"{_ARTICLE}/add", drafts.add, name="desk_import_add"),
    path(f"{_ARTICLE}/year", drafts.year, name="desk_import_year"),
    path(f"{_ARTICLE}/footnotes/<str:marker>", drafts.footnote, name="desk_import_footnote"),
    path("desk/missing", missing.missing, name="desk_missing"),
    path("desk/missing/<int:number>", missing.locate, name="desk_missing_locate"),
]
