"""The changes of the method that readers see: the models that were learnt, newest first.

A stored model names each source that it learnt an effect of, and the claims that it moved furthest,
drafts and withheld names among them. Here are only counts, means and dates; people are roles; and
a reason that names a withheld source or a claim that is not public stays at the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.bidi import with_turns_shown
from core.errors import Invalid
from verification.conditions.phrases import count
from verification.models import ModelState, ScoringModel
from verification.selectors.course import role_in_words
from verification.selectors.public_reasons import why_kept_back

SHOWN = 20
MOST_DIGITS = 8
_SHOWN_FIELDS = (
    "number",
    "method",
    "figures",
    "moves",
    "made_at",
    "state",
    "activated_at",
    "decision_reason",
    "decided_by__role",
)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One model. `before`, `after`: log loss on the settled claims, none where none was measured.

    `moves`: how far it moved open scores; `decided`: who decided; `reason`: why, in a person's
    words; `note`: why there are no such words.
    """

    number: int
    method: str
    made_at: datetime
    state: str
    is_used: bool
    used_from: datetime | None
    learnt: str
    before: float | None
    after: float | None
    moves: str
    decided: str
    reason: str
    note: str


@dataclass(frozen=True)
class Changes:
    """`older`: the number to go on from, none on the last page."""

    rows: tuple[Change, ...]
    older: int | None


def model_changes(before: str = "") -> Changes:
    """The newest models, of those before number BEFORE. Five queries. Raises Invalid."""
    models = ScoringModel.objects.order_by("-number")
    if before:
        models = models.filter(number__lt=_number(before))
    found = list(models.select_related("decided_by").only(*_SHOWN_FIELDS)[: SHOWN + 1])
    shown = found[:SHOWN]
    notes = why_kept_back(row.decision_reason for row in shown)
    return Changes(
        rows=tuple(_change(row, notes.get(row.decision_reason, "")) for row in shown),
        older=shown[-1].number if len(found) > SHOWN else None,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Invalid("This is not a page of the list. Start from its first page.")
    return int(text)


def _change(model: ScoringModel, note: str) -> Change:
    """NOTE: why the reason stays at the desk, or nothing."""
    figures = model.figures
    return Change(
        number=model.number,
        method=model.method,
        made_at=model.made_at,
        state=model.get_state_display(),
        is_used=model.state == ModelState.ACTIVE,
        used_from=model.activated_at,
        learnt=_learnt(figures),
        before=figures.get("log_loss_before"),
        after=figures.get("log_loss_after"),
        moves=_moves(model.moves),
        decided=_decided(model),
        reason="" if note else with_turns_shown(model.decision_reason),
        note=note,
    )


def _learnt(figures: Mapping[str, Any]) -> str:
    reports, claims = int(figures.get("n_reports", 0)), int(figures.get("n_claims", 0))
    return f"{count(reports, 'report')} on {count(claims, 'settled claim')}"


def _moves(moves: Mapping[str, Any]) -> str:
    """Counts and distances only: which claims moved is not told, some are not public."""
    if not moves.get("claims"):
        return "No open claim had a score."
    return (
        f"By {100 * moves['mean']:.1f} in 100 on average over "
        f"{count(moves['claims'], 'open claim')}, by {100 * moves['most']:.1f} at most"
    )


def _decided(model: ScoringModel) -> str:
    if model.decided_by:
        role = role_in_words(model.decided_by)
        return f"{role[:1].upper()}{role[1:]} decided"
    if model.activated_at:
        return "Used without a person’s decision: it moved no score far"
    if model.state == ModelState.WAITING:
        return "It would move open scores far, so a person decides"
    return "Replaced by a newer one before anybody decided"
