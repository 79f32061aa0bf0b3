"""Who repeated whom: from archived texts to independence groups."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from core.errors import Invalid
from core.jobs import enqueue
from sources import origins
from sources.models import Artifact, Derivation, Document, Origin
from sources.vocabulary import ArtifactKind, ArtifactStatus, DerivationState

WINDOW = timedelta(days=14)
MOST_CANDIDATES = 500
METHOD = "shared wording"


def find_copies(*, document: Document) -> list[Document]:
    """Compare the newest archived text of DOCUMENT with those published within two weeks of it.

    Whichever was published later and repeats the other is recorded as derived from it. What a
    person has decided stays. Returns the documents whose independence changed.
    """
    mine = _text_report(document)
    if mine is None:
        return []
    others = [report for other in _neighbours(document) if (report := _text_report(other))]
    earlier = [report for report in others if report.published_at <= mine.published_at]
    changed = [_record(mine, origins.find_original(mine, earlier))]
    changed += [
        _record(other, origins.find_original(other, [mine]))
        for other in others
        if other.published_at > mine.published_at
    ]
    return [document for document in changed if document is not None]


def _neighbours(document: Document) -> list[Document]:
    around = document.published_at or document.added_at
    return list(
        Document.objects.filter(
            snapshots__artifacts__kind=ArtifactKind.TEXT,
            published_at__range=(around - WINDOW, around + WINDOW),
        )
        .exclude(pk=document.pk)
        .distinct()
        .order_by("-pk")[:MOST_CANDIDATES]
    )


def _text_report(document: Document) -> origins.TextReport | None:
    text = (
        Artifact.objects.filter(
            snapshot__document=document,
            snapshot__takedown__isnull=True,
            kind=ArtifactKind.TEXT,
            status=ArtifactStatus.OK,
        )
        .order_by("-snapshot__number", "-pk")
        .first()
    )
    if text is None:
        return None
    return origins.TextReport(
        key=str(document.pk),
        text=text.content,
        published_at=document.published_at or document.added_at,
        language=document.language,
    )


@recording()
def _record(copy: origins.TextReport, found: origins.Derivation | None) -> Document | None:
    """Keep what was FOUND for one document; None when nothing changes."""
    if found is None:
        return None
    document = Document.objects.select_for_update().get(pk=int(copy.key))
    known = Derivation.objects.filter(document=document).first()
    if known is not None and known.state != DerivationState.PROPOSED:
        return None
    origin = _origin_begun_by(Document.objects.get(pk=int(found.original)))
    if origin.first_document_id == document.pk:
        return None
    if known is not None and known.origin_id == origin.pk:
        return None
    Derivation.objects.update_or_create(
        document=document,
        defaults={
            "origin": origin,
            "similarity": found.similarity,
            "lag": found.lag,
            "method": METHOD,
        },
    )
    record_event(
        actor=None,
        tag="sources:document:derived",
        subject=document,
        after={"first": origin.first_document.number, "similarity": round(found.similarity, 4)},
        reason=METHOD,
    )
    return document


def _origin_begun_by(first: Document) -> Origin:
    """The origin that FIRST repeats, if it is a copy itself, or begins."""
    repeated = (
        Derivation.objects.filter(document=first).exclude(state=DerivationState.REJECTED).first()
    )
    if repeated is not None:
        return repeated.origin
    origin, _ = Origin.objects.get_or_create(first_document=first, defaults={"label": first.title})
    return origin


@recording()
def decide_derivation(
    *, actor: User, document: Document, is_copy: bool, first: Document | None = None
) -> Derivation:
    """A person says that DOCUMENT repeats FIRST, or that what was found is no copy."""
    require(actor, Permission.EDIT)
    derivation = Derivation.objects.filter(document=document).first()
    if derivation is None and first is None:
        raise Invalid("Say which document it repeats.")
    if first is not None and first.pk == document.pk:
        raise Invalid("A document cannot repeat itself.")
    if derivation is None:
        derivation = Derivation(document=document, method="a person")
    if first is not None:
        derivation.origin = _origin_begun_by(first)
    derivation.state = DerivationState.CONFIRMED if is_copy else DerivationState.REJECTED
    derivation.decided_by, derivation.decided_at = actor, timezone.now()
    derivation.save()
    record_event(
        actor=actor,
        tag="sources:document:derivation_decided",
        subject=document,
        after={"copy": is_copy, "first": derivation.origin.first_document.number},
    )
    enqueue("verification.origin_decided", document_id=document.pk)
    return derivation
