"""Everything that the public page of a claim shows, in at most twelve queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.selectors import history
from claims.models import Claim
from claims.vocabulary import ClaimKind, Publication, Stance, Status
from core.bidi import with_turns_shown, without_turns
from core.chances import in_hundred
from core.errors import Missing
from verification.addresses import absolute, as_it_stood, claim_bundle_path, claim_path
from verification.claimreview import Reviewed, claim_review
from verification.selectors import phrases
from verification.selectors.article import Context, context_of, event_link
from verification.selectors.brief import Fact, brief_of
from verification.selectors.copying import Copying, copying_of
from verification.selectors.course import Course, course_of
from verification.selectors.exclusive import Exclusive, exclusive_of
from verification.selectors.independence import families_of, said_at
from verification.selectors.known import Known, known_at, known_now, shows_a_point, stance_of
from verification.selectors.ledger import Ledger, ledger_of
from verification.selectors.reasons import Reasons, SideRow, reasons_of, sides_table
from verification.selectors.redaction import evidence_title, is_withheld, source_name

PUBLISHER = "Corroborate"
WITHDRAWN = "claims:claim:withdrawn"
MOST_MERGES = 10
MOST_VOICES = 4


@dataclass(frozen=True)
class Withdrawn:
    """A claim that was taken off the public pages; `at` and `reason` from the record."""

    number: int
    at: datetime | None
    reason: str


@dataclass(frozen=True)
class Moved:
    """The claim is elsewhere: under another slug, or merged into another claim."""

    href: str


@dataclass(frozen=True)
class Link:
    text: str
    href: str = ""


@dataclass(frozen=True)
class Notice:
    heading: str
    text: str
    tone: str = "note"
    at: datetime | None = None
    href: str = ""
    action: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The finding beside its score; see templates/components/verdict.html."""

    status: str
    since: datetime
    before: str
    changed: str
    finding: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class ClaimPage:
    number: int
    href: str
    canonical: str
    title: str
    description: str
    sentence: str
    language: str
    breadcrumb: tuple[Link, ...]
    eyebrow: tuple[str, ...]
    notices: tuple[Notice, ...]
    verdict: Verdict
    brief: list[Fact]
    ledger: Ledger
    reasons: Reasons | None
    exclusive: Exclusive | None
    sides: list[SideRow]
    copying: Copying | None
    course: Course
    context: Context
    citation: str
    json_href: str
    bundle_href: str  # empty: there are no archived copies to take along
    review: dict[str, object] | None
    as_of: datetime | None
    status_now: str


def claim_at(number: int) -> Claim | Withdrawn | Moved:
    """Claim NUMBER if it is public, or what became of it. Missing: there is none for readers."""
    claim = (
        Claim.objects.exclude(publication=Publication.DRAFT)
        .select_related("event", "place", "claimant", "superseded_by", "draft__article")
        .filter(number=number)
        .first()
    )
    if claim is None:
        raise Missing(f"There is no claim {number}.")
    if claim.merged_into_id is not None:
        return _survivor(claim)
    if claim.publication == Publication.WITHDRAWN:
        return _withdrawn(claim)
    return claim


def _survivor(claim: Claim) -> Moved:
    """Where a merged claim lives on, at the end of the chain of merges."""
    target = claim
    for _ in range(MOST_MERGES):
        if target.merged_into is None:
            break
        target = target.merged_into
    if target.publication == Publication.DRAFT or target.merged_into_id is not None:
        raise Missing(f"There is no claim {claim.number}.")
    return Moved(claim_path(target.number, target.sentence))


def _withdrawn(claim: Claim) -> Withdrawn:
    line = history("claims.claim", claim.number).filter(tag=WITHDRAWN).first()
    return Withdrawn(claim.number, line.at if line else None, line.reason if line else "")


def claim_page(
    claim: Claim, *, now: datetime, as_of: datetime | None = None, whole: bool = False
) -> ClaimPage:
    """The page of a public claim, now or as it stood; WHOLE shows all evidence."""
    href, status_now = claim_path(claim.number, claim.sentence), str(claim.status)
    known = known_at(claim, as_of) if as_of else known_now(claim, now)
    sentence = without_turns(claim.sentence)
    course = course_of(known)
    return ClaimPage(
        number=claim.number,
        href=href,
        canonical=absolute(href),
        title=f"{known.status.label}: {sentence}",
        description=without_turns(known.finding) or known.status.meaning,
        sentence=sentence,
        language=claim.language,
        breadcrumb=_breadcrumb(claim),
        eyebrow=_eyebrow(claim),
        notices=_notices(known),
        verdict=_verdict(known, course),
        brief=brief_of(known),
        ledger=ledger_of(known, whole=whole),
        reasons=reasons_of(known),
        exclusive=None if known.is_past else exclusive_of(claim),
        sides=sides_table(known),
        copying=copying_of(known),
        course=course,
        context=context_of(known),
        citation=_citation(known, href, sentence),
        json_href=f"/api/v1/claims/{claim.number}",
        bundle_href=claim_bundle_path(claim.number) if _has_copies(known) else "",
        review=None if known.is_past else _review(known, href, sentence),
        as_of=as_of,
        status_now=status_now,
    )


