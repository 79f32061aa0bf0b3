"""From kept drafts to claims: each starts unverified, with its footnotes as evidence stubs."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from claims.models import ArticleImport, Claim, ClaimDraft, Footnote
from claims.models.imports import DraftDecision
from claims.proposals.language import language_of
from claims.proposals.times import period_of
from claims.services.claims import add_claim
from claims.services.evidence import Locator, file_evidence
from claims.vocabulary import ClaimKind, Directness, Stance
from sources.models import Document
from sources.services.documents import request_capture

_LAST_MINUTE = time(23, 59)


@recording()
def create_claims(*, actor: User, article: ArticleImport) -> list[Claim]:
    """A claim for every kept draft that is none yet; undecided drafts stay where they are."""
    require(actor, Permission.EDIT)
    article = ArticleImport.objects.select_for_update().get(pk=article.pk)
    kept = article.drafts.filter(decision=DraftDecision.KEPT).order_by("position")
    notes = {footnote.marker: footnote for footnote in article.footnotes.select_related("document")}
    return [_create(actor, article, draft, notes) for draft in kept]


def _create(
    actor: User, article: ArticleImport, draft: ClaimDraft, notes: dict[str, Footnote]
) -> Claim:
    claim = add_claim(
        actor=actor,
        sentence=draft.sentence,
        kind=draft.kind or ClaimKind.OTHER,
        language=language_of(draft.sentence),
        event=article.event,
        **_time(draft, article),
    )
    cited = [notes[str(number)] for number in draft.footnotes if str(number) in notes]
    for document, markers in _by_document(cited).items():
        _file_stub(actor, claim, draft, document, markers)
    draft.claim, draft.decision = claim, DraftDecision.CREATED
    draft.save(update_fields=["claim", "decision"])
    record_event(
        actor=actor,
        tag="claims:draft:created",
        subject=article,
        after={"position": draft.position, "claim": claim.number},
    )
    return claim


def _by_document(cited: list[Footnote]) -> dict[Document, list[str]]:
    """Two footnotes that point to one page are one item of evidence."""
    found: dict[Document, list[str]] = {}
    for footnote in cited:
        found.setdefault(footnote.document, []).append(footnote.marker)
    return found


def _file_stub(
    actor: User, claim: Claim, draft: ClaimDraft, document: Document, markers: list[str]
) -> None:
    """The article cites this for the claim; what the document itself says is yet to be read."""
    file_evidence(
        actor=actor,
        claim=claim,
        document=document,
        stance=Stance.SUPPORTS,
        directness=Directness.REPORTING,
        locator=Locator(paragraph=draft.paragraph, footnote=", ".join(markers)[:20]),
        note=f"Cited by “{draft.article.title}” for: “{draft.quote}”",
    )
    if document.address is not None:
        request_capture(actor=actor, document=document, in_bulk=True)


def _time(draft: ClaimDraft, article: ArticleImport) -> dict[str, Any]:
    period = period_of(draft.sentence, year=article.year)
    if period is None:
        return {}
    return {
        "time_from": datetime.combine(period.first, time(), UTC),
        "time_to": datetime.combine(period.last, _LAST_MINUTE, UTC) if period.last else None,
        "time_precision": period.precision,
        "time_inferred": period.is_inferred and article.year_inferred,
    }
