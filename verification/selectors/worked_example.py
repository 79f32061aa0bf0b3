"""A published score worked out line by line, from the numbers that are stored with it.

Every number is of the stored assessment, so that a reader who redoes the sum checks what we
published and not what the code would say today. Only where all of them were made together with
many others, and keep no steps, are steps worked out, and shown if they come to the stored score.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.urls import reverse

from claims.models import Claim, Evidence
from claims.selectors.claims import published_claims
from claims.selectors.evidence import evidence_of
from claims.vocabulary import Stance
from core.bidi import without_turns
from core.charts import Step
from verification.addresses import claim_path
from verification.models import Assessment
from verification.scoring import NoteCode
from verification.selectors.known import FEWEST_FOR_A_POINT
from verification.selectors.reasons import start_label
from verification.selectors.records import parameters_of
from verification.selectors.redaction import who_says
from verification.selectors.steps import with_steps
from verification.selectors.weighing import Weighing, remark, weighing_of

LOOKED_AT = 100
"""Published claims that are looked at: those that changed last."""

BY_HAND = 12
"""Reports that a reader would still add up; of more, the rest is one line."""

TRIED = 3
"""Assessments without steps whose steps are worked out until some come to the stored score."""

DIGITS = 4


_ORIGINS = F("origins_for") + F("origins_against")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One report. `factors`: what is multiplied, as text; `adds`, `after`: log-odds.

    `number` is empty for the sum of those that have no line of their own.
    """

    number: str
    who: str
    says: str
    factors: str
    remark: str
    adds: float
    after: float
    href: str


@dataclass(frozen=True, kw_only=True)
class Example:
    """`start`, `log_odds`, `reach`: log-odds; `prior`, `estimate`, `low`, `high`: probabilities.

    `reach`: how far the range goes to each side of `centre` (log-odds), `spread` times the root of
    `variance`; `is_widened`: it was widened to hold the score itself.
    `is_stored`: the steps are stored too, not only what they come to.
    """

    number: int
    href: str
    sentence: str
    language: str
    at: datetime
    is_stored: bool
    json_href: str
    model: str
    prior: float
    alpha: float
    start: float
    start_label: str
    lines: tuple[Line, ...]
    steps: tuple[Step, ...]
    weighed: int
    log_odds: float
    estimate: float
    low: float
    high: float
    centre: float
    is_widened: bool
    variance: float
    spread: float
    reach: float


def worked_example() -> Example | None:
    """The score with most reports that can be added up by hand; None if no score shows a point.

    Of claims alike the one that changed last. Four queries where steps are stored; none reads more
    than LOOKED_AT claims.
    """
    assessment = _chosen()
    if assessment is None:
        return None
    rows = assessment.explanation["contributions"]
    items = Evidence.objects.filter(
        claim=assessment.claim, position__in=[int(row["key"]) for row in rows]
    ).select_related("document__source")
    return _example(assessment, {str(item.position): item for item in items})


def _chosen() -> Assessment | None:
    looked_at = _newest_assessments()
    weighed = _weighed(looked_at)
    if not weighed:
        return _worked_out(looked_at)
    best = min(weighed, key=lambda pk: (*_rank(weighed[pk]), looked_at.index(pk)))
    return _whole().get(pk=best)


def _whole() -> QuerySet[Assessment]:
    rows = Assessment.objects.select_related("claim", "scoring_model")
    return rows.defer("scoring_model__parameters")


def _worked_out(assessments: Sequence[int]) -> Assessment | None:
    """The same of assessments that were made with many others: of most origins, steps and all."""
    rows = _whole().filter(pk__in=assessments).annotate(origins=_ORIGINS)
    short = rows.filter(origins__gte=FEWEST_FOR_A_POINT, explanation__counted=True)
    for row in short.order_by("-origins", "-at", "-pk")[:TRIED]:
        with_steps(row, row.claim, partial(_evidence, row.claim))
        if row.explanation["contributions"]:
            return row
    return None


def _evidence(claim: Claim) -> list[Evidence]:
    return list(evidence_of(claim))


def _newest_assessments() -> list[int]:
    """Primary keys of the newest assessments of the claims that changed last, in that order."""
    newest = Assessment.objects.filter(claim=OuterRef("pk")).order_by("-at", "-pk").values("pk")
    claims = published_claims().filter(merged_into=None).order_by("-changed_at", "-number")
    keys = claims.annotate(newest=Subquery(newest[:1])).values_list("newest", flat=True)
    return [key for key in keys[:LOOKED_AT] if key is not None]


