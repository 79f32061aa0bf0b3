from __future__ import annotations

from sources.models.custody import FixityCheck, LegalHold, SecondCopy, Takedown, Tombstone
from sources.models.document import Derivation, Document, Origin
from sources.models.group import GroupMember, GroupState, SourceGroup
from sources.models.hosts import HostPolicy
from sources.models.jobs import ArtifactJob
from sources.models.snapshot import Artifact, FetchHop, Snapshot, StoredObject
from sources.models.source import (
    Affiliation,
    ExternalRating,
    Party,
    Source,
    SourceAddress,
    SourceGrade,
)
from sources.models.watch import ChangeEvent, ChangeWatch

__all__ = [
    "Affiliation",
    "Artifact",
    "ArtifactJob",
    "ChangeEvent",
    "ChangeWatch",
    "Derivation",
    "Document",
    "ExternalRating",
    "FetchHop",
    "FixityCheck",
    "GroupMember",
    "GroupState",
    "HostPolicy",
    "LegalHold",
    "Origin",
    "Party",
    "SecondCopy",
    "Snapshot",
    "Source",
    "SourceAddress",
    "SourceGrade",
    "SourceGroup",
    "StoredObject",
    "Takedown",
    "Tombstone",
]
