"""How the finding of a claim changed: score over time, statuses published, and the log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from accounts.models import User
from claims.models import Claim, ClaimDraft
from claims.vocabulary import Status
from core.charts import Mark, Point, Segment
from verification.models import Assessment, StatusEvent
from verification.selectors.known import Known, shows_a_point
from verification.selectors.phrases import lasting, moment

LATELY = timedelta(hours=24)
MOST_POINTS = 60
_CAUSE = re.compile(r"\[(\d+)\]\s*(.*)")
_CAUSES = {
    "proposal": "looked at again for a proposal",
    "swept": "worked out again",
    "evidence changed": "evidence changed",
}


@dataclass(frozen=True)
class Entry:
    """One line of the log; `before` is empty for the first."""

    at: datetime
    before: str
    after: str
    who: str
    reason: str
    override: bool


@dataclass(frozen=True)
class Course:
    title: str
    points: tuple[Point, ...]
    segments: tuple[Segment, ...]
    marks: tuple[Mark, ...]
    log: tuple[Entry, ...]
    before: str
    changed: str

    @property
    def is_pointed(self) -> bool:
        """Some of the scores are shown with a number and not as a range alone."""
        return any(point.estimate is not None for point in self.points)


def course_of(known: Known) -> Course:
    points = tuple(_point(row) for row in known.assessments[-MOST_POINTS:])
    start = points[0].at if points else known.claim.created_at
    return Course(
        title=f"Score and status from {moment(min(start, known.claim.created_at))}",
        points=points,
        segments=_segments(known),
        marks=_marks(known),
        log=tuple(_log(known)),
        before=_before(known),
        changed=_changed(known),
    )


def _point(row: Assessment) -> Point:
    number, cause = _cause(row.cause)
    return Point(
        at=row.at,
        low=row.low,
        high=row.high,
        estimate=row.estimate if shows_a_point(row) else None,
        cause=cause,
        href=f"#e{number}" if number else "",
        number=number,
    )


def _cause(text: str) -> tuple[str, str]:
    """Position and words of what moved the score: "[3] added" is 3 and added."""
    found = _CAUSE.fullmatch(text)
    if found:
        return found[1], found[2]
    if text.startswith("status "):
        return "", "status changed"
    return "", _CAUSES.get(text, text)


def _segments(known: Known) -> tuple[Segment, ...]:
    starts = [(known.claim.created_at, Status.UNVERIFIED)]
    starts += [(event.at, Status(event.to_status)) for event in known.changes]
    ends: list[datetime | None] = [at for at, _ in starts[1:]]
    return tuple(
        Segment(at, end, status, status.label)
        for (at, status), end in zip(starts, [*ends, None], strict=True)
    )


def _marks(known: Known) -> tuple[Mark, ...]:
    """The newest approval: the moment when a second person agreed."""
    approved = [event for event in known.changes if event.approver_id is not None]
    return tuple(
        Mark(event.at, f"Approved {event.at.astimezone(UTC):%H:%M}") for event in approved[-1:]
    )


def _before(known: Known) -> str:
    """Contested for 18 hours before that."""
    if not known.changes:
        return ""
    starts = [known.claim.created_at, *(event.at for event in known.changes)]
    began, ended = list(pairwise(starts))[-1]
    earlier = Status(known.changes[-1].from_status)
    return f"{earlier.label} for {lasting(ended - began)} before that."


def _changed(known: Known) -> str:
    if not known.changes or known.at - known.changes[-1].at > LATELY:
        return ""
    return f"Changed in the last 24 hours, from {Status(known.changes[-1].from_status).label}."


def _log(known: Known) -> list[Entry]:
    """Newest first; the last line says where the claim came from."""
    entries = [
        Entry(
            at=event.at,
            before=event.from_status,
            after=event.to_status,
            who=_who(event),
            reason=event.reason,
            override=event.is_override,
        )
        for event in reversed(known.events)
    ]
    added = Entry(known.claim.created_at, "", Status.UNVERIFIED, _added(known.claim), "", False)  # noqa: FBT003  # no override
    return [*entries, added]


def _who(event: StatusEvent) -> str:
    """Roles, not names: nobody agreed to be named."""
    proposer = role_in_words(event.proposer)
    if event.from_status == event.to_status:
        return f"Looked at again by {proposer}; nothing changed."
    if event.approver:
        return f"Proposed by {proposer}, approved by {role_in_words(event.approver)}."
    return f"Changed by {proposer}."


def role_in_words(user: User | None) -> str:
    if user is None:
        return "Corroborate"
    label = user.role_label.lower()
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


def _added(claim: Claim) -> str:
    draft: ClaimDraft | None = getattr(claim, "draft", None)
    if draft is None:
        return "Added by the desk."
    notes = ", ".join(str(marker) for marker in draft.footnotes)
    noun = "Footnote" if len(draft.footnotes) == 1 else "Footnotes"
    attached = f" {noun} {notes} attached." if notes else ""
    return f"Added from an imported article.{attached}"
