"""What was known of a claim: now, or as it stood at an earlier moment.

Statuses, scores, filings, withdrawals, answers and archived copies carry their own times, so an
earlier state is read, not guessed; wording that was edited later is put back from the record. Rows
that are put back live in memory only: nothing here is ever saved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.models import AuditEvent
from audit.selectors import history
from claims.models import Claim, Evidence
from claims.selectors.evidence import evidence_of
from claims.vocabulary import Stance, Status
from core.errors import Missing
from verification.models import Assessment, StatusEvent
from verification.selectors.phrases import moment
from verification.selectors.steps import counts_something, with_steps

FEWEST_FOR_A_POINT = 3  # independent origins; with fewer, pages show the range and no point
EDITED_CLAIM = "claims:claim:edited"
EDITED_EVIDENCE = "claims:evidence:edited"
QUOTE_MOVED = "claims:evidence:quote_moved"
_CLAIM_WORDS = ("sentence", "language", "kind")
_EVIDENCE_WORDS = (
    "stance",
    "directness",
    "credibility",
    "alignment",
    "quote",
    "quote_state",
    "quote_now",
)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A claim at one moment. Events and assessments are in order of time, oldest first.

    `newest` is the last assessment, whole; the others come without their explanation.
    """

    claim: Claim
    at: datetime
    is_past: bool
    status: Status
    since: datetime
    finding: str
    would_change_it: str
    items: tuple[Evidence, ...]
    events: tuple[StatusEvent, ...]
    assessments: tuple[Assessment, ...]
    newest: Assessment | None

    @property
    def is_scored(self) -> bool:
        """Something is counted: an assessment of nothing is no score."""
        return self.newest is not None and counts_something(self.newest)

    @property
    def changes(self) -> list[StatusEvent]:
        """Events that changed the status; the others reaffirmed it."""
        return [event for event in self.events if event.from_status != event.to_status]


def stance_of(item: Evidence) -> Stance:
    """A footnote whose document nobody has found yet says nothing so far."""
    return Stance.CONTEXT if item.document.address is None else Stance(item.stance)


def independent_origins(assessment: Assessment) -> int:
    return assessment.origins_for + assessment.origins_against


def shows_a_point(assessment: Assessment) -> bool:
    return independent_origins(assessment) >= FEWEST_FOR_A_POINT


def known_now(claim: Claim, now: datetime) -> Known:
    return _known(claim, now, tuple(evidence_of(claim)), is_past=False)


def known_at(claim: Claim, at: datetime) -> Known:
    """The claim as it stood. Raises Missing for a time before it was added."""
    if at < claim.created_at:
        raise Missing(
            f"We did not know of claim {claim.number} then. It was added on "
            f"{moment(claim.created_at)}."
        )
    later = list(
        history("claims.claim", claim.number).filter(
            at__gt=at, tag__in=(EDITED_CLAIM, EDITED_EVIDENCE, QUOTE_MOVED)
        )
    )
    _put_back_claim(claim, later)
    items = tuple(item for item in evidence_of(claim) if item.added_at <= at)
    for item in items:
        _put_back_evidence(item, at, later)
    return _known(claim, at, items, is_past=True)


def _known(claim: Claim, at: datetime, items: tuple[Evidence, ...], *, is_past: bool) -> Known:
    events = tuple(
        StatusEvent.objects.filter(claim=claim, at__lte=at)
        .select_related("proposer", "approver", "correction")
        .order_by("at", "pk")
    )
    scored = Assessment.objects.filter(claim=claim, at__lte=at)
    change = next((e for e in reversed(events) if e.from_status != e.to_status), None)
    return Known(
        claim=claim,
        at=at,
        is_past=is_past,
        status=Status(change.to_status if change else Status.UNVERIFIED),
        since=change.at if change else claim.created_at,
        finding=_finding(claim, change, is_past=is_past),
        would_change_it=_would_change_it(claim, events, is_past=is_past),
        items=items,
        events=events,
        assessments=tuple(scored.defer("explanation").order_by("at", "pk")),
        newest=with_steps(scored.order_by("-at", "-pk").first(), claim, lambda: items),
    )


def _finding(claim: Claim, change: StatusEvent | None, *, is_past: bool) -> str:
    if not is_past:
        return claim.finding
    return change.finding if change else ""


def _would_change_it(claim: Claim, events: tuple[StatusEvent, ...], *, is_past: bool) -> str:
    if not is_past:
        return claim.would_change_it
    return next((e.would_change_it for e in reversed(events) if e.would_change_it), "")


def _put_back_claim(claim: Claim, later: Iterable[AuditEvent]) -> None:
    """LATER edits are newest first, so the oldest of them is put back last and holds."""
    for edit in later:
        if edit.tag == EDITED_CLAIM:
            _put_back(claim, edit.before, _CLAIM_WORDS)


def _put_back_evidence(item: Evidence, at: datetime, later: Iterable[AuditEvent]) -> None:
    if item.withdrawn_at and item.withdrawn_at > at:
        item.withdrawn_at, item.withdrawn_reason = None, ""
    if item.resolved_at and item.resolved_at > at:
        item.resolution, item.resolution_text, item.resolved_at = "", "", None
    if item.visual_checked_at and item.visual_checked_at > at:
        item.visual_checked_at, item.visual_check = None, ""
    if item.snapshot and item.snapshot.sealed_at and item.snapshot.sealed_at > at:
        item.snapshot = None
    if item.quote_state_since and item.quote_state_since > at:
        item.quote_state_since = item.quote_snapshot = None
    for edit in later:
        about_it = edit.tag in {EDITED_EVIDENCE, QUOTE_MOVED}
        if about_it and edit.before.get("evidence") == item.label:
            _put_back(item, edit.before, _EVIDENCE_WORDS)


def _put_back(row: Claim | Evidence, before: dict[str, Any], words: Iterable[str]) -> None:
    for word in words:
        if word in before:
            setattr(row, word, before[word])
