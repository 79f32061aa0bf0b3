"""Rows for tests. What the database forbids, a factory cannot make either."""

from __future__ import annotations

from typing import Any

import factory
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from accounts.roles import Role
from claims.models import Claim, Event, Evidence
from claims.services.evidence import quote_digest
from claims.vocabulary import Alignment, Directness, Publication, Stance
from sources.models import (
    Affiliation,
    Artifact,
    Document,
    GroupMember,
    GroupState,
    Party,
    Snapshot,
    Source,
    SourceGrade,
    SourceGroup,
    StoredObject,
)
from sources.selectors.documents import address_digest
from sources.services.installation import object_store
from sources.urlnorm import lookup_key
from sources.vocabulary import ArtifactKind, ArtifactStatus, CaptureState, SourceKind

PASSWORD = "correct horse battery staple"
# Worlds of whole modules are made before a test says that passwords may be hashed quickly.
_QUICKLY_HASHED = make_password(PASSWORD, hasher=MD5PasswordHasher())


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.FACT_CHECKER
    password = _QUICKLY_HASHED


class PartyFactory(DjangoModelFactory[Party]):
    class Meta:
        model = Party

    name = factory.Sequence(lambda n: f"Side {n}")
    slug = factory.Sequence(lambda n: f"side-{n}")


class SourceFactory(DjangoModelFactory[Source]):
    class Meta:
        model = Source

    name = factory.Sequence(lambda n: f"Outlet {n}")
    kind = SourceKind.OUTLET

    @classmethod
    def graded(cls, grade: str | None, party: Party | None = None, **fields: Any) -> Source:
        source = cls.create(**fields)
        if grade:
            SourceGrade.objects.create(
                source=source, grade=grade, rationale="for a test", graded_at=timezone.now()
            )
        if party:
            Affiliation.objects.create(source=source, party=party, rationale="for a test")
        return source


class GroupFactory(DjangoModelFactory[SourceGroup]):
    class Meta:
        model = SourceGroup

    number = factory.LazyFunction(lambda: SourceGroup.objects.count() + 1)
    figures = factory.LazyFunction(list)
    made_at = factory.LazyFunction(timezone.now)
    state = GroupState.PROPOSED

    @classmethod
    def of(cls, *sources: Source, **fields: Any) -> SourceGroup:
        group: SourceGroup = cls.create(**fields)
        GroupMember.objects.bulk_create(GroupMember(group=group, source=one) for one in sources)
        return group

    @classmethod
    def accepted(cls, *sources: Source, **fields: Any) -> SourceGroup:
        decided = {
            "state": GroupState.ACCEPTED,
            "decided_by": UserFactory.create(role=Role.EDITOR),
            "decided_at": timezone.now(),
            "reason": "They share a news desk.",
        }
        return cls.of(*sources, **{**decided, **fields})

    @classmethod
    def ended(cls, *sources: Source) -> SourceGroup:
        group = cls.accepted(*sources)
        group.state, group.ended_at, group.end_reason = GroupState.ENDED, timezone.now(), "Parted."
        group.ended_by = group.decided_by
        group.save()
        return group


class DocumentFactory(DjangoModelFactory[Document]):
    class Meta:
        model = Document

    source = factory.SubFactory(SourceFactory)
    address = factory.Sequence(lambda n: f"https://outlet.example.org/{n}")
    address_digest = factory.LazyAttribute(
        lambda row: address_digest(row.address) if row.address else None
    )
    lookup_key = factory.LazyAttribute(lambda row: lookup_key(row.address) if row.address else "")
    title = factory.Sequence(lambda n: f"Report {n}")
    language = "en"


class StoredObjectFactory(DjangoModelFactory[StoredObject]):
    """Bytes that really lie in the object store."""

    class Meta:
        model = StoredObject

    sha256 = factory.Sequence(lambda n: object_store().put(f"archived bytes {n}".encode()))
    size = 1234
    media_type = "application/warc"


class SnapshotFactory(DjangoModelFactory[Snapshot]):
    """A sealed copy; `state="queued"` for one that is still waited for."""

    class Meta:
        model = Snapshot

    document = factory.SubFactory(DocumentFactory)
    state = CaptureState.SEALED
    outcome = "ok"
    http_status = 200
    final_url = factory.LazyAttribute(lambda row: row.document.address or "")
    media_type = "text/html"
    warc = factory.SubFactory(StoredObjectFactory)
    payload_sha256 = factory.LazyAttribute(lambda row: row.warc.sha256 if row.warc else "")
    payload_size = 1000
    capture_started_at = factory.LazyFunction(timezone.now)
    capture_finished_at = factory.LazyFunction(timezone.now)
    sealed_at = factory.LazyFunction(timezone.now)

    @classmethod
    def waiting(cls, document: Document, **fields: Any) -> Snapshot:
        return Snapshot.objects.create(document=document, state=CaptureState.QUEUED, **fields)


class TextFactory(DjangoModelFactory[Artifact]):
    """The extracted text of a snapshot."""

    class Meta:
        model = Artifact

    snapshot = factory.SubFactory(SnapshotFactory)
    kind = ArtifactKind.TEXT
    tool = "trafilatura"
    tool_version = "2"
    status = ArtifactStatus.OK
    confidence = "high"
    content = "Our fighters have retreated from the 1070 project."


class PictureFactory(DjangoModelFactory[Artifact]):
    """The picture of a snapshot, stored as if it were one."""

    class Meta:
        model = Artifact

    snapshot = factory.SubFactory(SnapshotFactory)
    kind = ArtifactKind.PICTURE
    tool = "chromium"
    tool_version = "1"
    status = ArtifactStatus.OK
    stored = factory.SubFactory(StoredObjectFactory, media_type="image/png")
    sha256 = factory.SelfAttribute("stored.sha256")


class EventFactory(DjangoModelFactory[Event]):
    class Meta:
        model = Event

    title = factory.Sequence(lambda n: f"Event {n}")
    slug = factory.Sequence(lambda n: f"event-{n}")


class ClaimFactory(DjangoModelFactory[Claim]):
    """An unverified claim; published unless a test says otherwise."""

    class Meta:
        model = Claim

    sentence = factory.Sequence(lambda n: f"The suburb number {n} was recaptured")
    status_since = factory.LazyFunction(timezone.now)
    publication = Publication.PUBLISHED


class EvidenceFactory(DjangoModelFactory[Evidence]):
    """An archived report that supports the claim."""

    class Meta:
        model = Evidence

    claim = factory.SubFactory(ClaimFactory)
    position = factory.LazyAttribute(lambda row: row.claim.evidence.count() + 1)
    document = factory.SubFactory(DocumentFactory)
    snapshot = factory.LazyAttribute(lambda row: SnapshotFactory.create(document=row.document))
    stance = Stance.SUPPORTS
    directness = Directness.REPORTING
    alignment = Alignment.NEUTRAL
    quote = "“the suburb is held”"
    quote_digest = factory.LazyAttribute(lambda row: quote_digest(row.quote))
    added_by = factory.SubFactory(UserFactory)
    added_at = factory.LazyFunction(timezone.now)
