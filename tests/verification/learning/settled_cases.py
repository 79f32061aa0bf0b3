"""Settled reports for the tests of learning, by hand and by Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from verification.learning.counts import INTERESTS, SettledReport

PROPERTY = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

GROUPS = ["A", "C/outlet", "C/outlet/A rater: low", "ungraded/other"]


def settled(claim: str, source: str, **changes: Any) -> SettledReport:
    """A neutral support of a true claim by an ungraded source, unless changed."""
    plain: dict[str, Any] = {
        "kind": "other",
        "group": "ungraded",
        "interest": INTERESTS[0],
        "supports": True,
        "proved_true": True,
    }
    return SettledReport(claim=claim, source=source, **{**plain, **changes})


def _decode(code: tuple[int, ...]) -> SettledReport:
    claim, source, interest, supports, weight, share = code
    return settled(
        f"c{claim}",
        f"s{source}",
        kind="casualties" if claim % 3 else "other",
        group=GROUPS[source % len(GROUPS)],
        interest=INTERESTS[interest],
        supports=bool(supports),
        proved_true=claim % 2 == 0,
        weight=(0.3, 0.7, 1.0)[weight],
        share=(0.0, 0.2, 1.0)[share],
        sampling_weight=(1.0, 1.0, 50.0)[claim % 3],
    )


def tables(min_size: int = 0, max_size: int = 60) -> st.SearchStrategy[list[SettledReport]]:
    """Up to 24 claims, about half of them true, and 6 sources."""
    places = (23, 5, 2, 1, 2, 2)
    code = st.tuples(*(st.integers(0, highest) for highest in places))
    return st.lists(code.map(_decode), min_size=min_size, max_size=max_size)
