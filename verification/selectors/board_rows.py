"""Lines of the contested board: what each claim's sources say, and what moved its score.

Sentences come from events, by fixed templates; nobody writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber

from accounts.models import User
from claims.models import Claim, Evidence
from claims.vocabulary import Stance, Status
from core.chances import in_hundred
from core.charts import Point
from core.terms import Term
from verification.desk_addresses import desk_claim_path
from verification.models import Assessment, StatusProposal
from verification.selectors.ages import short_age
from verification.selectors.known import FEWEST_FOR_A_POINT, shows_a_point
from verification.selectors.phrases import count, lasting
from verification.selectors.waiting import archived_and_counted, pending_proposals

LATELY = timedelta(hours=24)
STUCK_AFTER = timedelta(hours=48)
MOST_POINTS = 30
_OF_AN_ITEM = re.compile(r"\[\d+\] \S.*")


class Need(Term):
    """Why a contested claim needs somebody; the order is that of the board."""

    WAITING = "waiting", "Waiting for approval"
    MOVED = "moved", "Moved recently"
    STUCK = "stuck", "Stuck for more than 48 hours"
    STEADY = "steady", "Steady"


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One line; see templates/components/desk_row.html."""

    number: int
    href: str
    sentence: str
    language: str
    lead: str
    note: str
    supports: tuple[bool, ...]
    contradicts: tuple[bool, ...]
    points: tuple[Point, ...]
    estimate: float | None
    low: float | None
    high: float | None
    owner: str
    initials: str
    age: str


class Filed(NamedTuple):
    """What stands filed on a claim. `newest`: when the last source was added."""

    supports: int = 0
    contradicts: int = 0
    lately: int = 0
    withdrawn: int = 0
    newest: datetime | None = None


@dataclass(frozen=True)
class _Scene:
    """All that the lines of one page need, by claim."""

    actor: User
    now: datetime
    filed: Mapping[int, Filed] = field(default_factory=dict)
    scores: Mapping[int, Sequence[Assessment]] = field(default_factory=dict)
    proposals: Mapping[int, StatusProposal] = field(default_factory=dict)


def board_rows(
    claims: Mapping[Need, Sequence[Claim]], actor: User, now: datetime
) -> Mapping[Need, tuple[BoardRow, ...]]:
    """Lines by need, in the order given. Three queries, however many claims."""
    everything = [claim.pk for found in claims.values() for claim in found]
    scene = _Scene(actor, now, _filed(everything, now), _scores(everything), _pending(everything))
    return {
        need: tuple(_row(claim, need, scene) for claim in found) for need, found in claims.items()
    }


def _filed(claims: Sequence[int], now: datetime) -> Mapping[int, Filed]:
    said = archived_and_counted()
    found = (
        Evidence.objects.filter(claim__in=claims)
        .order_by()
        .values("claim")
        .annotate(
            supports=Count("pk", filter=said & Q(stance=Stance.SUPPORTS)),
            contradicts=Count("pk", filter=said & Q(stance=Stance.CONTRADICTS)),
            lately=Count("pk", filter=Q(added_at__gte=now - LATELY, withdrawn_at=None)),
            withdrawn=Count("pk", filter=Q(withdrawn_at__gte=now - LATELY)),
            newest=Max("added_at"),
        )
        .values_list("claim", *Filed._fields)
    )
    return {claim: Filed(*numbers) for claim, *numbers in found}


def _scores(claims: Sequence[int]) -> Mapping[int, Sequence[Assessment]]:
    """The last assessments of each claim, oldest first, without their explanations."""
    newest_first = Window(
        RowNumber(), partition_by=F("claim"), order_by=[F("at").desc(), F("pk").desc()]
    )
    found: Iterable[Assessment] = (
        Assessment.objects.filter(claim__in=claims)
        .annotate(back=newest_first)
        .filter(back__lte=MOST_POINTS)
        .defer("explanation")
        .order_by("claim_id", "at", "pk")
    )
    return {key: list(rows) for key, rows in groupby(found, key=lambda row: row.claim_id)}


def _pending(claims: Sequence[int]) -> Mapping[int, StatusProposal]:
    found = pending_proposals().filter(claim__in=claims).select_related("proposer")
    return {proposal.claim_id: proposal for proposal in found}


