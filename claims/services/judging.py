"""What a person judges about filed evidence and its document, each in one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import recording
from claims.models import Claim, Evidence
from claims.services.evidence import derive_alignment, edit_evidence, evidence_at
from core.errors import Missing
from sources.models import Document, Snapshot, Source
from sources.services.catalogue import add_source
from sources.services.documents import describe_document, locate_document, request_capture


@dataclass(frozen=True)
class NewSource:
    """A source that is not in the catalogue yet."""

    name: str
    kind: str


@recording()
def judge_evidence(
    *,
    actor: User,
    claim: Claim,
    position: int,
    expected_version: int | None = None,
    source: int | NewSource | None = None,
    **judged: Any,
) -> Evidence:
    """Change an evidence item and say who published its document: a source's number, or a new one.

    `judged` is what edit_evidence takes; an empty alignment means the one on record. A document
    belongs to one source wherever it is cited, so every item that cites it has its alignment
    derived again, on this claim and on others.
    """
    require(actor, Permission.EDIT)
    filed = evidence_at(claim=claim, position=position)
    document, publisher = filed.document, _publisher(actor, source)
    if judged.get("alignment") == "":
        judged["alignment"] = _on_record(filed, publisher, judged.get("stance", filed.stance))
    moves = publisher is not None and publisher.pk != document.source_id
    if moves:
        _lock_citing(document)
        describe_document(actor=actor, document=document, source=publisher)
    evidence = edit_evidence(
        actor=actor, claim=claim, position=position, expected_version=expected_version, **judged
    )
    if moves:
        _derive_again(actor, document, already=evidence)
    return evidence


def _publisher(actor: User, source: int | NewSource | None) -> Source | None:
    if isinstance(source, NewSource):
        return add_source(actor=actor, name=source.name, kind=source.kind)
    if source is None:
        return None
    known = Source.objects.filter(number=source).first()
    if known is None:
        raise Missing(f"There is no source {source}.")
    return known


def _on_record(filed: Evidence, publisher: Source | None, stance: str) -> str:
    """Whom it serves by the affiliations on record, once STANCE and PUBLISHER hold."""
    probe = Evidence(claim=filed.claim, stance=stance)
    probe.document = Document(source=publisher or filed.document.source)
    return derive_alignment(probe)


def _lock_citing(document: Document) -> None:
    """Lock every claim that cites DOCUMENT, in number order whichever is being edited."""
    citing = Evidence.objects.filter(document=document).values("claim")
    list(
        Claim.objects.select_for_update()
        .filter(pk__in=citing)
        .order_by("number")
        .values_list("pk", flat=True)
    )


def _derive_again(actor: User, document: Document, *, already: Evidence | None = None) -> None:
    citing = (
        Evidence.objects.filter(document=document)
        .exclude(pk__in=[already.pk] if already else [])
        .select_related("claim")
        .order_by("claim__number", "position")
    )
    for item in citing:
        edit_evidence(actor=actor, claim=item.claim, position=item.position)


@recording()
def locate_evidence(*, actor: User, claim: Claim, position: int, address: str) -> Evidence:
    """Give the document of an item the address that was missing, and ask for its copy."""
    require(actor, Permission.EDIT)
    document = evidence_at(claim=claim, position=position).document
    _lock_citing(document)
    document = locate_document(actor=actor, document=document, address=address)
    request_capture(actor=actor, document=document)
    if document.source_id is not None:
        _derive_again(actor, document)
    return evidence_at(claim=claim, position=position)


@recording()
def derive_alignments(*, actor: User, source: Source) -> None:
    """Derive again whom SOURCE serves in every item that cites it: its sides have changed."""
    require(actor, Permission.EDIT)
    citing = Evidence.objects.filter(document__source=source).values("claim")
    list(Claim.objects.select_for_update().filter(pk__in=citing).order_by("number"))
    for document in Document.objects.filter(source=source, evidence__isnull=False).distinct():
        _derive_again(actor, document)


def recapture_evidence(*, actor: User, claim: Claim, position: int) -> Snapshot:
    """Ask once more for an archived copy of the document of an item."""
    require(actor, Permission.EDIT)
    evidence = evidence_at(claim=claim, position=position)
    return request_capture(actor=actor, document=evidence.document)
