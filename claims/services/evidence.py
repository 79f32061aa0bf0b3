"""Filing evidence: the link between a claim and a document, and everything that changes it.

Every change locks the claim, raises its version, marks its score as due and says so on the record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from claims.alignment import derived_alignment
from claims.models import Claim, Evidence
from claims.services.locks import lock_claim, touch_claim
from claims.vocabulary import Alignment, AlignmentBasis, Directness, QuoteState, Resolution
from core.errors import Conflict, Invalid, Missing
from sources.models import Affiliation, Document
from sources.outcomes import HOLDS_THE_DOCUMENT
from sources.selectors.custody import KEPT_PRIVATE
from sources.vocabulary import CaptureState

REASON_LENGTH = 10
EDITABLE = frozenset(
    {
        "stance",
        "directness",
        "credibility",
        "quote",
        "quote_language",
        "quote_translation",
        "note",
        "paragraph",
        "footnote",
        "picture",
    }
)
_READ = frozenset({"key", "claim", "document", "snapshot", "quote_snapshot", "added_by"})


@dataclass(frozen=True)
class Locator:
    """Where in the imported article the document is cited."""

    paragraph: str = ""
    footnote: str = ""
    picture: str = ""


def quote_digest(quote: str) -> str:
    """SHA-256 of the quote with white space folded: the same words are the same quote."""
    return hashlib.sha256(" ".join(quote.split()).encode()).hexdigest()


@recording()
def file_evidence(
    *,
    actor: User,
    claim: Claim,
    document: Document,
    stance: str,
    alignment: str | None = None,
    alignment_reason: str = "",
    locator: Locator | None = None,
    **judged: Any,
) -> Evidence:
    """File DOCUMENT as evidence for, against or about CLAIM.

    `judged`: directness, credibility (1 to 6), quote, quote_language, quote_translation, note.
    Without ALIGNMENT it is derived from the affiliations of the source; with one, a reason is due.
    Raises Conflict when the same document is already filed with this stance and quote.
    """
    require(actor, Permission.EDIT)
    claim = lock_claim(claim)
    now = timezone.now()
    place = locator or Locator()
    evidence = Evidence(
        claim=claim,
        document=document,
        snapshot_id=_newest_sealed(document),
        stance=stance,
        paragraph=place.paragraph,
        footnote=place.footnote,
        picture=place.picture,
        added_by=actor,
        added_at=now,
    )
    _assign(evidence, judged)
    _set_alignment(evidence, alignment, alignment_reason)
    evidence.position = _place_of(evidence)
    _save(evidence)
    touch_claim(claim, now=now, cause=f"{evidence.label} added")
    record_event(
        actor=actor,
        tag="claims:evidence:added",
        subject=claim,
        after=described(evidence),
        reason=evidence.note,
    )
    return evidence


def _assign(evidence: Evidence, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if name not in EDITABLE:
            raise Invalid(f"{name} cannot be set on an evidence item.")
        setattr(evidence, name, value.strip() if isinstance(value, str) else value)
    digest = quote_digest(evidence.quote)
    if digest != evidence.quote_digest:
        # What was seen of other words says nothing of these.
        evidence.quote_state, evidence.quote_now = QuoteState.UNCHECKED, ""
        evidence.quote_state_since = evidence.quote_snapshot = None
    evidence.quote_digest = digest


def _newest_sealed(document: Document) -> int | None:
    """Key of the newest copy that holds the document and can be shown.

    An error page is no copy of it.
    """
    copies = document.snapshots.filter(
        state=CaptureState.SEALED, outcome__in=HOLDS_THE_DOCUMENT, takedown__isnull=True
    )
    newest = copies.exclude(KEPT_PRIVATE).order_by("-number").values_list("pk", flat=True)
    return newest.first()


def _save(evidence: Evidence) -> None:
    """Within the block of a service, which takes back what it did where this fails."""
    _clean(evidence)
    try:
        evidence.save()
    except IntegrityError as error:
        raise Conflict("Somebody filed this at the same moment. Look again.") from error


def _place_of(evidence: Evidence) -> int:
    """The position that a new item gets on its claim. Raises Conflict for a second of the same."""
    filed = evidence.claim.evidence.aggregate(
        highest=Max("position"), same=Max("position", filter=_same_as(evidence))
    )
    _refuse_a_second(filed["same"])
    return (filed["highest"] or 0) + 1


def _refuse_becoming_a_second(evidence: Evidence) -> None:
    others = evidence.claim.evidence.exclude(pk=evidence.pk)
    same = others.filter(_same_as(evidence)).values_list("position", flat=True)
    _refuse_a_second(same.first())


def _same_as(evidence: Evidence) -> Q:
    return Q(
        document=evidence.document_id,
        stance=evidence.stance,
        quote_digest=evidence.quote_digest,
    )


def _refuse_a_second(position: int | None) -> None:
    if position is not None:
        raise Conflict(
            f"Already here as [{position}]. Open it, or quote other words of the document.",
            code="already_filed",
            position=position,
        )


def _clean(evidence: Evidence) -> None:
    """What it names was just read and what must be unique just looked up; the table checks again.

    Asking the database for each constraint in turn took longer than everything else together.
    """
    try:
        evidence.clean_fields(exclude=_READ)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), fields=error.message_dict) from error
    if evidence.credibility not in {None, *range(1, 7)}:
        words = "Credibility is a number from 1 to 6, or nothing where nobody judged."
        raise Invalid(words, fields={"credibility": [words]})


def _set_alignment(evidence: Evidence, alignment: str | None, reason: str) -> None:
    derived = derive_alignment(evidence)
    if alignment is None or (alignment == derived and not reason):
        evidence.alignment, evidence.alignment_basis = derived, AlignmentBasis.DERIVED
        evidence.alignment_reason = ""
        return
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(
            f"From the record this would be “{derived.label}”. Say in a sentence why it is not."
        )
    evidence.alignment, evidence.alignment_basis = Alignment(alignment), AlignmentBasis.OVERRIDDEN
    evidence.alignment_reason = reason.strip()


def derive_alignment(evidence: Evidence) -> Alignment:
    """Alignment that follows from the affiliations of the source on record."""
    favours, source = evidence.claim.favours_id, evidence.document.source_id
    parties: set[int] = set()
    if favours is not None and source is not None:
        standing = Affiliation.objects.filter(source=source, to_date__isnull=True)
        parties.update(standing.values_list("party_id", flat=True))
    return derived_alignment(stance=evidence.stance, source_parties=parties, favours=favours)


def described(evidence: Evidence) -> dict[str, Any]:
    """What the record keeps of an evidence item."""
    return {
        "evidence": evidence.label,
        "document": evidence.document.number,
        "stance": str(evidence.stance),
        "directness": str(evidence.directness),
        "credibility": evidence.credibility,
        "alignment": str(evidence.alignment),
        "alignment_basis": str(evidence.alignment_basis),
        "quote": evidence.quote,
        "quote_language": evidence.quote_language,
        "quote_translation": evidence.quote_translation,
        "note": evidence.note,
        "paragraph": evidence.paragraph,
        "footnote": evidence.footnote,
        "picture": evidence.picture,
        "visual_checked": evidence.visual_checked_at is not None,
        "resolution": str(evidence.resolution),
        "withdrawn": evidence.withdrawn_at is not None,
    }


def evidence_at(*, claim: Claim, position: int) -> Evidence:
    """The evidence item [POSITION] of a locked claim."""
    try:
        return claim.evidence.select_related("document__source").get(position=position)
    except Evidence.DoesNotExist as error:
        raise Missing(f"Claim {claim.number} has no evidence [{position}].") from error


@recording()
def edit_evidence(
    *, actor: User, claim: Claim, position: int, expected_version: int | None = None, **changes: Any
) -> Evidence:
    """Change stance, directness, credibility, alignment, quote, translation, note or locator."""
    require(actor, Permission.EDIT)
    claim = lock_claim(claim, expected_version=expected_version)
    evidence = evidence_at(claim=claim, position=position)
    before = described(evidence)
    alignment = changes.pop("alignment", None)
    reason = changes.pop("alignment_reason", "")
    _assign(evidence, changes)
    if alignment is not None or evidence.alignment_basis == AlignmentBasis.DERIVED:
        _set_alignment(evidence, alignment, reason)
    return _save_changed(actor, claim, evidence, before, "claims:evidence:edited", reason)


def _save_changed(
    actor: User, claim: Claim, evidence: Evidence, before: dict[str, Any], tag: str, reason: str
) -> Evidence:
    after = described(evidence)
    _refuse_becoming_a_second(evidence)
    _save(evidence)
    touch_claim(claim, now=timezone.now(), cause=f"{evidence.label} changed")
    record_event(actor=actor, tag=tag, subject=claim, before=before, after=after, reason=reason)
    return evidence


@recording()
def withdraw_evidence(*, actor: User, claim: Claim, position: int, reason: str) -> Evidence:
    """Take an item out of the count; it stays visible, struck through, with the reason."""
    require(actor, Permission.EDIT)
    _require_reason(reason, "Say in a sentence why it is withdrawn: readers will see it.")
    claim = lock_claim(claim)
    evidence = evidence_at(claim=claim, position=position)
    if evidence.withdrawn_at is not None:
        raise Conflict(f"{evidence.label} is already withdrawn.")
    before = described(evidence)
    evidence.withdrawn_at, evidence.withdrawn_reason = timezone.now(), reason.strip()
    return _save_changed(actor, claim, evidence, before, "claims:evidence:withdrawn", reason)


@recording()
def resolve_evidence(
    *, actor: User, claim: Claim, position: int, resolution: str, text: str
) -> Evidence:
    """Answer an item on the losing side: why it does not stand in the way."""
    require(actor, Permission.EDIT)
    _require_reason(text, "Say in a sentence how this is answered: readers will see it.")
    claim = lock_claim(claim)
    evidence = evidence_at(claim=claim, position=position)
    before = described(evidence)
    evidence.resolution, evidence.resolution_text = Resolution(resolution), text.strip()
    evidence.resolved_at = timezone.now()
    return _save_changed(actor, claim, evidence, before, "claims:evidence:resolved", text)


@recording()
def check_visual(
    *, actor: User, claim: Claim, position: int, how: str, at: datetime | None = None
) -> Evidence:
    """Record that place, date and authenticity of a picture or video were checked, and how."""
    require(actor, Permission.EDIT)
    _require_reason(how, "Say how place and date were checked: readers will see it.")
    claim = lock_claim(claim)
    evidence = evidence_at(claim=claim, position=position)
    if evidence.directness != Directness.FIRST_HAND_VISUAL:
        raise Invalid("Only a first-hand picture or video can be checked this way.")
    before = described(evidence)
    evidence.visual_checked_at, evidence.visual_check = at or timezone.now(), how.strip()
    return _save_changed(actor, claim, evidence, before, "claims:evidence:visual_checked", how)


def _require_reason(reason: str, words: str) -> None:
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(words)