def _has_copies(known: Known) -> bool:
    return not known.is_past and any(
        item.snapshot is not None and item.snapshot.manifest and not is_withheld(item.document)
        for item in known.items
        if item.withdrawn_at is None
    )


def _breadcrumb(claim: Claim) -> tuple[Link, ...]:
    event = event_link(claim)
    return (Link("Claims", "/"), *([Link(*event)] if event else []))


def _eyebrow(claim: Claim) -> tuple[str, ...]:
    words = [f"Claim {claim.number}", ClaimKind(claim.kind).label]
    if getattr(claim, "draft", None) is not None:
        words.append("From 1 article")
    return tuple(word for word in words if word != ClaimKind.OTHER.label)


def _notices(known: Known) -> tuple[Notice, ...]:
    """Corrections stay for ever, newest first; then what followed, and what was merged in."""
    corrections = [
        event.correction for event in reversed(known.events) if hasattr(event, "correction")
    ]
    notices = [
        Notice(
            heading=f"Corrected on {phrases.day(correction.at)}",
            text=f"We first said: {correction.said} Now: {correction.now} Why: {correction.why}",
            tone="alert",
        )
        for correction in corrections
    ]
    if known.status == Status.SUPERSEDED:
        notices.append(_superseded(known))
    merged = [] if known.is_past else list(known.claim.merged_from.values_list("number", flat=True))
    if merged:
        numbers = phrases.listed([f"claim {number}" for number in sorted(merged)])
        notices.append(Notice("Merged", f"This page also answers {numbers}."))
    return tuple(notices)


def _superseded(known: Known) -> Notice:
    claim = known.claim
    span = phrases.time_span(claim.time_from, claim.time_to, claim.time_precision)
    heading = f"This was so {span}" if span else "This was so at the stated time"
    later = claim.superseded_by
    if later is None or later.publication != Publication.PUBLISHED:
        return Notice(heading, "Events have moved on since.")
    href = claim_path(later.number, later.sentence)
    return Notice(heading, without_turns(later.sentence), href=href, action="See what followed")


def _verdict(known: Known, course: Course) -> Verdict:
    newest = known.newest if known.is_scored else None
    contested = known.status == Status.CONTESTED
    return Verdict(
        status=known.status,
        since=known.since,
        before=course.before,
        changed="" if known.is_past else course.changed,
        finding=without_turns(known.finding) or known.status.meaning,
        yes=_voices(known, Stance.SUPPORTS) if contested else (),
        no=_voices(known, Stance.CONTRADICTS) if contested else (),
        estimate=newest.estimate if newest and shows_a_point(newest) else None,
        low=newest.low if newest else None,
        high=newest.high if newest else None,
    )


def _voices(known: Known, stance: Stance) -> tuple[str, ...]:
    """Who says so and in which words, one voice an origin, the earliest first."""
    standing = [item for item in known.items if item.withdrawn_at is None]
    firsts = [family.first or family.copies[0] for family in families_of(standing)]
    said = sorted((item for item in firsts if stance_of(item) is stance), key=said_at)
    return tuple(
        f"{source_name(item.document.source) or 'Somebody'}: "
        f"{with_turns_shown(item.quote_translation or item.quote) or evidence_title(item)}"
        for item in said[:MOST_VOICES]
    )


def _citation(known: Known, href: str, sentence: str) -> str:
    """What to write under a quotation, with the address of the page as it stands now."""
    moments = [known.claim.changed_at, *(row.at for row in known.assessments[-1:])]
    at = known.at if known.is_past else max(moments)
    parts = [f"“{sentence}”", f"claim {known.claim.number}", known.status.label]
    if known.newest and known.is_scored:
        parts.append(_score_in_words(known))
    return f"{', '.join(parts)}. {PUBLISHER}, {phrases.day(at)}. {absolute(as_it_stood(href, at))}"


def _score_in_words(known: Known) -> str:
    newest = known.newest
    if newest is None:
        return ""
    between = f"{in_hundred(newest.low)}–{in_hundred(newest.high)}"
    if not shows_a_point(newest):
        return f"{between} in 100"
    return f"{in_hundred(newest.estimate)} in 100 ({between})"


def _review(known: Known, href: str, sentence: str) -> dict[str, object] | None:
    claim = known.claim
    dated = [item.document.published_at for item in known.items if item.document.published_at]
    return claim_review(
        Reviewed(
            url=absolute(href),
            sentence=sentence,
            language=claim.language,
            status=known.status,
            since=known.since,
            publisher=PUBLISHER,
            publisher_url=absolute("/"),
            claimant=source_name(claim.claimant),
            first_said=min(dated, default=None),
        )
    )
