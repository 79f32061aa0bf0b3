"""The desk's page of learnt models: the one that waits, and what became of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from claims.models import Claim
from verification.conditions.phrases import count
from verification.desk_addresses import desk_claim_path
from verification.models import ModelState, ScoringModel

SHOWN = 25


@dataclass(frozen=True, kw_only=True)
class ModelRow:
    """One model in words. `learnt`: from how much; `moves`: how far it moved open scores."""

    number: int
    name: str
    made_at: datetime
    state: str
    learnt: str
    fit: str
    moves: str
    decision: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Moved:
    """An open claim whose score a waiting model would move; numbers from 0 to 1."""

    href: str
    sentence: str
    language: str
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class ModelsPage:
    waiting: ModelRow | None
    moved: tuple[Moved, ...]
    rows: tuple[ModelRow, ...]
    in_use: str


def models_page() -> ModelsPage:
    """The newest models; three queries."""
    newest = ScoringModel.objects.select_related("decided_by").defer("parameters")
    models = list(newest.order_by("-number")[:SHOWN])
    waiting = next((model for model in models if model.state == ModelState.WAITING), None)
    active = newest.filter(state=ModelState.ACTIVE).first()
    return ModelsPage(
        waiting=_row(waiting) if waiting else None,
        moved=_moved(waiting.moves) if waiting else (),
        rows=tuple(_row(model) for model in models),
        in_use=f"Model {active.number}" if active else "The defaults",
    )


def _row(model: ScoringModel) -> ModelRow:
    figures = model.figures
    return ModelRow(
        number=model.number,
        name=f"Model {model.number}",
        made_at=model.made_at,
        state=model.get_state_display(),
        learnt=f"{count(int(figures['n_reports']), 'report')} on "
        f"{count(int(figures['n_claims']), 'settled claim')}",
        fit=_fit(figures),
        moves=_moves(model.moves),
        decision=f"Decided by {model.decided_by.name}" if model.decided_by else "",
        reason=model.decision_reason,
    )


def _fit(figures: Mapping[str, Any]) -> str:
    """Log loss on the settled claims, each without its own outcome."""
    if "log_loss_before" not in figures:
        return ""
    return f"{figures['log_loss_before']:.3f} before, {figures['log_loss_after']:.3f} after"


def _moves(moves: Mapping[str, Any]) -> str:
    if not moves.get("claims"):
        return "No open claim had a score."
    return (
        f"{count(moves['claims'], 'open claim')}: by {_points(moves['mean'])} in 100 on average, "
        f"by {_points(moves['most'])} at most; one in a hundred by {_points(moves['p99'])} or more."
    )


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


def _moved(moves: Mapping[str, Any]) -> tuple[Moved, ...]:
    rows = moves.get("furthest", [])
    claims = Claim.objects.in_bulk([row["claim"] for row in rows])
    return tuple(
        Moved(
            href=desk_claim_path(claims[row["claim"]].number),
            sentence=claims[row["claim"]].sentence,
            language=claims[row["claim"]].language,
            before=row["before"],
            after=row["after"],
        )
        for row in rows
        if row["claim"] in claims
    )
