"""The desk's calibration page: statuses against the score before, by month and by source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from claims.models import Claim, Evidence
from claims.vocabulary import Stance
from core.bidi import with_turns_shown
from core.charts import Said
from verification.conditions.phrases import count
from verification.desk_addresses import desk_claim_path, desk_source_path
from verification.selectors.brief import Fact
from verification.selectors.calibration import (
    Judged,
    Reliability,
    judged,
    measured,
    reliability,
)
from verification.selectors.drift_words import drift_health_of

MOST_SOURCES = 50
MOST_SURPRISES = 6
EVEN = 0.25
"""Brier score of who always says 50 in 100."""


@dataclass(frozen=True)
class Outcome:
    """Settled claims of one status, and what we had said of them: mean, and how many far off."""

    status: str
    n: int
    said: float
    wrong_side: int


@dataclass(frozen=True)
class Period:
    """Figures of the claims settled in one month, or reported by one source. Not weighted."""

    label: str
    n: int
    said: float
    happened: int
    brier: float
    at: datetime | None = None
    href: str = ""

    @property
    def share(self) -> float:
        """Of the width of a bar whose middle is always saying 50 in 100."""
        return min(1.0, self.brier / (2 * EVEN))


@dataclass(frozen=True)
class Surprise:
    number: int
    sentence: str
    language: str
    href: str
    status: str
    said: float
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CalibrationPage:
    whole: Reliability
    figures: tuple[Fact, ...]
    drift: str
    alarm: str
    outcomes: tuple[Outcome, ...]
    months: tuple[Period, ...]
    sources: tuple[Period, ...]
    more_sources: int
    surprises: tuple[Surprise, ...]

    @property
    def bins(self) -> tuple[Said, ...]:
        return self.whole.bins


def calibration_page() -> CalibrationPage:
    """Five queries, however many claims are settled."""
    rows = judged()
    whole = reliability(rows)
    scores, by_source = drift_health_of(rows), _by_source(rows)
    return CalibrationPage(
        whole=whole,
        figures=_figures(whole, rows),
        drift=scores.words,
        alarm=scores.alarm,
        outcomes=_outcomes(rows),
        months=_months(rows),
        sources=by_source[:MOST_SOURCES],
        more_sources=max(0, len(by_source) - MOST_SOURCES),
        surprises=_surprises(rows),
    )


def _figures(whole: Reliability, rows: Sequence[Judged]) -> tuple[Fact, ...]:
    numbers = whole.measured
    if numbers is None:
        return ()
    facts = [
        Fact(
            "Brier score", f"{numbers.brier:.3f}", note="0 is perfect; always saying 50 gives 0.25"
        ),
        Fact("Log loss", f"{numbers.log_loss:.3f}", note="always saying 50 gives 0.693"),
        Fact("Calibration error (ECE)", f"{numbers.ece:.3f}", note="mean distance from the line"),
        Fact("Settled claims", f"{whole.n}", note=_behind(whole)),
    ]
    knowing = [row for row in rows if row.at_decision is not None]
    if knowing:
        said = [row.at_decision or 0.0 for row in knowing]
        brier = sum((p - row.proved_true) ** 2 for p, row in zip(said, knowing, strict=True)) / len(
            said
        )
        note = "flatters: it knows the evidence that decided, so it is not what we judge"
        facts.append(Fact("Brier score at the decision", f"{brier:.3f}", note=note))
    return tuple(facts)


def _behind(whole: Reliability) -> str:
    numbers = whole.measured
    drawn = count(whole.drawn, "claim") + " drawn by chance" if whole.drawn else "none drawn yet"
    worth = f", worth {numbers.effective:.0f} equal ones" if numbers and whole.drawn else ""
    return f"{drawn}{worth}; {whole.unscored} more had no score before"


def _outcomes(rows: Sequence[Judged]) -> tuple[Outcome, ...]:
    sides = (("confirmed", True), ("refuted", False))
    return tuple(
        _outcome(status, [row.said for row in rows if row.proved_true is side], side=side)
        for status, side in sides
    )


def _outcome(status: str, said: Sequence[float], *, side: bool) -> Outcome:
    wrong = sum((value < 0.5) if side else (value > 0.5) for value in said)  # noqa: PLR2004  # even
    return Outcome(status, len(said), sum(said) / len(said) if said else 0.0, wrong)


def _months(rows: Iterable[Judged]) -> tuple[Period, ...]:
    """Newest first."""
    by_month: dict[datetime, list[Judged]] = defaultdict(list)
    for row in rows:
        at = row.settled_at.astimezone(UTC)
        by_month[datetime(at.year, at.month, 1, tzinfo=UTC)].append(row)
    newest_first = sorted(by_month, reverse=True)
    return tuple(_period(f"{at:%Y-%m}", by_month[at], at=at) for at in newest_first)


def _by_source(rows: Sequence[Judged]) -> tuple[Period, ...]:
    """Claims that each source reported on, whatever it said of them; most claims first."""
    known = {row.claim: row for row in rows}
    reports = (
        Evidence.objects.filter(
            claim__forecasts__isnull=False,
            withdrawn_at=None,
            stance__in=[Stance.SUPPORTS, Stance.CONTRADICTS],
            document__source__isnull=False,
        )
        .order_by("document__source__number", "claim_id")
        .values_list("document__source__number", "document__source__name", "claim_id")
        .distinct()
    )
    found: dict[tuple[int, str], list[Judged]] = defaultdict(list)
    for number, name, claim in reports:
        if claim in known:
            found[number, name].append(known[claim])
    return _sorted(found)


def _sorted(found: Mapping[tuple[int, str], Sequence[Judged]]) -> tuple[Period, ...]:
    listed = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0][0]))
    return tuple(
        _period(with_turns_shown(name), rows, href=desk_source_path(number))
        for (number, name), rows in listed
    )


def _period(
    label: str, rows: Sequence[Judged], *, at: datetime | None = None, href: str = ""
) -> Period:
    numbers = measured(rows, weighted=False)
    return Period(
        label=label,
        n=len(rows),
        said=sum(row.said for row in rows) / len(rows),
        happened=sum(row.proved_true for row in rows),
        brier=numbers.brier if numbers else 0.0,
        at=at,
        href=href,
    )


def _surprises(rows: Iterable[Judged]) -> tuple[Surprise, ...]:
    """Where we were furthest off, on the wrong side of even."""
    wrong = [row for row in rows if abs(row.said - row.proved_true) > 0.5]  # noqa: PLR2004  # even
    worst = sorted(wrong, key=lambda row: (-abs(row.said - row.proved_true), row.claim))
    chosen = {row.claim: row for row in worst[:MOST_SURPRISES]}
    claims = Claim.objects.in_bulk(list(chosen))
    return tuple(_surprise(claims[key], row) for key, row in chosen.items())


def _surprise(claim: Claim, row: Judged) -> Surprise:
    return Surprise(
        number=claim.number,
        sentence=claim.sentence,
        language=claim.language,
        href=desk_claim_path(claim.number),
        status="confirmed" if row.proved_true else "refuted",
        said=row.said,
        at=row.settled_at,
    )
