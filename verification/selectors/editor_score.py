"""The score beside the work: what it is, what it was, and what it would be without something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from claims.vocabulary import Status
from core.chances import in_hundred
from verification.conditions import confidence_gap
from verification.models import Assessment
from verification.selectors.editor_rows import document_name
from verification.selectors.independence import copied_from, families_of
from verification.selectors.known import Known, shows_a_point
from verification.selectors.phrases import moment
from verification.selectors.reasons import Reasons, Stand, reasons_of
from verification.selectors.targets import BARS, likeliest_target
from verification.selectors.weighing import Weighing, weighing_of
from verification.selectors.would_change import would_change

MOST_SINGLES = 4


@dataclass(frozen=True, kw_only=True)
class ScorePanel:
    """Probabilities 0 to 1; no `estimate`: range alone; no `low`: nothing is counted.

    `due`: the score is being worked out again. `bar`: what a status usually has, in `bar_words`.
    `changes`: what would carry the score across it.
    """

    estimate: float | None
    low: float | None
    high: float | None
    was: str
    due: bool
    reasons: Reasons | None
    stands: tuple[Stand, ...]
    bar: float
    bar_words: str
    changes: tuple[str, ...]


def score_panel(known: Known) -> ScorePanel:
    newest = known.newest if known.is_scored else None
    barred = _barred(known)
    return ScorePanel(
        estimate=newest.estimate if newest and shows_a_point(newest) else None,
        low=newest.low if newest else None,
        high=newest.high if newest else None,
        was=_was(known),
        due=known.claim.assess_due_at is not None,
        reasons=_compact(known),
        stands=_stands(known, newest) if newest and shows_a_point(newest) else (),
        bar=BARS[barred],
        bar_words=_bar_words(barred, known),
        changes=would_change(newest, BARS[barred]) if newest and shows_a_point(newest) else (),
    )


def _compact(known: Known) -> Reasons | None:
    """The steps for a narrow column: of the remarks only which are copies."""
    reasons = reasons_of(known)
    if reasons is None:
        return None
    copies = {str(position) for position in copied_from(families_of(known.items))}
    steps = (replace(step, note="copy" if step.number in copies else "") for step in reasons.steps)
    return replace(reasons, steps=tuple(steps))


def _barred(known: Known) -> Status:
    """The status whose bar matters: the present one, or the one that work leads to."""
    candidates = (known.status, likeliest_target(known.claim))
    return next((status for status in candidates if status in BARS), Status.CONFIRMED)


def _bar_words(barred: Status, known: Known) -> str:
    """Where the bar is, and that a settled status no longer has the score that it usually has."""
    words = f"The mark is {in_hundred(BARS[barred])}, the bar for {barred.label}."
    if known.status not in BARS or known.newest is None:
        return words
    return f"{words} {confidence_gap(known.status, known.newest.estimate) or ''}".strip()


def _was(known: Known) -> str:
    """The score before the last change, if it was another."""
    if len(known.assessments) < 2 or known.newest is None:  # noqa: PLR2004  # a pair
        return ""
    before = known.assessments[-2]
    if in_hundred(before.estimate) == in_hundred(known.newest.estimate):
        return ""
    if not shows_a_point(before):
        span = f"{in_hundred(before.low)} to {in_hundred(before.high)}"
        return f"Was {span} until {moment(known.newest.at)}."
    return f"Was {in_hundred(before.estimate)} until {moment(known.newest.at)}."


def _stands(known: Known, newest: Assessment) -> tuple[Stand, ...]:
    """All sources, then without the items that matter most, then without each side."""
    weighing = weighing_of(newest)
    return (
        Stand("All sources", newest.estimate),
        *_by_weight(_singles(known, weighing), newest)[:MOST_SINGLES],
        *_by_weight(_sides(known, weighing), newest),
    )


def _by_weight(stands: list[Stand], newest: Assessment) -> list[Stand]:
    return sorted(stands, key=lambda stand: -abs(stand.estimate - newest.estimate))


def _singles(known: Known, weighing: Weighing) -> list[Stand]:
    return [
        Stand(
            f"Without [{item.position}] {document_name(item.document, item.footnote)}",
            weighing.without[item.position],
        )
        for item in known.items
        if item.position in weighing.without and weighing.values.get(item.position)
    ]


def _sides(known: Known, weighing: Weighing) -> list[Stand]:
    names = _party_names(known)
    return [
        Stand(f"Without {names[slug]}", estimate)
        for slug, estimate in weighing.without_side.items()
        if slug in names
    ]


def _party_names(known: Known) -> Mapping[str, str]:
    return {
        row.party.slug: row.party.name
        for item in known.items
        if item.document.source
        for row in item.document.source.affiliations.all()
    }
