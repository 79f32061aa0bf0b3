"""Which copies have a picture, or had one asked for."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from sources.models import ArtifactJob
from sources.vocabulary import JobKind, JobState


def picture_asked() -> Exists:
    """To annotate snapshots with: whether a picture was asked for that this installation makes."""
    jobs = ArtifactJob.objects.filter(snapshot=OuterRef("pk"), kind=JobKind.PICTURE)
    return Exists(jobs.exclude(state=JobState.SKIPPED))
