from __future__ import annotations

from sources.models.document import Derivation, Document, Origin
from sources.models.snapshot import Artifact, FetchHop, Snapshot, StoredObject
from sources.models.source import (
    Affiliation,
    ExternalRating,
    Party,
    Source,
    SourceAddress,
    SourceGrade,
)

__all__ = [
    "Affiliation",
    "Artifact",
    "Derivation",
    "Document",
    "ExternalRating",
    "FetchHop",
    "Origin",
    "Party",
    "Snapshot",
    "Source",
    "SourceAddress",
    "SourceGrade",
    "StoredObject",
]
