"""Whether the scores drifted, in a line of the health page and of the calibration page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verification.conditions.phrases import count
from verification.learning.drift import Course, Drift, Part
from verification.selectors.calibration import NEEDED, Judged, drift_of, judged


@dataclass(frozen=True)
class DriftHealth:
    """`alarm`: a sentence if the newest scores are worse than the earlier ones, not by chance."""

    found: Drift
    words: str
    alarm: str = ""


def drift_health() -> DriftHealth:
    """One query."""
    return drift_health_of(judged())


def drift_health_of(rows: Sequence[Judged]) -> DriftHealth:
    found = drift_of(rows)
    worse = f"The scores have become worse: {_parts(found)}."
    alarm = worse if found.course is Course.WORSE else ""
    return DriftHealth(found, drift_in_words(found, rows), alarm)


def drift_in_words(found: Drift, rows: Sequence[Judged]) -> str:
    """Such as: None (Brier 0.11, 30 d). The days are those in which the newest were settled."""
    if found.recent is None or found.earlier is None:
        return f"Too early to say: {len(rows)} of {2 * NEEDED} settled claims"
    days = (rows[-1].settled_at - rows[-found.recent.n].settled_at).days
    if found.course is Course.STEADY:
        return f"None (Brier {found.recent.brier:.2f}, {max(days, 1)} d)"
    word = "Worse" if found.course is Course.WORSE else "Better"
    return f"{word}: {_parts(found)}"


def _parts(found: Drift) -> str:
    if found.recent is None or found.earlier is None:
        return ""
    last = f"over the last {count(found.recent.n, 'settled claim')}"
    return f"{_part(found.recent)} {last}, {_part(found.earlier)} before"


def _part(part: Part) -> str:
    return f"Brier {part.brier:.2f} and ECE {part.ece:.2f}"
