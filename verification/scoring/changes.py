"""The smallest changes that would carry a score across a bar.

Worked out from a stored explanation and the parameters that it was made with, without the reports:
what is left out is stored there, and one more origin moves only the crowd of its own sign.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from claims.vocabulary import Directness, Stance
from sources.vocabulary import Grade
from verification.scoring.dependence import Row, before_it
from verification.scoring.evidence import weigh
from verification.scoring.independence import Dominance, crowd_total
from verification.scoring.interval import probability
from verification.scoring.model import Report
from verification.scoring.parameters import Parameters

MOST_ADDED = 3
MOST_REMOVED = 3
PROBABLY_TRUE = 2
"""Admiralty credibility of the piece of information that is added."""


@dataclass(frozen=True, slots=True)
class Change:
    """`without`: key of a report that is left out. Else `more` origins with `stance`, graded B.

    estimate: the probability after it.
    """

    estimate: float
    without: str = ""
    more: int = 0
    stance: str = ""


def smallest_changes(
    explanation: Mapping[str, Any], parameters: Parameters, bar: float
) -> tuple[Change, ...]:
    """Changes that alone cross BAR, the least first of each kind; empty: none of these does."""
    above: bool = explanation["estimate"] >= bar

    def crosses(estimate: float) -> bool:
        return (estimate >= bar) != above

    left_out = [
        Change(estimate, without=key)
        for key, estimate in explanation["leave_one_out"].items()
        if crosses(estimate)
    ]
    left_out.sort(
        key=lambda change: (abs(change.estimate - explanation["estimate"]), change.without)
    )
    stance = Stance.CONTRADICTS if above else Stance.SUPPORTS
    added = (
        Change(with_more(explanation, parameters, stance, more), more=more, stance=stance.value)
        for more in range(1, MOST_ADDED + 1)
    )
    first = next((change for change in added if crosses(change.estimate)), None)
    return (*left_out[:MOST_REMOVED], *([first] if first else []))


def with_more(
    explanation: Mapping[str, Any], parameters: Parameters, stance: Stance, more: int
) -> float:
    """The estimate with MORE independent reports by sources graded B with no side."""
    sign = 1 if stance is Stance.SUPPORTS else -1
    rows = explanation["contributions"]
    totals = [*_clusters(rows, sign), *([_one_more(parameters, stance)] * more)]
    totals.sort(reverse=True)
    other = [row["value"] for row in rows if sign * row["value"] < 0]
    own = sign * crowd_total(totals, parameters.crowding)
    return probability(math.fsum((explanation["start"]["log_odds"], *other, own)))


def _one_more(parameters: Parameters, stance: Stance) -> float:
    report = Report(
        key="one more",
        source="one more",
        stance=stance,
        directness=Directness.REPORTING,
        credibility=PROBABLY_TRUE,
        grade=Grade.B.value,
    )
    return abs(weigh(report, parameters).evidence)


def _clusters(rows: Sequence[Row], sign: int) -> list[float]:
    """What each cluster's reports of one sign come to before the crowd's discount."""
    own = [row for row in rows if sign * row["value"] > 0]
    above = {row["key"]: _counts_after(row) for row in own}
    sums: dict[str, list[float]] = {}
    for row in own:
        leader = row["key"]
        while above[leader] is not None:  # the best of its owner, and then the best of its bloc
            leader = above[leader]
        sums.setdefault(leader, []).append(abs(row["value"]))
    crowd = {row["key"]: row["discount"] for row in own}
    return [math.fsum(values) / crowd[leader] for leader, values in sums.items()]


def _counts_after(row: Row) -> str | None:
    """The report that counts whole where this one counts in part."""
    why, by = before_it(row) or ("", None)
    return by if why in {Dominance.SAME_OWNER, Dominance.ERRS_TOGETHER} else None
