"""Which small changes would carry the score across the bar of a status, in sentences."""

from __future__ import annotations

from claims.vocabulary import Stance
from core.chances import in_hundred
from verification.conditions.phrases import count
from verification.models import Assessment
from verification.scoring.changes import Change, smallest_changes
from verification.selectors.records import parameters_of

NOTHING_SMALL = (
    "No single source, and not three more independent ones against it, would carry the score "
    "across {bar}."
)


def would_change(assessment: Assessment, bar: float | None) -> tuple[str, ...]:
    """Nothing without a bar. One query where the model was learnt."""
    explanation = assessment.explanation
    if bar is None or not explanation.get("contributions"):
        return ()
    whole = {**explanation, "estimate": assessment.estimate}
    found = smallest_changes(whole, parameters_of(assessment.scoring_model), bar)
    if not found and (assessment.estimate >= bar) == (bar >= 0.5):  # noqa: PLR2004  # an even chance
        return (NOTHING_SMALL.format(bar=in_hundred(bar)),)
    return tuple(_sentence(change) for change in found)


def _sentence(change: Change) -> str:
    then = in_hundred(change.estimate)
    if change.without:
        return f"Without [{change.without}] the score is {then}."
    against = change.stance == Stance.CONTRADICTS
    way = "contradicting" if against else "supporting"
    return (
        f"With {count(change.more, f'more {way} origin')} of a usually reliable source (B) "
        f"it is {then}."
    )
