"""Why a score is what it is: the steps to it, and what it would be without one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claims.vocabulary import Stance, Status
from core.charts import Step
from verification.models import Assessment
from verification.selectors.independence import families_of
from verification.selectors.known import Known, shows_a_point, stance_of
from verification.selectors.ledger import sides_of
from verification.selectors.redaction import who_says
from verification.selectors.weighing import Weighing, remark, weighing_of
from verification.selectors.would_change import would_change

MOST_STANDS = 6
BARS = {Status.CONFIRMED: 0.9, Status.REFUTED: 0.1}


@dataclass(frozen=True)
class Stand:
    """The score without something."""

    label: str
    estimate: float


@dataclass(frozen=True)
class Reasons:
    """Log-odds in `start` and `steps`; probabilities in the rest; no `estimate`: range alone.

    `bar`: the score that this status usually needs. `changes`: what would carry it across, in
    sentences. `model`: what was learnt by then, if anything.
    """

    start: float
    start_label: str
    steps: tuple[Step, ...]
    estimate: float | None
    low: float
    high: float
    stands: tuple[Stand, ...]
    bar: float | None
    changes: tuple[str, ...]
    model: str


def reasons_of(known: Known) -> Reasons | None:
    """None while nothing is counted."""
    if known.newest is None or not known.is_scored:
        return None
    weighing = weighing_of(known.newest)
    pointed = shows_a_point(known.newest)
    return Reasons(
        start=weighing.start,
        start_label=start_label(weighing),
        steps=_steps(known, weighing),
        estimate=known.newest.estimate if pointed else None,
        low=known.newest.low,
        high=known.newest.high,
        stands=_stands(known, weighing, known.newest) if pointed else (),
        bar=BARS.get(known.status),
        changes=would_change(known.newest, BARS.get(known.status)) if pointed else (),
        model=_model_words(known.newest),
    )


def _model_words(newest: Assessment) -> str:
    """As in "model 3"; nothing for the defaults, before anything was learnt."""
    kind, _, number = str(newest.explanation.get("snapshot", "")).partition("/")
    return f"model {number}" if kind == "model" else ""


def start_label(weighing: Weighing) -> str:
    if weighing.prior == 0.5:  # noqa: PLR2004  # even odds
        return "Starting point: even odds, before any source"
    return "Starting point: how often claims like this one turned out true"


def _steps(known: Known, weighing: Weighing) -> tuple[Step, ...]:
    """In the order of the numbers, which is the order in which sources were filed."""
    return tuple(
        Step(
            label=who_says(item),
            contribution=weighing.values[item.position],
            number=str(item.position),
            note=remark(weighing.notes[item.position], weighing.counted[item.position]),
            href=f"#e{item.position}",
        )
        for item in known.items
        if item.position in weighing.values
    )


def _stands(known: Known, weighing: Weighing, newest: Assessment) -> tuple[Stand, ...]:
    """Sides first, then single items; within each, whatever matters most comes first."""

    def moved(stand: Stand) -> float:
        return -abs(stand.estimate - newest.estimate)

    singles = [
        Stand(f"[{item.position}] {who_says(item)}", weighing.without[item.position])
        for item in known.items
        if weighing.without.get(item.position) is not None and weighing.values.get(item.position)
    ]
    sides = [
        Stand(f"Everything from {name}", weighing.without_side[slug])
        for slug, name in _side_names(known).items()
        if slug in weighing.without_side
    ]
    return (*sorted(singles, key=moved)[:MOST_STANDS], *sorted(sides, key=moved))


def _side_names(known: Known) -> dict[str, str]:
    return {
        row.party.slug: row.party.name
        for item in known.items
        if item.document.source
        for row in item.document.source.affiliations.all()
    }


@dataclass(frozen=True)
class SideRow:
    """What the sources of one side say: true for a first report, false for a copy."""

    side: str
    supports: tuple[bool, ...]
    contradicts: tuple[bool, ...]
    context: int


UNALIGNED = "Not aligned"


def sides_table(known: Known) -> list[SideRow]:
    """Who reported what, parties in order of name, those of no side last."""
    items = [
        item
        for item in known.items
        if item.withdrawn_at is None and item.document.source is not None
    ]
    firsts = {family.first.position for family in families_of(items) if family.first}
    names = sorted({name for item in items for name in sides_of(item)})
    rows = []
    for side in (*names, UNALIGNED):
        own = [item for item in items if side in (sides_of(item) or [UNALIGNED])]
        if own:
            rows.append(
                _side_row(side, [(stance_of(item), item.position in firsts) for item in own])
            )
    return rows


def _side_row(side: str, said: Sequence[tuple[Stance, bool]]) -> SideRow:
    def of(stance: Stance) -> tuple[bool, ...]:
        return tuple(sorted((first for s, first in said if s is stance), reverse=True))

    return SideRow(side, of(Stance.SUPPORTS), of(Stance.CONTRADICTS), len(of(Stance.CONTEXT)))
