"""The Aleppo story, played through the real services, step by step; each step may run again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from accounts.models import User
from claims.models import Claim, Event, Evidence, Place
from claims.services.claims import add_event, add_place, edit_claim, publish_claim
from claims.services.evidence import (
    Locator,
    check_visual,
    edit_evidence,
    file_evidence,
    resolve_evidence,
)
from claims.services.imports import create_claims, import_article, keep_all
from claims.vocabulary import Publication, Status, TimePrecision
from core.errors import Upstream
from demo import cast
from demo.parts import CastSource, Filing
from demo.server import LOOPBACK
from sources.models import Document, Party, Snapshot, Source
from sources.services.catalogue import add_party, add_source, affiliate_source, grade_source
from sources.services.documents import (
    add_document,
    describe_document,
    locate_document,
    request_capture,
)
from sources.vocabulary import AddressKind, CaptureState
from verification.conditions import ReasonCode
from verification.models import StatusProposal
from verification.models.status import ProposalState
from verification.services.proposals import approve_proposal, propose_status
from verification.services.status import Change, change_status

ARTICLE = Path(__file__).resolve().parent / "aleppo.txt"
EVENT = "Aleppo, November 2016"
CAPTURE_SECONDS = 60
ENDED = frozenset({CaptureState.SEALED, CaptureState.FAILED, CaptureState.REFUSED})
Say = Callable[[str], None]


@dataclass(frozen=True)
class Cast:
    """Who plays: the two people of the desk and the rows of the invented world."""

    checker: User
    editor: User
    parties: Mapping[str, Party]
    sources: Mapping[str, Source]
    event: Event
    place: Place


def play(*, checker: User, editor: User, to: str, say: Say) -> Claim:
    """Play the story up to "contested" or "confirmed"; what was already played stays as it is."""
    cast_rows = set_the_stage(checker, editor)
    claim = _import(cast_rows)
    say(f"Imported the article: claim {claim.number} is “{claim.sentence}”.")
    _contest(cast_rows, claim, say)
    _file(cast_rows, claim, "confirmed", say)
    _publish(cast_rows, claim)
    if to == "confirmed":
        _confirm(cast_rows, claim, say)
    claim.refresh_from_db()
    return claim


def set_the_stage(checker: User, editor: User) -> Cast:
    """The parties, sources, place and event that the story needs, before anything is claimed."""
    parties = {
        member.key: Party.objects.filter(name=member.name).first()
        or add_party(actor=checker, name=member.name, aliases=member.aliases)
        for member in cast.PARTIES
    }
    return Cast(
        checker=checker,
        editor=editor,
        parties=parties,
        sources={member.key: _source(member, checker, parties) for member in cast.SOURCES},
        event=Event.objects.filter(slug=slugify(EVENT)).first()
        or add_event(actor=checker, title=EVENT, slug=slugify(EVENT)),
        place=Place.objects.filter(name=cast.CLAIM.place).first()
        or add_place(
            actor=checker,
            name=cast.CLAIM.place,
            names={"ar": cast.CLAIM.place_names[-1], "en": cast.CLAIM.place},
        ),
    )


def _source(member: CastSource, actor: User, parties: Mapping[str, Party]) -> Source:
    known = Source.objects.filter(name=member.name).first()
    if known is not None:
        return known
    source = add_source(
        actor=actor,
        name=member.name,
        names={"ar": member.name_ar},
        kind=member.kind,
        languages=member.languages,
        addresses=[(AddressKind.PATH, f"{_host()}{member.path.rstrip('/')}")],
        description=member.description,
    )
    grade_source(actor=actor, source=source, grade=member.grade, rationale=member.grade_rationale)
    if member.party is not None and member.degree is not None:
        affiliate_source(
            actor=actor,
            source=source,
            party=parties[member.party],
            degree=member.degree,
            rationale=member.affiliation_rationale,
        )
    return source


def _host() -> str:
    return f"{LOOPBACK}:{settings.DEMO_WEB_PORT}"


def _import(cast_rows: Cast) -> Claim:
    """All 18 proposals become claims; the story's claim gets its place, time and side."""
    article = import_article(
        actor=cast_rows.checker, text=ARTICLE.read_text(encoding="utf-8"), event=cast_rows.event
    )
    keep_all(actor=cast_rows.checker, article=article)
    create_claims(actor=cast_rows.checker, article=article)
    claim = Claim.objects.get(draft__article=article, sentence=cast.CLAIM.sentence)
    if claim.place is not None:
        return claim
    return edit_claim(
        actor=cast_rows.checker,
        claim=claim,
        expected_version=claim.version,
        kind=cast.CLAIM.kind,
        favours=cast_rows.parties[cast.CLAIM.favours],
        claimant=cast_rows.sources[cast.FILINGS[0].source],
        place=cast_rows.place,
        time_from=cast.CLAIM.time_from,
        time_to=cast.CLAIM.time_to,
        time_precision=TimePrecision.DAY,
        time_inferred=True,
        owner=cast_rows.checker,
    )


def _contest(cast_rows: Cast, claim: Claim, say: Say) -> None:
    """What both sides said on the first evening, and the status that follows from it."""
    _file(cast_rows, claim, "contested", say)
    claim.refresh_from_db()
    if claim.status != Status.UNVERIFIED:
        return
    change_status(
        actor=cast_rows.checker,
        claim=claim,
        change=Change(
            target=Status.CONTESTED,
            reason_code=ReasonCode.NEW_CONTRADICTING_EVIDENCE,
            reason=cast.CLAIM.contested_reason,
        ),
    )
    say("The sides disagree: the claim is contested.")