def _weighed(assessments: Sequence[int]) -> Mapping[int, int]:
    """How many reports were weighed, by primary key, where the score is shown as a point."""
    number = Func(
        F("explanation__contributions"),
        function="jsonb_array_length",
        output_field=IntegerField(),
    )
    found = Assessment.objects.filter(pk__in=assessments)
    found = found.annotate(weighed=number, origins=_ORIGINS)
    rows = found.filter(weighed__gt=0, origins__gte=FEWEST_FOR_A_POINT)
    return dict(rows.values_list("pk", "weighed"))


def _rank(weighed: int) -> tuple[bool, int]:
    """As many as can be added up by hand; where all have more, as few as there are."""
    too_many = weighed > BY_HAND
    return too_many, weighed if too_many else -weighed


def _example(assessment: Assessment, items: Mapping[str, Evidence]) -> Example:
    claim, told = assessment.claim, assessment.explanation
    weighing, parameters = weighing_of(assessment), parameters_of(assessment.scoring_model)
    href = claim_path(claim.number, claim.sentence)
    centre, reach = centre_of(told), parameters.spread * math.sqrt(told["variance"])
    rows = [_line(row, items, weighing, href, parameters.cap) for row in told["contributions"]]
    return Example(
        number=claim.number,
        href=href,
        sentence=without_turns(claim.sentence),
        language=claim.language,
        at=assessment.at,
        is_stored="counted" not in told,
        json_href=reverse("api:assessment", args=[claim.number]),
        model=parameters.version,
        prior=weighing.prior,
        alpha=told["start"]["alpha"],
        start=weighing.start,
        start_label=start_label(weighing),
        lines=_by_hand(rows),
        steps=tuple(Step(row.who, row.adds, row.number, row.remark, row.href) for row in rows),
        weighed=len(rows),
        log_odds=assessment.log_odds,
        estimate=assessment.estimate,
        low=assessment.low,
        high=assessment.high,
        centre=centre,
        is_widened=abs(assessment.log_odds - centre) > reach,
        variance=told["variance"],
        spread=parameters.spread,
        reach=reach,
    )


def centre_of(told: Mapping[str, Any]) -> float:
    """The middle of the range, in log-odds; up to cred-d/1 it was the score's own log-odds."""
    middle: float = told.get("centre", told["log_odds"])
    return middle


def _line(
    row: Mapping[str, Any],
    items: Mapping[str, Evidence],
    weighing: Weighing,
    href: str,
    cap: float,
) -> Line:
    number, place = row["key"], int(row["key"])
    item = items.get(number)
    return Line(
        number=number,
        who=who_says(item) if item else f"Report {number}",
        says="for" if row["stance"] == Stance.SUPPORTS else "against",
        factors=_factors(row, cap),
        remark=remark(weighing.notes[place], weighing.counted[place]),
        adds=row["value"],
        after=row["after"],
        href=f"{href}?all=1#e{number}",
    )


def _factors(row: Mapping[str, Any], cap: float) -> str:
    """Such as 0.765 × 0.8 × ln(0.9 ÷ 0.12): what is multiplied, rounded to four places."""
    u, v = row["u"], row["v"]
    if row["llr"] == 0:
        return f"0, for u = {_short(u)} is not above v = {_short(v)}"
    supports = row["stance"] == Stance.SUPPORTS
    ratio = f"{_short(u)} ÷ {_short(v)}" if supports else f"{_short(1 - u)} ÷ {_short(1 - v)}"
    moved = f"{_short(row['effect'])} × ln({ratio})"
    if any(note["code"] == NoteCode.CAPPED for note in row["notes"]):
        moved = f"{_short(cap)}" if supports else f"−{_short(cap)}"
    share = "" if row["discount"] == 1 else f" × {_short(row['discount'])}"
    return f"{_short(row['weight'])} × {moved}{share}"


def _short(value: float) -> str:
    return f"{round(value, DIGITS):g}"


def _by_hand(rows: Sequence[Line]) -> tuple[Line, ...]:
    if len(rows) <= BY_HAND:
        return tuple(rows)
    shown, rest = rows[:BY_HAND], rows[BY_HAND:]
    together = Line(
        number="",
        who=f"{len(rest)} more, each of them smaller",
        says="",
        factors="",
        remark="",
        adds=math.fsum(row.adds for row in rest),
        after=rest[-1].after,
        href="",
    )
    return (*shown, together)