def _row(claim: Claim, need: Need, scene: _Scene) -> BoardRow:
    filed = scene.filed.get(claim.pk, Filed())
    scores = scene.scores.get(claim.pk, ())
    pointed = claim.origins_for + claim.origins_against >= FEWEST_FOR_A_POINT
    return BoardRow(
        number=claim.number,
        href=desk_claim_path(claim.number),
        sentence=claim.sentence,
        language=claim.language,
        lead=_lead(claim, need, filed, scores, scene.now),
        note=_note(claim, need, scores, scene),
        supports=_marks(claim.origins_for, filed.supports),
        contradicts=_marks(claim.origins_against, filed.contradicts),
        points=tuple(_point(row) for row in scores),
        estimate=claim.confidence if pointed else None,
        low=claim.confidence_low,
        high=claim.confidence_high,
        owner=claim.owner.name if claim.owner else "",
        initials=claim.owner.initials if claim.owner else "",
        age=short_age(claim.status_since, scene.now),
    )


def _marks(origins: int, reports: int) -> tuple[bool, ...]:
    """One mark a report: true for a first report, false for a copy, which is not counted."""
    return (True,) * origins + (False,) * max(0, reports - origins)


def _point(row: Assessment) -> Point:
    return Point(row.at, row.low, row.high, row.estimate if shows_a_point(row) else None)


def _lead(
    claim: Claim, need: Need, filed: Filed, scores: Sequence[Assessment], now: datetime
) -> str:
    if need is Need.STUCK:
        return _stuck(filed, now)
    if need is Need.STEADY:
        moved: Any = getattr(claim, "moved_at", claim.status_since)
        return f"Last moved {lasting(now - moved)} ago."
    return moved_in_words(filed, *_before_and_after(scores, now - LATELY))


def _stuck(filed: Filed, now: datetime) -> str:
    if filed.newest is None:
        return "No source at all."
    return f"No new source for {lasting(now - filed.newest)}."


def _before_and_after(
    scores: Sequence[Assessment], since: datetime
) -> tuple[Assessment | None, Assessment | None]:
    """The score before SINCE, or else the first one known, and the score now."""
    if not scores:
        return None, None
    earlier = [row for row in scores if row.at < since] or scores[:1]
    return earlier[-1], scores[-1]


def moved_in_words(filed: Filed, before: Assessment | None, after: Assessment | None) -> str:
    """2 new sources, score 70 to 96."""
    parts = [
        count(filed.lately, "new source") if filed.lately else "",
        f"{count(filed.withdrawn, 'source')} withdrawn" if filed.withdrawn else "",
        _score_in_words(before, after),
    ]
    said = ", ".join(part for part in parts if part)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _score_in_words(before: Assessment | None, after: Assessment | None) -> str:
    if before is None or after is None:
        return "not scored yet"
    pointed = shows_a_point(before) and shows_a_point(after)
    word = "score" if pointed else "range"
    was, now = _shown(before, pointed=pointed), _shown(after, pointed=pointed)
    return f"{word} still {now}" if was == now else f"{word} {was} to {now}"


def _shown(row: Assessment, *, pointed: bool) -> str:
    """With fewer than three origins the range stands alone, here as on every page."""
    return str(in_hundred(row.estimate)) if pointed else _range(row)


def _range(row: Assessment) -> str:
    return f"{in_hundred(row.low)}–{in_hundred(row.high)}"


def _note(claim: Claim, need: Need, scores: Sequence[Assessment], scene: _Scene) -> str:
    proposal = scene.proposals.get(claim.pk)
    if proposal is not None:
        return _proposed(proposal, scene.actor)
    if need is Need.MOVED:
        cause = scores[-1].cause if scores else ""
        return f"Last change: {cause}." if _OF_AN_ITEM.fullmatch(cause) else ""
    return f"Contested for {lasting(scene.now - claim.status_since)}."


def _proposed(proposal: StatusProposal, actor: User) -> str:
    target = Status(proposal.target).label
    if proposal.proposer_id == actor.pk:
        return f"You propose {target}; someone else approves it."
    return f"{proposal.proposer.name} proposes {target}. {proposal.confidence_gap}".strip()