def _file(cast_rows: Cast, claim: Claim, phase: str, say: Say) -> None:
    for filing in cast.FILINGS:
        if filing.after == phase:
            evidence = _filed(cast_rows, claim, filing)
            _archive(cast_rows, evidence.document)
            say(f"{evidence.label} {filing.title}")


def _filed(cast_rows: Cast, claim: Claim, filing: Filing) -> Evidence:
    """The evidence item of a filing: a footnote's stub gets its address, others are added."""
    address = f"http://{_host()}{filing.path}"
    stub = claim.evidence.filter(
        footnote=str(filing.footnote or "-"), document__address__isnull=True
    ).first()
    if stub is not None:
        locate_document(actor=cast_rows.checker, document=stub.document, address=address)
        _describe(cast_rows, stub.document, filing)
        return edit_evidence(
            actor=cast_rows.checker,
            claim=claim,
            position=stub.position,
            picture=_picture(filing),
            **_judged(filing),
        )
    document = add_document(actor=cast_rows.checker, address=address)
    known = claim.evidence.filter(document=document).first()
    if known is not None:
        return known
    _describe(cast_rows, document, filing)
    return file_evidence(
        actor=cast_rows.checker,
        claim=claim,
        document=document,
        locator=Locator(picture=_picture(filing)),
        **_judged(filing),
    )


def _picture(filing: Filing) -> str:
    """Which pictures of the page, as far as the column holds it."""
    return filing.picture[:20]


def _describe(cast_rows: Cast, document: Document, filing: Filing) -> None:
    describe_document(
        actor=cast_rows.checker,
        document=document,
        source=cast_rows.sources[filing.source],
        title=filing.title,
        kind=filing.document_kind,
        language=filing.language,
        published_at=filing.published_at,
    )


def _judged(filing: Filing) -> dict[str, Any]:
    return {
        "stance": filing.stance,
        "directness": filing.directness,
        "credibility": filing.credibility,
        "quote": filing.quote,
        "quote_language": filing.language,
        "quote_translation": filing.translation,
        "note": filing.note,
    }


def _archive(cast_rows: Cast, document: Document) -> None:
    """Ask for a copy and wait for it: the story goes on when the page is safe."""
    sealed = document.snapshots.filter(state=CaptureState.SEALED)
    if sealed.exists():
        return
    snapshot = request_capture(actor=cast_rows.checker, document=document)
    for _ in _moments(CAPTURE_SECONDS):
        snapshot = Snapshot.objects.get(pk=snapshot.pk)
        if snapshot.state in ENDED:
            break
    if snapshot.state != CaptureState.SEALED:
        raise Upstream(
            f"{document.address} was not archived: {snapshot.get_state_display().lower()} "
            f"{snapshot.error}. Is the demonstration web running, and a worker?"
        )


def _moments(seconds: int) -> Iterator[int]:
    """Moments to look again, a quarter of a second apart, for at most SECONDS."""
    for moment in range(seconds * 4):
        yield moment
        time.sleep(0.25)


def _publish(cast_rows: Cast, claim: Claim) -> None:
    for drafted in Claim.objects.filter(
        draft__article=claim.draft.article, publication=Publication.DRAFT
    ).order_by("number"):
        publish_claim(actor=cast_rows.editor, claim=drafted)


def _confirm(cast_rows: Cast, claim: Claim, say: Say) -> None:
    """The last steps: the picture checked, the denial answered, two people agree."""
    claim.refresh_from_db()
    if claim.status != Status.CONTESTED:
        return
    proposal = propose_confirmed(cast_rows, claim)
    say(f"{cast_rows.checker.name} proposes Confirmed.")
    approve_proposal(actor=cast_rows.editor, proposal=proposal)
    say(f"{cast_rows.editor.name} approves: the claim is confirmed.")


def propose_confirmed(cast_rows: Cast, claim: Claim) -> StatusProposal:
    """The proposal that waits for the editor; one that waits already stays."""
    _check_and_resolve(cast_rows, claim)
    pending = claim.proposals.filter(state=ProposalState.PENDING).first()
    return pending or _propose(cast_rows, claim)


def _check_and_resolve(cast_rows: Cast, claim: Claim) -> None:
    by_address = {item.document.address: item for item in claim.evidence.select_related("document")}
    for filing in cast.FILINGS:
        item = by_address[f"http://{_host()}{filing.path}"]
        if filing.visual_checked and item.visual_checked_at is None:
            check_visual(
                actor=cast_rows.checker,
                claim=claim,
                position=item.position,
                how=filing.visual_check,
            )
        if filing.key == cast.RESOLUTION.filing and not item.resolution:
            resolve_evidence(
                actor=cast_rows.checker,
                claim=claim,
                position=item.position,
                resolution=cast.RESOLUTION.kind,
                text=cast.RESOLUTION.text,
            )


def _propose(cast_rows: Cast, claim: Claim) -> StatusProposal:
    deciding = claim.evidence.filter(alignment="against_interest") | claim.evidence.filter(
        visual_checked_at__isnull=False
    )
    return propose_status(
        actor=cast_rows.checker,
        claim=claim,
        change=Change(
            target=Status.CONFIRMED,
            reason_code=ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
            reason=cast.CLAIM.confirmed_reason,
            finding=cast.CLAIM.finding,
            would_change_it=cast.CLAIM.would_change_it,
            decided_by=tuple(deciding.values_list("position", flat=True).order_by("position")),
        ),
    )
